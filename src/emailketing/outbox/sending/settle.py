"""Write into the ledger what happened, in groups: the mark before the dot, and the results (R3)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import LAST_WORD, Told, suppress
from emailketing.outbox.afterwards.receipts import WIDEST, note_references
from emailketing.outbox.job import Job
from emailketing.outbox.models import State
from emailketing.outbox.policy import address_kind
from emailketing.outbox.sending.mark import MARK, mark_rows
from emailketing.outbox.sending.sql import (
    UpdateOfMany,
    Writing,
    instant,
    listing,
    said_json,
    write_together,
)
from emailketing.outbox.sending.verdict import Verdict

LARGEST_CODE = 2**31 - 1  # an SMS centre may answer with any 32 bits
# COALESCE hides the state from PostgreSQL's planner: its statistics are of a quiet hour, when
# nothing is claimed, and by them it walks through all that is claimed instead of looking up ids.
# what lost its lease after the dot, and yet the far side said 250, is neither in doubt nor repeated
_SETTLE = UpdateOfMany(
    "settle",
    """
    UPDATE outbox_message AS m
       SET state = v.state, reason = v.reason, detail = v.detail, said = v.said,
           next_at = COALESCE(v.next_at, m.next_at), accepted_at = v.accepted_at,
           finished_at = v.finished_at, reference = COALESCE(v.reference, m.reference),
           claim_token = '', lease_until = NULL, crash_count = 0
      FROM (@)
     WHERE m.id = v.id
       AND (m.claim_token = v.token AND COALESCE(m.state, '') IN ('claimed', 'transmitting')
            OR v.state = 'accepted' AND m.attempt = v.attempt
               AND COALESCE(m.state, '') IN ('in_doubt', 'ready'))""",
    {
        "state": "text",
        "reason": "text",
        "detail": "text",
        "said": "jsonb",
        "next_at": "timestamptz",
        "accepted_at": "timestamptz",
        "finished_at": "timestamptz",
        "reference": "text",
        "id": "bigint",
        "token": "text",
        "attempt": "int",
    },
)
_END_ATTEMPT = UpdateOfMany(
    "end_attempt",
    """
    UPDATE outbox_attempt AS a
       SET phase = v.phase, outcome = v.outcome, peer = v.peer, code = v.code,
           enhanced = v.enhanced, reply = v.reply, said = v.said, finished_at = v.finished_at
      FROM (@)
     WHERE a.message_id = v.message AND a.number = v.number""",
    {
        "phase": "text",
        "outcome": "text",
        "peer": "text",
        "code": "int",
        "enhanced": "text",
        "reply": "text",
        "said": "jsonb",
        "finished_at": "timestamptz",
        "message": "bigint",
        "number": "int",
    },
)
_GIVE_BACK = """
    UPDATE outbox_message
       SET state = 'ready', attempt = attempt - 1, claim_token = '', lease_until = NULL,
           is_redirected = %s
     WHERE claim_token = %s AND COALESCE(state, '') = 'claimed' AND id IN (@)
    RETURNING id, attempt + 1"""
_RENEW = """
    UPDATE outbox_message SET lease_until = %s
     WHERE claim_token = %s AND COALESCE(state, '') = 'claimed' AND id IN (@)"""


@dataclass(frozen=True, slots=True)
class Result:
    job: Job
    verdict: Verdict
    peer: str
    at: datetime


@dataclass(slots=True)
class CommitGroup:
    """What several connections want to write, in one commit."""

    marks: list[Job] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


def commit_group(group: CommitGroup, *, now: datetime) -> set[int]:
    """Write a group; return the ids whose mark holds: only those may send the dot.

    A mark is refused when the claim was lost (R6), when a brake was pulled since (S34), or when
    the person has said no since (U4).
    """
    with _with_consequences(group.results):
        marked, *_rest = write_together(*writings_of(group, now=now), beside=queue_of(group))
    return marked


def writings_of(group: CommitGroup, *, now: datetime) -> tuple[Writing, Writing, Writing]:
    """Return what is to be written of a group: its marks, its results, the ends of attempts."""
    dated = [(result, instant(result.at)) for result in group.results]
    return (
        (MARK, mark_rows(group.marks, now)),
        (_SETTLE, [_settle_values(result, at) for result, at in dated]),
        (_END_ATTEMPT, [_attempt_values(result, at) for result, at in dated]),
    )


def queue_of(group: CommitGroup) -> int | None:
    """Return beside which queue it is written: a mark sees every “no” that was said before."""
    return LAST_WORD if group.marks else None


def has_consequences(group: CommitGroup) -> bool:
    """Whether more follows from its results than what stands in them."""
    return any(_has_consequence(result) for result in group.results)


def _has_consequence(result: Result) -> bool:
    return bool(result.verdict.suppresses or result.verdict.reference)


@contextmanager
def _with_consequences(results: Sequence[Result]) -> Iterator[None]:
    """Write what follows from these results in the same transaction: most have nothing."""
    some = [result for result in results if _has_consequence(result)]
    if not some:
        yield
        return
    with transaction.atomic():
        yield
        for result in some:
            _follow(result)


def _follow(result: Result) -> None:
    verdict, job = result.verdict, result.job
    if verdict.suppresses:
        told = Told(via=Suppression.Via.SERVER, note=verdict.reply.text, message=job.id)
        reason, kind = Suppression.Reason.BOUNCE, address_kind(job.channel)
        suppress(job.address, reason, now=result.at, kind=kind, told=told)
    if references := verdict.reference.split():
        note_references(job.sender_id, job.id, references, now=result.at)


def _settle_values(result: Result, at: Any) -> tuple[Any, ...]:
    verdict = result.verdict
    return (
        verdict.state,
        verdict.reason,
        verdict.detail[:500],
        said_json(verdict.detail),
        instant(verdict.next_at) if verdict.next_at else None,
        at if verdict.state == State.ACCEPTED else None,
        at if verdict.state in {State.ACCEPTED, State.FAILED} else None,
        _first_reference(verdict),
        result.job.id,
        result.job.token,
        result.job.attempt,
    )


def _attempt_values(result: Result, at: Any) -> tuple[Any, ...]:
    verdict, reply = result.verdict, result.verdict.reply
    return (
        verdict.phase,
        verdict.outcome,
        result.peer[:200],
        reply.code if reply.is_answer and reply.code <= LARGEST_CODE else None,
        "" if reply.is_ours else reply.enhanced[:12],
        reply.text[:500],
        said_json(reply.text),
        at,
        result.job.id,
        result.job.attempt,
    )


def _first_reference(verdict: Verdict) -> str | None:
    """Return the far side's number; of a long SMS the first part's, all are kept as receipts."""
    return verdict.reference.split()[0][:WIDEST] if verdict.reference.strip() else None


def give_back(jobs: Sequence[Job]) -> None:
    """Let go of claims that were never used, as if they had not been made."""
    with transaction.atomic(), connection.cursor() as cursor:
        for token, ids in _by_token(jobs).items():
            cursor.execute(listing(_GIVE_BACK, ids), [False, token, *ids])
            cursor.executemany(
                "DELETE FROM outbox_attempt WHERE message_id = %s AND number = %s",
                cursor.fetchall(),
            )


def renew(jobs: Sequence[Job], *, lease: timedelta, now: datetime) -> None:
    """The heartbeat: what is still waiting in this worker stays its own (§2.3)."""
    with transaction.atomic(), connection.cursor() as cursor:
        for token, ids in _by_token(jobs).items():
            cursor.execute(listing(_RENEW, ids), [instant(now + lease), token, *ids])


def _by_token(jobs: Sequence[Job]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for job in jobs:
        grouped[job.token].append(job.id)
    return grouped

"""Write into the ledger what happened, in groups: the mark before the dot, and the results (R3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.outbox.afterwards.receipts import WIDEST, note_references
from emailketing.outbox.job import Job
from emailketing.outbox.models import State
from emailketing.outbox.policy import address_kind, read_brakes
from emailketing.outbox.sending.sql import UpdateOfMany, instant, listing, said_json
from emailketing.outbox.sending.verdict import Verdict

LARGEST_CODE = 2**31 - 1  # an SMS centre may answer with any 32 bits
TRANSMIT_LEASE = timedelta(seconds=660)  # longer than the patience after the dot (R6)
# COALESCE hides the state from PostgreSQL's planner: its statistics are of a quiet hour, when
# nothing is claimed, and by them it walks through all that is claimed instead of looking up ids
_MARK = """
    UPDATE outbox_message SET state = 'transmitting', lease_until = %s
     WHERE claim_token = %s AND COALESCE(state, '') = 'claimed' AND id IN (@) RETURNING id"""
_SETTLE = UpdateOfMany(
    """
    UPDATE outbox_message AS m
       SET state = v.state, reason = v.reason, detail = v.detail, said = v.said,
           next_at = COALESCE(v.next_at, m.next_at), accepted_at = v.accepted_at,
           finished_at = v.finished_at, reference = COALESCE(v.reference, m.reference),
           claim_token = '', lease_until = NULL, crash_count = 0
      (@)
     WHERE m.id = v.id AND m.claim_token = v.token
       AND COALESCE(m.state, '') IN ('claimed', 'transmitting')""",
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
    },
)
# the lease was lost after the dot, and yet the far side said 250: no need to doubt or repeat
_LATE_NEWS = """
    UPDATE outbox_message
       SET state = 'accepted', reason = '', detail = '', accepted_at = %s, finished_at = %s,
           reference = COALESCE(%s, reference)
     WHERE id = %s AND attempt = %s AND state IN ('in_doubt', 'ready')"""
_END_ATTEMPT = UpdateOfMany(
    """
    UPDATE outbox_attempt AS a
       SET phase = v.phase, outcome = v.outcome, peer = v.peer, code = v.code,
           enhanced = v.enhanced, reply = v.reply, said = v.said, finished_at = v.finished_at
      (@)
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

    A mark is refused when the claim was lost (R6) or when a brake was pulled since (S34).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        marked = _mark(cursor, group.marks, now) if group.marks else set()
        if group.results:
            _settle(cursor, group.results)
    return marked


def _mark(cursor: CursorWrapper, jobs: Sequence[Job], now: datetime) -> set[int]:
    brakes = read_brakes()
    allowed = [j for j in jobs if brakes.allows(scope=j.scope, is_redirected=j.is_redirected)]
    marked: set[int] = set()
    for token, ids in _by_token(allowed).items():
        cursor.execute(listing(_MARK, ids), [instant(now + TRANSMIT_LEASE), token, *ids])
        marked |= {row[0] for row in cursor.fetchall()}
    return marked


def _settle(cursor: CursorWrapper, results: Sequence[Result]) -> None:
    dated = [(result, instant(result.at)) for result in results]
    written = _SETTLE.run(cursor, [_settle_values(result, at) for result, at in dated])
    if written < len(results):
        _note_late_news(cursor, results)
    _END_ATTEMPT.run(cursor, [_attempt_values(result, at) for result, at in dated])
    for result in results:
        if result.verdict.suppresses:
            reason = Suppression.Reason.BOUNCE
            note = result.verdict.reply.text
            kind = address_kind(result.job.channel)
            suppress(result.job.address, reason, now=result.at, kind=kind, note=note)
        if references := result.verdict.reference.split():
            note_references(result.job.sender_id, result.job.id, references, now=result.at)


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


def _note_late_news(cursor: CursorWrapper, results: Sequence[Result]) -> None:
    for result in results:
        if result.verdict.state == State.ACCEPTED:
            at = instant(result.at)
            reference = _first_reference(result.verdict)
            values = [at, at, reference, result.job.id, result.job.attempt]
            cursor.execute(_LATE_NEWS, values)


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

"""What an outcome means for the message: the classification table of reliability §2.5 (R15)."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from emailketing.channels.base import Handover, Phase, Reply, ReplyKind
from emailketing.channels.email.replies import retry_after
from emailketing.common.said import say as _
from emailketing.outbox.classes import HOLD
from emailketing.outbox.job import Job
from emailketing.outbox.models import Attempt, State
from emailketing.outbox.plain import legible
from emailketing.outbox.sending.retry import next_try

ACCOUNT_CODES = frozenset({530, 534, 535, 538})
NO_SUCH_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
TOO_LARGE = frozenset({"5.3.4", "5.2.3"})
ROUTE_LATER = frozenset({"5.4.4"})  # no route today is often a route tomorrow
Outcome = Attempt.Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to write: into the message, into its attempt, and about its address."""

    state: str
    outcome: str
    phase: str
    reply: Reply
    detail: str
    reason: str = ""
    next_at: datetime | None = None
    suppresses: bool = False
    reference: str = ""


def kept(handover: Handover) -> Handover:
    """Return it with words that every database can keep, whatever a gateway has answered."""
    text, reference = legible(handover.reply.text), legible(handover.reference)
    if (text, reference) == (handover.reply.text, handover.reference):
        return handover
    return replace(handover, reply=replace(handover.reply, text=text), reference=reference)


def judge(handover: Handover, job: Job, *, now: datetime, dice: Random) -> Verdict:
    """Judge what became of one hand-over."""
    verdict = _judge(handover, job, now=now, dice=dice)
    return replace(verdict, reference=handover.reference) if handover.reference else verdict


def _judge(handover: Handover, job: Job, *, now: datetime, dice: Random) -> Verdict:
    reply = handover.reply
    if handover.is_accepted:
        note = handover.note
        return Verdict(State.ACCEPTED, Outcome.ACCEPTED, handover.phase, reply, detail=note)
    if handover.is_in_doubt:
        return in_doubt(job, reply, now=now, dice=dice)
    kind = reply.kind or _kind_of(reply)
    if kind is ReplyKind.ACCOUNT:
        return refused_account(job, handover, until=now)
    if kind is ReplyKind.LATER:
        return later(job, handover, now=now, dice=dice)
    return for_good(job, handover)


def _kind_of(reply: Reply) -> ReplyKind:
    """Judge by the codes of SMTP."""
    if reply.code in ACCOUNT_CODES:
        return ReplyKind.ACCOUNT
    if reply.code < 500 or reply.enhanced in ROUTE_LATER:  # noqa: PLR2004 - 5xx is for good
        return ReplyKind.LATER
    return ReplyKind.REFUSED


def in_doubt(job: Job, reply: Reply, *, now: datetime, dice: Random) -> Verdict:
    """Nobody knows whether the far side took it: by class send again, or ask a person (R4)."""
    again = next_try(job.attempt, now=now, expires_at=job.expires_at, dice=dice)
    detail = _("Nobody knows whether the server took it: %(why)s.") % {"why": reply.text}
    if job.in_doubt_policy == HOLD or again is None:
        state, again = State.IN_DOUBT, None
    else:
        state = State.READY
    return Verdict(
        state, Outcome.IN_DOUBT, Phase.DOT, reply, reason="in_doubt", detail=detail, next_at=again
    )


def refused_account(job: Job, handover: Handover, *, until: datetime) -> Verdict:
    """The sender was refused, not the message: it waits for the sender to be mended."""
    return Verdict(
        State.READY,
        Outcome.ACCOUNT,
        handover.phase,
        handover.reply,
        reason="account",
        detail=handover.reply.text,
        next_at=max(until, job.not_before),
    )


def later(job: Job, handover: Handover, *, now: datetime, dice: Random) -> Verdict:
    """A temporary failure: wait, as long as the server asks for (R14); too late means failed."""
    reply = handover.reply
    again = next_try(
        job.attempt,
        now=now,
        expires_at=job.expires_at,
        dice=dice,
        retry_after=reply.wait if reply.kind else retry_after(reply.text),
    )
    state, outcome = State.DEFERRED, Outcome.DEFERRED
    reason = "temporary" if reply.code or reply.kind else "connection"
    if again is None:
        state, outcome, reason = State.FAILED, Outcome.FAILED, "expired"
    return Verdict(
        state,
        outcome,
        handover.phase,
        reply,
        reason=reason,
        detail=in_words(reply),
        next_at=again,
    )


def for_good(job: Job, handover: Handover) -> Verdict:
    """Refused for good; only “no such address” says anything about the address (5.7.x never)."""
    reply = handover.reply
    reason, suppresses = "refused", False
    if reply.kind:
        is_address = reply.kind is ReplyKind.ADDRESS
        reason, suppresses = "address" if is_address else "refused", is_address
    elif reply.enhanced in TOO_LARGE:
        reason = "content"
    elif reply.enhanced in NO_SUCH_ADDRESS and handover.phase is not Phase.MAIL:
        reason, suppresses = "address", True
    elif reply.enhanced.startswith("5.7."):
        reason = "policy"
    elif reply.enhanced == "5.2.2":
        reason = "mailbox_full"
    elif reply.code == 552:  # noqa: PLR2004 - RFC 5321, where no enhanced code says it better
        reason = "content"
    return Verdict(
        State.FAILED,
        Outcome.FAILED,
        handover.phase,
        reply,
        reason=reason,
        detail=in_words(reply),
        suppresses=suppresses and not job.is_redirected,
    )


def unwritable(reason: str, sentence: str) -> Verdict:
    """The mail could not be written out: a file that is missing can be restored, so that waits."""
    state = State.HELD if reason == "attachment" else State.FAILED
    reply = Reply(0, text=sentence)
    return Verdict(state, Outcome.FAILED, Phase.CLAIMED, reply, reason=reason, detail=sentence)


def in_words(reply: Reply) -> str:
    if not reply.is_answer or reply.kind is not ReplyKind.BY_CODE:
        return reply.text  # a channel without SMTP's codes has said it in a whole sentence
    words = {"code": reply.code, "text": f"{reply.enhanced} {reply.text}".strip()}
    return _("The server answered: %(code)s %(text)s") % words

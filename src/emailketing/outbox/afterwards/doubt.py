"""Whether a message may have arrived although the ledger does not call it sent."""

from emailketing.common.said import say as _
from emailketing.outbox.models import Attempt, Message


def doubt(message: Message) -> str:
    """Return a warning for whoever is about to let it go out again; empty: no attempt got so far.

    One put aside after three crashes had perhaps been handed over at one of them (R4, R24).
    """
    if message.attempts.filter(outcome=Attempt.Outcome.IN_DOUBT).exists():
        return doubt_sentence()
    return ""


def doubt_sentence() -> str:
    return _(
        "It may have arrived already: an attempt ended in doubt. Ask the recipient before you"
        " release it."
    )

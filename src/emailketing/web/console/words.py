"""States in colours: which tone the console gives to which word of the ledger."""

from emailketing.outbox.models import State

TONES = {
    State.SCHEDULED: "info",
    State.READY: "info",
    State.CLAIMED: "info",
    State.TRANSMITTING: "info",
    State.ACCEPTED: "ok",
    State.DELIVERED: "ok",
    State.BOUNCED: "bad",
    State.COMPLAINED: "bad",
    State.IN_DOUBT: "warn",
    State.DEFERRED: "warn",
    State.HELD: "warn",
    State.SUPPRESSED: "muted",
    State.EXPIRED: "bad",
    State.CANCELLED: "muted",
    State.FAILED: "bad",
    State.QUARANTINED: "bad",
}


def tone_of(state: str) -> str:
    return TONES.get(State(state), "muted") if state in State.values else "muted"

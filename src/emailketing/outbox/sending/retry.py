"""When to try again (reliability §2.5): pure functions, the time and the dice are arguments."""

from datetime import datetime, timedelta
from random import Random

_DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120))
_LATER = timedelta(minutes=240)
_JITTER = 0.2
_RETRY_AFTER_AT_MOST = timedelta(hours=4)
_PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 4, 8, 16, 30))
_FAILURES_WITHOUT_PAUSE = 4


def delay(attempt: int, dice: Random) -> timedelta:
    """Return how long to wait after this attempt (the first is 1): ±20 %."""
    base = _DELAYS[attempt - 1] if attempt <= len(_DELAYS) else _LATER
    return base * dice.uniform(1 - _JITTER, 1 + _JITTER)


def next_try(
    attempt: int,
    *,
    now: datetime,
    expires_at: datetime,
    dice: Random,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """Return when to try again, None when that would be too late.

    Args:
        attempt: the number of the attempt that has just failed.
        now: when it failed.
        expires_at: nothing is tried from then on.
        dice: the source of the jitter.
        retry_after: what the far side asked for: raises the delay, never lowers it, at most 4 h
            (R14).
    """
    wait = delay(attempt, dice)
    if retry_after is not None:
        wait = max(wait, min(retry_after, _RETRY_AFTER_AT_MOST))
    return now + wait if now + wait < expires_at else None


def account_pause(failures: int) -> timedelta:
    """Return how long a sender rests after this many failures in a row (R21): 1, 2, 4 … 30 min."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1]


def connection_pause(failures: int) -> timedelta | None:
    """Return the rest after failed connections: none before the fifth in a row (R21)."""
    over = failures - _FAILURES_WITHOUT_PAUSE
    return account_pause(over) if over > 0 else None

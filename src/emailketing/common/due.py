"""Whether it is time again, for everything that rests: also after the clock was put back."""

from datetime import datetime, timedelta


def has_come(at: datetime | None, longest: timedelta, now: datetime) -> bool:
    """Return whether `at` has come: None is at once, more than the longest rest away is no rest.

    A clock that was put back must not silence anything for hours.
    """
    return at is None or not at - longest <= now < at

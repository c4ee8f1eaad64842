"""One event, for tests that go on with it."""

from datetime import datetime

from emailketing.events.models import Event
from emailketing.events.record import Happening, record


def record_one(happening: Happening, *, now: datetime) -> tuple[Event, bool]:
    """Return the event, and whether it is new."""
    known = Event.objects.filter(source=happening.source, change=happening.change)
    is_new = not known.exists()
    record([happening], now=now)
    return known.get(), is_new

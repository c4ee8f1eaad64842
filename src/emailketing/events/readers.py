"""Who reads the events: each of them every event once, in its own order, at its own pace.

A reader is declared once, where it reads. What it has not read yet are rows of its own, written
with the event in one transaction: neither numbers nor the order of commits can hide one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef
from django.utils.functional import Promise

from emailketing.common.own_dialect import is_a_file
from emailketing.events.models import Event, EventQuerySet, EventReader, Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Somebody who reads; added later, it begins with what happens then, or with the first event.

    One that is no more is taken out by a migration: its rows would wait for ever.
    """

    name: str
    title: str | Promise
    from_the_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind a reader is: how many events wait for it, the oldest since when."""

    name: str
    title: str
    waiting: int = 0
    since: datetime | None = None


_declared: dict[str, Reader] = {}


def declare(reader: Reader) -> Reader:
    """Make a reader known; to be called while the program starts."""
    _declared[reader.name] = reader
    return reader


def has_news(reader: Reader, *, now: datetime) -> bool:
    """Say whether anything waits for it, by one look into an index; its first look starts it."""
    waiting = Reading.objects.filter(reader=OuterRef("pk"), read_at=None)
    known = EventReader.objects.filter(pk=reader.name)
    found = known.annotate(waits=Exists(waiting)).values_list("waits", flat=True).first()
    if found is None:
        start(reader, now=now)
        return has_news(reader, now=now)
    return found


def unread(reader: Reader) -> EventQuerySet:
    """What it has not read yet, oldest first."""
    return Event.objects.filter(readings__reader=reader.name, readings__read_at=None).order_by("pk")


def has_read(reader: Reader) -> Exists:
    """The condition that an event was read by it."""
    rows = Reading.objects.filter(event=OuterRef("pk"), reader=reader.name)
    return Exists(rows.filter(read_at__isnull=False))


def read_at(reader: Reader, event: Event) -> datetime | None:
    """When it read the event; lists of events prefetch `readings`."""
    rows = [row for row in event.readings.all() if row.reader_id == reader.name]
    return rows[0].read_at if rows else None


def take(reader: Reader, event: Event, *, now: datetime) -> bool:
    """Mark as read, in the transaction of what is made of it; False when somebody has done so.

    Who comes second waits until the first one's transaction ends, and has it when that is undone.
    """
    rows = Reading.objects.filter(event=event, reader=reader.name, read_at=None)
    return rows.update(read_at=now) == 1


@transaction.atomic
def start(reader: Reader, *, now: datetime) -> None:
    """Make the reader's own row; from then on it has a part in every event.

    Nobody writes events meanwhile: one in a transaction still open would be before and after it.
    """
    if not is_a_file():  # SQLite has one writer, and this one writes
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE events_event IN SHARE ROW EXCLUSIVE MODE")
    last = 0
    if not reader.from_the_beginning:
        last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    _row, is_new = EventReader.objects.get_or_create(
        name=reader.name, defaults={"after": last, "since": now}
    )
    if is_new and reader.from_the_beginning:
        with connection.cursor() as cursor:  # by the database: they may be millions
            cursor.execute(
                "INSERT INTO events_reading (event_id, reader_id) SELECT id, %s FROM events_event",
                [reader.name],
            )


def lags() -> list[Lag]:
    """Every reader: those that have not begun yet, and those of another version, too."""
    waiting = Reading.objects.filter(read_at=None).order_by().values("reader")
    behind = {
        row["reader"]: (row["count"], row["first"])
        for row in waiting.annotate(count=Count("event"), first=Min("event"))
    }
    firsts = Event.objects.defer("data").in_bulk([first for _count, first in behind.values()])
    found = []
    for name in [*_declared, *_unknown()]:
        title = str(_declared[name].title) if name in _declared else name
        count, first = behind.get(name, (0, None))
        found.append(Lag(name, title, count, firsts[first].recorded_at if first else None))
    return found


def _unknown() -> list[str]:
    kept = EventReader.objects.exclude(pk__in=list(_declared))
    return list(kept.order_by("since", "pk").values_list("pk", flat=True))

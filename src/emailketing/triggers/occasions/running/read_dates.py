"""Read the listing of an occasion, once a day: its rows are remembered, and greet from there.

A read writes its rows under a number of its own, block after block; they hold when it is whole.
Whoever reads holds the row of the read with a lease; one that came too late writes nothing.
"""

from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation

from emailketing.audience.hours import ASUNCION, Calendar, zone_of
from emailketing.common.boundary import Boundary
from emailketing.common.due import has_come
from emailketing.common.ids import ulid
from emailketing.common.said import kept_with, sentence_of
from emailketing.common.said import say as _
from emailketing.common.unwanted import OnUnwanted, always_wanted
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.company.windows import WindowInvalid
from emailketing.content.sheet.column import ColumnError, to_plain
from emailketing.listings.answer import ListingAnswer
from emailketing.listings.ask import ask
from emailketing.listings.errors import ListingError
from emailketing.listings.known import find_listing
from emailketing.listings.reading.errors import ReadCancelled
from emailketing.listings.reading.limits import WHOLE, Limits
from emailketing.schedule.calendar_day import DayInvalid
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.triggers.occasions.definition.days import day_of
from emailketing.triggers.occasions.definition.listed import ListedDay
from emailketing.triggers.occasions.definition.right import right_lost
from emailketing.triggers.occasions.definition.save import pause_occasion
from emailketing.triggers.occasions.models import DatesRead, ListedDate, Occasion
from emailketing.triggers.occasions.running.listed import asked_of, read_of
from emailketing.triggers.occasions.running.rows import RowReader

AUTHOR = "eMailketing"
BLOCK = 500  # rows written at once
FORGOTTEN_AT_ONCE = 2_000
AHEAD = timedelta(hours=1)  # before the hours begin: then the rows are of this morning
TRY_AGAIN = timedelta(minutes=10)
LEASE = timedelta(minutes=12)  # longer than the longest read
A_DAY = timedelta(days=1)
UNANSWERED = (ListingError, CaptureError, ConnectorError, ColumnError, DayInvalid)


class ReadLost(Exception):
    """Another worker has the read by now, or nobody wants it: nothing holds of it."""


def read_dates_due(now: datetime, on_unwanted: OnUnwanted = always_wanted) -> int:
    """Read each listing whose time it is; return how many were tried."""
    with translation.override(Company.get().language):
        due = [one for one in with_listing() if is_due(one, now)]
        return sum(read_dates(one, now=now, on_unwanted=on_unwanted) for one in due)


def with_listing() -> QuerySet[Occasion]:
    return Occasion.objects.filter(day__kind="listing").select_related("source", "owner")


def is_due(occasion: Occasion, now: datetime) -> bool:
    """Whether its listing is to be read: asked for, not tried today, or tried in vain."""
    read = read_of(occasion)
    if read is None or read.tried_at is None or read.wanted_at is not None:
        return True
    if not occasion.is_active or not has_come(read.tried_at + TRY_AGAIN, TRY_AGAIN, now):
        return False
    if read.problem or read.read_at is None:
        return True
    zone = zone_of(Company.get().time_zone, ASUNCION)
    is_of_today = read.read_at.astimezone(zone).date() == now.astimezone(zone).date()
    return not is_of_today and now.astimezone(zone).time() >= _begins(occasion)


def _begins(occasion: Occasion) -> time:
    """Return from when on it is read: shortly before its hours begin."""
    try:
        window = Calendar.of(occasion, Company.get()).window
    except WindowInvalid:
        window = None
    start = window.start if window else time.min
    early = datetime.combine(date.min + A_DAY, start) - AHEAD
    return early.time() if early.date() > date.min else time.min


def read_dates(
    occasion: Occasion,
    *,
    now: datetime,
    on_unwanted: OnUnwanted = always_wanted,
    limits: Limits = WHOLE,
) -> bool:
    """Read now, unless somebody is at it; what keeps it from being read stands in its row."""
    mine = _claim(occasion, now)
    if mine is None:
        return False
    if lost := right_lost(occasion):
        _end(mine, problem=lost)
        if occasion.is_active:
            pause_occasion(occasion, by=AUTHOR, now=now, reason=lost)
        return True
    with Boundary(f"the dates of {occasion.trigger}") as met:
        _read_or_say(occasion, mine, now, on_unwanted, limits)
    if met.error is not None:
        note_error(met, occasion.trigger, occasion.name, now=now)
        _end(mine, problem=met.sentence)
    return True


def _claim(occasion: Occasion, now: datetime) -> DatesRead | None:
    """Take the read for a while; None: another worker has it."""
    row, _is_new = DatesRead.objects.get_or_create(occasion=occasion)
    free = Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * LEASE)
    taken = DatesRead.objects.filter(free, pk=row.pk).update(
        holder=ulid(now),
        leased_until=now + LEASE,
        wanted_at=None,
        tried_at=now,
        tries=F("tries") + 1,
    )
    if not taken:
        return None
    row.refresh_from_db()
    return row


def _read_or_say(
    occasion: Occasion, mine: DatesRead, now: datetime, on_unwanted: OnUnwanted, limits: Limits
) -> None:
    try:
        _read(occasion, mine, now, on_unwanted, limits)
    except (ReadLost, ReadCancelled):
        DatesRead.objects.filter(pk=mine.pk, holder=mine.holder).update(
            leased_until=None, wanted_at=now
        )
    except UNANSWERED as error:
        _end(mine, problem=sentence_of(error))
    _forget(occasion)


def _read(
    occasion: Occasion, mine: DatesRead, now: datetime, on_unwanted: OnUnwanted, limits: Limits
) -> None:
    """Ask, write block by block, and let the rows hold.

    Raises:
        ReadLost: another worker has it.
        DayInvalid, ListingError, CaptureError, ConnectorError, ColumnError: one sentence.
    """
    day = day_of(occasion)
    if not isinstance(day, ListedDay):
        raise DayInvalid(_("It has no listing any more."))
    listing = find_listing(day.listing).listing
    with ask(
        listing, day.values, now=now, in_words=False, limits=limits, on_unwanted=on_unwanted
    ) as answer:
        reader = RowReader.of(occasion, day, answer.columns, listing.source.slug, now)
        count = _write(reader, mine, answer)
        if answer.was_cut:
            sentence = _("The listing has more than %(most)s rows: ask for fewer of them.")
            raise DayInvalid(sentence % {"most": limits.rows})
        columns = answer.columns
    with transaction.atomic():
        if not _ours(mine).select_for_update().exists():
            raise ReadLost
        _ours(mine).update(
            number=mine.tries,
            asked=asked_of(occasion, day),
            read_at=now,
            count=count,
            unowned=reader.unowned,
            unreadable=reader.unreadable,
            columns=[to_plain(column) for column in columns],
            problem="",
            said=None,
            leased_until=None,
        )


def _write(reader: RowReader, mine: DatesRead, answer: ListingAnswer) -> int:
    """Write the rows as they come; return how many there were."""
    count = 0
    while block := list(islice(answer.rows, BLOCK)):
        count += len(block)
        ListedDate.objects.bulk_create(reader.read(block, mine.tries))
        if not _ours(mine).exists():
            raise ReadLost
    return count


def _ours(mine: DatesRead) -> QuerySet[DatesRead]:
    return DatesRead.objects.filter(pk=mine.pk, holder=mine.holder)


def _end(mine: DatesRead, *, problem: str) -> None:
    """Say why it could not be read; what was read before stays, and is held when it is too old."""
    _ours(mine).update(problem=problem[:500], said=kept_with(problem), leased_until=None)


def _forget(occasion: Occasion) -> None:
    """Forget the rows that hold no more, some at a time: nobody waits for it."""
    read = read_of(occasion)
    if read is None or read.leased_until is not None:
        return
    stale = ListedDate.objects.filter(occasion=occasion).exclude(read=read.number)
    while some := list(stale.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        ListedDate.objects.filter(pk__in=some).delete()

"""The days to come: who gets what, by which way; who does not, and why (O5)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from emailketing.audience.ways import Plan
from emailketing.channels.catalogue import channel_of, is_phone
from emailketing.schedule.calendar_day import DayInvalid
from emailketing.triggers.occasions.models import GreetingDay, Occasion, Skip
from emailketing.triggers.occasions.running.due import AskedOccasion, Due, days_with_people
from emailketing.triggers.occasions.running.judge import GreetingVerdict, Judge

DAYS = 60
SHOWN = 20  # people of one day and occasion; its own page has all of them
MOST_OF_ONE = 1_000  # people or things of one contact that have one day
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ComingDay:
    """One day of one occasion, with the first of its people."""

    on: date
    occasion: Occasion
    count: int
    verdicts: tuple[GreetingVerdict, ...]
    is_skipped: bool = False

    @property
    def more(self) -> int:
        return max(self.count - len(self.verdicts), 0)


def coming_days(
    first: date, *, days: int = DAYS, occasion: Occasion | None = None
) -> list[ComingDay]:
    """Return what would be said from this day on, day by day; of those at rest, too."""
    last = first + timedelta(days=days - 1)
    every = Occasion.objects.select_related("source").prefetch_related("ways")
    chosen = every.filter(pk=occasion.pk) if occasion is not None else every
    found = [day for one in chosen for day in _of_occasion(one, first, last)]
    return sorted(found, key=lambda one: (one.on, one.occasion.name))


def _of_occasion(occasion: Occasion, first: date, last: date) -> Iterator[ComingDay]:
    asked = _asked(occasion)
    if asked is None:
        return
    there = days_with_people(asked, first, last)
    found = [(on, count, asked.block(on, most=SHOWN)[0]) for on, count in there]
    every = iter(Judge.of(asked).judge([due for *_day, dues in found for due in dues]))
    skips = Skip.objects.filter(occasion=occasion, contact=None)
    skipped = set(skips.values_list("day", flat=True))
    for on, count, dues in found:
        if dues:
            verdicts = tuple(islice(every, len(dues)))
            yield ComingDay(on, occasion, count, verdicts, on in skipped)


def _asked(occasion: Occasion, only: int | None = None) -> AskedOccasion | None:
    """Read it; None: it has no day, which is said on its page."""
    try:
        return replace(AskedOccasion.of(occasion), only=only)
    except DayInvalid:
        return None


def days_ahead(occasion: Occasion, first: date, *, days: int = DAYS) -> list[tuple[date, int]]:
    """Return on which days somebody is greeted, and how many."""
    asked, last = _asked(occasion), first + timedelta(days=days - 1)
    return list(days_with_people(asked, first, last)) if asked else []


def people_of(occasion: Occasion, on: date, *, most: int = 200) -> list[GreetingVerdict]:
    """Return the people of one day, and what becomes of each."""
    asked = _asked(occasion)
    return Judge.of(asked).judge(asked.block(on, most=most)[0]) if asked else []


def due_of(occasion: Occasion, on: date, contact: int, name: str) -> Due | None:
    """Return the greeting of one person on a day; `name`: of whom of a contact."""
    asked = _asked(occasion, only=contact)
    dues = asked.block(on, most=MOST_OF_ONE)[0] if asked else []
    return next((due for due in dues if due.name == name), None)


def next_due(occasion: Occasion, first: date, *, contact: int | None = None) -> Due | None:
    """Return the next greeting from this day on, of anybody or of one contact, within a year."""
    asked = _asked(occasion, only=contact)
    days = days_with_people(asked, first, first + A_YEAR) if asked else ()
    found = (due for on, _count in days for due in asked.block(on, most=1)[0]) if asked else ()
    return next(iter(found), None)


def past_days(first: date, *, days: int = 14) -> list[GreetingDay]:
    """Return what became of the days before, the latest first; a missed one says so."""
    rows = GreetingDay.objects.filter(day__lt=first, day__gte=first - timedelta(days=days))
    return [row for row in rows.select_related("occasion") if row.seen or row.written or row.reason]


def cost_of(plan: Plan, verdicts: list[GreetingVerdict]) -> Decimal:
    """Return what the phones of these cost at least: a segment each, at the sender's price."""
    total = Decimal()
    for verdict in verdicts:
        for one in verdict.recipients:
            way = plan.ways.get(one.channel)
            if way is not None and is_phone(one.channel):
                total += way.sender.price or Decimal()
    return total


def ways_in_words(verdict: GreetingVerdict) -> str:
    """Say by which channels: “E-mail, SMS”."""
    return ", ".join(str(channel_of(one.channel).label) for one in verdict.recipients)

"""Which day an occasion means: a person's own, one of the calendar, a national holiday by name."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext_lazy, ngettext

from emailketing.common.plain import JSON, Values
from emailketing.common.said import say as _
from emailketing.company.free_days import holidays_named
from emailketing.schedule.calendar_day import (
    FARTHEST,
    LEAP_DAYS,
    CalendarDay,
    DayInvalid,
    LeapDay,
    day_in_year,
)
from emailketing.triggers.occasions.definition.listed import (
    LISTING,
    ListedDay,
    plain_listed,
    read_listed,
)
from emailketing.triggers.occasions.models import Occasion

PERSON, HOLIDAY = "person", "holiday"
FEB28, FEB29, MAR1 = (2, 28), (2, 29), (3, 1)
NTH = {
    1: gettext_lazy("first"),
    2: gettext_lazy("second"),
    3: gettext_lazy("third"),
    4: gettext_lazy("fourth"),
    5: gettext_lazy("fifth"),
    -1: gettext_lazy("last"),
}


@dataclass(frozen=True, slots=True)
class PersonDay:
    """A date that each person has: birthday, customer since; `offset` days after it, or before."""

    date: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Holiday:
    """A national holiday by the name its calendar gives it; governments move it."""

    name: str
    country: str

    def in_year(self, year: int) -> date | None:
        return holidays_named(self.country, year).get(self.name)


OwnDay: TypeAlias = PersonDay | ListedDay  # each person has one, or several
OccasionDay: TypeAlias = OwnDay | Holiday | CalendarDay


def day_of(occasion: Occasion) -> OccasionDay:
    """Read the day of an occasion.

    Raises:
        DayInvalid: there is no such day; one sentence.
    """
    return read_day(occasion.day, leap_of(occasion))


def leap_of(occasion: Occasion) -> LeapDay:
    return next((name for name in LEAP_DAYS if name == occasion.leap_day), "feb28")


def read_day(said: Values, leap_day: LeapDay = "feb28") -> OccasionDay:
    """Read a day as it is kept, or as somebody wrote it by hand.

    Raises:
        DayInvalid: one sentence.
    """
    kind = said.get("kind")
    if kind == PERSON:
        name = str(said.get("date") or "").strip()
        if not name:
            raise DayInvalid(_("Say which date of a person: birth, for example."))
        return PersonDay(name, _offset(said.get("offset")))
    if kind == LISTING:
        return read_listed(said, _offset(said.get("offset")))
    if kind == HOLIDAY:
        return Holiday(str(said.get("name") or ""), str(said.get("country") or "").upper())
    return CalendarDay.from_json({"leap_day": leap_day, **said})


def _offset(value: JSON) -> int:
    try:
        number = int(str(value or 0))
    except ValueError as error:
        raise DayInvalid(_("“%s” is no number.") % value) from error
    if abs(number) > FARTHEST:
        raise DayInvalid(_("At most %s days before or after.") % FARTHEST)
    return number


def plain_day(day: OccasionDay) -> dict[str, JSON]:
    """Return what is kept of it."""
    if isinstance(day, PersonDay):
        return {"kind": PERSON, "date": day.date, "offset": day.offset}
    if isinstance(day, ListedDay):
        return plain_listed(day)
    if isinstance(day, Holiday):
        return {"kind": HOLIDAY, "name": day.name, "country": day.country}
    return dict(day.to_json())


def birthdays_on(on: date, leap_day: LeapDay) -> list[tuple[int, int]]:
    """Return which days of the year are this day: in common years also 29 February (O6)."""
    found = [(on.month, on.day)]
    if day_in_year(*FEB29, on.year, leap_day) == on and FEB29 not in found:
        found.append(FEB29)
    return found


def celebrated(day: OwnDay, on: date) -> date:
    """Return the date that is greeted on this day."""
    return on - timedelta(days=day.offset)


def day_in_words(day: OccasionDay, label: str = "") -> str:
    """Say the day in the active language; `label`: what a date of one's own is called."""
    if isinstance(day, PersonDay | ListedDay):
        return _with_offset(label or day.date, day.offset)
    if isinstance(day, Holiday):
        return _("%(name)s (%(country)s)") % {"name": day.name, "country": day.country}
    if day.kind == "fixed":
        return _("%(day)s %(month)s") % {"day": day.day, "month": MONTHS[day.month]}
    if day.kind == "easter":
        return _with_offset(_("Easter"), day.offset)
    words = {"nth": NTH[day.nth], "weekday": WEEKDAYS[day.weekday], "month": MONTHS[day.month]}
    return _("%(nth)s %(weekday)s of %(month)s") % words


def _with_offset(label: str, offset: int) -> str:
    if not offset:
        return label
    count = abs(offset)
    before = ngettext("%(day)s, %(count)s day before", "%(day)s, %(count)s days before", count)
    after = ngettext("%(day)s, %(count)s day after", "%(day)s, %(count)s days after", count)
    return (before if offset < 0 else after) % {"day": label, "count": count}

"""Is this day free? One answer for all: the country's holidays, and what the company says of them.

Governments move holidays by decree, a branch has the day of its town: what is kept in `FreeDay`
is stronger than the calendar, and a branch's word stronger than the company's (83).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.reading import once
from emailketing.company.models import Company, FreeDay
from emailketing.company.windows import Days

if TYPE_CHECKING:
    from holidays import HolidayBase

NAMES_IN = {"es": ("es",), "pt": ("pt_BR", "pt_PT", "es"), "en": ("en_US", "en_GB")}
SUNDAY = frozenset({6})
DECEMBER = 12


@dataclass(frozen=True)
class FreeDays:
    """The holidays of a company or of one branch, as a container of days (weekdays apart)."""

    country: str
    weekdays: frozenset[int] = SUNDAY
    own: dict[date, FreeDay] = field(default_factory=dict)

    def __contains__(self, day: date) -> bool:
        """Whether it is a holiday here; what weekday it is does not count."""
        said = self.own.get(day)
        return said.is_free if said is not None else day in calendar_of(self.country)

    def is_free(self, day: date) -> bool:
        """Whether nobody works: a holiday, or a weekday that is free each week."""
        said = self.own.get(day)
        if said is not None:
            return said.is_free
        return day.weekday() in self.weekdays or day in calendar_of(self.country)

    def name_of(self, day: date) -> str:
        """Return the name of a holiday in the active language, as far as it is known."""
        said = self.own.get(day)
        return (said.name if said else "") or holiday_name(self.country, day)

    def why(self, day: date) -> str:
        """Say why this day is free, or worked; "" where there is nothing to say."""
        said = self.own.get(day)
        if said is None:
            return _("calendar of %(country)s") % {"country": self.country} if day in self else ""
        words = {"day": said.other_day.isoformat() if said.other_day else ""}
        if said.is_free:
            return _("moved from %(day)s") % words if said.other_day else _("added")
        return _("worked: moved to %(day)s") % words if said.other_day else _("worked")

    def between(self, first: date, last: date) -> Iterator[date]:
        """Yield the holidays from one day to another."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day in self:
                yield day


def free_days(branch: str = "") -> FreeDays:
    """Return the holidays of the company, or of this branch."""
    return once((FreeDay, branch), lambda: read_free_days(branch))


def read_free_days(branch: str = "") -> FreeDays:
    """Read them now, also within a block that has read them before."""
    company = Company.get()
    rows = FreeDay.objects.filter(branch__in={"", branch}).order_by("branch")
    return FreeDays(company.country, weekdays_of(company), {row.day: row for row in rows})


def weekdays_of(company: Company) -> frozenset[int]:
    """Return the days of the week on which nobody works, 0 is Monday."""
    if company.free_weekdays is not None:
        return frozenset(company.free_weekdays)
    usual = calendar_of(company.country)
    return frozenset(getattr(usual, "weekend", SUNDAY))


def asks_to_look(company: Company, today: date) -> bool:
    """Whether it is December and nobody has looked through the days of next year.

    Who began in this December has just met them.
    """
    began = company.setup_at
    is_new = began is None or began.date() >= today.replace(day=1)
    looked = company.free_days_looked or 0
    return today.month == DECEMBER and not is_new and looked <= today.year


@lru_cache(maxsize=8)
def calendar_of(country: str) -> Days:
    """The public holidays of a country; none where they are not known."""
    usual = _calendar(country, None)
    return () if usual is None else usual  # an empty one fills as it is asked


def holiday_name(country: str, day: date) -> str:
    """Return what the calendar calls this day in the active language; "" where it is none."""
    usual = _calendar_in(country, active_language())
    return str(usual.get(day) or "") if usual is not None else ""


@lru_cache(maxsize=64)
def holidays_named(country: str, year: int) -> dict[str, date]:
    """Return the holidays of a year by their names, in every language their calendar knows."""
    usual = _calendar(country, None)
    languages = [None, *getattr(usual, "supported_languages", ())] if usual is not None else []
    found: dict[str, date] = {}
    for named in (_calendar(country, language) for language in languages):
        if named is None:
            continue
        named.get(date(year, 1, 1))  # asked for a year, it fills
        for day in sorted(day for day in named if day.year == year):
            found.setdefault(str(named[day]), day)
    return found


def holidays_of(country: str, year: int) -> list[str]:
    """Return the names of a year's holidays in the active language, in their order."""
    named = holidays_named(country, year)
    said = {holiday_name(country, day) for day in named.values()}
    return [name for name in sorted(named, key=lambda name: named[name]) if name in said]


@lru_cache(maxsize=8)
def _calendar_in(country: str, language: str) -> "HolidayBase | None":
    usual = _calendar(country, None)
    known: tuple[str, ...] = getattr(usual, "supported_languages", ())
    chosen = next((name for name in NAMES_IN.get(language, ()) if name in known), None)
    return _calendar(country, chosen or getattr(usual, "default_language", None))


def _calendar(country: str, language: str | None) -> "HolidayBase | None":
    import holidays  # loaded when a calendar is asked for, not with every command

    try:
        return holidays.country_holidays(country or "PY", language=language)
    except NotImplementedError:
        return None

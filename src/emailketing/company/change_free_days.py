"""Add a free day, take one away, move one, say which weekdays are free: checked and noted (83)."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.common.one_line import line_problems
from emailketing.common.own_dialect import one_at_a_time
from emailketing.company.free_days import FreeDays, read_free_days, weekdays_of
from emailketing.company.models import Company, FreeDay

WEEK = frozenset(range(7))
YEARS = range(2000, 2200)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL, NONE = "usual", "none"
_TURN = 0x656D_6B03  # the number of our queue among those of this database


class FreeDayInvalid(Exception):
    """This day cannot be kept so; the sentence says why."""


@transaction.atomic
def add_free_day(day: date, name: str, *, branch: str = "", by: Who | str, now: datetime) -> None:
    """Say that nobody works on this day; where it was to be worked, that is taken back.

    Raises:
        FreeDayInvalid: it is free already, or has no name.
    """
    one_at_a_time(_TURN)  # a double click, two people on the page of the same day
    branch, name = branch.strip(), name.strip()
    if _is_undone(day, branch, by=by, now=now):
        return
    known = read_free_days(branch)
    if day in known:
        words = {"day": day.isoformat(), "name": known.name_of(day)}
        raise FreeDayInvalid(_("%(day)s is free already: %(name)s.") % words)
    if not name:
        raise FreeDayInvalid(_("Say what day it is: a name is needed."))
    _say(FreeDay(day=day, branch=branch, name=name, is_free=True), by=by, now=now)


@transaction.atomic
def remove_free_day(day: date, *, branch: str = "", by: Who | str, now: datetime) -> None:
    """Say that this day is worked, whatever the calendar says.

    Raises:
        FreeDayInvalid: it is a working day already.
    """
    one_at_a_time(_TURN)
    branch = branch.strip()
    known = read_free_days(branch)
    if not known.is_free(day):
        raise FreeDayInvalid(_("%(day)s is a working day already.") % {"day": day.isoformat()})
    name = known.name_of(day)
    _say(FreeDay(day=day, branch=branch, name=name, is_free=False), by=by, now=now)


@transaction.atomic
def move_free_day(day: date, to: date, *, branch: str = "", by: Who | str, now: datetime) -> None:
    """Move a holiday to another day, as a decree does; moved back, nothing is left of it.

    Raises:
        FreeDayInvalid: there is no holiday to move, or the other day is one.
    """
    one_at_a_time(_TURN)
    branch = branch.strip()
    known = read_free_days(branch)
    if day not in known:
        raise FreeDayInvalid(_("%(day)s is no holiday.") % {"day": day.isoformat()})
    if to in known:
        words = {"day": to.isoformat(), "name": known.name_of(to)}
        raise FreeDayInvalid(_("%(day)s is free already: %(name)s.") % words)
    name = known.name_of(day)
    worked = FreeDay(day=day, branch=branch, name=name, is_free=False, other_day=to)
    _say(worked, by=by, now=now)
    _say(FreeDay(day=to, branch=branch, name=name, is_free=True, other_day=day), by=by, now=now)


@transaction.atomic
def set_free_weekdays(days: Collection[int] | None, *, by: Who | str, now: datetime) -> None:
    """Say on which weekdays nobody works (0 is Monday); None: as is usual in the country.

    Raises:
        FreeDayInvalid: no day of the week, or all of them.
    """
    if days is not None and not WEEK.issuperset(days):
        raise FreeDayInvalid(_("The days of the week are numbers from 0 (Monday) to 6."))
    if days is not None and WEEK.issubset(days):
        raise FreeDayInvalid(_("All days of the week are free: nothing would ever run."))
    company = Company.objects.select_for_update().get(pk=Company.get().pk)
    before = kept(company)
    company.free_weekdays = None if days is None else sorted(set(days))
    company.save(update_fields=["free_weekdays"])
    note_saved(company, before, by=by, now=now)


@transaction.atomic
def look_through_free_days(year: int, *, by: Who | str, now: datetime) -> None:
    """Note that somebody looked through the days of this year: the reminder ends.

    Raises:
        FreeDayInvalid: there is no calendar of such a year.
    """
    check_year(year)
    company = Company.objects.select_for_update().get(pk=Company.get().pk)
    before = kept(company)
    company.free_days_looked = year
    company.save(update_fields=["free_days_looked"])
    note_saved(company, before, by=by, now=now)


@transaction.atomic
def save_free_day(wanted: FreeDay, *, by: Who | str, now: datetime) -> None:
    """Keep a day as a file says it, without asking what it was before.

    Raises:
        FreeDayInvalid: it cannot be kept.
    """
    one_at_a_time(_TURN)
    _say(wanted, by=by, now=now)


def _is_undone(day: date, branch: str, *, by: Who | str, now: datetime) -> bool:
    row = FreeDay.objects.filter(day=day, branch=branch, is_free=False).first()
    if row is not None:
        _take_away(row, by=by, now=now)
    return row is not None


def _take_away(row: FreeDay, *, by: Who | str, now: datetime) -> None:
    note("deleted", by=by, now=now, about=row)
    row.delete()
    if row.other_day:
        others = FreeDay.objects.filter(day=row.other_day, branch=row.branch)
        others.update(other_day=None)


def _say(wanted: FreeDay, *, by: Who | str, now: datetime) -> None:
    """Keep a row where the day differs from what holds without it; else take the row away."""
    _check(wanted)
    rows = FreeDay.objects.select_for_update()
    row = rows.filter(day=wanted.day, branch=wanted.branch).first()
    if _is_free_without(wanted) == wanted.is_free:
        if row is not None:
            _take_away(row, by=by, now=now)
        return
    wanted.pk = row.pk if row is not None else None
    before = kept(wanted)
    wanted.save()
    note_saved(wanted, before, by=by, now=now)


def _is_free_without(wanted: FreeDay) -> bool:
    """Whether the day is free by the calendar and, for a branch, by the company's word."""
    company = Company.get()
    rows = FreeDay.objects.filter(branch="").exclude(branch=wanted.branch)
    known = FreeDays(company.country, weekdays_of(company), {row.day: row for row in rows})
    return wanted.day in known if wanted.is_free else known.is_free(wanted.day)


def _check(wanted: FreeDay) -> None:
    check_year(wanted.day.year)
    for _field, said in line_problems(wanted, "name", "branch"):
        raise FreeDayInvalid(said)


def check_year(year: int) -> None:
    """Refuse a year far away.

    Raises:
        FreeDayInvalid: nothing is kept of it.
    """
    if year not in YEARS:
        words = {"first": YEARS.start, "last": YEARS.stop - 1}
        raise FreeDayInvalid(_("Only days from %(first)s to %(last)s are kept.") % words)


def week_words(days: Collection[int] | None) -> str:
    """Write the free days of the week as they are typed: sat,sun, none or usual."""
    if days is None:
        return USUAL
    return ",".join(WEEKDAYS[day] for day in sorted(days)) or NONE


def read_week(words: str) -> tuple[int, ...] | None:
    """Read sat,sun, mon-fri, none, or usual (as in the country: None).

    Raises:
        FreeDayInvalid: a word that is no day of the week.
    """
    text = words.strip().lower()
    if text in {USUAL, NONE}:
        return None if text == USUAL else ()
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _sign, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            names = {"text": part, "names": ", ".join(WEEKDAYS)}
            raise FreeDayInvalid(
                _("“%(text)s” is no day of the week; there are: %(names)s.") % names
            )
        days.update(weekdays_from(first, last or first))
    return tuple(sorted(days))


def weekdays_from(first: str, last: str) -> list[int]:
    """Return the days from one to the other, both of WEEKDAYS: from sat to mon are three."""
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
    return [(start + number) % 7 for number in range((end - start) % 7 + 1)]

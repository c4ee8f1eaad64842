"""Days that come once a year: fixed, counted from Easter, or the nth weekday of a month (O6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol, TypeAlias, get_args

from dateutil.easter import easter

from emailketing.common.plain import JSON, Entry, Values
from emailketing.common.said import say as _

DayKind: TypeAlias = Literal["fixed", "easter", "weekday"]
LeapDay: TypeAlias = Literal["feb28", "mar1", "leap"]
KINDS: tuple[DayKind, ...] = get_args(DayKind)
LEAP_DAYS: tuple[LeapDay, ...] = get_args(LeapDay)
LAST = -1  # the last such weekday of the month
MONTHS, WEEKDAYS, NTH = range(1, 13), range(7), frozenset({LAST, 1, 2, 3, 4, 5})
FARTHEST = 366  # days before or after
A_LEAP_YEAR = 2000
_LEAP = (2, 29)


class DayInvalid(Exception):
    """There is no such day; the sentence says why."""


class YearlyDay(Protocol):
    """What is one day of a year, or no day of it."""

    def in_year(self, year: int) -> date | None: ...


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of each year.

    Attributes:
        kind: `fixed`: `month` and `day`; `easter`: `offset` days after Easter Sunday (before it
            where negative); `weekday`: the `nth` `weekday` of `month`.
        nth: 1 … 5, or -1, the last.
        weekday: 0 is Monday.
        leap_day: what 29 February is in other years: 28 February, 1 March, or no day.

    Raises:
        DayInvalid: there is no such day.
    """

    kind: DayKind
    month: int = 0
    day: int = 0
    offset: int = 0
    nth: int = 0
    weekday: int = 0
    leap_day: LeapDay = "feb28"

    def __post_init__(self) -> None:
        wrong = {
            "fixed": not is_day(self.month, self.day),
            "easter": abs(self.offset) > FARTHEST,
            "weekday": not self._is_nth_weekday(),
        }
        if wrong[self.kind]:
            raise DayInvalid(_("There is no such day in any year."))

    def _is_nth_weekday(self) -> bool:
        return self.month in MONTHS and self.nth in NTH and self.weekday in WEEKDAYS

    def in_year(self, year: int) -> date | None:
        """Return the day in this year; None in a year that has none."""
        if self.kind == "fixed":
            return day_in_year(self.month, self.day, year, self.leap_day)
        if self.kind == "easter":
            return easter(year) + timedelta(days=self.offset)
        return _nth_weekday(year, self.month, self.nth, self.weekday)

    def to_json(self) -> Entry:
        """Return what `from_json` reads: the names of the kind's own parts only."""
        return {"kind": self.kind, **{name: getattr(self, name) for name in _PARTS[self.kind]}}

    @classmethod
    def from_json(cls, values: Values) -> "CalendarDay":
        """Read what `to_json` wrote, or somebody by hand.

        Raises:
            DayInvalid: something in it is not so.
        """
        kind = next((name for name in KINDS if name == values.get("kind")), None)
        if kind is None:
            names = {"names": ", ".join(KINDS)}
            raise DayInvalid(_("A day of the calendar is one of: %(names)s.") % names)
        numbers = {name: _number(values.get(name)) for name in _PARTS[kind] if name != "leap_day"}
        leap = values.get("leap_day") or "feb28"
        leap_day = next((name for name in LEAP_DAYS if name == leap), None)
        if leap_day is None:
            names = {"names": ", ".join(LEAP_DAYS)}
            raise DayInvalid(_("What 29 February becomes is one of: %(names)s.") % names)
        return cls(kind, leap_day=leap_day, **numbers)


_PARTS: dict[DayKind, tuple[str, ...]] = {
    "fixed": ("month", "day", "leap_day"),
    "easter": ("offset",),
    "weekday": ("month", "nth", "weekday"),
}


def is_day(month: int, day: int) -> bool:
    """Whether some year has this day."""
    return day_in_year(month, day, A_LEAP_YEAR, "leap") is not None


def day_in_year(month: int, day: int, year: int, leap_day: LeapDay) -> date | None:
    """Return a day of the year in this year; of 29 February what it is said to become (O6)."""
    try:
        return date(year, month, day)
    except ValueError:
        if (month, day) != _LEAP or leap_day == "leap":
            return None
    return date(year, 2, 28) if leap_day == "feb28" else date(year, 3, 1)


def days_between(day: YearlyDay, first: date, last: date) -> Iterator[date]:
    """Yield when it is, from one day to another, both included."""
    for year in range(first.year, last.year + 1):
        found = day.in_year(year)
        if found is not None and first <= found <= last:
            yield found


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    if nth == LAST:
        after = date(year + month // 12, month % 12 + 1, 1)
        return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)
    first = date(year, month, 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return found if found.month == month else None


def _number(value: JSON) -> int:
    try:
        return int(str(value or 0))
    except ValueError as error:
        raise DayInvalid(_("“%s” is no number.") % value) from error

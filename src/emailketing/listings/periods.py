"""Periods in words: from which day until which, reckoned from an instant and a zone (P2).

Weeks begin on Monday. “Last N days” ends with yesterday, “next N days” begins with today: at seven
in the morning today has not happened yet.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["day", "week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
MOST_DAYS = 3_660  # ten years
SPAN = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
DAYS = re.compile(r"(last|next)_(\d{1,4})_days")


class NotAPeriod(ValueError):
    """Not one of the words, nor two days."""


@dataclass(frozen=True, slots=True)
class Period:
    """From a day until before another."""

    start: date
    until: date

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """Return when it begins and ends in that zone: midnight, or the first moment after it."""
        return beginning(self.start, zone), beginning(self.until, zone)


def beginning(day: date, zone: str) -> datetime:
    """Return the first instant of a day; where the clocks skip midnight, the one after it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC).astimezone(ZoneInfo(zone))


def _first(unit: Unit, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _moved(unit: Unit, first: date, count: int) -> date:
    """Return the first day of the unit that lies so many further."""
    if unit in {"day", "week"}:
        return first + timedelta(days=count * (7 if unit == "week" else 1))
    months = (
        first.year * 12 + first.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    )
    return date(months // 12, months % 12 + 1, 1)


def _whole(unit: Unit, offset: int) -> Callable[[date], Period]:
    def found(today: date) -> Period:
        start = _moved(unit, _first(unit, today), offset)
        return Period(start, _moved(unit, start, 1))

    return found


def _to_date(unit: Unit) -> Callable[[date], Period]:
    return lambda today: Period(_first(unit, today), today + timedelta(days=1))


_OF_LARGE: tuple[Unit, ...] = ("week", "month", "quarter", "year")
WORDS: dict[str, Callable[[date], Period]] = {
    "today": _whole("day", 0),
    "yesterday": _whole("day", -1),
    "tomorrow": _whole("day", 1),
    **{f"this_{unit}": _whole(unit, 0) for unit in _OF_LARGE},
    **{f"last_{unit}": _whole(unit, -1) for unit in _OF_LARGE},
    **{f"next_{unit}": _whole(unit, 1) for unit in _OF_LARGE},
    **{f"{unit}_to_date": _to_date(unit) for unit in _OF_LARGE},
}
FORMS = (*WORDS, "last_7_days", "next_7_days", "2026-01-01..2026-01-31")  # to tell what there is


def earlier(period: Period, unit: Unit) -> Period:
    """Return the same period a day, week, month, quarter or year before.

    What ends with a month ends with one there, too: all of February beside all of March.
    """
    if unit in {"day", "week"}:
        days = timedelta(days=7 if unit == "week" else 1)
        return Period(period.start - days, period.until - days)
    start = _before(unit, period.start)
    if period.until.day == 1:
        return Period(start, _before(unit, period.until))
    return Period(start, _before(unit, period.last) + timedelta(days=1))


def _before(unit: Unit, day: date) -> date:
    first = _moved(unit, day.replace(day=1), -1)
    last = _moved("month", first, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def today_of(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def is_period(words: str) -> bool:
    try:
        period_of(words, today=date(2000, 1, 1))
    except NotAPeriod:
        return False
    return True


def period_of(words: str, *, today: date) -> Period:
    """Return the days of a period, seen from this day.

    Raises:
        NotAPeriod: it is none, or out of every calendar.
    """
    if words in WORDS:
        return WORDS[words](today)
    if found := DAYS.fullmatch(words):
        days = timedelta(days=int(found[2]))
        if not timedelta() < days <= timedelta(days=MOST_DAYS):
            raise NotAPeriod(words)
        return Period(today, today + days) if found[1] == "next" else Period(today - days, today)
    if found := SPAN.fullmatch(words):
        try:
            start, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            return _span(start, last)
        except (ValueError, OverflowError) as error:
            raise NotAPeriod(words) from error
    raise NotAPeriod(words)


def _span(start: date, last: date) -> Period:
    if last < start:
        raise ValueError(last)
    return Period(start, last + timedelta(days=1))

"""When may somebody be written to? Hours, weekdays, holidays, quiet hours; pure functions (R23).

Everything is asked in the recipient's time zone, by the clock on the wall there: hours may wrap
midnight (the night belongs to the day it begins on), and nights with 23 or 25 hours are nights.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Protocol
from zoneinfo import ZoneInfo

from emailketing.common.plain import JSON, Values
from emailketing.common.said import say as _

MIDNIGHT = time()
ALL_DAYS = frozenset(range(7))
HORIZON = 60  # days; what does not open within them never does
WORDS = frozenset({"days", "from", "to", "holidays"})
A_DAY = timedelta(days=1)
A_MINUTE = timedelta(seconds=60)


class Days(Protocol):
    """Some days: a calendar of holidays, a set of dates."""

    def __contains__(self, day: date, /) -> bool: ...


class WindowInvalid(ValueError):
    """These hours cannot be kept; the sentence says why."""


class NeverOpens(WindowInvalid):
    """There is no moment at which anything may leave."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of the day to another, wrapping midnight; both the same: the whole day."""

    start: time = MIDNIGHT
    end: time = MIDNIGHT
    days: frozenset[int] = ALL_DAYS
    on_holidays: bool = True

    def contains(self, local: datetime, holidays: Days) -> bool:
        now, today = local.time(), local.date()
        if self.start < self.end:
            return self.start <= now < self.end and self._is_day(today, holidays)
        evening = now >= self.start and self._is_day(today, holidays)
        morning = now < self.end and self._is_day(today - A_DAY, holidays)
        return evening or morning if self.start != self.end else self._is_day(today, holidays)

    def _is_day(self, day: date, holidays: Days) -> bool:
        return day.weekday() in self.days and (self.on_holidays or day not in holidays)


def read_window(window: Values) -> Hours | None:
    """Read a rule's window; None for one that is always open.

    Raises:
        WindowInvalid: a weekday, an hour or a word that is none.
    """
    if not window:
        return None
    unknown = set(window) - WORDS
    if unknown:
        raise WindowInvalid(_("The hours name something unknown: %s.") % min(unknown))
    days = window.get("days", sorted(ALL_DAYS))
    if not isinstance(days, list) or not all(_is_weekday(day) for day in days):
        raise WindowInvalid(_("The days of the week are numbers from 0 (Monday) to 6."))
    if not days:
        raise NeverOpens(_("No day of the week is chosen: nothing would ever leave."))
    return Hours(
        _time(window.get("from")),
        _time(window.get("to")),
        frozenset(days),
        on_holidays=bool(window.get("holidays", True)),
    )


def _is_weekday(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in ALL_DAYS


def _time(value: JSON) -> time:
    if value in (None, ""):
        return MIDNIGHT
    try:
        return time.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError as error:
        raise WindowInvalid(_("“%s” is no time of the day; write 08:00.") % value) from error


def hours_in_words(window: Values) -> str:
    """Say from when to when, whichever the days."""
    start, end = (str(window.get(word) or "00:00") for word in ("from", "to"))
    return _("at any hour") if start == end else f"{start}–{end}"


def quiet_hours(start: time | None, end: time | None) -> Hours | None:
    """The company's quiet hours; None when there are none."""
    if start is None or end is None or start == end:
        return None
    return Hours(start, end)


def is_quiet(moment: datetime, start: time | None, end: time | None, zone: str) -> bool:
    """Whether nobody is to be disturbed then, by the clock on the wall of this zone."""
    quiet = quiet_hours(start, end)
    return quiet is not None and quiet.contains(moment.astimezone(ZoneInfo(zone)), ())


def after_quiet(moment: datetime, start: time | None, end: time | None, zone: str) -> datetime:
    """Return the moment itself, or when the quiet hours around it end."""
    until = next_moment(None, quiet_hours(start, end), ZoneInfo(zone), (), moment)
    return until.astimezone(moment.tzinfo)


def next_moment(
    window: Hours | None,
    quiet: Hours | None,
    zone: ZoneInfo,
    holidays: Days,
    now: datetime,
) -> datetime:
    """Return the first moment from `now` on inside the window and outside the quiet hours.

    Raises:
        NeverOpens: there is none in the next sixty days.
    """
    first = now.astimezone(zone).date()
    times = {MIDNIGHT, *((window.start,) if window else ()), *((quiet.end,) if quiet else ())}
    days = (_moments(times, zone, first + number * A_DAY) for number in range(HORIZON))
    for moments in chain([[now]], days):
        for moment in sorted(moments):
            if moment >= now and _is_open(window, quiet, holidays, moment.astimezone(zone)):
                return moment
    raise NeverOpens(_("These hours never open: nothing would ever leave. Change them."))


def closing_moment(
    window: Hours | None,
    quiet: Hours | None,
    zone: ZoneInfo,
    holidays: Days,
    now: datetime,
) -> datetime:
    """Return until when what is open now stays so today: at the latest until midnight there."""
    today = now.astimezone(zone).date()
    times = {*((window.end,) if window else ()), *((quiet.start,) if quiet else ())}
    for moment in sorted(_moments(times, zone, today)):
        if moment > now and not _is_open(window, quiet, holidays, moment.astimezone(zone)):
            return moment
    return datetime.combine(today + A_DAY, MIDNIGHT, tzinfo=zone).astimezone(UTC)


def _is_open(window: Hours | None, quiet: Hours | None, holidays: Days, local: datetime) -> bool:
    if quiet is not None and quiet.contains(local, ()):
        return False
    return window is None or window.contains(local, holidays)


def _moments(times: Iterable[time], zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """Yield when it is these times of a day, twice in a night of 25 hours; and the clock's leaps.

    So every moment of the day at which something may begin, or end.
    """
    for at in times:
        for fold in (0, 1):
            local = datetime.combine(day, at.replace(fold=fold), tzinfo=zone)
            yield local.astimezone(UTC)
    yield from _leap(zone, day)


def _leap(zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """Yield the moment at which the clocks are changed on this day, if they are."""
    begins, ends = (
        datetime.combine(midnight, MIDNIGHT, tzinfo=zone).astimezone(UTC)
        for midnight in (day, day + A_DAY)
    )
    offset = begins.astimezone(zone).utcoffset()

    def has_leapt(minute: int) -> bool:
        return (begins + minute * A_MINUTE).astimezone(zone).utcoffset() != offset

    minutes = (ends - begins) // A_MINUTE
    if has_leapt(minutes):
        yield begins + bisect_left(range(minutes), True, key=has_leapt) * A_MINUTE

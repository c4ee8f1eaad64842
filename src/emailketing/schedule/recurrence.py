"""When something recurs: days by RFC 5545, wall-clock times, a zone, what a free day does (P3)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from emailketing.common.plain import JSON, Entry, Values
from emailketing.common.said import say as _
from emailketing.common.zones import is_zone
from emailketing.schedule.rule_text import RecurrenceInvalid, checked_rule, days_of

__all__ = ["FreeDayPolicy", "IsFree", "Recurrence", "RecurrenceInvalid", "instants", "next_days"]
FreeDayPolicy: TypeAlias = Literal["run", "skip", "next", "previous"]
IsFree: TypeAlias = Callable[[date], bool]
POLICIES: tuple[FreeDayPolicy, ...] = get_args(FreeDayPolicy)
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
HORIZON = timedelta(days=366 * 41)  # 29 February on one weekday: 40 years around 2100
FARTHEST_MOVE = 31  # days; who has no working day in a month has none
MOST_TIMES_A_DAY = 48
MOST_EMPTY_DAYS = 4000  # of a rule, one after another, that are free days: then there is none
YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule of days and what else is needed to say when.

    Raises:
        RecurrenceInvalid: it cannot be so; the sentence says why.
    """

    rule: str
    times: tuple[time, ...]
    zone: str
    free_day: FreeDayPolicy
    starts: date
    ends: date | None = None

    def __post_init__(self) -> None:
        checked_rule(self.rule)
        if not self.times:
            raise RecurrenceInvalid(_("Say at what time; write 07:00."))
        if len(self.times) > MOST_TIMES_A_DAY:
            sentence = _("At most %s times a day; for more often use a rule about what happens.")
            raise RecurrenceInvalid(sentence % MOST_TIMES_A_DAY)
        if not is_zone(self.zone):
            sentence = _("“%(zone)s” is no time zone; write it like America/Asuncion.")
            raise RecurrenceInvalid(sentence % {"zone": self.zone})
        read_policy(self.free_day)
        if self.ends is not None and self.ends < self.starts:
            raise RecurrenceInvalid(_("The last day comes before the first."))
        if self.starts.year not in YEARS:
            raise RecurrenceInvalid(_("“%s” is no day; write 2026-12-31.") % self.starts)

    def to_json(self) -> Entry:
        return {
            "rule": self.rule,
            "times": [at.isoformat("minutes") for at in sorted(self.times)],
            "zone": self.zone,
            "free_day": self.free_day,
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat() if self.ends else None,
        }

    @classmethod
    def from_json(cls, values: Values) -> "Recurrence":
        """Read what `to_json` wrote, or somebody by hand.

        Raises:
            RecurrenceInvalid: something in it is not so.
        """
        times = values.get("times")
        starts, ends = values.get("starts"), values.get("ends")
        return cls(
            rule=checked_rule(str(values.get("rule") or "")),
            times=read_times(times if isinstance(times, list) else [times]),
            zone=str(values.get("zone") or ""),
            free_day=read_policy(values.get("free_day") or "run"),
            starts=read_day(starts),
            ends=read_day(ends) if ends else None,
        )


def read_policy(written: JSON) -> FreeDayPolicy:
    """Read what a free day does.

    Raises:
        RecurrenceInvalid: it does something else.
    """
    for policy in POLICIES:
        if policy == written:
            return policy
    names = {"names": ", ".join(POLICIES)}
    raise RecurrenceInvalid(_("What a free day does is one of: %(names)s.") % names)


def read_times(written: Iterable[JSON]) -> tuple[time, ...]:
    """Read several times of the day, and put them in order.

    Raises:
        RecurrenceInvalid: one of them is none.
    """
    return tuple(sorted({read_time(one) for one in written}))


def read_time(written: JSON) -> time:
    """Read 07:00 or 7:00.

    Raises:
        RecurrenceInvalid: it is no time of the day.
    """
    try:
        return time.fromisoformat(str(written).strip().zfill(5)).replace(second=0, tzinfo=None)
    except ValueError as error:
        sentence = _("“%s” is no time of the day; write 07:00.")
        raise RecurrenceInvalid(sentence % written) from error


def read_day(written: JSON) -> date:
    """Read 2026-12-31.

    Raises:
        RecurrenceInvalid: it is no day.
    """
    try:
        return date.fromisoformat(str(written).strip())
    except ValueError as error:
        raise RecurrenceInvalid(_("“%s” is no day; write 2026-12-31.") % written) from error


def instants(recurrence: Recurrence, after: datetime, is_free: IsFree) -> Iterator[datetime]:
    """Yield when it recurs: UTC, strictly after, ascending, each once; ends where nothing comes.

    P3: a time that the clock leaps over is the first one after the leap; one that comes twice is
    the first of both.
    """
    zone = ZoneInfo(recurrence.zone)
    last = after
    for day in next_days(recurrence, after.astimezone(zone).date(), is_free):
        for at in sorted(recurrence.times):
            moment = _moment(day, at, zone)
            if moment > last:
                yield moment
                last = moment


def next_days(recurrence: Recurrence, since: date, is_free: IsFree) -> Iterator[date]:
    """Yield the days on which it recurs, from `since` on, ascending, each once."""
    first = max(recurrence.starts, since - FARTHEST_MOVE * A_DAY)
    last = min(recurrence.ends or date.max, max(first, since) + HORIZON)
    told, in_vain = since - A_DAY, 0
    for named in days_of(recurrence.rule, recurrence.starts, first, last):
        if in_vain > MOST_EMPTY_DAYS:
            return
        day = _on_working_day(named, recurrence.free_day, is_free)
        in_vain = in_vain + 1 if day is None else 0
        if day is None or day <= told or day < recurrence.starts:
            continue
        if recurrence.ends is None or day <= recurrence.ends:
            yield day
            told = day


def moved_instants(
    recurrence: Recurrence, after: datetime, until: datetime, is_free: IsFree
) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield when it does not recur because the day is free, and when instead; None: not at all."""
    if recurrence.free_day == "run":
        return
    zone = ZoneInfo(recurrence.zone)
    first = max(recurrence.starts, after.astimezone(zone).date())
    last = min(recurrence.ends or date.max, until.astimezone(zone).date())
    for named in filter(is_free, days_of(recurrence.rule, recurrence.starts, first, last)):
        day = _on_working_day(named, recurrence.free_day, is_free)
        for at in sorted(recurrence.times):
            moment = _moment(named, at, zone)
            if after < moment <= until:
                yield moment, None if day is None else _moment(day, at, zone)


def first_instants(
    recurrence: Recurrence, after: datetime, is_free: IsFree, count: int = 5
) -> list[datetime]:
    return list(islice(instants(recurrence, after, is_free), count))


def check_recurs(recurrence: Recurrence, after: datetime, is_free: IsFree) -> None:
    """Refuse what never comes: 30 February, or a rule all of whose days are free.

    Raises:
        RecurrenceInvalid: there is no next time.
    """
    if first_instants(recurrence, after, is_free, count=1):
        return
    if first_instants(recurrence, after, lambda _day: False, count=1):
        raise RecurrenceInvalid(_("This never happens: all its days are free days."))
    if recurrence.ends is not None:
        raise RecurrenceInvalid(_("This does not happen again before its last day."))
    raise RecurrenceInvalid(_("This never happens: there are no such days."))


def _on_working_day(day: date, policy: FreeDayPolicy, is_free: IsFree) -> date | None:
    """Return where a day is moved to; None where it falls out."""
    if policy == "run" or not is_free(day):
        return day
    if policy == "skip":
        return None
    step = A_DAY if policy == "next" else -A_DAY
    moved = (day + number * step for number in range(1, FARTHEST_MOVE + 1))
    return next((other for other in moved if not is_free(other)), None)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock on the wall shows this time, or leaps over it."""
    local = datetime.combine(day, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # leapt over: the offset before makes it too late by the leap, the one behind it too early
    early = local.replace(fold=1).astimezone(UTC)
    behind = moment.astimezone(zone).utcoffset()
    low, high = 0, (moment - early) // A_SECOND
    while low < high:
        middle = (low + high) // 2
        is_behind = (early + middle * A_SECOND).astimezone(zone).utcoffset() == behind
        low, high = (low, middle) if is_behind else (middle + 1, high)
    return early + low * A_SECOND

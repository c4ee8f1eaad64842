"""Over years and zones: one greeting a year, on the person's own day, in the hours there (O1, O2).

A year is played around its day, hour by hour, by the step the worker has; nothing is asked of the
code how it came there, only what left and when.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from emailketing.outbox.models import Message
from emailketing.schedule.calendar_day import LEAP_DAYS, LeapDay, day_in_year
from emailketing.triggers.occasions.definition.days import PersonDay, birthdays_on, celebrated
from emailketing.triggers.occasions.definition.save import OccasionInvalid
from emailketing.triggers.occasions.running.greet import greet_due
from tests.length import sized
from tests.triggers.occasions.cast import company, date_of, occasion, person, senders

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEP = sized(1, in_every_run=4)  # hours between two turns of the worker
ZONES = (
    "America/Asuncion",
    "America/Sao_Paulo",
    "America/Havana",  # its clocks leap at midnight
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # by half an hour
    "Europe/Madrid",
    "Pacific/Apia",  # had no 30 December 2011
    "Pacific/Kiritimati",  # UTC+14
    "Pacific/Pago_Pago",  # UTC-11
    "UTC",
)
DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
LEAP = st.sampled_from(LEAP_DAYS)
TIMES = st.times().map(
    lambda one: one.replace(minute=one.minute // 15 * 15, second=0, microsecond=0)
)


@dataclass(frozen=True)
class Life:
    """One person, an occasion, and a year in which it is looked at."""

    born: date
    year: int
    zone: str
    leap: LeapDay
    offset: int
    window: tuple[time, time]
    quiet: tuple[time, time] | None

    @property
    def said(self) -> list[date]:
        """The days of the year of which it is the greeting: none or one."""
        on = day_in_year(self.born.month, self.born.day, self.year, self.leap)
        is_born = self.born.year == self.year  # one that lies ahead is no year: written wrong
        return [on + self.offset * DAY] if on and not is_born else []

    def is_open(self, moment: datetime) -> bool:
        """Asked of the clock on the wall, minute by minute, by nothing of the program's."""
        at = moment.astimezone(ZoneInfo(self.zone)).time()
        hushed = self.quiet is not None and _between(at, *self.quiet)
        return not hushed and _between(at, *self.window, whole=True)

    def turns(self) -> Iterator[datetime]:
        """Some hours of the day there, and of the days beside it."""
        for on in self.said or [date(self.year, 2, 28), date(self.year, 3, 1)]:
            begins = datetime.combine(on - DAY, time(), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
            yield from (begins + number * HOUR for number in range(0, 24 * 3, STEP))

    def local(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def _between(at: time, begins: time, ends: time, *, whole: bool = False) -> bool:
    if begins == ends:
        return whole
    return begins <= at < ends if begins < ends else at >= begins or at < ends


LIVES = st.builds(
    Life,
    born=st.one_of(
        DATES, st.dates(date(1904, 2, 27), date(1904, 3, 2)), st.just(date(1960, 2, 29))
    ),
    year=st.integers(1990, 2100),
    zone=st.sampled_from(ZONES),
    leap=LEAP,
    offset=st.one_of(st.just(0), st.integers(-40, 40)),
    window=st.tuples(TIMES, TIMES),
    quiet=st.none() | st.tuples(TIMES, TIMES),
)
NINE_TO_SIX = (time(9), time(18))
USUAL = Life(date(1980, 2, 29), 2027, "America/Asuncion", "feb28", 0, NINE_TO_SIX, None)


@pytest.mark.usefixtures("_texts")
@settings(
    max_examples=sized(400, in_every_run=16),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(life=LIVES)
@example(life=USUAL)
@example(life=Life(date(1990, 12, 31), 2100, "Pacific/Kiritimati", "leap", -1, NINE_TO_SIX, None))
@example(
    life=Life(date(1990, 5, 5), 2026, "UTC", "mar1", 0, (time(8), time(20)), (time(17), time(7)))
)
@example(life=Life(date(1990, 5, 5), 2026, "UTC", "mar1", 0, (time(20), time(2)), None))
def test_o1_o2_once_a_year_on_the_day_and_in_the_hours_there(life: Life) -> None:
    with transaction.atomic():
        _lived(life)
        transaction.set_rollback(True)


@pytest.fixture
def _texts(db: None) -> None:
    """Made once: each life is forgotten when it was lived."""
    senders()
    occasion().delete()


def _lived(life: Life) -> None:
    turns = list(life.turns())
    quiet = life.quiet or (None, None)
    company(quiet_from=quiet[0], quiet_to=quiet[1])
    ana = person("Ana", "", places=("ana@x.test",), time_zone=life.zone)
    date_of(ana, life.born.isoformat())
    hours = {"from": f"{life.window[0]:%H:%M}", "to": f"{life.window[1]:%H:%M}"}
    day = {"kind": "person", "date": "birth", "offset": life.offset}
    try:
        occasion(now=turns[0] - DAY, day=day, leap_day=life.leap, window=hours)
    except OccasionInvalid:  # hours that never open are refused when they are saved
        assert not any(life.is_open(turns[0] + n * HOUR / 4) for n in range(4 * 24))
        return
    for moment in turns:
        greet_due(moment)
    wanted = [on for on in life.said if any(life.is_open(t) for t in turns if life.local(t) == on)]
    sent = list(Message.objects.all())
    assert [life.local(one.created_at) for one in sent] == wanted
    for one in sent:
        _in_its_hours(life, one)


def _in_its_hours(life: Life, message: Message) -> None:
    """As long as it may leave at all, it is this day and somebody may be written to."""
    moment = message.created_at
    while moment < message.expires_at:
        assert life.is_open(moment), f"{moment} is not in the hours"
        assert life.local(moment) == life.local(message.created_at)
        moment += HOUR / 4


@settings(max_examples=300, deadline=None)
@given(
    born=DATES,
    year=st.integers(1990, 2100),
    leap=LEAP,
    offset=st.integers(-366, 366),
)
def test_o6_a_date_is_said_once_for_each_year_whatever_the_days_before_or_after(
    born: date, year: int, leap: LeapDay, offset: int
) -> None:
    day = PersonDay("birth", offset)
    first, last = date(year, 1, 1) + offset * DAY, date(year, 12, 31) + offset * DAY
    days = [first + number * DAY for number in range((last - first).days + 1)]
    said = [on for on in days if (born.month, born.day) in birthdays_on(celebrated(day, on), leap)]
    expected = day_in_year(born.month, born.day, year, leap)
    assert said == ([expected + offset * DAY] if expected else [])
    assert all(celebrated(day, on).year == year for on in said), "the year of the key"

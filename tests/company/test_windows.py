"""Windows, holidays and quiet hours only move the moment (R23), in the recipient's own zone."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.company.free_days import calendar_of
from emailketing.company.windows import (
    Hours,
    NeverOpens,
    WindowInvalid,
    closing_moment,
    hours_in_words,
    next_moment,
    quiet_hours,
    read_window,
)

ASUNCION = ZoneInfo("America/Asuncion")  # UTC−3 all the year
MADRID = ZoneInfo("Europe/Madrid")
OFFICE = {"days": [0, 1, 2, 3, 4], "from": "08:00", "to": "18:00", "holidays": False}
NIGHT = quiet_hours(time(21), time(7))


def opens(
    window: Mapping[str, Any],
    local: str,
    *,
    zone: ZoneInfo = ASUNCION,
    quiet: Hours | None = None,
    country: str = "PY",
) -> str:
    now = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    found = next_moment(read_window(window), quiet, zone, calendar_of(country), now)
    assert found.microsecond == found.second == 0 or found == now
    return found.astimezone(zone).strftime("%a %d %b %H:%M")


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-24 10:00", "Tue 24 Nov 10:00"),  # open: at once
        ("2026-11-24 18:00", "Wed 25 Nov 08:00"),
        ("2026-11-24 07:59", "Tue 24 Nov 08:00"),
        ("2026-11-27 19:00", "Mon 30 Nov 08:00"),  # over the week-end
        ("2026-12-07 20:00", "Wed 09 Dec 08:00"),  # 8 December: Virgen de Caacupé
        ("2026-12-24 20:00", "Mon 28 Dec 08:00"),  # Christmas on a Friday
    ],
)
def test_office_hours_in_paraguay(local: str, expected: str) -> None:
    assert opens(OFFICE, local) == expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-24 08:00", "Tue 24 Nov 08:00"),  # exactly at the start
        ("2026-11-24 17:59", "Tue 24 Nov 17:59"),
        ("2026-11-24 18:00", "Wed 25 Nov 08:00"),  # exactly at the end
    ],
)
def test_hours_hold_from_their_start_until_before_their_end(local: str, expected: str) -> None:
    assert opens(OFFICE, local) == expected


def test_without_hours_a_chosen_day_is_open_from_midnight_to_midnight() -> None:
    weekdays = {"days": [0, 1, 2, 3, 4]}
    assert opens(weekdays, "2026-11-24 00:00") == "Tue 24 Nov 00:00"
    assert opens(weekdays, "2026-11-24 23:59") == "Tue 24 Nov 23:59"
    assert opens(weekdays, "2026-11-28 12:00") == "Mon 30 Nov 00:00"
    assert opens({**weekdays, "from": "09:00", "to": "09:00"}, "2026-11-24 03:00") == (
        "Tue 24 Nov 03:00"
    )
    assert opens({"from": "", "to": "06:00"}, "2026-11-24 10:00") == "Wed 25 Nov 00:00"
    assert opens({"from": "22:00", "to": None}, "2026-11-24 10:00") == "Tue 24 Nov 22:00"


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({}, "Tue 08 Dec 10:00"),
        ({"holidays": True}, "Tue 08 Dec 10:00"),
        ({"from": "08:00"}, "Tue 08 Dec 10:00"),
        ({"holidays": False}, "Wed 09 Dec 00:00"),
    ],
)
def test_a_holiday_is_a_day_like_others_unless_it_is_left_out(
    window: Mapping[str, Any], expected: str
) -> None:
    assert opens(window, "2026-12-08 10:00") == expected  # Virgen de Caacupé
    assert Hours().on_holidays


@pytest.mark.parametrize(
    ("start", "end"), [(None, None), (time(21), None), (None, time(7)), (time(21), time(21))]
)
def test_quiet_hours_without_two_ends_are_none(start: time | None, end: time | None) -> None:
    assert quiet_hours(start, end) is None


def test_r23_quiet_hours_hold_from_their_start_until_before_their_end() -> None:
    night = quiet_hours(time(21), time(7))
    assert opens({}, "2026-11-24 20:59", quiet=night) == "Tue 24 Nov 20:59"
    assert opens({}, "2026-11-24 21:00", quiet=night) == "Wed 25 Nov 07:00"
    assert opens({}, "2026-11-25 06:59", quiet=night) == "Wed 25 Nov 07:00"
    assert opens({}, "2026-11-25 07:00", quiet=night) == "Wed 25 Nov 07:00"


def test_hours_are_of_the_clock_on_the_wall_whatever_zone_they_were_written_with() -> None:
    assert read_window({"from": "08:00Z", "to": "18:00+02:00"}) == Hours(time(8), time(18))


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    friday_night = {"days": [4], "from": "22:00", "to": "06:00"}
    assert opens(friday_night, "2026-11-28 05:59") == "Sat 28 Nov 05:59"
    assert opens(friday_night, "2026-11-28 06:00") == "Fri 04 Dec 22:00"
    assert opens(friday_night, "2026-11-27 05:00") == "Fri 27 Nov 22:00"


def test_quiet_hours_defer_to_the_morning() -> None:
    assert opens({}, "2026-11-24 22:30", quiet=NIGHT) == "Wed 25 Nov 07:00"
    assert opens({}, "2026-11-25 06:59", quiet=NIGHT) == "Wed 25 Nov 07:00"
    assert opens({}, "2026-11-25 12:00", quiet=NIGHT) == "Wed 25 Nov 12:00"
    assert opens(OFFICE, "2026-11-24 22:30", quiet=NIGHT) == "Wed 25 Nov 08:00"


def test_the_clock_that_leaps_forward_opens_when_it_has_leapt() -> None:
    window = {"from": "02:30", "to": "05:00"}  # 02:30 does not exist on 29 March 2026 in Madrid
    assert opens(window, "2026-03-29 01:30", zone=MADRID) == "Sun 29 Mar 03:00"
    never_that_day = {"from": "02:10", "to": "02:50"}
    assert opens(never_that_day, "2026-03-29 01:30", zone=MADRID) == "Mon 30 Mar 02:10"


@pytest.mark.parametrize(
    ("window", "local", "fold", "utc"),
    [
        # 02:00 to 03:00 comes twice on 25 October 2026 in Madrid: at 00:00 and at 01:00 UTC
        ({"from": "02:30", "to": "05:00"}, "2026-10-25 01:00", 0, "00:30"),
        ({"from": "02:30", "to": "05:00"}, "2026-10-25 02:10", 1, "01:30"),
        ({"from": "01:30", "to": "02:15"}, "2026-10-25 02:20", 0, "01:00"),
        ({"from": "03:30", "to": "05:00"}, "2026-10-25 02:20", 0, "02:30"),
    ],
)
def test_r23_in_the_long_night_what_comes_twice_opens_twice(
    window: Mapping[str, Any], local: str, fold: int, utc: str
) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=MADRID, fold=fold).astimezone(UTC)
    found = next_moment(read_window(window), None, MADRID, (), now)
    assert found == datetime.fromisoformat(f"2026-10-25 {utc}").replace(tzinfo=UTC)


def test_r23_where_the_clocks_leap_at_midnight_the_day_opens_after_the_leap() -> None:
    santiago = ZoneInfo("America/Santiago")  # 6 September 2026 begins at 01:00
    window = {"from": "00:30", "to": "05:00"}
    assert opens(window, "2026-09-05 12:00", zone=santiago) == "Sun 06 Sep 01:00"
    assert opens({"days": [6]}, "2026-09-05 12:00", zone=santiago) == "Sun 06 Sep 01:00"


class AllBut:
    """A year of holidays, but for one day."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __contains__(self, day: object) -> bool:
        return day != self.day


def test_what_does_not_open_within_sixty_days_never_does() -> None:
    now, working = datetime(2026, 11, 24, 12, tzinfo=UTC), Hours(on_holidays=False)
    last = date(2026, 11, 24) + timedelta(days=59)
    found = next_moment(working, None, ZoneInfo("UTC"), AllBut(last), now)
    assert found.date() == last
    with pytest.raises(NeverOpens):
        next_moment(working, None, ZoneInfo("UTC"), AllBut(last + timedelta(days=1)), now)


@pytest.mark.parametrize(
    ("window", "quiet"),
    [
        ({"days": []}, None),
        ({"from": "22:00", "to": "06:00"}, NIGHT),
        ({"days": [6], "from": "21:30", "to": "23:00"}, NIGHT),
    ],
)
def test_what_never_opens_is_said_and_does_not_hang(
    window: Mapping[str, Any], quiet: Hours | None
) -> None:
    with pytest.raises(NeverOpens):
        opens(window, "2026-11-24 10:00", quiet=quiet)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"days": [7]}, "from 0 (Monday) to 6"),
        ({"days": [-1]}, "from 0 (Monday) to 6"),
        ({"days": "Monday"}, "from 0 (Monday) to 6"),
        ({"days": 3}, "from 0 (Monday) to 6"),
        ({"days": [True]}, "from 0 (Monday) to 6"),
        ({"days": [1.0]}, "from 0 (Monday) to 6"),
        ({"days": [[1]]}, "from 0 (Monday) to 6"),
        ({"from": "8 o'clock"}, "“8 o'clock” is no time of the day"),
        ({"to": "25:00"}, "“25:00” is no time of the day"),
        ({"hours": 3, "weeks": 2}, "something unknown: hours"),
        ({"days": []}, "No day of the week"),
    ],
)
def test_what_is_no_window_is_refused_in_a_sentence(window: Mapping[str, Any], words: str) -> None:
    with translation.override("en"), pytest.raises(WindowInvalid, match=re.escape(words)):
        read_window(window)


TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
ZONES = st.sampled_from(
    [
        ASUNCION,
        MADRID,
        ZoneInfo("America/New_York"),
        ZoneInfo("America/Santiago"),  # at midnight
        ZoneInfo("Australia/Lord_Howe"),  # by half an hour
        ZoneInfo("UTC"),
    ]
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
WINDOWS = st.builds(
    Hours, TIMES, TIMES, st.sets(st.integers(0, 6), min_size=1).map(frozenset), st.booleans()
)
QUIET = st.one_of(st.none(), st.builds(quiet_hours, TIMES, TIMES))
HOLIDAYS = frozenset({date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 25)})


def is_open(window: Hours, quiet: Hours | None, zone: ZoneInfo, moment: datetime) -> bool:
    local = moment.astimezone(zone)
    is_quiet = quiet is not None and quiet.contains(local, ())
    return window.contains(local, HOLIDAYS) and not is_quiet


@settings(max_examples=150, deadline=None)
@given(WINDOWS, QUIET, ZONES, MOMENTS, st.integers(0, 60 * 24 * 9))
def test_the_moment_is_inside_the_earliest_and_monotone(
    window: Hours, quiet: Hours | None, zone: ZoneInfo, now: datetime, minutes: int
) -> None:
    try:
        moment = next_moment(window, quiet, zone, HOLIDAYS, now)
    except NeverOpens:
        probes = (now + timedelta(minutes=17) * n for n in range(600))
        assert not any(is_open(window, quiet, zone, probe) for probe in probes)
        return
    assert moment >= now
    assert is_open(window, quiet, zone, moment)
    later = now + timedelta(minutes=minutes)
    assert next_moment(window, quiet, zone, HOLIDAYS, later) >= moment
    if later < moment:  # nothing was open in between
        assert not is_open(window, quiet, zone, later)


def closes(
    window: Mapping[str, Any], local: str, *, quiet: Hours | None = None, zone: ZoneInfo = ASUNCION
) -> str:
    now = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    found = closing_moment(read_window(window), quiet, zone, calendar_of("PY"), now)
    assert found.utcoffset() == timedelta(0)
    return found.astimezone(zone).strftime("%a %d %b %H:%M")


NIGHTS = {"from": "21:00", "to": "07:00"}
ALWAYS = {"from": "08:00", "to": "08:00"}


@pytest.mark.parametrize(
    ("window", "quiet", "local", "expected"),
    [
        (OFFICE, None, "2026-11-24 10:00", "Tue 24 Nov 18:00"),
        (OFFICE, None, "2026-11-24 17:59", "Tue 24 Nov 18:00"),
        (OFFICE, None, "2026-11-24 18:00", "Wed 25 Nov 00:00"),  # over: not its own end
        (OFFICE, quiet_hours(time(12), time(14)), "2026-11-24 10:00", "Tue 24 Nov 12:00"),
        (OFFICE, quiet_hours(time(12), time(14)), "2026-11-24 15:00", "Tue 24 Nov 18:00"),
        (OFFICE, NIGHT, "2026-11-24 10:00", "Tue 24 Nov 18:00"),
        (NIGHTS, None, "2026-11-24 06:00", "Tue 24 Nov 07:00"),
        (NIGHTS, None, "2026-11-24 22:00", "Wed 25 Nov 00:00"),
        ({}, NIGHT, "2026-11-24 10:00", "Tue 24 Nov 21:00"),
        ({}, None, "2026-11-24 10:00", "Wed 25 Nov 00:00"),
        ({}, None, "2026-12-31 10:00", "Fri 01 Jan 00:00"),
        (ALWAYS, None, "2026-11-24 06:00", "Wed 25 Nov 00:00"),  # the day's turn closes nothing
        (ALWAYS, NIGHT, "2026-11-24 07:30", "Tue 24 Nov 21:00"),
    ],
)
def test_r23_what_is_open_stays_so_until_its_hours_or_the_day_end(
    window: Mapping[str, Any], quiet: Hours | None, local: str, expected: str
) -> None:
    assert closes(window, local, quiet=quiet) == expected


def test_r23_the_day_ends_at_midnight_there_also_when_the_clocks_are_changed() -> None:
    assert closes({}, "2026-10-25 01:30", zone=MADRID) == "Mon 26 Oct 00:00"
    assert closes({}, "2026-03-28 23:30", zone=MADRID) == "Sun 29 Mar 00:00"


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"from": "09:00", "to": "18:00"}, "09:00–18:00"),
        ({"from": "09:00"}, "09:00–00:00"),
        ({"to": "18:00"}, "00:00–18:00"),
        ({"from": "", "to": None}, "at any hour"),
        ({}, "at any hour"),
        ({"from": "08:00", "to": "08:00"}, "at any hour"),
    ],
)
def test_hours_are_said_from_when_to_when(window: Mapping[str, Any], words: str) -> None:
    with translation.override("en"):
        assert hours_in_words(window) == words

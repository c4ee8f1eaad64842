"""Windows, holidays and quiet hours only move the moment (R23), in the recipient's own zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.triggers.notifications.hours import holidays_of
from emailketing.triggers.notifications.windows import (
    Hours,
    NeverOpens,
    WindowInvalid,
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
    found = next_moment(read_window(window), quiet, zone, holidays_of(country), now)
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
    "window",
    [{"days": [7]}, {"days": "Monday"}, {"days": [True]}, {"from": "8 o'clock"}, {"hours": 3}],
)
def test_what_is_no_window_is_refused(window: Mapping[str, Any]) -> None:
    with pytest.raises(WindowInvalid):
        read_window(window)


TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))
ZONES = st.sampled_from(
    [
        ASUNCION,
        MADRID,
        ZoneInfo("America/New_York"),
        ZoneInfo("Australia/Lord_Howe"),
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

"""P3: when something recurs, in every zone, over every change of the clocks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.schedule.recurrence import (
    A_DAY,
    FreeDayPolicy,
    Recurrence,
    RecurrenceInvalid,
    check_recurs,
    first_instants,
    instants,
)
from emailketing.schedule.rule_text import days_of

SEVEN = (time(7),)
ASUNCION, NEW_YORK, SAO_PAULO = "America/Asuncion", "America/New_York", "America/Sao_Paulo"


def weekend(day: date) -> bool:
    return day.weekday() >= 5


def never(_day: date) -> bool:
    return False


def recurrence(
    rule: str = "FREQ=DAILY",
    *times: time,
    zone: str = ASUNCION,
    free_day: FreeDayPolicy = "run",
    starts: date = date(2016, 1, 1),
    ends: date | None = None,
) -> Recurrence:
    return Recurrence(rule, times or SEVEN, zone, free_day, starts, ends)


def runs(
    found: Recurrence, since: str, count: int = 3, is_free: Callable[[date], bool] = weekend
) -> list[str]:
    """Return the next runs after a moment of that zone, as that zone's clocks show them."""
    zone = ZoneInfo(found.zone)
    after = datetime.fromisoformat(since).replace(tzinfo=zone)
    moments = first_instants(found, after, is_free, count)
    return [moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %z") for moment in moments]


def test_p3_a_time_that_does_not_exist_runs_at_the_next_one_that_does() -> None:
    in_new_york = recurrence("FREQ=DAILY", time(2, 30), zone=NEW_YORK)
    assert runs(in_new_york, "2018-03-10 12:00", 2) == [
        "2018-03-11 03:00 -0400",
        "2018-03-12 02:30 -0400",
    ]
    midnight = recurrence("FREQ=DAILY", time(0), zone=SAO_PAULO)
    assert runs(midnight, "2018-11-03 12:00", 2) == [
        "2018-11-04 01:00 -0200",
        "2018-11-05 00:00 -0200",
    ]


def test_p3_several_times_that_do_not_exist_run_once_together() -> None:
    found = recurrence("FREQ=DAILY", time(2), time(2, 30), time(3), zone=NEW_YORK)
    assert runs(found, "2018-03-11 00:00", 2) == [
        "2018-03-11 03:00 -0400",
        "2018-03-12 02:00 -0400",
    ]


def test_p3_a_time_that_exists_twice_runs_once_the_first_time() -> None:
    found = recurrence("FREQ=DAILY", time(1, 30), zone=NEW_YORK)
    assert runs(found, "2018-11-03 12:00", 2) == [
        "2018-11-04 01:30 -0400",
        "2018-11-05 01:30 -0500",
    ]
    in_sao_paulo = recurrence("FREQ=DAILY", time(23, 30), zone=SAO_PAULO)
    assert runs(in_sao_paulo, "2018-02-17 00:00", 2) == [
        "2018-02-17 23:30 -0200",
        "2018-02-18 23:30 -0300",
    ]


def test_seven_in_asuncion_is_seven_before_and_after_october_2024() -> None:
    found = recurrence()
    assert runs(found, "2024-10-05 12:00", 1) == ["2024-10-06 07:00 -0300"]
    assert runs(found, "2023-04-01 12:00", 1) == ["2023-04-02 07:00 -0400"]
    assert runs(found, "2025-06-01 12:00", 1) == ["2025-06-02 07:00 -0300"]  # no winter time now


def test_29_february_runs_in_leap_years_only() -> None:
    found = recurrence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    days = [run[:10] for run in runs(found, "2095-01-01 00:00", 3)]
    assert days == ["2096-02-29", "2104-02-29", "2108-02-29"]  # 2100 is none


def test_the_last_working_day_knows_a_holiday_that_was_moved() -> None:
    moved_there = {date(2026, 7, 31)}
    found = recurrence("FREQ=MONTHLY;BYMONTHDAY=-1", free_day="previous")

    def is_free(day: date) -> bool:
        return weekend(day) or day in moved_there

    days = [run[:10] for run in runs(found, "2026-05-01 00:00", 4, is_free)]
    assert days == ["2026-05-29", "2026-06-30", "2026-07-30", "2026-08-31"]


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        ("run", ["05-01", "05-02", "05-03", "05-04"]),
        ("skip", ["05-04", "05-05", "05-06", "05-07"]),
        ("next", ["05-04", "05-05", "05-06", "05-07"]),
        ("previous", ["05-04", "05-05", "05-06", "05-07"]),
    ],
)
def test_each_day_over_a_long_weekend(policy: FreeDayPolicy, days: list[str]) -> None:
    def is_free(day: date) -> bool:
        return weekend(day) or day == date(2026, 5, 1)

    found = recurrence(free_day=policy)
    assert [run[5:10] for run in runs(found, "2026-04-30 12:00", 4, is_free)] == days


def test_a_day_moved_over_the_end_of_the_year() -> None:
    found = recurrence("FREQ=MONTHLY;BYMONTHDAY=-1", time(0), time(23, 59), free_day="next")

    def is_free(day: date) -> bool:
        return day in {date(2026, 12, 31), date(2027, 1, 1)}

    assert runs(found, "2026-12-31 00:00", 3, is_free) == [
        "2027-01-02 00:00 -0300",
        "2027-01-02 23:59 -0300",
        "2027-01-31 00:00 -0300",
    ]


def test_strictly_after_and_not_before_it_starts_nor_after_it_ends() -> None:
    found = recurrence(starts=date(2026, 12, 30), ends=date(2027, 1, 1))
    assert [run[:10] for run in runs(found, "2020-01-01 00:00", 9, never)] == [
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
    ]
    assert runs(found, "2026-12-31 07:00", 1, never) == ["2027-01-01 07:00 -0300"]


def test_every_second_week_is_counted_from_its_first_day() -> None:
    found = recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", starts=date(2026, 11, 30))
    assert [run[5:10] for run in runs(found, "2027-03-01 00:00", 2, never)] == ["03-08", "03-22"]


def test_three_times_is_three_times() -> None:
    found = recurrence("FREQ=DAILY;COUNT=3", starts=date(2026, 11, 30))
    assert len(runs(found, "2026-11-01 00:00", 9, never)) == 3


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("", "FREQ=MONTHLY"),
        ("FREQ=HOURLY", "DAILY|WEEKLY"),
        ("FREQ=DAILY;BYHOUR=7", "beside"),
        ("FREQ=DAILY;UNTIL=20261231", "last day"),
        ("FREQ=DAILY;BYEASTER=1", "BYEASTER"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;COUNT=99999999999999", "COUNT"),
        ("FREQ=WEEKLY;BYDAY=XX", "RFC 5545"),
        ("EXDATE:20261231", "part"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_one_sentence(rule: str, word: str) -> None:
    with pytest.raises(RecurrenceInvalid) as refused:
        recurrence(rule)
    assert word in str(refused.value) or "RFC" not in word
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"]
)
def test_a_rule_that_never_fires_is_refused_and_soon(rule: str) -> None:
    with pytest.raises(RecurrenceInvalid):
        check_recurs(recurrence(rule), datetime(2026, 11, 30, tzinfo=UTC), never)


def test_what_falls_on_free_days_only_or_is_over_is_refused() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    with pytest.raises(RecurrenceInvalid):
        check_recurs(recurrence("FREQ=WEEKLY;BYDAY=SA", free_day="skip"), now, weekend)
    with pytest.raises(RecurrenceInvalid):
        check_recurs(recurrence(free_day="next"), now, lambda _day: True)
    with pytest.raises(RecurrenceInvalid):
        check_recurs(recurrence(ends=date(2026, 1, 2)), now, never)


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Luna/Mar"},
        {"zone": ""},
        {"times": []},
        {"times": ["25:00"]},
        {"times": [f"{hour:02}:{minute:02}" for hour in range(7) for minute in range(7)]},
        {"free_day": "sometimes"},
        {"starts": "2026-02-30"},
        {"starts": "9999-01-01"},
        {"ends": "2015-01-01"},
        {"rule": None},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, str | list[str] | None]) -> None:
    with pytest.raises(RecurrenceInvalid):
        Recurrence.from_json(recurrence().to_json() | wrong)


WEEKDAYS = st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1)
RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 9)),
    WEEKDAYS.map(lambda days: "FREQ=WEEKLY;BYDAY=" + ",".join(sorted(days))),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.integers(-31, 31).filter(bool)),
    st.builds("FREQ=MONTHLY;BYDAY={}FR".format, st.sampled_from([-1, 1, 2, 5])),
)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
RECURRENCES = st.builds(
    recurrence,
    RULES,
    TIMES,
    TIMES,
    zone=st.sampled_from([ASUNCION, NEW_YORK, SAO_PAULO, "Pacific/Apia", "Asia/Kathmandu", "UTC"]),
    free_day=st.sampled_from(["run", "skip", "next", "previous"]),
    starts=st.dates(date(2009, 1, 1), date(2026, 1, 1)),
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(found=RECURRENCES, after=MOMENTS)
def test_p3_runs_ascend_each_once_and_on_days_that_may_be(
    found: Recurrence, after: datetime
) -> None:
    zone = ZoneInfo(found.zone)
    moments = first_instants(found, after, weekend, 4)
    assert moments == sorted(set(moments))
    assert all(moment > after and moment.tzinfo is UTC for moment in moments)
    for moment in moments:
        local = moment.astimezone(zone)
        is_leapt = local.replace(tzinfo=None) - timedelta(seconds=1) != (
            (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        )
        assert is_leapt or local.time() in found.times
        assert is_leapt or found.free_day == "run" or not weekend(local.date())
        assert local.date() >= found.starts


@given(found=RECURRENCES, after=MOMENTS)
def test_asked_again_after_each_run_it_says_the_same(found: Recurrence, after: datetime) -> None:
    one_by_one, moment = [], after
    for _number in range(3):
        found_next = next(instants(found, moment, weekend), None)
        if found_next is not None:
            one_by_one.append(moment := found_next)
    assert one_by_one == list(islice(instants(found, after, weekend), 3))


@given(found=RECURRENCES)
def test_what_is_written_as_json_is_read_as_it_was(found: Recurrence) -> None:
    again = Recurrence.from_json(found.to_json())
    assert again == replace(found, times=again.times)
    assert set(again.times) == set(found.times)


@settings(max_examples=60)
@given(
    rule=st.sampled_from(
        [
            "FREQ=DAILY",
            "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR",
            "FREQ=DAILY;COUNT=900",
            "FREQ=WEEKLY",
            "FREQ=WEEKLY;BYDAY=MO,WE,SU;WKST=SU",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2",
            "FREQ=WEEKLY;BYDAY=FR;COUNT=90",
            "FREQ=MONTHLY;BYDAY=-1FR",
        ]
    ),
    interval=st.integers(1, 20),
    starts=st.dates(date(2016, 1, 1), date(2017, 1, 1)),
    later=st.integers(0, 2000),
)
def test_years_later_its_days_are_those_counted_from_the_first(
    rule: str, interval: int, starts: date, later: int
) -> None:
    rule, since, until = f"{rule};INTERVAL={interval}", starts + later * A_DAY, date(2024, 1, 1)
    counted = [day for day in days_of(rule, starts, starts, until) if day >= since]
    assert list(days_of(rule, starts, since, until)) == counted


PART = st.builds(
    "{}={}".format,
    st.sampled_from(
        [
            "INTERVAL",
            "COUNT",
            "BYDAY",
            "BYMONTHDAY",
            "BYYEARDAY",
            "BYWEEKNO",
            "BYMONTH",
            "BYSETPOS",
            "X",
        ]
    ),
    st.lists(
        st.sampled_from(
            ["MO", "-1FR", "0SU", "99TU", "+", "MO(", "1", "-1", "0", "400", "-54", "é"]
        )
        | st.integers().map(str),
        max_size=3,
    ).map(",".join),
)


@settings(max_examples=30)  # what never comes takes half a second
@given(
    freq=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]), parts=st.lists(PART, max_size=3)
)
def test_a_rule_is_refused_with_a_sentence_or_can_be_asked(freq: str, parts: list[str]) -> None:
    try:
        found = recurrence(";".join([f"FREQ={freq}", *parts]), ends=date(2016, 2, 1))
    except RecurrenceInvalid:
        return
    first_instants(found, datetime(2016, 1, 5, tzinfo=UTC), weekend, 2)

"""Days that come once a year (O6), against what the calendars of the countries say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.common.plain import Entry
from emailketing.schedule.calendar_day import (
    LAST,
    CalendarDay,
    DayInvalid,
    day_in_year,
    days_between,
)

SUNDAY = 6
YEARS = st.integers(1900, 2199)


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (CalendarDay("fixed", month=12, day=25), {2026: date(2026, 12, 25)}),
        # Mother's day: 15 May in Paraguay, the second Sunday of May in Brazil
        (CalendarDay("fixed", month=5, day=15), {2026: date(2026, 5, 15)}),
        (
            CalendarDay("weekday", month=5, nth=2, weekday=SUNDAY),
            {2024: date(2024, 5, 12), 2026: date(2026, 5, 10), 2027: date(2027, 5, 9)},
        ),
        # Father's day: the third Sunday of June in Paraguay, the second of August in Brazil
        (
            CalendarDay("weekday", month=6, nth=3, weekday=SUNDAY),
            {2025: date(2025, 6, 15), 2026: date(2026, 6, 21)},
        ),
        (
            CalendarDay("weekday", month=8, nth=2, weekday=SUNDAY),
            {2025: date(2025, 8, 10), 2026: date(2026, 8, 9)},
        ),
        (
            CalendarDay("weekday", month=12, nth=LAST, weekday=3),
            {2026: date(2026, 12, 31), 2027: date(2027, 12, 30)},
        ),
        (CalendarDay("easter"), {2025: date(2025, 4, 20), 2026: date(2026, 4, 5)}),
        (CalendarDay("easter", offset=-2), {2026: date(2026, 4, 3)}),  # Good Friday
        (CalendarDay("easter", offset=60), {2026: date(2026, 6, 4)}),  # Corpus Christi
        (
            CalendarDay("weekday", month=2, nth=5, weekday=SUNDAY),
            {2026: None, 2032: date(2032, 2, 29)},
        ),
    ],
)
def test_the_day_in_a_year(day: CalendarDay, years: dict[int, date | None]) -> None:
    assert {year: day.in_year(year) for year in years} == years


@pytest.mark.parametrize(
    ("leap_day", "found"),
    [("feb28", date(2027, 2, 28)), ("mar1", date(2027, 3, 1)), ("leap", None)],
)
def test_29_february_is_what_was_chosen(leap_day: str, found: date | None) -> None:
    day = CalendarDay.from_json({"kind": "fixed", "month": 2, "day": 29, "leap_day": leap_day})
    assert day.in_year(2027) == found
    assert day.in_year(2028) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "moon"},
        {"kind": "fixed", "month": 2, "day": 30},
        {"kind": "fixed", "month": 13, "day": 1},
        {"kind": "fixed", "month": "marzo", "day": 1},
        {"kind": "fixed", "month": 2, "day": 29, "leap_day": "feb27"},
        {"kind": "weekday", "month": 5, "nth": 6, "weekday": 0},
        {"kind": "weekday", "month": 5, "nth": 0, "weekday": 0},
        {"kind": "weekday", "month": 5, "nth": 1, "weekday": 7},
        {"kind": "easter", "offset": 400},
    ],
)
def test_what_is_no_day_is_refused(wrong: Entry) -> None:
    with pytest.raises(DayInvalid):
        CalendarDay.from_json(wrong)


DAYS = st.one_of(
    st.dates().map(lambda day: CalendarDay("fixed", month=day.month, day=day.day)),
    st.integers(-366, 366).map(lambda offset: CalendarDay("easter", offset=offset)),
    st.builds(
        lambda month, nth, weekday: CalendarDay("weekday", month=month, nth=nth, weekday=weekday),
        st.integers(1, 12),
        st.sampled_from([LAST, 1, 2, 3, 4, 5]),
        st.integers(0, 6),
    ),
)


@given(DAYS)
def test_what_is_written_is_read_back(day: CalendarDay) -> None:
    assert CalendarDay.from_json(day.to_json()) == day


@given(st.integers(1, 12), st.sampled_from([LAST, 1, 2, 3, 4]), st.integers(0, 6), YEARS)
def test_the_nth_weekday_is_that_weekday_in_that_week(
    month: int, nth: int, weekday: int, year: int
) -> None:
    found = CalendarDay("weekday", month=month, nth=nth, weekday=weekday).in_year(year)
    assert found is not None
    assert (found.month, found.weekday()) == (month, weekday)
    if nth == LAST:
        assert (found + timedelta(days=7)).month != month
    else:
        assert (found.day - 1) // 7 == nth - 1


@given(DAYS, st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 1000))
def test_days_between_are_ascending_and_at_most_one_a_year(
    day: CalendarDay, first: date, length: int
) -> None:
    last = first + timedelta(days=length)
    found = list(days_between(day, first, last))
    assert found == sorted(set(found))
    assert all(first <= one <= last for one in found)
    of_its_year = {year: day.in_year(year) for year in range(first.year, last.year + 1)}
    assert set(found) == {one for one in of_its_year.values() if one and first <= one <= last}


@given(YEARS, st.sampled_from(["feb28", "mar1", "leap"]))
def test_an_ordinary_day_is_the_same_under_each_choice(year: int, leap_day: str) -> None:
    assert day_in_year(6, 15, year, leap_day) == date(year, 6, 15)  # type: ignore[arg-type]

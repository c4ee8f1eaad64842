"""Against what the figures of a report stand: whole periods against whole ones (P10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.listings.periods import WORDS, Period, period_of
from emailketing.triggers.reports.definition.compare import compared_with


@pytest.mark.parametrize(
    ("words", "how", "today", "first", "last"),
    [
        ("yesterday", "before", "2026-11-30", "2026-11-28", "2026-11-28"),
        ("yesterday", "year", "2026-11-30", "2025-11-29", "2025-11-29"),
        ("last_month", "before", "2026-12-01", "2026-10-01", "2026-10-31"),
        ("last_month", "year", "2026-12-01", "2025-11-01", "2025-11-30"),
        ("month_to_date", "before", "2026-11-15", "2026-10-01", "2026-10-15"),
        ("month_to_date", "before", "2026-03-30", "2026-02-01", "2026-02-28"),
        ("last_quarter", "before", "2026-11-30", "2026-04-01", "2026-06-30"),
        ("year_to_date", "before", "2026-11-30", "2025-01-01", "2025-11-30"),
        ("year_to_date", "before", "2026-04-15", "2025-01-01", "2025-04-15"),
        ("this_month", "before", "2026-11-30", "2026-10-01", "2026-10-31"),
        ("2026-10-01..2026-11-30", "before", "2026-12-01", "2026-08-01", "2026-09-30"),
        ("last_week", "before", "2026-11-30", "2026-11-16", "2026-11-22"),
        ("last_7_days", "before", "2026-11-30", "2026-11-16", "2026-11-22"),
        ("2024-02-29..2024-02-29", "year", "2026-11-30", "2023-02-28", "2023-02-28"),
    ],
)
def test_p10_what_a_period_is_compared_with(
    words: str, how: str, today: str, first: str, last: str
) -> None:
    found = compared_with(period_of(words, today=date.fromisoformat(today)), how, words)
    assert (found.start.isoformat(), found.last.isoformat()) == (first, last)


@given(
    word=st.sampled_from(sorted(WORDS)),
    today=st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    how=st.sampled_from(["before", "year"]),
)
def test_p10_it_is_never_empty_and_ends_before_the_period_does(
    word: str, today: date, how: str
) -> None:
    period = period_of(word, today=today)
    found = compared_with(period, how, word)
    assert found.start < found.until < period.until
    assert found.start < period.start
    assert abs((found.until - found.start) - (period.until - period.start)) <= timedelta(days=31)


def test_days_of_two_months_stand_against_as_many_right_before() -> None:
    found = compared_with(Period(date(2026, 11, 20), date(2026, 12, 5)), "before")
    assert found == Period(date(2026, 11, 5), date(2026, 11, 20))

"""P2: periods in words, from an instant and a zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.listings.periods import (
    MOST_DAYS,
    WORDS,
    NotAPeriod,
    Period,
    beginning,
    period_of,
    today_of,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("words", "start", "until"),
    [
        ("today", "2026-11-30", "2026-12-01"),
        ("yesterday", "2026-11-29", "2026-11-30"),
        ("tomorrow", "2026-12-01", "2026-12-02"),
        ("this_week", "2026-11-30", "2026-12-07"),
        ("last_week", "2026-11-23", "2026-11-30"),
        ("next_week", "2026-12-07", "2026-12-14"),
        ("this_month", "2026-11-01", "2026-12-01"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("next_month", "2026-12-01", "2027-01-01"),
        ("month_to_date", "2026-11-01", "2026-12-01"),
        ("this_quarter", "2026-10-01", "2027-01-01"),
        ("last_quarter", "2026-07-01", "2026-10-01"),
        ("this_year", "2026-01-01", "2027-01-01"),
        ("year_to_date", "2026-01-01", "2026-12-01"),
        ("last_7_days", "2026-11-23", "2026-11-30"),
        ("next_7_days", "2026-11-30", "2026-12-07"),
        ("2026-01-01..2026-01-31", "2026-01-01", "2026-02-01"),
    ],
)
def test_p2_the_words_on_a_monday_that_ends_a_month(words: str, start: str, until: str) -> None:
    found = period_of(words, today=date(2026, 11, 30))
    assert found == Period(date.fromisoformat(start), date.fromisoformat(until))


@given(DAYS)
def test_periods_follow_one_another_without_a_gap(today: date) -> None:
    for unit in ("week", "month", "quarter", "year"):
        last, this, following = (
            period_of(f"{which}_{unit}", today=today) for which in ("last", "this", "next")
        )
        assert (last.until, this.until) == (this.start, following.start)
        assert this.start <= today < this.until
        so_far = period_of(f"{unit}_to_date", today=today)
        assert (so_far.start, so_far.last) == (this.start, today)


@given(DAYS, st.integers(1, MOST_DAYS))
def test_so_many_days_are_so_many_days(today: date, count: int) -> None:
    last = period_of(f"last_{count}_days", today=today)
    following = period_of(f"next_{count}_days", today=today)
    assert last.until == following.start == today
    assert last.until - last.start == following.until - following.start == timedelta(count)


@pytest.mark.parametrize(
    "words",
    ["", "last_0_days", "last_9999_days", "ayer", "2026-02-30..2026-03-01",
     "2026-02-02..2026-02-01", "9999-12-31..9999-12-31"],
)  # fmt: skip
def test_what_is_no_period_is_refused(words: str) -> None:
    with pytest.raises(NotAPeriod):
        period_of(words, today=date(2026, 11, 30))


def test_p2_the_day_is_that_of_the_zone() -> None:
    """At 23:30 in Asunción it is tomorrow in London."""
    now = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    assert today_of(now, "America/Asuncion") == date(2026, 11, 30)
    assert today_of(now, "Europe/London") == date(2026, 12, 1)


def test_a_day_whose_midnight_the_clocks_skip_begins_at_one() -> None:
    """São Paulo, 4 November 2018."""
    start = beginning(date(2018, 11, 4), "America/Sao_Paulo")
    assert (start.hour, start.astimezone(UTC)) == (1, datetime(2018, 11, 4, 3, tzinfo=UTC))


@given(DAYS, st.sampled_from(["America/Asuncion", "America/New_York", "America/Sao_Paulo"]))
def test_a_day_begins_when_the_one_before_ends(day: date, zone: str) -> None:
    start = beginning(day, zone)
    assert start.date() == day
    before = start.astimezone(UTC) - timedelta(microseconds=1)
    assert before.astimezone(ZoneInfo(zone)).date() == day - timedelta(1)


def test_every_word_gives_a_period_with_a_day_in_it() -> None:
    for words in WORDS:
        found = period_of(words, today=date(2028, 2, 29))
        assert found.start < found.until

"""Dates of legacy systems: understood or refused with a sentence, never guessed (O6, O7)."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.common.plain import Cell
from emailketing.common.written_date import (
    DateUnreadable,
    WrittenDate,
    believed,
    read_written_date,
)
from emailketing.schedule.calendar_day import is_day

TODAY = date(2026, 11, 30)
MAY_23 = WrittenDate(5, 23, 1980)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (date(1980, 5, 23), MAY_23),
        # the day that is written is the day, whatever day that is in another zone
        (datetime(1980, 5, 23, 21, tzinfo=UTC), MAY_23),
        ("1980-05-23", MAY_23),
        ("1980-05-23 00:00:00", MAY_23),
        ("1980-05-23T00:00:00-04:00", MAY_23),
        ("1980/5/23", MAY_23),
        (19800523, MAY_23),
        ("19800523", MAY_23),
        ("23/05/1980", MAY_23),
        ("23.5.1980", MAY_23),
        ("23-05-1980 00:00", MAY_23),
        ("23 de mayo de 1980", MAY_23),
        ("23 mayo 1980", MAY_23),
        ("23 de Maio de 1980", MAY_23),
        ("23 May 1980", MAY_23),
        ("23/05/80", WrittenDate(5, 23)),  # of which century?
        ("23/05", WrittenDate(5, 23)),
        ("--05-23", WrittenDate(5, 23)),
        ("--0523", WrittenDate(5, 23)),
        ("23 de mayo", WrittenDate(5, 23)),
        ("0000-05-23", WrittenDate(5, 23)),
        ("0001-05-23", WrittenDate(5, 23, 1)),
        ("1900-02-29", WrittenDate(2, 29, 1900)),  # no leap year: the year was filled in
        ("29/02", WrittenDate(2, 29)),
        ("29/02/1980", WrittenDate(2, 29, 1980)),
    ],
)
def test_what_legacy_systems_write_is_understood(written: Cell, found: WrittenDate) -> None:
    assert read_written_date(written) == found


@pytest.mark.parametrize(
    "written", [None, "", "  ", 0, "0", "00000000", "00/00/0000", "0000-00-00"]
)
def test_what_says_nothing_is_no_date_and_no_mistake(written: Cell) -> None:
    assert read_written_date(written) is None


@pytest.mark.parametrize(
    "written",
    [
        *("30/02/1980", "1981-02-29", "marzo", "12 de marzal", "05/23/1980", "1980", "523", "x"),
        *("1980-5", "99999999", "31/04", "23/05/1980/3", "\u0663/\u0663", "1.234.567"),
    ],
)
def test_what_is_no_day_is_refused_with_what_was_written(written: str) -> None:
    with pytest.raises(DateUnreadable) as refused:
        read_written_date(written)
    assert written in str(refused.value)


@pytest.mark.parametrize("year", [1, 1753, 1899, 1900, 1905, 2027, 9999])
def test_a_year_nobody_alive_was_born_in_is_unknown(year: int) -> None:
    assert believed(WrittenDate(5, 23, year), TODAY) == WrittenDate(5, 23)


def test_a_year_is_believed_up_to_today() -> None:
    assert believed(WrittenDate(11, 30, 2026), TODAY).year == 2026
    assert believed(WrittenDate(12, 1, 2026), TODAY).year is None
    assert believed(WrittenDate(1, 1, 1906), TODAY).year == 1906


@given(st.dates(min_value=date(1902, 1, 1)))
def test_every_day_is_read_back_in_every_way_of_writing_it(day: date) -> None:
    same = WrittenDate(day.month, day.day, day.year)
    for written in (day, f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%d.%m.%Y}"):
        assert read_written_date(written) == same


@given(st.text(max_size=60) | st.integers() | st.floats() | st.binary(max_size=20))
def test_rubbish_never_ends_in_anything_but_a_sentence(written: Cell) -> None:
    with suppress(DateUnreadable):
        found = read_written_date(written)
        assert found is None or is_day(found.month, found.day)

"""A date as legacy systems write it: understood, or refused with the reason; nothing is guessed.

What is kept of it is month and day, and the year where one is believed: a birthday without a year
is a birthday, and old systems fill in 1900, 1753 or 0001 where they know none (occasions.md).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from emailketing.common.plain import Cell
from emailketing.common.said import say as _

LEAP_YEAR = 2000  # 29 February is a day, in whatever year somebody was born
OLDEST = 120  # years; who is older is a year that somebody filled in
FILLED_IN = 1900  # this year and all before it
MONTHS = (
    ("enero", "january", "janeiro"),
    ("febrero", "february", "fevereiro"),
    ("marzo", "march", "março", "marco"),
    ("abril", "april"),
    ("mayo", "may", "maio"),
    ("junio", "june", "junho"),
    ("julio", "july", "julho"),
    ("agosto", "august"),
    ("septiembre", "setiembre", "september", "setembro"),
    ("octubre", "october", "outubro"),
    ("noviembre", "november", "novembro"),
    ("diciembre", "december", "dezembro"),
)
MONTH_OF = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_TIME = r"(?:[T ][0-9:.]+ ?(?:[+-][0-9:]+|Z|UTC)?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{1,2}}){_TIME}")
_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{4}}|[0-9]{{2}}){_TIME}")
_NO_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})")
_NO_YEAR_ISO = re.compile(r"--([0-9]{2})-?([0-9]{2})")  # RFC 6350, 4.3.1
_IN_WORDS = re.compile(
    r"(?i)([0-9]{1,2})\.?(?:º|°)? (?:de )?([^\W\d_]+)\.?(?:,? (?:de |del )?([0-9]{4}))?"
)


class DateUnreadable(Exception):
    """No day can be made of it; the sentence says why."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day of the year, and the year where one is written."""

    month: int
    day: int
    year: int | None = None


def read_written_date(written: Cell) -> WrittenDate | None:
    """Read a date column or a text; None where it says nothing.

    Read are 1980-05-23, 19800523 (also as a number), 23/05/1980, 23.05.1980, 23-05-80 (of which the
    century is not known: no year), 23/05, --05-23 and “23 de mayo de 1980” in es, en and pt, with
    or without a time after it. The day comes before the month, as it is written where we are.

    Raises:
        DateUnreadable: there is no such day, or it is no date.
    """
    if isinstance(written, date | datetime):  # a date stays a date: no zone moves it
        return WrittenDate(written.month, written.day, written.year)
    text = " ".join(str("" if written is None else written).split())
    if text.strip("0-/. ") == "":
        return None  # empty, 00/00/0000, 0
    for form, parts in _FORMS:
        if found := form.fullmatch(text):
            return _checked(*parts(*found.groups()), text)
    raise DateUnreadable(_("“%(date)s” is no date.") % {"date": text[:40]})


def believed(found: WrittenDate, today: date) -> WrittenDate:
    """Return a birth date without a year that nobody alive was born in."""
    known = without_filler(found)
    if known.year is None or (today.year - OLDEST <= known.year and not _is_ahead(found, today)):
        return known
    return WrittenDate(found.month, found.day)


def without_filler(found: WrittenDate) -> WrittenDate:
    """Return a date without a year that only a program writes."""
    is_filler = found.year is not None and found.year <= FILLED_IN
    return WrittenDate(found.month, found.day) if is_filler else found


def _is_ahead(found: WrittenDate, today: date) -> bool:
    return (found.year or 0, found.month, found.day) > (today.year, today.month, today.day)


_Parts = tuple[int, int, int | None]


def _year_first(year: str, month: str, day: str) -> _Parts:
    return int(month), int(day), int(year)


def _day_first(day: str, month: str, year: str = "") -> _Parts:
    return int(month), int(day), int(year) if len(year) > len("80") else None


def _iso_without_year(month: str, day: str) -> _Parts:
    return int(month), int(day), None


def _in_words(day: str, month: str, year: str | None) -> _Parts:
    return MONTH_OF.get(month.lower(), 0), int(day), int(year) if year else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[..., _Parts]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_TOGETHER, _year_first),
    (_DAY_FIRST, _day_first),
    (_NO_YEAR, _day_first),
    (_NO_YEAR_ISO, _iso_without_year),
    (_IN_WORDS, _in_words),
)


def _checked(month: int, day: int, year: int | None, text: str) -> WrittenDate:
    try:
        # of a year that was filled in (0000) only month and day have to be
        date(year if year and year > FILLED_IN else LEAP_YEAR, month, day)
    except ValueError as error:
        sentence = _("There is no such day: “%(date)s”.")
        raise DateUnreadable(sentence % {"date": text[:40]}) from error
    return WrittenDate(month, day, year or None)

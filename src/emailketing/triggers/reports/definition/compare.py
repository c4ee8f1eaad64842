"""The period that a report's figures stand against: the one before, or the same of last year."""

from calendar import monthrange
from datetime import date

from emailketing.listings.periods import MONTHS, Period

YEAR = 12  # months


def compared_with(period: Period, how: str, words: str = "") -> Period:
    """Return the period before, or the same of last year.

    A month, quarter or year stands against the one before, as far as it has come; other whole
    months against as many before them, any other days against as many right before them.

    Args:
        period: as `period_of` read it.
        how: before or year.
        words: what it was read from: “year_to_date” stands against last year on 1 December, too.
    """
    start, until = period.start, period.until
    if how == "year":
        return Period(_moved(start, -YEAR), _moved(until, -YEAR))
    months = next((n for unit, n in MONTHS.items() if unit in words.split("_")), 0)
    if not months and start.day == 1 and until.day == 1:
        months = (until.year - start.year) * YEAR + until.month - start.month
    if not months:
        return Period(start - (until - start), start)
    first = _moved(start, -months)
    if until >= _moved(start, months):
        return Period(first, start)
    return Period(first, min(first + (until - start), start))


def _moved(day: date, months: int) -> date:
    number = day.year * YEAR + day.month - 1 + months
    year, month = number // YEAR, number % YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))

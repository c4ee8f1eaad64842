"""What a listing says in SQLite's SQL, with the functions of `functions.py`."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Integer, Numeric, and_, case, func, literal, or_
from sqlalchemy import cast as as_type
from sqlalchemy.sql.functions import coalesce

from emailketing.sources.dialects.expressions import (
    Expression,
    Expressions,
    Operation,
    Test,
    Unit,
    iso_day,
)
from emailketing.sources.dialects.tables import Stored


class SQLiteExpressions(Expressions):
    """SQLite keeps dates as texts, and any value in any column."""

    def folded(self, value: Expression) -> Expression:
        return func.emk_fold(value)

    def contains(self, value: Expression, part: str) -> Test:
        found = func.instr(func.emk_lower(value), part.casefold()) > 0
        return coalesce(found, not part)

    def is_empty(self, value: Expression, stored: Stored) -> Test:  # noqa: ARG002
        return or_(value.is_(None), value == "")

    def joined(self, left: tuple[Expression, Stored], right: tuple[Expression, Stored]) -> Test:
        """SQLite compares a number with a text that is one, and can use an index for it."""
        return left[0] == right[0]

    def alphabetical(self, value: Expression) -> Expression:
        return func.emk_fold(value)

    def number(self, value: Expression, stored: Stored, written: str = "") -> Expression:  # noqa: ARG002
        return func.emk_number(value, written)

    def literal_number(self, value: str) -> Expression:
        return func.emk_number(value, "")

    def sum(self, value: Expression) -> Expression:
        return func.emk_sum(value)

    def average(self, value: Expression) -> Expression:
        return func.emk_avg(value)

    def least(self, value: Expression) -> Expression:
        return func.emk_min(value)

    def greatest(self, value: Expression) -> Expression:
        return func.emk_max(value)

    def calculated(self, operation: Operation, of: Sequence[Expression]) -> Expression:
        found = of[0]
        for other in of[1:]:
            found = func.emk_calc(operation, found, other)
        return found

    def sortable(self, value: Expression) -> Expression:
        return as_type(value, Numeric)

    def day(self, value: Expression, stored: Stored, zone: str, written: str = "") -> Expression:  # noqa: ARG002
        return iso_day(value, written)

    def bucket(self, day: Expression, unit: Unit) -> Expression:
        if unit == "day":
            return day
        if unit == "week":
            return func.date(day, "weekday 0", "-6 days")
        if unit == "year":
            return func.substr(day, 1, 4) + literal("-01-01")
        if unit == "month":
            return func.substr(day, 1, 7) + literal("-01")
        month = as_type(func.substr(day, 6, 2), Integer)
        quarters = ((month > last, f"-{last + 1:02}-01") for last in (9, 6, 3))
        return func.substr(day, 1, 4) + case(*quarters, else_="-01-01")

    def hour(self, value: Expression, stored: Stored, zone: str) -> Expression:  # noqa: ARG002
        return as_type(func.substr(value, 12, 2), Integer)

    def weekday(self, day: Expression) -> Expression:
        number = as_type(func.strftime("%w", day), Integer)
        return case((number == 0, 7), else_=number)

    def days_since(self, day: Expression, today: date) -> Expression:
        return as_type(func.julianday(today.isoformat()) - func.julianday(day), Integer)

    def given_day(self, day: date) -> Expression:
        return literal(day.isoformat())

    def within(
        self, value: Expression, stored: Stored, bounds: tuple[datetime, datetime], written: str
    ) -> Test:
        """Texts in the order of ISO compare as they are, and an index helps."""
        day = value if not written else self.day(value, stored, "", written)
        start, until = (bound.date().isoformat() for bound in bounds)
        return and_(day >= start, day < until)

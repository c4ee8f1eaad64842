"""What a listing says in SQL, where databases say it differently.

Numbers are exact, dates are days, texts compare as conditions compare them: without capital
letters, blanks around them and, where the database has one, a language's order.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Text,
    and_,
    case,
    extract,
    func,
    literal,
    null,
    or_,
)
from sqlalchemy import cast as as_type

from emailketing.sources.dialects.tables import Stored

Expression: TypeAlias = ColumnElement[Any]  # of whatever a column holds
Test: TypeAlias = ColumnElement[bool]
Unit = Literal["day", "week", "month", "quarter", "year"]
Operation = Literal["sum", "difference", "product", "quotient", "percentage", "change"]
OPERATIONS: tuple[Operation, ...] = (
    "sum", "difference", "product", "quotient", "percentage", "change",
)  # fmt: skip
PLACES = 6  # decimals of what is divided
# how dates and numbers are written in a column of texts
DMY, MDY, COMPACT, COMMA = "dmy", "mdy", "compact", "comma"
WRITTEN = (DMY, MDY, COMPACT, COMMA)
# where year, month and day begin, and how long they are
PARTS = {
    "": ((1, 4), (6, 2), (9, 2)),
    DMY: ((7, 4), (4, 2), (1, 2)),
    MDY: ((7, 4), (1, 2), (4, 2)),
    COMPACT: ((1, 4), (5, 2), (7, 2)),
}
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$"
ISO_DAY = r"^[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"


class Expressions:
    """As standard SQL and PostgreSQL have it."""

    def text(self, value: Expression) -> Expression:
        return as_type(value, Text)

    def folded(self, value: Expression) -> Expression:
        """Return a text as conditions compare it."""
        return func.lower(func.trim(self.text(value))).collate("C")

    def contains(self, value: Expression, part: str) -> Test:
        found = func.strpos(func.lower(self.text(value)), part.casefold()) > 0
        return func.coalesce(found, not part)

    def is_empty(self, value: Expression, stored: Stored) -> Test:
        return or_(value.is_(None), value == "") if stored == "text" else value.is_(None)

    def joined(self, left: tuple[Expression, Stored], right: tuple[Expression, Stored]) -> Test:
        """Say whether two columns hold the same key, also where one keeps numbers as texts."""
        (one, kept), (other, kept_there) = left, right
        if kept == kept_there:
            return one == other
        if {kept, kept_there} == {"number", "text"}:
            return self.number(one, kept) == self.number(other, kept_there)
        return self.text(one) == self.text(other)

    def alphabetical(self, value: Expression) -> Expression:
        """Return a text as lists are sorted."""
        return value

    # --- numbers

    def number(self, value: Expression, stored: Stored, written: str = "") -> Expression:
        """Return an exact number; NULL where a text is none."""
        if stored == "number":
            return as_type(value, Numeric)
        if stored == "boolean":
            return as_type(value, Integer)
        plain = self.text(value)
        if written == COMMA:
            plain = func.replace(func.replace(plain, ".", ""), ",", ".")
        return case((plain.op("~")(NUMBER), as_type(func.trim(plain), Numeric)))

    def literal_number(self, value: str) -> Expression:
        return as_type(literal(value), Numeric)

    def sum(self, value: Expression) -> Expression:
        return func.sum(value)

    def average(self, value: Expression) -> Expression:
        return func.round(func.avg(value), PLACES)

    def least(self, value: Expression) -> Expression:
        return func.min(value)

    def greatest(self, value: Expression) -> Expression:
        return func.max(value)

    def calculated(self, operation: Operation, of: Sequence[Expression]) -> Expression:
        """Return what comes of it; NULL where one is missing, or is divided by nought."""
        first, second = of[0], of[1]
        if operation == "sum":
            total = first
            for other in of[1:]:
                total = total + other
            return total
        if operation == "difference":
            return first - second
        if operation == "product":
            return first * second
        is_change = operation == "change"  # from a loss to a smaller one is up
        whole = func.nullif(func.abs(second) if is_change else second, 0)
        part = first - second if is_change else first
        return func.round(as_type(part, Numeric) / whole, PLACES)

    def sortable(self, value: Expression) -> Expression:
        """Return a number so that it sorts and compares as one."""
        return value

    # --- dates

    def day(self, value: Expression, stored: Stored, zone: str, written: str = "") -> Expression:
        """Return the day; NULL where a text is none."""
        if stored == "date":
            return value
        if stored == "instant":
            return as_type(func.timezone(zone, value), Date)
        if stored == "moment":
            return as_type(value, Date)
        iso = iso_day(self.text(value), written)
        year, month, day = (
            as_type(func.substr(iso, *place), Integer) for place in ((1, 4), (6, 2), (9, 2))
        )
        # the first of the month and so many days: also 31 February is no error
        return case((iso.op("~")(ISO_DAY), func.make_date(year, month, 1) + (day - 1)))

    def bucket(self, day: Expression, unit: Unit) -> Expression:
        """Return the first day of the week, month, quarter or year that a day lies in."""
        return day if unit == "day" else as_type(func.date_trunc(unit, day), Date)

    def hour(self, value: Expression, stored: Stored, zone: str) -> Expression:
        if stored in {"text", "other"}:
            hour = func.substr(self.text(value), 12, 2)
            return case((hour.op("~")(r"^\d\d$"), as_type(hour, Integer)))
        local = func.timezone(zone, value) if stored == "instant" else value
        return as_type(extract("hour", local), Integer)

    def weekday(self, day: Expression) -> Expression:
        """Return 1 for Monday to 7 for Sunday."""
        return as_type(extract("isodow", day), Integer)

    def days_since(self, day: Expression, today: date) -> Expression:
        return as_type(literal(today), Date) - day

    def given_day(self, day: date) -> Expression:
        return as_type(literal(day), Date)

    def within(
        self, value: Expression, stored: Stored, bounds: tuple[datetime, datetime], written: str
    ) -> Test:
        """Say whether it lies from the first until before the second, both in the zone asked."""
        start, until = bounds
        if stored == "instant":
            return and_(value >= start, value < until)
        days = (start.date(), until.date())
        if stored in {"date", "moment"}:
            return and_(value >= days[0], value < days[1])
        day = self.day(value, stored, "", written)
        return and_(day >= self.given_day(days[0]), day < self.given_day(days[1]))

    def nothing(self) -> Expression:
        return null()


def iso_day(text: Expression, written: str) -> Expression:
    """Return 2026-11-30 of a text that is written in another order."""
    if written not in PARTS or not written:
        return func.substr(text, 1, 10)
    year, month, day = (func.substr(text, *place) for place in PARTS[written])
    return year + literal("-") + month + literal("-") + day

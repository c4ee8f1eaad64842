"""What columns come to: exact, whatever their number of rows; no sum is ever a float (P7)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext

from emailketing.common.plain import Cell
from emailketing.content.formats import EXACT
from emailketing.content.sheet.column import MOST_DECIMALS, Column


class ColumnTotals:
    """The totals of some rows, taken one after the other.

    Empty cells count for nothing, and of those that are not what their column is declared only
    that there is something.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.wanted = [number for number, column in enumerate(columns) if column.total]
        self._whole = [0] * len(columns)  # whole numbers, which need no context
        self._parts = [Decimal(0)] * len(columns)
        self._count = [0] * len(columns)  # of values
        self._filled = [0] * len(columns)
        self._least: list[Cell] = [None] * len(columns)
        self._greatest: list[Cell] = [None] * len(columns)

    def add(self, row: Sequence[Cell]) -> None:
        for number in self.wanted:
            self.add_value(number, row[number])

    def add_value(self, number: int, value: Cell) -> None:
        """Take the value of one column of a row."""
        if value is None or value == "":
            return
        self._filled[number] += 1
        total = self.columns[number].total
        if total in ("sum", "average"):
            self._add(number, value)
        elif total in ("min", "max"):
            self._compare(number, value)

    def add_all(self, rows: Iterable[Sequence[Cell]]) -> "ColumnTotals":
        for row in rows:
            self.add(row)
        return self

    def _add(self, number: int, value: Cell) -> None:
        if isinstance(value, int):
            self._whole[number] += value
        elif isinstance(value, Decimal) and value.is_finite():
            self._parts[number] = EXACT.add(self._parts[number], value)
        else:
            return
        self._count[number] += 1

    def _compare(self, number: int, value: Cell) -> None:
        wanted = (int, Decimal) if self.columns[number].is_numeric else (date, datetime)
        if not isinstance(value, wanted):
            return
        if self._least[number] is None or _is_less(value, self._least[number]):
            self._least[number] = value
        if self._greatest[number] is None or _is_less(self._greatest[number], value):
            self._greatest[number] = value

    def values(self) -> tuple[Cell, ...]:
        """Return for each column what it comes to; None where it has no total or no value."""
        return tuple(self._value(number) for number in range(len(self.columns)))

    def _value(self, number: int) -> Cell:
        total, count = self.columns[number].total, self._count[number]
        if total == "count":
            return self._filled[number]
        if total in ("min", "max"):
            return self._least[number] if total == "min" else self._greatest[number]
        if total not in ("sum", "average") or (total == "average" and not count):
            return None
        with localcontext(EXACT):
            summed = self._whole[number] + self._parts[number]
            if total == "average":
                return round(summed / count, MOST_DECIMALS).normalize() + 0
            return self._whole[number] if summed == self._whole[number] else summed


def _is_less(one: Cell, other: Cell) -> bool:
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one < other
    if isinstance(one, date) and isinstance(other, date):
        return one.isoformat() < other.isoformat()  # also of instants with and without a zone
    return False

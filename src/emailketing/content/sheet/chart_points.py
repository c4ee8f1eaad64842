"""The points of a chart: what is added up, in which order, of a statement its sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from emailketing.common.plain import Cell
from emailketing.content.sheet.cells import exact
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import SUM, level_place, level_reader

Point: TypeAlias = tuple[Cell, list[Decimal | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChart:
    """What is drawn of a table.

    Attributes:
        kind: bars (compare), line (over time) or share (of a whole).
        label: name of the column that says what each point is.
        values: names of one to three number columns; a share has one.
    """

    kind: Literal["bars", "line", "share"]
    label: str
    values: tuple[str, ...]


def all_points(kept: KeptSheet, chart: SheetChart) -> Iterator[Point]:
    """Yield the points, those that are drawn first before the others; none without a value.

    Rows with the same label are one point where all that is drawn can be added up. Of a statement
    the sums are drawn, in their order: its lines are parts of them.
    """
    for label, values in _found(kept, chart):
        if any(value is not None for value in values):
            yield label, values


def _found(kept: KeptSheet, chart: SheetChart) -> Iterator[Point]:
    columns = {column.name: column for column in kept.columns}
    if level_place(kept.columns) is not None and chart.kind == "bars":
        return _sums_of_a_statement(kept, chart)
    if all(columns[name].total == "sum" for name in chart.values):
        by_label = chart.kind == "line"
        added = kept.added_up(chart.label, chart.values, by_label=by_label)
        return ((label, [_number(value) for value in values]) for label, values in added)
    usual = (chart.label, False) if chart.kind == "line" else (chart.values[0], True)
    return (_point(kept, chart, row) for row in kept.rows(order=(usual,)))


def _sums_of_a_statement(kept: KeptSheet, chart: SheetChart) -> Iterator[Point]:
    level_of = level_reader(kept.columns)
    return (_point(kept, chart, row) for row in kept.rows() if level_of(row) == SUM)


def _point(kept: KeptSheet, chart: SheetChart, row: tuple[Cell, ...]) -> Point:
    cells = {column.name: cell for column, cell in zip(kept.columns, row, strict=True)}
    return cells[chart.label], [exact(cells[name]) for name in chart.values]


def _number(value: Cell) -> Decimal | None:
    return None if value is None else exact(Decimal(repr(value)))

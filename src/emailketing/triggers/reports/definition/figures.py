"""The key figures of a report: totals of columns, or a line of a statement in a column."""

from collections.abc import Sequence
from decimal import Decimal

from emailketing.common.plain import Cell
from emailketing.content.formats import EXACT
from emailketing.content.sheet.cells import exact
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import LINE_NAME, figure_column, shown_places


def is_told(column: Column) -> bool:
    """Whether what a column comes to is a figure."""
    return bool(column.total) and (column.is_numeric or column.total == "count")


def figure_named(name: str, sheet: KeptSheet) -> KeyFigure | None:
    """Return the figure of this name; None where a column of it has no total."""
    columns = {column.name: column for column in sheet.columns}
    column = columns.get(figure_column(name, columns))
    if column is None:
        return None
    if column.name == name:
        return figure_of(column, sheet) if is_told(column) else None
    return _of_a_line(name, column, sheet)


def figure_of(column: Column, sheet: KeptSheet) -> KeyFigure:
    place = sheet.columns.index(column)
    value = sheet.totals()[place]
    return KeyFigure(name=column.name, label=column.label, value=value, column=column)


def _of_a_line(name: str, column: Column, sheet: KeptSheet) -> KeyFigure:
    """Take the line of this name; where several are called so (two companies), all of them."""
    line, place = name.rpartition(".")[0], sheet.columns.index(column)
    rows = list(sheet.rows(where=(LINE_NAME, line)))
    first = shown_places(sheet.columns)[0]
    label = sheet.columns[first].called(rows[0][first]) if rows else line
    return KeyFigure(
        name=name, label=label, value=_sum([row[place] for row in rows]), column=column
    )


def _sum(values: Sequence[Cell]) -> Cell:
    known = [number for value in values if (number := exact(value)) is not None]
    if len(values) == 1:
        return values[0]
    total = Decimal(0)
    for number in known:
        total = EXACT.add(total, number)
    return total if known else None

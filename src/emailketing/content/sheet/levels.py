"""Lines of a statement stand at levels: sums bold, what they are made of indented below.

A read says it in a column called `_level`, which no form shows: 0 is a sum, 1 a line, 2 and more a
line of a line. Where there is no such column, every row is a line. What a line is called by
programs, whatever the reader's language, stands in a column `_line`, which no form shows, either:
whatever begins with `_` is for us alone (`_contact`: whose row it is, by the key of the contact).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from emailketing.common.plain import Cell
from emailketing.content.formats import FIRM
from emailketing.content.sheet.cells import exact
from emailketing.content.sheet.column import Column

HIDDEN = "_"  # what the name of a column begins with that people do not see
LEVEL, LINE_NAME = "_level", "_line"
SUM, LINE, DEEPEST = 0, 1, 6
INDENT = FIRM * 3


def level_place(columns: Sequence[Column]) -> int | None:
    """Return where the level stands in a row; None where the sheet has none."""
    return next((place for place, column in enumerate(columns) if column.name == LEVEL), None)


def shown_places(columns: Sequence[Column]) -> list[int]:
    """Return the places of a row that people see."""
    return [place for place, column in enumerate(columns) if not column.name.startswith(HIDDEN)]


def figure_column(name: str, columns: Collection[str]) -> str:
    """Return the column a figure is of: “total”, or “amount” of “result.amount”, of a line."""
    return name if name in columns or LINE_NAME not in columns else name.rpartition(".")[2]


def level_reader(columns: Sequence[Column]) -> Callable[[Sequence[Cell]], int]:
    """Return what says of a row at which level it stands."""
    place = level_place(columns)
    if place is None:
        return lambda _row: LINE
    return lambda row: _level(row[place])


def indented(text: str, level: int) -> str:
    """Put blanks before a line of a line."""
    return f"{INDENT * max(level - LINE, 0)}{text}"


def only_shown(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> Iterator[Sequence[Cell]]:
    """Yield the rows without what nobody sees, for files that programs read."""
    places = shown_places(columns)
    if len(places) == len(columns):
        yield from rows
        return
    for row in rows:
        yield [row[place] for place in places]


def _level(value: Cell) -> int:
    """Read it as any database gives a whole number: some of them as a decimal."""
    number = exact(value)
    return LINE if number is None else min(max(int(number), SUM), DEEPEST)

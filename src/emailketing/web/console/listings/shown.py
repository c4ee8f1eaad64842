"""The answer of a listing as a table on the screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from emailketing.common.language import active_language
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.content.sheet.cells import heading, shown, shown_total, tone_of
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.levels import level_reader, shown_places
from emailketing.content.sheet.mail import MARKS

LONGEST = 300  # characters of a cell on the screen; files have all of them
TONE_WORDS = {"good": _("good"), "warning": _("attention"), "bad": _("bad")}
KIND_WORDS = {
    "connector": _("brought by the connector"),
    "clicked": _("made by clicking"),
    "statement": _("statement of lines and periods"),
    "sql": _("written in SQL"),
}


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One heading; `order`: by which it can be sorted, `sort`: how it is."""

    name: str
    label: str
    is_number: bool
    sort: str = "none"  # aria-sort


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell; a threshold shows by colour and by sign (`mark`), and is read aloud."""

    text: str
    label: str
    is_number: bool
    tone: str = ""
    mark: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    cells: list[ShownCell]
    level: int


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table with its first rows, and what the columns come to over all of them."""

    columns: list[ShownColumn]
    rows: list[ShownRow]
    totals: list[ShownCell] = field(default_factory=list)


def frame_for(title: str = "") -> SheetFrame:
    company = Company.get()
    return SheetFrame(
        title=title,
        zone=company.time_zone,
        language=active_language(),
        currency=company.currency,
    )


def shown_table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    totals: Sequence[Cell] = (),
    order: tuple[str, bool] = ("", False),
) -> ShownTable:
    """Write columns and rows as the reader's language has them."""
    frame, places, level = frame_for(), shown_places(columns), level_reader(columns)
    named = [columns[place] for place in places]
    labels = [heading(column, frame) for column in named]
    heads = [
        ShownColumn(column.name, label, column.is_numeric, _sort(column.name, order))
        for column, label in zip(named, labels, strict=True)
    ]
    body = []
    for row in rows:
        cells = [
            _cell(row[place], columns[place], label, frame)
            for place, label in zip(places, labels, strict=True)
        ]
        body.append(ShownRow(cells, level(row)))
    return ShownTable(heads, body, _totals(totals, columns, places, labels, frame))


def _sort(name: str, order: tuple[str, bool]) -> str:
    if name != order[0]:
        return "none"
    return "descending" if order[1] else "ascending"


def _cell(value: Cell, column: Column, label: str, frame: SheetFrame) -> ShownCell:
    tone, text = tone_of(value, column), shown(value, column, frame)
    return ShownCell(
        text if len(text) <= LONGEST else f"{text[:LONGEST]} …",
        label,
        column.is_numeric,
        tone,
        MARKS.get(tone, ""),
        str(TONE_WORDS.get(tone, "")),
    )


def _totals(
    totals: Sequence[Cell],
    columns: Sequence[Column],
    places: Sequence[int],
    labels: Sequence[str],
    frame: SheetFrame,
) -> list[ShownCell]:
    if not any(totals[place] is not None for place in places if totals):
        return []
    return [
        ShownCell(
            shown_total(totals[place], columns[place], frame), label, columns[place].is_numeric
        )
        for place, label in zip(places, labels, strict=True)
    ]

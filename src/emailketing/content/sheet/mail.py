"""A report as it is read in a mail: figures, chart, the top of the table; frozen as plain data.

What a message is made of is a revision and frozen data (R5): the block [[report]] of a template
writes out what is frozen here, in the reader's language. Nothing of it is asked for again.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from operator import itemgetter

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.channels.catalogue import channel_of
from emailketing.common.plain import JSON, Cell, Entry
from emailketing.content import formats
from emailketing.content.sheet.cells import heading, shown, shown_total, tone_of
from emailketing.content.sheet.chart import ChartFailed, draw_chart
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import MOST_FIGURES, KeyFigure, shown_figure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import Flaws, KeptSheet
from emailketing.content.sheet.levels import (
    SUM,
    indented,
    level_place,
    level_reader,
    shown_places,
)
from emailketing.content.sheet.mail_text import text_part
from emailketing.content.sheet.phone import figures_line, phone_text
from emailketing.content.sheet.phone_words import own_text
from emailketing.content.sheet.trend import WIDTH as TREND_WIDTH
from emailketing.content.sheet.trend import draw_trend, trend_of
from emailketing.content.store import put

MOST_SHOWN = 12  # columns; more are only in the files
MOST_TOP = 50
LONGEST_CELL = 120  # characters
WIDE = 34  # signs of a row that a phone shows side by side; a longer one is folded there
WIDEST = 72  # signs of a row that a mail of 600 shows side by side; a longer one is always folded
NARROWEST = 14  # signs to which a column of words can be broken
LONG_VALUE = 12  # signs of a figure that is written smaller
MOST_BYTES = 60_000  # of the table; with frame, figures and styles a mail stays below 90 KB
CELL_BYTES = 330  # what stands around a value
SMS = "sms"
MARKS = {"good": "✓", "warning": "!", "bad": "✗"}  # for those who see no colour


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """What of a table stands in the mail.

    Attributes:
        figures: at most six.
        chart: drawn of the same rows.
        top: how many rows.
        columns: names of those that the mail shows, in the order of the table; none: all.
        order: as `KeptSheet.rows` takes it.
        is_new: says of a row whether the run before did not have it; such rows are marked.
        has_files: all rows go along in a file.
        link: address of the report's page; empty where there is none.
        group: column whose values part the rows on paper and in XLSX, each with its subtotal.
        words: language → the report's own text for a phone (see `phone_words`); else one is made.
    """

    figures: Sequence[KeyFigure] = ()
    chart: SheetChart | None = None
    top: int = 10
    columns: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    is_new: Callable[[Sequence[Cell]], bool] | None = None
    has_files: bool = False
    link: str = ""
    group: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


def freeze_report(kept: KeptSheet, content: MailContent, frames: Mapping[str, SheetFrame]) -> Entry:
    """Return what a dispatch keeps as `report` in its data.

    Args:
        kept: the rows of the read.
        content: what of them is shown.
        frames: language → title, period, filters, hour, written in it.

    Raises:
        StoreFull: the chart cannot be kept.
    """
    return {"in_language": {name: _view(kept, content, frame) for name, frame in frames.items()}}


def _view(kept: KeptSheet, content: MailContent, frame: SheetFrame) -> Entry:
    with translation.override(frame.language):
        return _view_in_words(kept.said_in(frame.language), content, frame)


def _view_in_words(kept: KeptSheet, content: MailContent, frame: SheetFrame) -> Entry:
    places = _places(kept.columns, content.columns)
    columns = [kept.columns[place] for place in places]
    rows = [_row(row, places, kept, content, frame) for row in _top(kept, content, places)]
    summed = kept.totals()
    totals = _totals([summed[place] for place in places], columns, frame)
    width = _width([*rows, {"cells": totals}], columns, frame)
    more = _more(len(rows), kept.count, content, frame)
    view: Entry = {
        "title": frame.title,
        "period": frame.period,
        "filters": list(frame.filters),
        "made_at": formats.moment(frame.made_at, frame.language, frame.zone),
        "zone": frame.zone,
        "figures": [_figure(each, frame) for each in content.figures[:MOST_FIGURES]],
        "line": figures_line(content.figures[:MOST_FIGURES], frame) or more,
        "phone": _phone(kept, content, frame),
        "head": [{"label": heading(each, frame), "side": _side(each)} for each in columns],
        "rows": rows,
        "totals": totals,
        "is_wide": width > WIDE,
        "is_block": width > WIDEST,
        "count": formats.number(kept.count, frame.language),
        "more": more,
        "notes": [*_left_out(kept, places), *(_flaw(each, kept, frame) for each in kept.flaws)],
        "link": content.link,
        "chart": {},
    }
    view["chart"] = _chart(kept, content, frame, view)
    return {**view, "text": text_part(view)}


def _places(columns: Sequence[Column], chosen: Sequence[str]) -> list[int]:
    """Return the places of a row that the mail shows."""
    there = shown_places(columns)
    return ([place for place in there if columns[place].name in chosen] or there)[:MOST_SHOWN]


def _phone(kept: KeptSheet, content: MailContent, frame: SheetFrame) -> str:
    """Write the report's own words where they fit into one segment, else as many figures as do."""
    segments = channel_of(SMS).segments
    own = content.words.get(frame.language, "")
    if own and (text := own_text(own, content.figures, kept.count, frame, segments=segments)):
        return text
    return phone_text(content.figures, frame, segments=segments)


def _top(kept: KeptSheet, content: MailContent, places: Sequence[int]) -> list[tuple[Cell, ...]]:
    """Return the first rows unsaid, as many as a mail that no provider cuts can hold."""
    room, chosen = MOST_BYTES, []
    for number, row in _wanted(kept, content):
        words = kept.said(row)
        room -= sum(CELL_BYTES + _bytes(words[place]) for place in places)
        if room < 0:
            break
        chosen.append((number, row))
    return [row for _number, row in sorted(chosen, key=itemgetter(0))]


def _wanted(kept: KeptSheet, content: MailContent) -> Iterable[tuple[int, tuple[Cell, ...]]]:
    """Number the rows that are wanted: of a statement its sums first, as its result is its end."""
    limit = min(max(content.top, 0), MOST_TOP)
    if level_place(kept.columns) is None:
        return enumerate(kept.rows(order=content.order, limit=limit, unsaid=True))
    level_of = level_reader(kept.columns)
    rows = enumerate(kept.rows(order=content.order, unsaid=True))
    return nsmallest(limit, rows, key=lambda numbered: level_of(numbered[1]))


def _bytes(value: Cell) -> int:
    """Return what a value takes in a page, and its label with it: as large at most."""
    return 60 + len(html.escape(str(value)[:LONGEST_CELL]).encode())


def _row(
    row: Sequence[Cell],
    places: Sequence[int],
    kept: KeptSheet,
    content: MailContent,
    frame: SheetFrame,
) -> Entry:
    words = kept.said(row)
    cells: list[JSON] = [_cell(words[place], kept.columns[place], frame) for place in places]
    first = cells[0]
    if content.is_new and content.is_new(row) and isinstance(first, dict):
        cells[0] = {**first, "text": _("%(text)s (new)") % {"text": first["text"]}}
    level = level_reader(kept.columns)(row)
    if isinstance(cells[0], dict):
        cells[0] = {**cells[0], "text": indented(str(cells[0]["text"]), level)}
    return {"cells": cells, "is_strong": level == SUM}


def _cell(value: Cell, column: Column, frame: SheetFrame) -> Entry:
    text = shown(value, column, frame).replace("\n", " ")
    tone = tone_of(value, column)
    return {
        "text": f"{text[: LONGEST_CELL - 1]}…" if len(text) > LONGEST_CELL else text,
        "label": heading(column, frame),
        "side": _side(column),
        "tone": tone,
        "mark": MARKS.get(tone, ""),
    }


def _width(rows: Sequence[Entry], columns: Sequence[Column], frame: SheetFrame) -> int:
    """Return about how many signs stand side by side in a row; only words can be broken."""
    wide = 0
    for place, column in enumerate(columns):
        texts = [heading(column, frame).split(" ")[0]]
        texts += [_text_of(row, place) for row in rows]
        longest = max(map(len, texts)) + 2
        wide += min(longest, NARROWEST) if column.kind == "text" else longest
    return wide


def _text_of(row: Entry, place: int) -> str:
    cells = row["cells"]
    cell = cells[place] if isinstance(cells, list) and cells else {}
    return str(cell.get("text", "")) if isinstance(cell, dict) else ""


def _side(column: Column) -> str:
    """Say how it stands: numbers to the right, dates in one row."""
    if column.is_numeric:
        return "right"
    return "left" if column.kind == "text" else "whole"


def _totals(totals: Sequence[Cell], columns: Sequence[Column], frame: SheetFrame) -> list[JSON]:
    """Write the totals; none where no column has any."""
    if all(value is None for value in totals):
        return []
    cells: list[JSON] = []
    for place, (value, column) in enumerate(zip(totals, columns, strict=True)):
        text = shown_total(value, column, frame)
        is_word = place == 0 and not text
        cells.append(
            {
                "text": _("Total") if is_word else text,
                "label": heading(column, frame) if text else "",
                "side": "left" if is_word else _side(column),
            }
        )
    return cells


def _figure(figure: KeyFigure, frame: SheetFrame) -> Entry:
    written = shown_figure(figure, frame)
    return {
        "label": written.label,
        "value": written.value,
        "arrow": written.arrow,
        "words": written.words,
        "tone": written.tone,
        "is_long": len(written.value) > LONG_VALUE,
        "trend": _trend(figure, frame),
    }


def _trend(figure: KeyFigure, frame: SheetFrame) -> Entry:
    trend = trend_of(figure, frame)
    if trend is None:
        return {}
    return {
        "sha256": put(draw_trend(trend.svg)),
        "alt": trend.alt,
        "width": TREND_WIDTH,
        "points": trend.points,
        "end": list(trend.end),
    }


def _more(shown_rows: int, count: int, content: MailContent, frame: SheetFrame) -> str:
    """Say that there is more than is shown, and where (P6)."""
    if not count:
        return _("There is nothing to report.")
    told = {
        "shown": formats.number(shown_rows, frame.language),
        "count": formats.number(count, frame.language),
    }
    if shown_rows == count:
        return ngettext("%(count)s row.", "All %(count)s rows.", count) % told
    if content.has_files:
        return _("%(shown)s of %(count)s rows; all are in the attached file.") % told
    return _("%(shown)s of %(count)s rows are shown.") % told


def _left_out(kept: KeptSheet, places: Sequence[int]) -> Iterator[str]:
    there = len(shown_places(kept.columns))
    if len(places) < there:
        told = {"shown": len(places), "count": there}
        yield _("%(shown)s of %(count)s columns are shown.") % told


def _flaw(flaws: Flaws, kept: KeptSheet, frame: SheetFrame) -> str:
    column = next(each for each in kept.columns if each.name == flaws.column)
    told = {
        "column": heading(column, frame),
        "count": formats.number(flaws.count, frame.language),
    }
    if flaws.flaw == "cut":
        sentence = ngettext(
            "“%(column)s”: %(count)s value was too long and is cut.",
            "“%(column)s”: %(count)s values were too long and are cut.",
            flaws.count,
        )
    else:
        sentence = ngettext(
            "“%(column)s”: %(count)s value is not of its kind and is not added up.",
            "“%(column)s”: %(count)s values are not of their kind and are not added up.",
            flaws.count,
        )
    return sentence % told


def _chart(kept: KeptSheet, content: MailContent, frame: SheetFrame, view: Entry) -> Entry:
    """Draw the chart and keep it; a report whose chart cannot be drawn says so and goes out."""
    if content.chart is None:
        return {}
    try:
        drawn = draw_chart(kept, content.chart, frame)
    except ChartFailed as error:
        notes = view["notes"]
        view["notes"] = [*(notes if isinstance(notes, list) else ()), str(error)]
        return {}
    if drawn is None:
        return {}
    return {"sha256": put(drawn.content), "alt": drawn.alt, "width": drawn.width}

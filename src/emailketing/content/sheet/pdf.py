"""A table on paper: heading on every page, subtotals, carried forward, page n of m.

Paper has an end: beyond it the first rows and all totals stand there, and a sentence says of how
many (P6). The whole is in the other files.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import Entry
from emailketing.content import formats
from emailketing.content.colours import ink_on, tint
from emailketing.content.logo import as_svg
from emailketing.content.sheet.chart import draw_chart
from emailketing.content.sheet.figure import MOST_FIGURES, KeyFigure, shown_figure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import shown_places
from emailketing.content.sheet.paper_numbers import put_together
from emailketing.content.sheet.paper_pieces import PaperSetting, PdfFailed, set_pieces
from emailketing.content.sheet.paper_table import MOST_COLUMNS, PaperTable, PdfContent
from emailketing.content.sheet.trend import trend_of

__all__ = ["PDF", "PdfContent", "PdfFailed", "draw_first_page", "make_sheet_pdf"]

PDF = "application/pdf"
MOST_CELLS = 4_000  # of a piece: 120 MB while Typst sets it
FEWEST_ENTRIES = 100  # more than a page holds
MOST_PREVIEWED = 1_500  # rows asked how wide the columns are: somebody waits for the picture
NOT_COUNTED = "…"  # of how many pages, where only the first is set


def make_sheet_pdf(kept: KeptSheet, content: PdfContent, frame: SheetFrame) -> bytes:
    """Return the PDF; the same read and frame give the same bytes.

    Raises:
        PdfFailed: it cannot be set.
        ChartFailed: the chart cannot be drawn.
    """
    with translation.override(frame.language):
        paper = _Paper(kept, content, frame)
        return put_together(set_pieces(paper.table.rows(), paper.setting()), paper.page)


def draw_first_page(kept: KeptSheet, content: PdfContent, frame: SheetFrame) -> bytes:
    """Return the first page as a picture (PNG), to look at before it goes out.

    Of a long paper it does not say of how many: only as much is set as one page takes.

    Raises:
        PdfFailed, ChartFailed: as `make_sheet_pdf`.
    """
    with translation.override(frame.language):
        few = replace(content, most=min(content.most, MOST_PREVIEWED))
        paper = _Paper(kept, few, frame, pages=NOT_COUNTED)
        setting = replace(paper.setting(), most=FEWEST_ENTRIES)
        pictures = next(set_pieces(paper.table.rows(), setting, "png")).content
        return pictures[0] if isinstance(pictures, list) else pictures


class _Paper:
    """What stands on it; `pages`: how many a piece says there are, "" where it is told later."""

    def __init__(
        self, kept: KeptSheet, content: PdfContent, frame: SheetFrame, *, pages: str = ""
    ) -> None:
        self.kept, self.content, self.frame = kept.said_in(frame.language), content, frame
        self.table = PaperTable(self.kept, content, frame)
        self.page = {
            **self.table.size(),
            "language": frame.language,
            "count": pages,
            "labels": {"page": _("Page {n} of {m}"), "carried": _("Carried forward:")},
        }

    def setting(self) -> PaperSetting:
        made_at = self.frame.made_at or datetime(2000, 1, 1, tzinfo=UTC)
        return PaperSetting(
            view=self.view,
            most=max(FEWEST_ENTRIES, MOST_CELLS // len(self.table.columns)),
            logo=as_svg(self.frame.look.logo),
            made_at=int(made_at.timestamp()),
        )

    def view(self, entries: list[Entry], is_first: bool, is_last: bool) -> Entry:
        """Return what a piece shows: the first has what stands above, the last what is below."""
        table, frame = self.table, self.frame
        made = formats.moment(frame.made_at, frame.language, frame.zone)
        look = frame.look
        return {
            **self.page,
            "is-first": is_first,
            "is-last": is_last,
            "title": frame.title,
            "period": frame.period,
            "company": look.name,
            "made": f"{_('Made at')}: {made} ({frame.zone})" if made else "",
            "primary": look.primary_colour,
            "ink": ink_on(look.primary_colour),
            "strong": ink_on("#ffffff", wish=look.primary_colour),
            "tint": tint(look.primary_colour, 0.1),
            **(self._above() if is_first else {}),
            "rows": entries,
            "rows-count": table.count,
            "carries": table.carries,
            "totals": table.foot(self.kept.totals(), _("Total")) if is_last else [],
            "notes": list(_notes(table, self.kept.count)) if is_last else [],
        }

    def _above(self) -> Entry:
        kept, content, frame = self.kept, self.content, self.frame
        chart = draw_chart(kept, content.chart, frame, form="svg") if content.chart else None
        figures = content.figures[:MOST_FIGURES]
        return {
            "filters": [f"{_('Filter')}: {each}" for each in frame.filters],
            "figures": [_figure(each, frame) for each in figures],
            "chart": chart.content.decode() if chart else "",
            "alt": chart.alt if chart else "",
        }


def _figure(figure: KeyFigure, frame: SheetFrame) -> Entry:
    trend = trend_of(figure, frame)
    line = {"trend": trend.svg, "alt": trend.alt} if trend else {"trend": "", "alt": ""}
    return {**asdict(shown_figure(figure, frame)), **line}


def _notes(table: PaperTable, count: int) -> Iterator[str]:
    """Say what is not on the paper, and where it is (P6)."""
    language = table.frame.language
    if not count:
        yield _("There is nothing to report.")
    elif table.count < count:
        told = {
            "shown": formats.number(table.count, language),
            "count": formats.number(count, language),
        }
        yield _("%(shown)s of %(count)s rows are on this paper; the totals are of all.") % told
    there = len(shown_places(table.kept.columns))
    if len(table.places) == MOST_COLUMNS < there:
        told = {"shown": str(len(table.columns)), "count": str(there)}
        yield _("%(shown)s of %(count)s columns are shown.") % told

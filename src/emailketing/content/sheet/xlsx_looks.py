"""How the cells of a workbook look: formats by kind, decimals and tone, each made once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from emailketing.content.sheet.cells import decimals_of, tone_of, total_word
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.levels import LINE, SUM, level_reader, shown_places

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

WIDTHS = {"text": 28, "money": 17, "number": 13, "quantity": 13, "percent": 10} | {
    "date": 12,
    "datetime": 19,
    "boolean": 9,
}
WIDEST_BY_HEADING = 40
WHOLE, PARTS = "#,##0", "#,##0.00####"  # of numbers with no decimals of their own
# of a cell's ground and letters: readable on white, and in black and white
TONES: dict[str, dict[str, str | bool]] = {
    "good": {"bg_color": "#E4F4E8", "font_color": "#14532D"},
    "warning": {"bg_color": "#FFF3CD", "font_color": "#5C4400"},
    "bad": {"bg_color": "#FDECEA", "font_color": "#7A1A13", "bold": True},
}


def width_of(column: Column, label: str) -> int:
    """Return the width in characters: what was asked for, else by kind, never under its heading."""
    wide = min(len(label) + 4, WIDEST_BY_HEADING)  # beside the button of the filter
    return column.width or max(WIDTHS[column.kind], wide)


class Looks:
    """The formats of one workbook."""

    def __init__(self, book: "Workbook", columns: Sequence[Column], frame: SheetFrame) -> None:
        self.level_of, self.places = level_reader(columns), shown_places(columns)
        self.are_kept = False  # the rows come as they are kept
        self.has_levels = len(self.places) < len(columns)
        self.all_columns = list(columns)
        columns = [columns[place] for place in self.places]
        self.columns, self.frame, self.zone = columns, frame, ZoneInfo(frame.zone)
        self._book = book
        self._numbers: dict[tuple[str, str, bool], Format] = {}
        self._lines: dict[tuple[bool, int], Format] = {}
        head = {"bold": True, "bottom": 1, "bg_color": "#EDF1F5", "valign": "top"}
        self.heading = book.add_format(head)
        self.heading_right = book.add_format({**head, "align": "right"})
        self.day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        self.moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"})
        self.switch = book.add_format({"align": "left"})
        self.total_word = book.add_format({"bold": True, "top": 1})
        self._patterns = {
            column.name: _pattern(column, decimals_of(column, frame)) for column in columns
        }
        self._plain = {
            name: self._number(pattern, "") for name, pattern in self._patterns.items() if pattern
        }
        self._whole, self._parts = self._number(WHOLE, ""), self._number(PARTS, "")

    def number(
        self, column: Column, value: int | float | Decimal, *, is_strong: bool = False
    ) -> "Format":
        """Return how this number of the column is written: with its decimals and in its tone."""
        pattern = self._patterns[column.name]
        if not column.thresholds and not is_strong:
            if pattern:
                return self._plain[column.name]
            return self._whole if value == int(value) else self._parts
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        pattern = pattern or (WHOLE if value == int(value) else PARTS)
        return self._number(pattern, tone_of(exact, column), is_strong=is_strong)

    def by_column(self, column: Column) -> "tuple[Format, Format] | None":
        """Return how whole numbers and others of a column look; None: each has to be looked at."""
        if column.thresholds:
            return None
        if self._patterns[column.name]:
            return self._plain[column.name], self._plain[column.name]
        return self._whole, self._parts

    def _number(self, pattern: str, tone: str, *, is_strong: bool = False) -> "Format":
        key = (pattern, tone, is_strong)
        if key not in self._numbers:
            look = {"num_format": pattern, "bold": is_strong, **TONES.get(tone, {})}
            self._numbers[key] = self._book.add_format(look)
        return self._numbers[key]

    def line(self, level: int, *, is_first: bool) -> "Format":
        """Return how the words of a line of a statement look."""
        indent = max(level - LINE, 0) if is_first else 0
        if (level == SUM, indent) not in self._lines:
            look = {"bold": level == SUM, "indent": indent}
            self._lines[level == SUM, indent] = self._book.add_format(look)
        return self._lines[level == SUM, indent]

    def total(self, column: Column) -> "Format":
        """Return how the total of a column is written; what is no sum says what it is."""
        pattern = {"date": "dd/mm/yyyy", "datetime": "dd/mm/yyyy hh:mm"}.get(column.kind, "")
        pattern = pattern or self._patterns[column.name] or "#,##0.######"
        if column.total == "count":
            pattern = "#,##0"
        word = total_word(column, self.frame.language)
        pattern = f'"{word} "{pattern}' if word else pattern
        return self._book.add_format({"bold": True, "top": 1, "num_format": pattern})


def _pattern(column: Column, decimals: int | None) -> str:
    """Return Excel's pattern; empty: by each number."""
    if decimals is None:
        return ""
    pattern = "#,##0" + "." * bool(decimals) + "0" * decimals
    return f"{pattern}%" if column.kind == "percent" else pattern

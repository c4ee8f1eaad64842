"""A report on the phone: its figures in one segment where possible, numbers as people say them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from emailketing.channels.segments import Segments, TooLong
from emailketing.common.plain import Cell
from emailketing.content import formats
from emailketing.content.kinds import local
from emailketing.content.sheet.cells import currency_of, exact, shown
from emailketing.content.sheet.figure import KeyFigure, counted, shown_figure
from emailketing.content.sheet.frame import SheetFrame

SHORT_FROM = 10_000
MOST_PARAMETER = 300  # characters: longer ones the far side refuses, or nobody reads
# from how much on, and what stands behind the number then
UNITS = {
    "es": ((10**6, "M"), (10**3, "mil")),  # a billion is mil millones: 1.234,6 M
    "pt": ((10**9, "bi"), (10**6, "mi"), (10**3, "mil")),
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "K")),
}


def short_number(value: Decimal | int, language: str) -> str:
    """Write a number short: 84,3 M · 612 mil · 9.500; one decimal, none from a hundred on."""
    number = Decimal(value)
    if abs(number) < SHORT_FROM:
        return formats.number(_rounded(number, 0 if number == int(number) else 2), language)
    units = UNITS.get(language, UNITS["es"])
    for size, word in units:
        scaled = number / size
        places = 0 if abs(scaled) >= 100 else 1  # noqa: PLR2004 - three digits are enough
        # 999.999 is a million by the time it is rounded
        if abs(_rounded(scaled, places)) >= 1:
            blank = "" if language == "en" else " "
            return f"{formats.number(_rounded(scaled, places), language)}{blank}{word}"
    return formats.number(number, language)


def short_value(value: Cell, figure: KeyFigure, frame: SheetFrame) -> str:
    """Write a figure's value for a phone; amounts with their currency."""
    column = counted(figure).column
    number = exact(value)
    if number is None or column.kind == "percent":
        return shown(value, column, frame) or "-"
    text = short_number(number, frame.language)
    if column.kind == "money":
        return f"{formats.sign_of(currency_of(column, frame), frame.language)} {text}".strip()
    return text


def phone_text(
    figures: Sequence[KeyFigure], frame: SheetFrame, *, segments: Segments | None = None
) -> str:
    """Write “Resultado nov.: Gs. 84,3 M (+12 %). Ventas: Gs. 612 M.”: as many figures as fit.

    In one segment where possible: first the changes of the later figures go, then these figures
    themselves. The first always stays whole; where the title is long, it is cut at a word.

    Args:
        figures: the most important first.
        frame: title and period come first where no figure is called as the report.
        segments: how the channel counts; None for one that does not.
    """
    told = [_told(figure, frame) for figure in figures] or [("", "")]
    for count, with_change in _ways(len(told)):
        text = _sentence(told[:count], with_change, frame)
        if segments is None or fits(text, segments):
            return text
    value, change = told[0]
    room = 60
    return f"{formats.short_name(frame.title, room)}: {value}{change}."


def figures_line(figures: Sequence[KeyFigure], frame: SheetFrame) -> str:
    """Write the figures in one row: preview line of a mail, place of an approved text."""
    told = [_told(figure, frame) for figure in figures]
    text = " · ".join(f"{value}{change}" for value, change in told)
    return formats.short_name(text, MOST_PARAMETER).replace("\n", " ")


def _told(figure: KeyFigure, frame: SheetFrame) -> tuple[str, str]:
    """Return “Ventas: Gs. 612 M” and “ (+12 %)”."""
    written = shown_figure(figure, frame)
    change = f" ({written.change})" if written.change else ""
    value = f"{local(figure.label, frame.language)}: {short_value(figure.value, figure, frame)}"
    return plain_signs(value), plain_signs(change)


def _ways(count: int) -> list[tuple[int, int]]:
    """How many figures, and how many of them with their change, best first."""
    ways = []
    for figures in range(count, 0, -1):
        ways += [(figures, changes) for changes in range(figures, 0, -1)]
    return ways


def _sentence(told: Sequence[tuple[str, str]], with_change: int, frame: SheetFrame) -> str:
    parts = [
        f"{value}{change if place < with_change else ''}"
        for place, (value, change) in enumerate(told)
    ]
    head = " ".join(part for part in (frame.title, frame.period) if part)
    return plain_signs(f"{head.rstrip('.')}. {'. '.join(parts)}".rstrip(" .") + ".")


def fits(text: str, segments: Segments) -> bool:
    try:
        return segments.measure(text, plain=True).segments <= 1
    except TooLong:
        return False


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain_signs(text: str) -> str:
    """Write with the signs of an SMS: no firm blanks, no long minus; accents stay."""
    return text.replace(formats.FIRM, " ").replace("−", "-").replace("—", "-")

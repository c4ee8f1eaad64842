"""A value of a table as people read it, the same in mail, paper and text (P7)."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import Cell
from emailketing.content import formats
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.texts import clean

LONGEST = 32_000  # characters of a cell; Excel knows no longer one
PERCENT_DECIMALS = 1


def heading(column: Column, frame: SheetFrame) -> str:
    """Return what stands over a column; amounts in another currency than the frame's say which."""
    text = clean(column.heading(frame.language), longest=LONGEST)
    if column.kind == "money" and column.currency not in ("", frame.currency):
        return f"{text} ({formats.sign_of(column.currency, frame.language)})"
    return text


def currency_of(column: Column, frame: SheetFrame) -> str:
    return column.currency or frame.currency


def decimals_of(column: Column, frame: SheetFrame) -> int | None:
    """Return how many decimals its numbers have; None: as many as each has."""
    if column.decimals is not None:
        return column.decimals
    if column.kind == "money":
        return formats.decimals_of(currency_of(column, frame))
    return PERCENT_DECIMALS if column.kind == "percent" else None


def exact(value: Cell) -> Decimal | None:
    """Return the number that a cell is; None where it is none that can be counted with."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() else None


def shown(value: Cell, column: Column, frame: SheetFrame, *, with_sign: bool = False) -> str:
    """Write a value; what is not what its column is declared stays as it is.

    Args:
        value: a cell.
        column: what it is.
        frame: language, zone and currency.
        with_sign: an amount with its currency, for a figure that stands alone.
    """
    if value is None or value == "":
        return ""
    try:
        return _written(value, column, frame, with_sign=with_sign)
    except formats.NotAValue:
        return clean(str(value), longest=LONGEST)


def _written(value: Cell, column: Column, frame: SheetFrame, *, with_sign: bool) -> str:
    if column.is_numeric:
        return _number(value, column, frame, with_sign=with_sign)
    if column.kind == "date":
        return formats.day(value, frame.language, frame.zone)
    if column.kind == "datetime":
        return formats.moment(value, frame.language, frame.zone)
    if column.kind == "boolean" and isinstance(value, bool | int):
        return yes_or_no(frame.language)[bool(value)]
    return clean(_plain(value), longest=LONGEST)


def _number(value: Cell, column: Column, frame: SheetFrame, *, with_sign: bool) -> str:
    places = decimals_of(column, frame)
    if column.kind == "percent":
        percent = formats.number(formats.as_decimal(value) * 100, frame.language, places)
        return f"{percent}{formats.FIRM}%"
    text = formats.number(value, frame.language, places)
    if column.kind == "money" and with_sign:
        return f"{formats.sign_of(currency_of(column, frame), frame.language)}{formats.FIRM}{text}"
    return text


@lru_cache(maxsize=6)
def yes_or_no(language: str) -> dict[bool, str]:
    """Return how true and false are said."""
    with translation.override(language):
        return {True: _("Yes"), False: _("No")}


def _plain(value: Cell) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def total_word(column: Column, language: str) -> str:
    """Say what stands under a column where it is not its sum."""
    return _total_words(language).get(column.total, "")


@lru_cache(maxsize=6)
def _total_words(language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "average": _("avg."),
            "min": _("min."),
            "max": _("max."),
        }


def shown_total(value: Cell, column: Column, frame: SheetFrame) -> str:
    """Write what a column comes to: “1.250.000”, “prom. 12,5”."""
    if value is None or not column.total:
        return ""
    if column.total == "count":
        return formats.number(value, frame.language, 0)
    return f"{total_word(column, frame.language)} {shown(value, column, frame)}".strip()


def tone_of(value: Cell, column: Column) -> str:
    """Return good, warning or bad where a threshold says so, else nothing."""
    return column.tone_of(exact(value)) or ""

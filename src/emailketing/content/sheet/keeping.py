"""How cells are kept in a file: exact, in their order, and what is not what it should be as such.

SQLite keeps whole numbers, text and bytes as they are. A number with decimals, a date and an
instant are text that reads back the same; what is in a column of another kind is kept as bytes,
so that it is never taken for a value, added up or sorted among them (P6).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from emailketing.common.plain import Cell
from emailketing.content import formats
from emailketing.content.sheet.cells import LONGEST
from emailketing.content.sheet.column import Column
from emailketing.content.texts import clean

Kept: TypeAlias = int | str | bytes | None
LARGEST = 2**63 - 1
PLAIN = re.compile(r"-?\d+\.\d+")  # how most numbers with a point are written: exact as they are
SWITCHES = {"t": 1, "true": 1, "1": 1, "f": 0, "false": 0, "0": 0}


class NotThatKind(ValueError):
    """A value is not what its column is declared."""


def keeper(column: Column) -> Callable[[Cell], Kept]:
    """Return what turns a value of this column into what is kept.

    Raises (the function):
        NotThatKind: it is something else; `kept_as_it_is` keeps it.
    """
    if column.is_numeric:
        return _number
    return {"date": _date, "datetime": _moment, "boolean": _switch}.get(column.kind, kept_text)


def reader(column: Column) -> Callable[[Kept], Cell]:
    """Return what reads a value of this column back."""
    if column.is_numeric:
        return _read_number
    known = {"date": _read_date, "datetime": _read_moment, "boolean": _read_switch}
    return known.get(column.kind, _read_text)


def kept_text(value: Cell) -> Kept:
    """Keep text as it is, without what cannot be shown; a cell of 50 MB is cut, with a mark."""
    if value is None:
        return None
    text = value if isinstance(value, str) else _as_text(value)
    if len(text) <= LONGEST and text.isprintable():
        return text
    return clean(text, longest=LONGEST).encode("utf-8", "replace").decode()


def _as_text(value: Cell) -> str:
    if isinstance(value, memoryview | bytes):
        return bytes(value[: 4 * LONGEST]).decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def kept_as_it_is(value: Cell) -> bytes:
    """Keep what is not of its column's kind."""
    return str(kept_text(value) or "").encode()


def _number(value: Cell) -> Kept:
    if isinstance(value, int):
        return int(value) if -LARGEST <= value <= LARGEST else str(value)
    if value is None:
        return None
    if isinstance(value, float):
        written = repr(value)
        if PLAIN.fullmatch(written):
            return written
        value = written
    elif isinstance(value, str) and not value.strip():
        return None
    elif not isinstance(value, Decimal | str):
        raise NotThatKind
    try:
        return f"{formats.as_decimal(value):f}"
    except formats.NotAValue as error:
        raise NotThatKind from error


def _read_number(kept: Kept) -> Cell:
    return Decimal(kept) if isinstance(kept, str) else _read_text(kept)


def _date(value: Cell) -> Kept:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return datetime.fromisoformat(str(value)).date().isoformat()
    except ValueError as error:
        raise NotThatKind from error


def _read_date(kept: Kept) -> Cell:
    return date.fromisoformat(kept) if isinstance(kept, str) else _read_text(kept)


def _moment(value: Cell) -> Kept:
    if value is None or value == "":
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.isoformat()}T00:00:00"
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise NotThatKind from error
    return formats.in_zone(moment, UTC).isoformat()


def _read_moment(kept: Kept) -> Cell:
    return datetime.fromisoformat(kept) if isinstance(kept, str) else _read_text(kept)


def _switch(value: Cell) -> Kept:
    if value is None or value == "":
        return None
    known = SWITCHES.get(str(value).strip().lower())
    if known is None:
        raise NotThatKind
    return known


def _read_switch(kept: Kept) -> Cell:
    return bool(kept) if isinstance(kept, int) else _read_text(kept)


def _read_text(kept: Kept) -> Cell:
    return kept.decode() if isinstance(kept, bytes) else kept

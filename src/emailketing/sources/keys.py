"""One stable text for every key, and back: in names, addresses and commands a key is text.

A key of one column is written as it is; the parts of several are joined by "/", where "/" and "~"
inside a part stand as "~1" and "~0" (as in a JSON pointer). How a value is written depends on what
the catalogue says of its column, never on the road it came by: the trigger, a query or a page.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from emailketing.common.plain import Cell, Row

Key = tuple[Cell, ...]  # the parts, in the order in which the connector names the columns
SEPARATOR = "/"
LONGEST = 500  # characters: as our own database keeps them
_HASH = 40
_CUT = re.compile(rf"…#[0-9a-f]{{{_HASH}}}", re.DOTALL)
_LARGEST = 2**63  # what every database takes as a whole number


@dataclass(frozen=True, slots=True)
class KeyKind:
    """What a key column holds; `length` is that of a CHAR, filled up with blanks by some."""

    name: str = "text"  # text, fixed, number, moment, time, boolean, uuid, bytes
    length: int = 0


TEXT = KeyKind()


def as_key(value: Cell | Key) -> Key:
    """Return the parts of what may be a single value."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def text_of(parts: Sequence[Cell]) -> str:
    """Write a key as text, the same for the same key, whatever road it came by."""
    written = [_written(part).replace("\0", "␀") for part in parts]
    if len(written) == 1:
        return shortened(written[0])
    return shortened(SEPARATOR.join(_escaped(part) for part in written))


def parts_of(text: str, count: int) -> tuple[str, ...]:
    """Take a text apart again.

    Raises:
        ValueError: it does not have that many parts, or had to be shortened.
    """
    if is_shortened(text):
        raise ValueError(text)
    if count == 1:
        return (text,)
    parts = text.split(SEPARATOR)
    if len(parts) != count:
        raise ValueError(text)
    return tuple(part.replace("~1", SEPARATOR).replace("~0", "~") for part in parts)


def shortened(text: str) -> str:
    """Keep what is too long apart by a hash: two keys never become one."""
    if len(text) <= LONGEST:
        return text
    mark = f"…#{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:_HASH]}"
    return text[: LONGEST - len(mark)] + mark


def is_shortened(text: str) -> bool:
    return len(text) == LONGEST and _CUT.fullmatch(text[-_HASH - 2 :]) is not None


def canonical(values: Iterable[Cell], kinds: Sequence[KeyKind]) -> Key:
    """Return the parts as they are compared and asked for, None where one is NULL."""
    return tuple(_canonical(value, kind) for value, kind in zip(values, kinds, strict=True))


def parameters(columns: Sequence[str], key: Key) -> Row:
    """Return what a query of the connector may ask for: `:key`, or a part by its column."""
    named: Row = {f"key{number}": part for number, part in enumerate(key, 1)}
    named |= dict(zip(columns, key, strict=True))
    return named | ({"key": key[0]} if len(key) == 1 else {})


def spellings(key: Key, kinds: Sequence[KeyKind]) -> list[Key]:
    """Return the key as it may stand: SQLite does not fill a CHAR up, the program may have."""
    padded = tuple(
        part.ljust(kind.length) if kind.name == "fixed" and isinstance(part, str) else part
        for part, kind in zip(key, kinds, strict=True)
    )
    return list(dict.fromkeys((key, padded)))


def plain(key: Key) -> list[bool | int | str]:
    """Return the parts as JSON keeps them; `canonical` makes them again what they were."""
    return [part if isinstance(part, bool | int | str) else _written(part) for part in key]


# NULL: only where a row without a key goes by its columns
_WORDS = {None: "∅", True: "true", False: "false"}


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace(SEPARATOR, "~1")


def _written(value: Cell) -> str:
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, float | Decimal):
        return str(_number(value))
    if isinstance(value, datetime | date | time):
        return str(_moment(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):  # how capture notes what is no text
        return str(value.get("hex", value))
    return str(value)


def _canonical(value: Cell, kind: KeyKind) -> Cell:
    if value is None:
        return None
    if kind.name == "fixed" and isinstance(value, str):
        return value.rstrip(" ")
    make = _MAKERS.get(kind.name)
    if make is not None:
        return make(value)
    if isinstance(value, Mapping) and "hex" in value:
        return _bytes(value)
    return value if isinstance(value, int | str | bytes) else _written(value)


def _number(value: Cell) -> Cell:
    """5, 5.0, "5" and Decimal("5.00") of a number column are one key."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or abs(number) >= _LARGEST:
        return str(number)
    if number == number.to_integral_value():
        return int(number)
    return format(number.normalize(), "f")


def _moment(value: Cell) -> str:
    if isinstance(value, str) and len(value) > len("2026-11-24"):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def _time(value: Cell) -> str:
    if isinstance(value, str):
        with suppress(ValueError):
            value = time.fromisoformat(value)
    return value.isoformat() if isinstance(value, time) else str(value)


def _boolean(value: Cell) -> Cell:
    return str(value).strip().lower() in {"1", "t", "true"}


def _bytes(value: Cell) -> Cell:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    written = str(value.get("hex", "")) if isinstance(value, Mapping) else str(value)
    try:
        return bytes.fromhex(written.removeprefix("\\x"))
    except ValueError:
        return value


def _uuid(value: Cell) -> str:
    with suppress(ValueError):
        return str(UUID(str(value)))
    return str(value)


_MAKERS = {
    "number": _number,
    "moment": _moment,
    "time": _time,
    "boolean": _boolean,
    "bytes": _bytes,
    "uuid": _uuid,
}

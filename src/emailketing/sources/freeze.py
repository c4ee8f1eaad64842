"""From a row of a query to plain data that stays as it is: the frozen document."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.conditions import NUMBERS, as_number, values_at
from emailketing.common.plain import JSON, Cell, Entry, Values

LONGEST_TEXT = 50_000  # characters; a note of megabytes is cut, and says so
MOST_DIGITS = 1_000  # of a number written out; more is kept as it came
SURE_DIGITS = 15  # of a double
LEAST_FEWER = 3  # digits that rounding takes away, to be noise
_TRUE = frozenset({"1", "t", "true", "yes", "y", "s", "si", "sí", "sim"})
_WITH_TIME = re.compile(r"^([\d/.-]{8,})[T ][\d:]{2}(?!.*BC$).*$", re.DOTALL)
_PLACE = re.compile(r"\{([^{}]+)\}")


def freeze(value: Cell, kind: str = "text") -> Any:
    """Return text for everything but truth values: exact decimals, ISO dates, "" for NULL."""
    if kind == "boolean":
        return str(value).strip().lower() in _TRUE
    if value is None or isinstance(value, bytes | memoryview):
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal) or kind in NUMBERS:
        return _number(value)
    is_moment = isinstance(value, date | datetime) or kind in {"date", "datetime"}
    return _moment(value, kind) if is_moment else _text(str(value))


def _number(value: Cell) -> str:
    number = as_number(repr(value) if isinstance(value, float) else value)
    if number is None or abs(number.adjusted()) > MOST_DIGITS:
        # NaN, Infinity, 1e999999999: as the database wrote it, never “nothing” (R25)
        return _word(value) if isinstance(value, float | Decimal) else _text(str(value))
    if isinstance(value, float):
        # 1500.0 is how SQLite keeps 1500; decimals of NUMERIC columns stay as they are
        return format(without_noise(number), "f").removesuffix(".0")
    return format(number, "f")


def without_noise(number: Decimal) -> Decimal:
    """Return 0.3 for 0.30000000000000004: what adding binary fractions leaves behind.

    A double holds 15 digits for certain. Where those say the same with far fewer, the rest is
    noise; of an amount of 16 or 17 digits nothing is taken.
    """
    rounded = Context(prec=SURE_DIGITS).create_decimal(number).normalize()
    fewer = len(number.normalize().as_tuple().digits) - len(rounded.as_tuple().digits)
    is_noise = fewer >= LEAST_FEWER and abs(number - rounded) < Decimal("0.0001")
    return rounded if is_noise else number


def _word(value: float | Decimal) -> str:
    """The words of PostgreSQL, whatever Python calls them."""
    if value != value:  # noqa: PLR0124 - that is what NaN is
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "Infinity" if value > 0 else "-Infinity"
    return str(value)


def _moment(value: Cell, kind: str) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if kind == "date" else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    written = _text(str(value)).strip()
    if kind == "date":  # not more than the time is cut: “infinity”, 12000-01-01, 44 BC
        return _WITH_TIME.sub(r"\1", written)
    return re.sub(r"^(\d{4}-\d\d-\d\d) ", r"\1T", written)


def _text(value: str) -> str:
    """A NUL cannot be kept in PostgreSQL's JSON; megabytes help nobody in a mail."""
    clean = _writable(value)
    if len(clean) <= LONGEST_TEXT:
        return clean
    cut = _("… [cut: the text has %(count)s characters]") % {"count": len(clean)}
    return clean[:LONGEST_TEXT] + cut


def _writable(value: str) -> str:
    """Leave out what no database keeps: NUL, and halves of a character (UTF-16 surrogates)."""
    if value.isascii() and "\0" not in value:
        return value
    clean = value.replace("\0", "")
    try:
        clean.encode()
    except UnicodeEncodeError:
        return clean.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean


def nest(
    row: Mapping[str, Cell], *, names: Mapping[str, str], types: Mapping[str, str], prefix: str = ""
) -> Entry:
    """Put every column where its (dotted) name says: "party.name" → {"party": {"name": …}}."""
    nested: dict[str, Any] = {}
    for column, value in row.items():
        path = names.get(column, column)
        *way, last = path.split(".")
        place = nested
        for word in way:
            inner = place.setdefault(word, {})
            if not isinstance(inner, dict):  # a column of that very name: the deeper one wins
                inner = place[word] = {}
            place = inner
        if not isinstance(place.get(last), dict):
            place[last] = freeze(value, types.get(prefix + path, "text"))
    return nested


def write_label(pattern: str, document: Values) -> str:
    """Fill in {number}; a place without a value is left out."""

    def found(match: "re.Match[str]") -> str:
        values = values_at(document, match.group(1))
        return str(values[0]) if values else ""

    return " ".join(_PLACE.sub(found, pattern).split())[:200]


def plain_json(values: Values | None) -> Entry | None:
    """Return captured values as our own database can keep them: without NUL characters."""
    if values is None:
        return None
    return {_writable(name): _without_nul(value) for name, value in values.items()}


def _without_nul(value: JSON) -> JSON:
    if isinstance(value, str):
        return _writable(value)
    if isinstance(value, Mapping):
        return {_writable(str(k)): _without_nul(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value


def rows_without_blanks(rows: Iterable[Entry]) -> list[Entry]:
    """Drop rows in which nothing stands (an outer join without a partner)."""
    return [row for row in rows if any(value != "" for value in row.values())]

"""Reading back the literals that the triggers of SQLite write."""

import math
import re
from collections.abc import Iterator

from emailketing.common.plain import JSON
from emailketing.sources.capture.base import Row

_LITERAL = re.compile(r"~\d+|[Xx]'[0-9A-Fa-f]*'|'(?:[^']|'')*'|[^,']+")


class Unreadable(ValueError):
    """Not written by our triggers."""


def literals(written: str) -> Iterator[JSON]:
    """Yield the values of "'name',1,NULL,~5000," (the last comma may be missing).

    Raises:
        Unreadable: it is anything else.
    """
    position = 0
    while position < len(written):
        found = _LITERAL.match(written, position)
        if found is None or written[found.end() : found.end() + 1] not in {",", ""}:
            raise Unreadable(position)
        yield _value(found.group())
        position = found.end() + 1


def rows(cells: str, op: str) -> tuple[Row | None, Row | None]:
    """Return the columns before and after."""
    values = list(literals(cells))
    if op == "U":
        names = [str(name) for name in values[::3]]
        return (
            dict(zip(names, values[1::3], strict=True)),
            dict(zip(names, values[2::3], strict=True)),
        )
    row = dict(zip([str(name) for name in values[::2]], values[1::2], strict=True))
    return (row, None) if op == "D" else (None, row)


def _value(literal: str) -> JSON:
    first = literal[0]
    if first == "~":
        return {"cut": int(literal[1:])}
    if first == "'":
        return literal[1:-1].replace("''", "'")
    if first in "xX":
        return {"hex": literal[2:-1].lower()}
    if literal == "NULL":
        return None
    return _number(literal)


def _number(literal: str) -> JSON:
    if re.fullmatch(r"-?\d+", literal):
        return int(literal)
    try:
        number = float(literal)
    except ValueError as error:
        raise Unreadable(literal) from error
    if math.isinf(number):  # JSON has none; the word is PostgreSQL's
        return "Infinity" if number > 0 else "-Infinity"
    return number

"""Reading back the literals that the triggers of SQLite write."""

import math
import re
from collections.abc import Iterator

from emailketing.common.plain import JSON
from emailketing.sources.capture.base import Row

_LITERAL = re.compile(  # one group for each kind of literal, and what ends it
    r"(?:'([^']*(?:''[^']*)*)'|(-?[0-9]+)|(NULL)|~([0-9]+)|[Xx]'([0-9A-Fa-f]*)'|([^,']+))(?:,|\Z)"
)
_TEXT, _INTEGER, _NULL, _CUT, _BYTES = range(1, 6)


class Unreadable(ValueError):
    """Not written by our triggers."""


def literals(written: str) -> Iterator[JSON]:
    """Yield the values of "'name',1,NULL,~5000," (the last comma may be missing).

    Raises:
        Unreadable: it is anything else.
    """
    position, end, read = 0, len(written), _LITERAL.match
    while position < end:
        found = read(written, position)
        if found is None:
            raise Unreadable(position)
        yield _value(found.lastindex, found[found.lastindex or 0])
        position = found.end()


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


def _value(kind: int | None, literal: str) -> JSON:
    """Return what it says; a table has millions of them: the most frequent ones first."""
    if kind == _TEXT:
        return literal.replace("''", "'")
    if kind == _INTEGER:
        return int(literal)
    if kind == _NULL:
        return None
    if kind == _CUT:
        return {"cut": int(literal)}
    if kind == _BYTES:
        return {"hex": literal.lower()}
    return _number(literal)


def _number(literal: str) -> JSON:
    try:
        number = float(literal)
    except ValueError as error:
        raise Unreadable(literal) from error
    if math.isinf(number):  # JSON has none; the word is PostgreSQL's
        return "Infinity" if number > 0 else "-Infinity"
    return number

"""The names a connector's documents have, read from what it declares and from its queries."""

import re
from collections.abc import Iterator
from typing import Any

from emailketing.content.names import ANYTHING
from emailketing.content.shape import DOCUMENT, LINE, TAX
from emailketing.sources.connectors.model import TAXES, DocumentType, Query

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_INNER = re.compile(r"\([^()]*\)")
_COLUMNS = re.compile(
    r"\bSELECT\b(?:\s+DISTINCT\b)?(.*?)(?:\bFROM\b|\Z)", re.DOTALL | re.IGNORECASE
)
_NAME = re.compile(r'(?:"([^"]+)"|(\w+))\s*\Z')


def given_by(document: DocumentType) -> Any:
    """Return a tree of names, a list's first element standing for all; ANYTHING if not to tell."""
    header = _columns_of(document.header)
    if header is None:
        return ANYTHING
    tree: dict[str, Any] = {}
    for path in (*(document.names.get(name, name) for name in header), *_declared(document)):
        _put(tree, path)
    totals = tree.setdefault("totals", {})
    usual = {"lines": document.lines, **document.lists}
    for name, query in usual.items():
        tree[name] = [_row(document, name, query)]
    if isinstance(totals, dict):
        totals["taxes"] = [_row(document, TAXES, document.taxes)]
    return tree


def undeclared(document: DocumentType) -> list[str]:
    """Return the paths its queries give of which nobody says what they are: written as text."""
    ours = {*_paths(DOCUMENT), *_paths({"lines": [LINE], "totals": {"taxes": [TAX]}})}
    known = {*ours, *document.field_types()}
    # keys are not shown to anybody
    paths = (path for path in _paths(given_by(document)) if "key" not in path.split("."))
    return sorted(path for path in paths if path not in known)


def _paths(tree: Any, way: str = "") -> Iterator[str]:
    if isinstance(tree, dict):
        for name, inner in tree.items():
            yield from _paths(inner, f"{way}.{name}" if way else name)
    elif isinstance(tree, list):
        for row in tree:
            yield from _paths(row, way)
    elif tree is not ANYTHING:
        yield way


def _declared(document: DocumentType) -> Iterator[str]:
    yield from (f.path for f in document.fields if not document.is_in_list(f.path))


def _row(document: DocumentType, name: str, query: Query | None) -> Any:
    columns = _columns_of(query) if query else []
    if columns is None:
        return ANYTHING
    row: dict[str, Any] = {}
    for column in columns:
        _put(row, document.names.get(column, column))
    for declared in document.fields:
        if declared.path.startswith(f"{name}."):
            _put(row, declared.path.removeprefix(f"{name}."))
    return row


def _put(tree: dict[str, Any], path: str) -> None:
    *way, last = path.split(".")
    for word in way:
        inner = tree.setdefault(word, {})
        if not isinstance(inner, dict):
            inner = tree[word] = {}
        tree = inner
    tree.setdefault(last, "")


def _columns_of(query: Query) -> list[str] | None:
    """Return the columns in every dialect's words; None where a query says `*`."""
    found: list[str] = []
    texts = (query.text, *(text for _file, text in query.by_dialect.values()))
    for sql in filter(None, texts):
        columns = _columns(sql)
        if columns is None:
            return None
        found += columns
    return found


def _columns(sql: str) -> list[str] | None:
    outer = _TEXT.sub("''", _COMMENT.sub(" ", sql))
    while (less := _INNER.sub(" ", outer)) != outer:
        outer = less
    found = _COLUMNS.search(outer)
    names = [_NAME.search(item) for item in found.group(1).split(",")] if found else []
    if not names or None in names:
        return None
    return [name.group(1) or name.group(2) for name in names if name is not None]

"""Values made of parts (json, arrays): written readably, and only the parts that changed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON, Values
from emailketing.sources.freeze import freeze

SHORT = 120  # characters of a list that is shown as a whole
MARKERS = ({"cut"}, {"hex"})  # what capture writes for a value it did not note (C4, C6)
# an array as PostgreSQL writes it out: {a,"b c",NULL}
ARRAY = re.compile(r'\{((?:"(?:[^"\\]|\\.)*"|[^{}",\\]+)(?:,(?:"(?:[^"\\]|\\.)*"|[^{}",\\]+))*)\}')
ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",]+)')
Tree = Values | list[JSON]


def is_marker(value: JSON) -> TypeGuard[Values]:
    return isinstance(value, Mapping) and set(value) in MARKERS


def tree_of(value: JSON) -> Tree | None:
    """Return the parts of a value; None when it has none. SQLite keeps JSON as text."""
    if isinstance(value, Mapping | list):
        return None if is_marker(value) else _calm(value)
    if not isinstance(value, str) or value.lstrip()[:1] not in {"{", "["}:
        return None
    if value[1:2] not in {"[", "("} and (array := ARRAY.fullmatch(value)):  # those are ranges
        return list(_elements(array.group(1)))
    try:
        found = json.loads(value, parse_float=_digits)
    except (ValueError, RecursionError):
        return None
    return _calm(found) if isinstance(found, dict | list) else None


def _calm(value: JSON) -> Any:
    """Take away what adding floats leaves behind."""
    if isinstance(value, Mapping):
        return {name: _calm(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_calm(part) for part in value]
    return float(freeze(value)) if isinstance(value, float) else value


def _digits(written: str) -> Any:
    number = float(written)
    return number if repr(number) == written else written


def _elements(written: str) -> Iterator[str | None]:
    for found in ELEMENT.finditer(written):
        quoted, plain = found.groups()
        if quoted is not None:
            yield re.sub(r"\\(.)", r"\1", quoted)
        else:
            yield None if plain.upper() == "NULL" else plain


def is_same(one: Tree, other: Tree) -> bool:
    return _raw(one) == _raw(other)


def write(tree: Tree) -> str:
    """Write it whole: “precio.lista: 10; marca: Podium”."""
    if isinstance(tree, list) and (whole := _short(tree)) is not None:
        return whole
    if not tree:
        return _leaf(tree)
    return "; ".join(f"{path}: {text}" for path, (_raw, text) in _leaves(tree).items())


def compare(before: Tree, after: Tree) -> tuple[str, str]:
    """Write of both only the parts that differ."""
    if isinstance(before, list) and isinstance(after, list):
        whole = (_short(before), _short(after))
        if whole[0] is not None and whole[1] is not None:
            return whole[0], whole[1]
    old, new = _leaves(before), _leaves(after)
    differ = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    if any(path in old and path in new and old[path][1] == new[path][1] for path in differ):
        old, new = ({p: (raw, raw) for p, (raw, _text) in side.items()} for side in (old, new))
    return _written(old, differ), _written(new, differ)


def _written(side: Mapping[str, tuple[str, str]], differ: list[str]) -> str:
    return "; ".join(f"{path}: {side[path][1]}" for path in differ if path in side)


def _leaves(tree: Tree) -> dict[str, tuple[str, str]]:
    """Return path → (as JSON has it, as people read it)."""
    return dict(_walk(tree, ""))


def _walk(value: JSON, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(value, list) and path and (whole := _short(value)) is not None:
        yield path, (_raw(value), whole)
        return
    if isinstance(value, Mapping | list) and value:
        inner = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for name, part in inner:
            yield from _walk(part, f"{path}.{name}" if path else str(name))
        return
    yield path, (_raw(value), _leaf(value))


def _short(values: list[JSON]) -> str | None:
    """Return a short list of plain values as one text."""
    if not values or any(isinstance(value, Mapping | list) for value in values):
        return None
    text = ", ".join(map(_leaf, values))
    return text if len(text) <= SHORT else None


def _leaf(value: JSON) -> str:
    if value is None:
        return _("empty")
    if value in ({}, []):
        return str(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(freeze(value))


def _raw(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)

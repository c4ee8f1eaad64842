"""Condition trees over plain documents: {"all": [{"field", "op", "value"}, …]} (no sentences).

Connectors ask them of a document just read (did it become so?), rules of a frozen one.
"""

import operator as operators
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from emailketing.common.currencies import currency_code
from emailketing.common.plain import JSON, Cell, Values

COMPARE = {
    "eq": operators.eq,
    "ne": operators.ne,
    "gt": operators.gt,
    "gte": operators.ge,
    "lt": operators.lt,
    "lte": operators.le,
}
MEMBERSHIP = frozenset({"in", "not_in"})
WITHOUT_VALUE = frozenset({"empty", "filled", "changed"})
OPERATORS = frozenset({*COMPARE, *MEMBERSHIP, *WITHOUT_VALUE, "contains"})
NUMBERS = frozenset({"money", "number", "quantity"})
MONEY = "money"


class Condition(TypedDict, total=False):
    """A tree: “all” or “any” of others, or one comparison of a field."""

    all: list["Condition"]
    any: list["Condition"]
    field: str
    op: str
    when: str
    value: JSON
    currency: str


class Malformed(ValueError):
    """Not a condition; the message says which part."""


def check_shape(tree: Mapping[str, Any], more: frozenset[str] = frozenset()) -> None:
    """Refuse what `holds` could not judge; `more`: comparisons somebody else judges."""
    if not tree:
        return
    members = tree.get("all", tree.get("any"))
    if members is not None:
        if len(tree) != 1 or not isinstance(members, list):
            raise Malformed("all, any")
        for member in members:
            if not isinstance(member, Mapping):
                raise Malformed(str(member))
            check_shape(member, more)
        return
    if tree.get("op") not in OPERATORS | more or not isinstance(tree.get("field"), str):
        raise Malformed(str(dict(tree)))
    if tree["op"] not in WITHOUT_VALUE and "value" not in tree:
        raise Malformed(str(dict(tree)))


def leaves(tree: Condition) -> Iterator[Condition]:
    if not tree:
        return
    members = tree["all"] if "all" in tree else tree.get("any")
    if members is None:
        yield tree
        return
    for member in members:
        yield from leaves(member)


def paths(tree: Condition) -> list[str]:
    return [str(leaf.get("field", "")) for leaf in leaves(tree)]


def holds(tree: Condition, document: Values, types: Mapping[str, str], own: str = "") -> bool:
    """Say whether the tree is true of the document; an empty tree is.

    `types`: path → type; `own`: the currency of a document that names none.
    """
    if not tree:
        return True
    if "all" in tree:
        return all(holds(member, document, types, own) for member in tree["all"])
    if "any" in tree:
        return any(holds(member, document, types, own) for member in tree["any"])
    path = str(tree["field"])
    kind = types.get(path, "text")
    values = values_at(document, path) or [None]
    if asks_amount(tree, kind):
        amounts = amounts_at(document, path, own)
        values = comparable(amounts, str(tree.get("currency") or own))
    return any(compare(value, str(tree["op"]), tree.get("value"), kind) for value in values)


def asks_amount(leaf: Condition, kind: str) -> bool:
    """Whether it compares with an amount of some currency: nothing is nothing in every one."""
    if kind != MONEY or leaf.get("op") in WITHOUT_VALUE:
        return False
    return any(as_number(member) != 0 for member in members(leaf.get("value")))


def members(wanted: JSON) -> list[JSON]:
    """Return what is compared with: one value, or several."""
    if isinstance(wanted, list):
        return wanted
    return list(wanted.split(",")) if isinstance(wanted, str) else [wanted]


def without_currency(tree: Condition, types: Mapping[str, str]) -> str:
    """Return the field of an amount that does not say its currency, or nothing."""
    for leaf in leaves(tree):
        path = str(leaf.get("field", ""))
        if asks_amount(leaf, types.get(path, "")) and not leaf.get("currency"):
            return path
    return ""


def amounts_at(data: JSON, path: str, own: str) -> list[tuple[JSON, str]]:
    """Return what stands there, each with its currency: of its row, of the document, else `own`."""
    found: list[tuple[JSON, str]] = [(data, own)]
    for name in path.split("."):
        rows: list[tuple[JSON, str]] = []
        for value, currency in found:
            rows.extend((row, currency) for row in (value if isinstance(value, list) else [value]))
        found = [
            (row[name], currency_code(row.get("currency")) or currency)
            for row, currency in rows
            if isinstance(row, Mapping) and name in row
        ]
    return found


def comparable(amounts: list[tuple[JSON, str]], wanted: str) -> list[JSON]:
    """Return the amounts of this currency, and those that are empty; all when none is asked."""
    code = currency_code(wanted)
    return [
        value
        for value, currency in amounts
        if is_empty(value) or not code or not currency or currency_code(currency) == code
    ] or ([] if amounts else [None])


def values_at(data: JSON, path: str) -> list[JSON]:
    """Return what stands at a dotted path; a list on the way gives the values of all its rows."""
    found: list[JSON] = [data]
    for name in path.split("."):
        rows: list[JSON] = []
        for value in found:
            rows.extend(value if isinstance(value, list) else [value])
        found = [row[name] for row in rows if isinstance(row, Mapping) and name in row]
    return found


def as_number(value: Cell) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def is_empty(value: JSON) -> bool:
    return value is None or value in ("", [], {})


def compare(value: JSON, operator: str, wanted: JSON, kind: str) -> bool:
    if operator in {"empty", "filled"}:
        return is_empty(value) is (operator == "empty")
    if operator in MEMBERSHIP:
        members = wanted if isinstance(wanted, list) else str(wanted or "").split(",")
        found = any(compare(value, "eq", member, kind) for member in members)
        return found is (operator == "in")
    if operator == "contains":
        return str(wanted or "").casefold() in str(value or "").casefold()
    if is_empty(value):
        return is_empty(wanted) is (operator == "eq") if operator in {"eq", "ne"} else False
    left, right = _comparable(value, wanted, kind)
    if left is None or right is None:
        return False
    return bool(COMPARE[operator](left, right))


def _comparable(value: JSON, wanted: JSON, kind: str) -> tuple[Any, Any]:
    if kind in NUMBERS:
        return as_number(value), as_number(wanted)
    if kind == "boolean":
        return _truth(value), _truth(wanted)
    return _text(value), _text(wanted)


def _text(value: JSON) -> str:
    return "" if value is None else str(value).strip().casefold()


def _truth(value: JSON) -> bool:
    return _text(value) in {"true", "1", "yes", "si", "sí", "sim", "t"}

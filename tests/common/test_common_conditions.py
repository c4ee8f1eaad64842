"""Condition trees, judged without words: what connectors ask of a document just read."""

from typing import Any

import pytest

from emailketing.common.conditions import Condition, Malformed, check_shape, holds, paths
from emailketing.common.plain import JSON, Entry

DOCUMENT: Entry = {
    "number": "OC-7",
    "state": "Confirmada",
    "totals": {"total": "90000.00"},
    "lines": [{"code": "A", "quantity": "2"}, {"code": "B", "quantity": "10"}],
    "note": "",
    "urgent": "1",
}
TYPES = {"totals.total": "money", "lines.quantity": "quantity", "urgent": "boolean"}


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("number", "filled", None, True),
        ("note", "empty", None, True),
        ("nothing", "empty", None, True),
        ("lines", "filled", None, True),
        ("state", "eq", "confirmada", True),
        ("state", "in", ["borrador", "confirmada"], True),
        ("state", "in", "borrador, confirmada", True),
        ("state", "not_in", ["borrador"], True),
        ("state", "ne", "confirmada", False),
        ("note", "ne", "x", True),
        ("note", "eq", "", True),
        ("note", "gt", "1", False),
        ("totals.total", "gte", "90000", True),
        ("totals.total", "gt", "100000", False),
        ("totals.total", "lt", "not a number", False),
        ("lines.quantity", "gt", "9", True),
        ("lines.code", "contains", "b", True),
        ("urgent", "eq", "sí", True),
    ],
)
def test_one_comparison(field: str, op: str, value: JSON, expected: bool) -> None:
    assert holds({"field": field, "op": op, "value": value}, DOCUMENT, TYPES) is expected


def test_all_any_and_nothing() -> None:
    yes: Condition = {"field": "number", "op": "filled"}
    no: Condition = {"field": "number", "op": "empty"}
    assert holds({}, DOCUMENT, TYPES)
    assert holds({"any": [no, yes]}, DOCUMENT, TYPES)
    assert not holds({"all": [yes, no]}, DOCUMENT, TYPES)
    assert paths({"all": [yes, {"any": [no]}]}) == ["number", "number"]


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "a", "op": "like", "value": 1},
        {"field": "a", "op": "eq"},
        {"op": "filled"},
        {"all": {}},
        {"all": ["x"]},
        {"all": [], "any": []},
    ],
)
def test_what_is_no_condition_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        check_shape(tree)

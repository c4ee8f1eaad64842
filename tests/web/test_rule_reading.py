"""What the rule editor sends is read strictly, and each mistake finds its row."""

import json

import pytest
from django.utils import translation

from emailketing.contacts.models import Role
from emailketing.triggers.notifications.conditions import FieldInfo
from emailketing.web.console.rules.read import (
    read_condition,
    read_fallback,
    read_recipients,
)

FIELDS = {
    "number": FieldInfo("number", "Número"),
    "date": FieldInfo("date", "Fecha", "date"),
    "totals.total": FieldInfo("totals.total", "Total", "money"),
}


def test_a_tree_with_one_group_is_read_as_it_is_drawn() -> None:
    tree = {
        "all": [
            {"field": "totals.total", "op": "gte", "value": "100.000", "when": "after"},
            {"any": [{"field": "number", "op": "changed"}, {"field": "date", "op": "filled"}]},
        ]
    }
    with translation.override("es"):
        reading = read_condition(json.dumps(tree), FIELDS, "PYG")
    assert reading.errors == {}
    assert reading.value == {
        "all": [
            {"field": "totals.total", "op": "gte", "value": "100000", "currency": "PYG"},
            {"any": [{"field": "number", "op": "changed"}, {"field": "date", "op": "filled"}]},
        ]
    }


def test_every_mistake_is_told_beside_its_row() -> None:
    tree = {
        "any": [
            {"field": "", "op": "eq", "value": "1"},
            {"field": "totals.total", "op": "gte", "value": "mucho"},
            {"all": [{"field": "date", "op": "gte", "value": "mañana"}]},
            {"field": "number", "op": "eq", "value": ""},
            {"field": "gone", "op": "eq", "value": "1"},
        ]
    }
    with translation.override("en"):
        errors = read_condition(json.dumps(tree), FIELDS, "PYG").errors
    assert errors == {
        "0": "Choose a field, or remove this line.",
        "1": "“mucho” is not a number; Total needs one.",
        "2.0": "“mañana” is not a date.",
        "3": "Write the value to compare with.",
        "4": "The field “gone” does not exist. Choose another in the rule.",
    }


def test_an_amount_keeps_the_currency_of_its_line_or_the_one_it_is_written_with() -> None:
    """Point 13: a line in dollars is never taken for guaraníes."""
    lines = [
        {"field": "totals.total", "op": "gte", "value": "1,000.50", "currency": "USD"},
        {"field": "totals.total", "op": "gte", "value": "US$ 1.000"},
        {"field": "totals.total", "op": "gte", "value": "USD 5", "currency": "PYG"},
        {"field": "totals.total", "op": "gt", "value": "0", "currency": "USD"},
        {"field": "totals.total", "op": "in", "value": "1.000; 2.000"},
        {"field": "totals.total", "op": "gte", "value": "1.000,50", "currency": "PYG"},
    ]
    with translation.override("es"):
        reading = read_condition(json.dumps({"all": lines}), FIELDS, "PYG")
    read = [(row.get("value"), row.get("currency")) for row in reading.value["all"]]
    assert read[:2] == [("1000.5", "USD"), ("1000", "USD")]
    assert read[3:5] == [("0", None), (["1000", "2000"], "PYG")]
    assert sorted(reading.errors) == ["2", "5"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"all": "x"}', '{"all": [1, "x", null]}', "null"])
def test_nothing_sensible_is_no_condition(text: str) -> None:
    assert read_condition(text, FIELDS).value == {}


def test_a_value_from_a_hostile_script_does_not_get_in() -> None:
    tree = {"all": [{"field": "number", "op": "eq", "value": "7", "when": "x", "evil": [1]}]}
    value = read_condition(json.dumps(tree), FIELDS, "PYG").value
    assert value == {"all": [{"field": "number", "op": "eq", "value": "7"}]}


@pytest.mark.django_db
def test_recipients_of_each_kind_are_read() -> None:
    role = Role.objects.create(name="Compras")
    rows = [
        {"kind": "party", "usage": "pedidos"},
        {"kind": "role", "role": str(role.pk)},
        {"kind": "address", "value": " a@b.test ", "name": "Ana\r\nBcc: x", "language": "pt"},
        {"kind": "role", "role": "99"},
        {"kind": "address", "value": "no es"},
        {"kind": "address", "value": "a@b.test\nBcc: c@d.test"},
        {"kind": "sql"},
    ]
    with translation.override("en"):
        reading = read_recipients(json.dumps(rows))
    assert reading.value[:3] == [
        {"kind": "party", "usage": "pedidos"},
        {"kind": "role", "role": role.pk},
        {"kind": "address", "value": "a@b.test", "name": "Ana Bcc: x", "language": "pt"},
    ]
    assert sorted(reading.errors) == ["3", "4", "5", "6"]
    assert reading.errors["4"] == "“no es” is not understood as an e-mail address."


def test_no_fallback_is_no_fallback() -> None:
    assert read_fallback("").value == {}
    assert read_fallback('{"kind": ""}').value == {}
    assert read_fallback('{"kind": "party"}').value == {"kind": "party", "usage": ""}

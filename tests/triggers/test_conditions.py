"""Conditions judge plain documents and say why, in words."""

from typing import Any

import pytest
from django.utils import translation

from emailketing.common.conditions import Condition
from emailketing.triggers.notifications.conditions import (
    ConditionInvalid,
    ConditionVerdict,
    Facts,
    FieldInfo,
    check_condition,
    evaluate,
    values_at,
)

FIELDS = {
    "totals.total": FieldInfo("totals.total", "Total", "money"),
    "party.name": FieldInfo("party.name", "Proveedor"),
    "state": FieldInfo("state", "Estado"),
    "lines.description": FieldInfo("lines.description", "Artículo"),
    "lines.quantity": FieldInfo("lines.quantity", "Cantidad", "quantity"),
    "date": FieldInfo("date", "Fecha", "date"),
    "urgent": FieldInfo("urgent", "Urgente", "boolean"),
}
ORDER: dict[str, Any] = {
    "state": "confirmada",
    "currency": "PYG",
    "date": "2026-11-24",
    "urgent": True,
    "party": {"name": "Aceites Ñandutí S.A."},
    "totals": {"total": "90000"},
    "lines": [
        {"description": "Filtro", "quantity": "2.500"},
        {"description": "Aceite 15W40", "quantity": "1"},
    ],
}


def leaf(field: str, op: str, value: str = "", **more: str) -> Any:
    return {"field": field, "op": op, "value": value, **more}


def judge(condition: Condition, before: dict[str, Any] | None = None) -> bool:
    return evaluate(condition, Facts(ORDER, before or {}, FIELDS)).holds


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        (leaf("totals.total", "gte", "90000"), True),
        (leaf("totals.total", "gt", "90000"), False),
        (leaf("totals.total", "lt", "100000.50"), True),
        (leaf("totals.total", "eq", "90000.00"), True),
        (leaf("party.name", "contains", "ñandutí"), True),
        (leaf("party.name", "eq", "aceites ñandutí s.a."), True),
        (leaf("lines.description", "contains", "aceite"), True),
        (leaf("lines.description", "contains", "gasoil"), False),
        (leaf("state", "filled"), True),
        (leaf("state", "empty"), False),
        ({"all": [leaf("state", "filled"), leaf("totals.total", "lt", "1")]}, False),
        ({"any": [leaf("state", "empty"), leaf("totals.total", "gt", "1")]}, True),
        ({"all": []}, True),
    ],
)
def test_a_condition_is_judged(condition: Condition, holds: bool) -> None:
    assert judge(condition) is holds


def test_before_and_changed_look_at_the_old_header() -> None:
    before = {"state": "borrador"}
    assert judge(leaf("state", "eq", "borrador", when="before"), before)
    assert judge(leaf("state", "changed"), before)
    assert not judge(leaf("state", "changed"), {})


def test_what_did_not_change_was_before_as_it_is_now() -> None:
    assert judge(leaf("totals.total", "eq", "90000", when="before"), {"state": "borrador"})
    assert judge(leaf("totals.total", "eq", "5", when="before"), {"totals": {"total": "5"}})


@pytest.mark.parametrize(
    ("language", "condition", "expected"),
    [
        ("es", leaf("totals.total", "gte", "100000"), "Total: Gs. 90.000 < Gs. 100.000"),
        ("en", leaf("totals.total", "gte", "100000"), "Total: PYG 90,000 < PYG 100,000"),
        ("es", leaf("totals.total", "lt", "100000"), "Total: Gs. 90.000 < Gs. 100.000"),
        ("es", leaf("totals.total", "eq", "1"), "Total: Gs. 90.000 ≠ Gs. 1"),
        ("es", leaf("state", "eq", "anulada"), "Estado: confirmada ≠ anulada"),
        ("en", leaf("state", "filled"), "Estado is filled in: confirmada"),
        ("en", leaf("state", "empty"), "Estado is filled in: confirmada"),
        ("es", leaf("date", "gt", "2026-12-01"), "Fecha: 24/11/2026 ≤ 01/12/2026"),
        ("en", leaf("urgent", "eq", "false"), "Urgente: yes ≠ no"),
        ("es", leaf("lines.quantity", "gt", "5"), "Cantidad: 2,5 ≤ 5"),
        (
            "en",
            leaf("lines.description", "contains", "gasoil"),
            "Artículo: “Filtro” does not contain “gasoil”",
        ),
    ],
)
def test_the_reason_has_the_values_as_people_write_them(
    language: str, condition: Condition, expected: str
) -> None:
    with translation.override(language):
        assert evaluate(condition, Facts(ORDER, {}, FIELDS)).why == expected


@pytest.mark.django_db
def test_an_instant_is_written_by_the_companys_clock() -> None:
    fields = {"at": FieldInfo("at", "Hora", "datetime")}
    facts = Facts({"at": "2026-11-24T15:00:00+00:00"}, {}, fields)
    with translation.override("es"):
        assert evaluate(leaf("at", "filled"), facts).why.endswith("24/11/2026 12:00")


def test_the_reason_of_a_change_says_from_what_to_what() -> None:
    facts = Facts(ORDER, {"totals": {"total": "5"}}, FIELDS)
    with translation.override("en"):
        assert evaluate(leaf("totals.total", "changed"), facts).why == (
            "Total changed: PYG 5 → PYG 90,000"
        )
        assert evaluate(leaf("state", "changed"), facts).why == "Estado did not change"


def test_only_what_decided_is_named() -> None:
    condition: Condition = {"all": [leaf("state", "filled"), leaf("totals.total", "lt", "1")]}
    why = evaluate(condition, Facts(ORDER, {}, FIELDS)).why
    assert "Total" in why
    assert "Estado" not in why


def test_a_field_that_vanished_is_a_sentence_not_a_silent_no() -> None:
    with pytest.raises(ConditionInvalid, match="gone"):
        judge(leaf("gone", "eq", "1"))


@pytest.mark.parametrize(
    "condition",
    [
        leaf("gone", "eq", "1"),
        leaf("state", "resembles", "x"),
        leaf("totals.total", "gt", "mucho"),
        {"all": [leaf("state", "filled")] * 51},
    ],
)
def test_a_condition_that_cannot_work_is_refused_on_saving(condition: Condition) -> None:
    with pytest.raises(ConditionInvalid):
        check_condition(condition, FIELDS)


def test_values_are_found_through_lists() -> None:
    assert values_at(ORDER, "lines.description") == ["Filtro", "Aceite 15W40"]
    assert values_at(ORDER, "party.nothing") == []


TOTAL: Condition = {"field": "totals.total", "value": "100"}


@pytest.mark.parametrize(
    ("before", "now", "operator", "holds", "why"),
    [
        ({"total": "90"}, "110", "crosses_above", True, "Total rose from 90 to 110, above 100"),
        ({"total": "105"}, "110", "crosses_above", False, "Total was 105 before too"),
        ({"total": "90"}, "100", "crosses_above", False, "Total: 100 ≤ 100"),
        ({}, "110", "crosses_above", True, "Total rose from — to 110, above 100"),
        ({"total": "110"}, "90", "crosses_below", True, "Total fell from 110 to 90, below 100"),
        ({"total": "100"}, "90", "crosses_below", True, "Total fell from 100 to 90, below 100"),
        ({"total": "90"}, "100", "becomes", True, "Total became 100 (before: 90)"),
        ({"total": "100.0"}, "100", "becomes", False, "Total was 100 before too"),
        ({"total": "100"}, "90", "becomes", False, "Total: 90 ≠ 100"),
    ],
)
def test_an_edge_is_true_now_and_was_not_before(
    before: dict[str, Any], now: str, operator: str, holds: bool, why: str
) -> None:
    fields = {"totals.total": FieldInfo("totals.total", "Total", "number")}
    facts = Facts({"totals": {"total": now}}, {"totals": before} if before else {}, fields)
    assert evaluate({**TOTAL, "op": operator}, facts) == ConditionVerdict(holds, why)


def test_what_did_not_change_became_nothing() -> None:
    fields = {"state": FieldInfo("state", "State", choices={"an": "Cancelled"})}
    facts = Facts({"state": "an", "notes": "x"}, {"notes": "y"}, fields)
    leaf: Condition = {"field": "state", "op": "becomes", "value": "an"}
    assert evaluate(leaf, facts) == ConditionVerdict(
        holds=False, why="State was Cancelled before too"
    )


def test_one_of_several_says_what_they_are_called() -> None:
    choices = {"a": "Open", "b": "Closed"}
    facts = Facts({"state": "a"}, {}, {"state": FieldInfo("state", "State", choices=choices)})
    among: Condition = {"field": "state", "op": "in", "value": ["a", "b"]}
    assert evaluate(among, facts) == ConditionVerdict(True, "State: “Open” is one of Open, Closed")
    assert not evaluate({**among, "op": "not_in"}, facts).holds


def test_only_numbers_cross_something() -> None:
    fields = {"state": FieldInfo("state", "State")}
    with pytest.raises(ConditionInvalid) as raised:
        check_condition({"field": "state", "op": "crosses_above", "value": "3"}, fields)
    assert "State is none" in str(raised.value)


IN_DOLLARS = ORDER | {"currency": "USD", "totals": {"total": "1500"}}


def in_guaranies(op: str, value: str, **more: str) -> Any:
    return leaf("totals.total", op, value, currency="PYG", **more)


@pytest.mark.parametrize("op", ["gt", "gte", "lt", "lte", "eq", "ne", "in", "not_in"])
def test_a_dollar_order_is_never_compared_with_guaranies(op: str) -> None:
    """Point 13: 1 500 dollars are neither more nor less than 1 000 guaraníes, and it is said."""
    with translation.override("es"):
        verdict = evaluate(in_guaranies(op, "1000"), Facts(IN_DOLLARS, {}, FIELDS, "PYG"))
    assert not verdict.holds
    assert "USD 1.500,00" in verdict.why
    assert "Gs. 1.000" in verdict.why
    assert "no se comparan" in verdict.why


@pytest.mark.parametrize("own", ["PYG", "USD", ""])
@pytest.mark.parametrize("code", ["PYG", "Gs.", "guaraníes", "gs"])
def test_the_same_currency_is_compared_however_it_is_written(own: str, code: str) -> None:
    facts = Facts(ORDER | {"currency": code}, {}, FIELDS, own)
    assert evaluate(in_guaranies("gte", "90000"), facts).holds


def test_an_amount_without_a_currency_is_in_the_companys() -> None:
    """Rules from before amounts carried one, and documents that name none."""
    old = leaf("totals.total", "gte", "1000")
    assert not evaluate(old, Facts(IN_DOLLARS, {}, FIELDS, "PYG")).holds
    assert evaluate(old, Facts(IN_DOLLARS, {}, FIELDS, "USD")).holds
    assert evaluate(old, Facts(ORDER | {"currency": ""}, {}, FIELDS, "PYG")).holds


def test_nothing_is_nothing_in_every_currency() -> None:
    assert evaluate(leaf("totals.total", "gt", "0"), Facts(IN_DOLLARS, {}, FIELDS, "PYG")).holds


def test_the_currency_of_a_row_goes_before_that_of_the_document() -> None:
    fields = {"means.amount": FieldInfo("means.amount", "Medio", "money")}
    paid = ORDER | {"means": [{"amount": "2000", "currency": "USD"}, {"amount": "700"}]}
    facts = Facts(paid, {}, fields, "PYG")
    assert not evaluate(leaf("means.amount", "gte", "1000", currency="PYG"), facts).holds
    assert evaluate(leaf("means.amount", "gte", "1000", currency="USD"), facts).holds
    assert evaluate(leaf("means.amount", "gte", "500", currency="PYG"), facts).holds


def test_what_rose_in_another_currency_did_not_rise_in_this_one() -> None:
    """C: an edge looks at both sides in the currency of the line."""
    above = in_guaranies("crosses_above", "1000")
    before: dict[str, Any] = {"currency": "USD", "totals": {"total": "10"}}
    assert not evaluate(above, Facts(IN_DOLLARS, before, FIELDS, "PYG")).holds
    # re-written in guaraníes it is above, and was not before
    assert evaluate(above, Facts(ORDER, before, FIELDS, "PYG")).holds
    was_above: dict[str, Any] = {"totals": {"total": "5000"}}
    assert not evaluate(above, Facts(ORDER, was_above, FIELDS, "PYG")).holds


def test_the_same_number_in_another_currency_has_changed() -> None:
    changed = leaf("totals.total", "changed")
    before: dict[str, Any] = {"currency": "USD", "totals": {"total": "90000"}}
    with translation.override("es"):
        verdict = evaluate(changed, Facts(ORDER, before, FIELDS, "PYG"))
    assert verdict.holds
    assert "USD 90.000,00 → Gs. 90.000" in verdict.why

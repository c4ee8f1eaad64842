"""The statement's editor: the income statement of the sample company, built by clicking."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.common.plain import Cell
from emailketing.listings.ask import ask
from emailketing.listings.asked import AskedListing
from emailketing.listings.kinds.of_connector import OfConnector
from emailketing.listings.models import Listing
from emailketing.listings.offered_fields import OfferedField
from emailketing.listings.save import save_listing
from emailketing.listings.statement.parse import parse
from emailketing.sources.models import Source
from emailketing.web.console.listings.conditions import Known
from emailketing.web.console.listings.statement import edited
from tests.web.attached import business_file
from tests.web.forms import SentForm
from tests.web.test_listing_editor import DEFINITION, Clicking

SignIn = Callable[[str], Client]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW = "/listings/new/statement/"
FIELDS, ROWS = "/listings/draft/statement/fields/", "/listings/draft/statement/rows/"


@pytest.fixture
def source(staff: dict[str, Any], tmp_path: Path) -> Source:
    return Source.objects.create(
        slug="estacion",
        name="Estación",
        connector="estacion",
        dialect="sqlite",
        database=str(business_file(tmp_path)),
        created_at=NOW,
    )


@pytest.fixture
def clicking(source: Source, signed_in: SignIn) -> Clicking:
    return Clicking(signed_in("operator"), NEW, FIELDS)


def line(clicking: Clicking, number: int, label: str, account: str) -> None:
    """Add a line: the sum of the accounts that begin so."""
    clicking(add_line="sum:libro_mayor")
    clicking(**{f"l{number}-label": label, f"l{number}-level": "0"})
    clicking(**{f"add_where_{number}": "cuenta"})
    clicking(**{f"l{number}w0-value": account})


def build(clicking: Clicking) -> None:
    clicking(add_sum="libro_mayor")
    clicking(s0__how="difference", s0__first="haber", s0__second="debe")
    clicking(add_column="period:month_to_date")(add_column="earlier:month")(add_column="change")
    line(clicking, 0, "Ingresos", "4")
    line(clicking, 1, "Costo de ventas", "5")
    clicking(l1__negative="1")
    clicking(add_line="formula")(l2__label="Utilidad bruta")
    line(clicking, 3, "Gastos", "6")
    clicking(l3__negative="1", l3__by="nombre_cuenta")
    clicking(add_line="formula")(l4__label="Resultado", l4__of0="line_3", l4__of1="line_4")


def figures(listing: AskedListing, label: str, column: str) -> dict[str, Cell]:
    with ask(listing, {}, now=NOW, language="es") as answer:
        names = [each.name for each in answer.columns]
        first, second = names.index(label), names.index(column)
        return {str(row[first]): row[second] for row in answer.rows}


def test_the_income_statement_built_by_clicking_has_the_figures_of_the_ready_one(
    clicking: Clicking, signed_in: SignIn, source: Source
) -> None:
    """Issue 11, point 5: without SQL."""
    build(clicking)
    rows = clicking.rows(ROWS)
    assert "Utilidad bruta" in rows
    assert "un mes antes" in rows
    answer = signed_in("operator").post(NEW, {**clicking.form.values, "name": "Resultados"})
    assert answer.status_code == 302
    made = Listing.objects.get()
    assert made.kind == "statement"
    ours = figures(made, "line", "period_month_to_date")
    with ask(OfConnector(source, "income_statement"), {}, now=NOW, language="es") as ready:
        by_label = {
            str(row[0]): [c for c in row if isinstance(c, int | Decimal)] for row in ready.rows
        }
    for name in ("Ingresos", "Costo de ventas", "Utilidad bruta", "Gastos", "Resultado"):
        assert ours[name] in by_label[name], name
        assert ours[name]
    assert len(ours) > 8, "expenses by account stand below"


def test_lines_and_columns_are_moved_and_taken_away(clicking: Clicking) -> None:
    build(clicking)
    clicking(do="line-down:0")
    assert [each["label"] for each in clicking.definition["lines"]][:2] == [
        "Costo de ventas",
        "Ingresos",
    ]
    clicking(do="where-drop:0.0")
    assert "where" not in clicking.definition["lines"][0]
    clicking(do="column-drop:1")  # the change is worked out of it
    assert [each["name"] for each in clicking.definition["columns"]] == ["period_month_to_date"]
    clicking(l1__what="below")
    assert "sum" not in clicking.definition["lines"][1]
    clicking(do="sum-drop:0")
    assert "sums" not in clicking.definition


def test_a_period_that_changes_takes_its_heading_along_unless_it_has_its_own(
    clicking: Clicking,
) -> None:
    clicking(add_sum="libro_mayor")(add_column="period:month_to_date")
    clicking(c0__period_0="last_year")
    assert clicking.definition["columns"][0]["label"]["es"] == "El año pasado"
    clicking(c0__label="Antes")
    clicking(c0__period_0="this_year")
    assert clicking.definition["columns"][0]["label"]["es"] == "Antes"


def test_a_period_that_can_be_chosen_each_time_is_one_question_for_all_columns(
    clicking: Clicking,
) -> None:
    clicking(add_sum="libro_mayor")(add_column="period:last_month")(c0__ask="1")
    clicking(add_column="earlier:year")
    clicking(c0__period_0="this_year")
    made = clicking.definition
    assert [each["period"] for each in made["columns"]] == [{"param": "period"}] * 2
    assert [(each["name"], each["default"]) for each in made["parameters"]] == [
        ("period", "this_year")
    ]
    assert made["columns"][1]["label"]["es"] == "Período, un año antes"
    clicking(c0__ask="", c1__ask="")
    assert clicking.definition["columns"][0]["period"] == "this_year"
    assert "parameters" not in clicking.definition


WRITTEN: dict[str, Any] = {
    "currency": "PYG",
    "sums": {
        "libro": {
            "table": "libro_mayor",
            "date": "fecha",
            "formula": {"operation": "difference", "of": ["haber", "debe"]},
            "filter": {"field": "sucursal", "op": "eq", "value": {"param": "branch"}},
        }
    },
    "parameters": [
        {"name": "branch", "label": "Sucursal", "type": "text", "default": ""},
        {"name": "when", "type": "period", "default": "last_month"},
        {"name": "depth", "type": "number", "default": "3"},
    ],
    "levels": "depth",
    "lines": [
        {
            "name": "a",
            "sum": "libro",
            "by": "cuenta",
            "shows": "nombre_cuenta",
            "where": {"field": "cuenta", "op": "starts", "value": "4"},
        },
        {"name": "b", "formula": {"operation": "sum", "of": ["a", "a", "a"]}, "hidden": True},
    ],
    "columns": [
        {"name": "m", "period": "last_7_days"},
        {"name": "h", "period": "last_7_days", "earlier": "year"},
        {"name": "w", "period": {"param": "when"}},
        {"name": "s", "work": "share", "of": ["m"], "line": "a"},
    ],
}


def test_a_statement_of_a_file_stays_as_it_is(source: Source, signed_in: SignIn) -> None:
    made = Listing(name="Libro", source=source, kind="statement", definition=WRITTEN)
    save_listing(made, by="test", now=NOW)
    client = signed_in("operator")
    form = SentForm(client.get("/listings/libro/edit/").content.decode(), "draft")
    assert client.post("/listings/libro/edit/", form.values).status_code == 302
    made.refresh_from_db()
    assert parse(made.definition) == parse(WRITTEN)


NAMES = (
    *("l0-what", "l0-level", "l0-of0", "c0-work", "c0-period_0", "s0-how", "do", "add_line"),
    *("add_column", "add_sum", "add_where_0", "add_filter_0", "l0w0-op"),
)
VALUES = (
    *("", "x", "1", "total", "formula", "below", "sum:x", "period", "earlier:year", "share"),
    *("line-drop:0", "where-drop:0.0", "base-drop:0.0", "sum-drop:0", "column-drop:0"),
)
FORM = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES))
STATEMENT = st.dictionaries(st.sampled_from(["sums", "lines", "columns"]), st.none() | DEFINITION)


@settings(max_examples=60, deadline=None)
@given(DEFINITION | STATEMENT, FORM)
def test_no_definition_and_no_click_breaks_the_editor(
    definition: dict[str, Any], form: dict[str, str]
) -> None:
    fields = {"total": OfferedField("total", "Total", "money", "Venta")}
    assert isinstance(edited(definition, form, {"x": Known(fields)}), dict)

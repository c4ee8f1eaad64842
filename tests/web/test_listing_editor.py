"""The clicking editor: each click is answered by the server, the rows stand beside it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.listings.clicked.parse import parse
from emailketing.listings.models import Listing
from emailketing.listings.offered_fields import OfferedField
from emailketing.listings.save import save_listing
from emailketing.sources.models import Source
from emailketing.web.console.listings.clicked import edited
from emailketing.web.console.listings.conditions import Known
from tests.web.attached import business_file
from tests.web.forms import SentForm

SignIn = Callable[[str], Client]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW, FIELDS, ROWS = (
    "/listings/new/clicked/",
    "/listings/draft/clicked/fields/",
    "/listings/draft/clicked/rows/",
)


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


class Clicking:
    """Clicks in the editor as a browser does: what stands in the form goes along."""

    def __init__(self, client: Client, page: str = NEW, fields: str = FIELDS) -> None:
        self._client, self._fields = client, fields
        self.count = 0
        self.form = SentForm(client.get(page).content.decode(), "draft")

    def __call__(self, **clicked: str) -> "Clicking":
        self.count += 1
        said = {name.replace("__", "-"): value for name, value in clicked.items()}
        answer = self._client.post(self._fields, {**self.form.values, **said})
        assert answer.status_code == 200
        assert answer["HX-Trigger"] == "listing-drawn"
        fresh = SentForm(answer.content.decode(), "")
        name = {"name": said.get("name", self.form.values["name"])}
        self.form.values = {"source": self.form.values["source"], **name, **fresh.values}
        self.form.options = fresh.options
        return self

    @property
    def definition(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.form.values["definition"])
        return found

    def rows(self, path: str = ROWS) -> str:
        return self._client.post(path, self.form.values).content.decode()


@pytest.fixture
def clicking(source: Source, signed_in: SignIn) -> Clicking:
    return Clicking(signed_in("operator"))


def test_sales_by_branch_of_yesterday_in_ten_clicks(clicking: Clicking, signed_in: SignIn) -> None:
    """The journey of issue 11, point 16: the listing's share of its 25 clicks and fields."""
    clicking(table="venta")(add="sucursal_id.nombre")(add="total")(c1__how="sum")
    clicking(add_filter="fecha")(f0__value_0="yesterday")
    clicking(add_filter="estado")(f1__value="emitida", f1__ask="")
    client, values = signed_in("operator"), {**clicking.form.values, "name": "Ventas de ayer"}
    assert clicking.count + 2 <= 10  # name and “save”
    answer = client.post(NEW, values)
    made = Listing.objects.get()
    assert answer["Location"] == f"/listings/{made.slug}/"
    assert made.changed_by == "operator"
    clicked = parse(made.definition)
    assert clicked.is_grouped
    assert [(each.name, each.type, each.default) for each in clicked.parameters] == [
        ("period", "period", "yesterday")
    ]
    assert (
        "Casa Central"
        in client.get(f"/listings/{made.slug}/rows/?p-period_0=last_month").content.decode()
    )


def test_the_rows_stand_beside_while_clicking(clicking: Clicking) -> None:
    assert "cf-note--warn" in clicking.rows()  # nothing is chosen
    clicking(table="venta")(add="sucursal_id.nombre")(add="total")(c1__how="sum")(add="=share")
    rows = clicking.rows()
    assert "Casa Central" in rows
    assert "Parte del total" in rows


def test_everything_that_can_be_clicked(clicking: Clicking) -> None:
    clicking(table="venta")(add="fecha")(c0__how="month")(add="total")(c1__how="sum")(add="saldo")
    assert clicking.definition["columns"][2]["aggregate"] == "sum", "others are grouped"
    clicking(add="=running")(add="=calculation")(add="=count")
    clicking(c4__operation="difference", c4__of0="total", c4__of1="saldo")
    clicking(c1__label="Vendido", c1__decimals="2", c1__width="20", c1__total="sum")
    clicking(**{"c1__t0-limit": "1000", "c1__t0-side": "above", "c1__t0-tone": "good"})
    clicking(do="order")(o0__column="fecha", o0__way="down")(top="3")(do="having")
    clicking(**{"h0-op": "gt", "h0-value": "5"})
    clicked = parse(clicking.definition)
    assert [column.name for column in clicked.columns][:3] == ["fecha", "total", "saldo"]
    assert clicked.columns[1].thresholds[0].tone == "good"
    assert (clicked.top, clicked.order[0].is_descending) == (3, True)
    rows = clicking.rows()
    assert rows.count('<tr class="cf-level') == 3
    assert "Vendido" in rows
    clicking(do="up:1")(do="drop:0")
    assert clicking.definition["columns"][0]["name"] == "fecha"


def test_a_table_is_joined_by_hand(clicking: Clicking) -> None:
    clicking(table="venta_linea")(add="importe")(add_join="venta")
    clicking(j0__from="venta_id", j0__to="id")(add="venta.numero")
    assert clicking.definition["joins"] == [
        {"name": "venta", "table": "venta", "on": {"venta_id": "id"}}
    ]
    assert "cf-note" not in clicking.rows()


WRITTEN: dict[str, Any] = {
    "table": "venta",
    "columns": [
        {"name": "n", "field": "numero", "label": {"es": "Nº", "en": "No.", "pt": "Nº"}},
        {"name": "t", "field": "total", "decimals": 0, "thresholds": [
            {"limit": "5", "side": "above", "tone": "good"}]},
        {"name": "x", "formula": {"operation": "sum", "of": ["total", "saldo", "1"]}},
    ],
    "filter": {"all": [
        {"field": "estado", "op": "in", "value": ["emitida", "anulada"]},
        {"any": [{"field": "total", "op": "gt", "value": "1"},
                 {"field": "saldo", "op": "gt", "value": "1"}]},
        {"field": "sucursal_id.nombre", "op": "eq", "value": {"param": "branch"}},
    ]},
    "order": [{"column": "t", "descending": True}],
    "parameters": [{"name": "branch", "label": {"es": "Sucursal", "en": "Branch", "pt": "Filial"},
                    "type": "text", "default": ""}],
    "top": 5,
}  # fmt: skip


def test_what_was_written_in_a_file_stays_as_it_is(source: Source, signed_in: SignIn) -> None:
    """One definition, two faces: also what clicking has no field for."""
    made = Listing(name="A mano", source=source, definition=WRITTEN)
    save_listing(made, by="test", now=NOW)
    client = signed_in("operator")
    form = SentForm(client.get("/listings/a-mano/edit/").content.decode(), "draft")
    assert client.post("/listings/a-mano/edit/", form.values).status_code == 302
    made.refresh_from_db()
    assert parse(made.definition) == parse(WRITTEN)


def test_secrets_are_not_offered(clicking: Clicking) -> None:
    clicking(table="usuario")
    offered = clicking.form.options["add"]
    assert len(offered) > 2
    assert not [path for path in offered if path.endswith("pin")]


def test_what_cannot_be_saved_stays_in_the_form_with_its_sentence(
    clicking: Clicking, signed_in: SignIn
) -> None:
    clicking(table="venta")
    answer = signed_in("operator").post(NEW, clicking.form.values)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "cf-note--bad" in html
    assert SentForm(html, "draft").values["table"] == "venta"
    assert not Listing.objects.exists()


def test_readers_make_nothing(source: Source, signed_in: SignIn) -> None:
    client = signed_in("reader")
    for path in (NEW, FIELDS, ROWS):
        assert client.post(path).status_code == 403
    assert "/listings/new/" not in client.get("/listings/").content.decode()


def test_rubbish_in_the_form_is_a_sentence(source: Source, signed_in: SignIn) -> None:
    client = signed_in("operator")
    for sent in (
        "[1]",
        "{",
        '{"top": NaN}',
        '{"columns": [1, {}], "table": "venta"}',
        '{"table": "gone"}',
    ):
        values = {"definition": sent, "table": "venta", "do": "drop:9999999999"}
        assert client.post(FIELDS, values).status_code == 200
        assert client.post(ROWS, values).status_code == 200
    nul = '{"table": "venta", "columns": [{"name": "n", "field": "numero", "label": "\\u0000"}]}'
    values = {"definition": nul, "table": "venta", "name": "x"}
    assert client.post(NEW, values).status_code == 422
    assert client.get("/listings/%00/edit/").status_code == 404


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["field", "op", "value", "all", "any", "param", "name", "of", "on"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
NAMES = (
    *("c0-how", "c0-label", "c0-operation", "c0-of0", "c0-t0-limit", "f0-op", "f0-value"),
    *("f0-ask", "f-joint", "o0-column", "top", "add", "add_filter", "add_join", "do"),
)
VALUES = (
    *("", "x", "1", "total", "day", "sum", "age", "period", "in", "=count", "=share"),
    *("drop:0", "up:0", "order", "having", "filter-drop:0", "join-drop:0", "order-drop:0"),
)
FORM = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES))
DEFINITION = st.dictionaries(
    st.sampled_from(["columns", "filter", "having", "order", "joins", "fields", "parameters"]),
    plain,
)


@settings(max_examples=60, deadline=None)
@given(DEFINITION, FORM)
def test_no_definition_and_no_click_breaks_the_editor(
    definition: dict[str, Any], form: dict[str, str]
) -> None:
    fields = {"total": OfferedField("total", "Total", "money", "Venta")}
    assert isinstance(edited(definition, form, Known(fields)), dict)

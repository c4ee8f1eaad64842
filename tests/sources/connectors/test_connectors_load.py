"""Connectors are data: read strictly, each mistake one sentence with its place."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from emailketing.common.document import as_document
from emailketing.company.models import Company
from emailketing.content.documents import make_pdf
from emailketing.content.look import BrandLook
from emailketing.sources.connectors import ConnectorError, available, load
from emailketing.sources.documents.read_document import has_become

TOML = """
title = { es = "Tienda", en = "Shop", pt = "Loja" }
dialects = ["sqlite", "postgresql"]
ignore = ["*_cache"]
actor_column = "usuario"

[[tables]]
table = "pedido"
[[tables]]
table = "caja"
ignore = ["saldo"]
actor = ""

[documents.order]
label = "Pedido"
table = "pedido"
text = { es = "Pedido {number}", en = "Order {number}", pt = "Pedido {number}" }
header = "order.sql"
lines = "lines.sql"
party = "client"
[[documents.order.fields]]
path = "number"
label = { es = "Número", en = "Number", pt = "Número" }
[[documents.order.fields]]
path = "totals.total"
label = "Total"
type = "money"
[[documents.order.children]]
table = "pedido_detalle"
column = "pedido"

[processes.order]
label = "Pedido confirmado"
document = "order"
becomes = { all = [{ field = "number", op = "filled" }] }
sendable = { all = [{ field = "lines", op = "filled" }] }

[parties.client]
label = "Cliente"
table = "cliente"
contact = "client.sql"

[usages.orders]
label = "Pedidos"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tienda"
    folder.mkdir()
    (folder / "connector.toml").write_text(TOML)
    for name in ("order", "lines", "client"):
        (folder / f"{name}.sql").write_text(f"SELECT '{name}' AS number;\n")
    (folder / "lines.postgresql.sql").write_text("SELECT 'pg'")
    return folder


def change(folder: Path, old: str, new: str) -> None:
    text = (folder / "connector.toml").read_text()
    assert old in text
    (folder / "connector.toml").write_text(text.replace(old, new, 1))


def test_a_folder_becomes_a_connector(folder: Path) -> None:
    connector = load(str(folder))
    assert (connector.name, connector.title["pt"]) == ("tienda", "Loja")
    document = connector.documents["order"]
    assert [field.path for field in document.fields] == ["number", "totals.total"]
    assert document.fields[1].label == {"es": "Total", "en": "Total", "pt": "Total"}
    assert connector.processes["order"].document_type == "order"
    assert list(connector.usages) == ["orders"]


def test_every_table_of_documents_and_parties_is_watched(folder: Path) -> None:
    watches = {watch.table: watch for watch in load(str(folder)).watches()}
    assert sorted(watches) == ["caja", "cliente", "pedido", "pedido_detalle"]
    assert watches["pedido"].actor == "usuario"
    assert (watches["caja"].actor, watches["caja"].ignore) == (None, ("*_cache", "saldo"))
    assert watches["cliente"].ignore == ("*_cache",)


def test_a_dialect_may_have_other_words(folder: Path) -> None:
    lines = load(str(folder)).documents["order"].lines
    assert lines is not None
    assert lines.sql("sqlite") == "SELECT 'lines' AS number"
    assert (lines.sql("postgresql"), lines.file_for("postgresql")) == (
        "SELECT 'pg'", "lines.postgresql.sql",
    )  # fmt: skip


def test_a_layout_of_the_folder_makes_a_pdf(folder: Path) -> None:
    change(folder, 'party = "client"\n', 'party = "client"\nlayout = "vale.typ"\n')
    (folder / "vale.typ").write_text("Vale de combustible")
    layout = load(str(folder)).documents["order"].layout
    pdf = make_pdf(layout, {"document": {}, "company": {}}, language="es", brand=BrandLook())
    assert "Vale de combustible" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_schema_is_said_for_its_database_only(folder: Path) -> None:
    with (folder / "connector.toml").open("a") as file:
        file.write('\n[schemas.postgresql]\nschema = "erp"\n')
    connector = load(str(folder))
    assert {watch.schema for watch in connector.watches("postgresql")} == {"erp"}
    assert {watch.schema for watch in connector.watches("sqlite")} == {None}


def test_a_changed_file_is_read_anew(folder: Path) -> None:
    assert load(str(folder)).documents["order"].header.text == "SELECT 'order' AS number"
    (folder / "order.sql").write_text("SELECT 12345 AS number")
    assert load(str(folder)).documents["order"].header.text == "SELECT 12345 AS number"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dialects", "dialect", r"tienda/connector\.toml: .*dialects"),
        ('"sqlite", ', '"oracle", ', "dialects.*sqlite"),
        ('header = "order.sql"', 'header = "otro.sql"', r"documents\.order.*otro\.sql"),
        ('header = "order.sql"', 'header = "../order.sql"', r"\.\./order\.sql"),
        ('header = "order.sql"\n', "", "documents.order.*header"),
        ("lines.sql", 'lines.sql"\nlayout = "otro.typ', r"documents\.order.*otro\.typ"),
        ("lines.sql", 'lines.sql"\nlayout = "../otro.typ', r"documents\.order.*otro\.typ"),
        ('type = "money"', 'type = "dinero"', r"fields 2.*dinero"),
        ('party = "client"', 'party = "nadie"', r"parties\.nadie"),
        ('document = "order"', 'document = "orden"', r"documents\.orden"),
        ('op = "filled"', 'op = "llenado"', r"processes\.order.*becomes"),
        ('field = "number"', 'field = "numero"', "order.*numero"),
        (
            '{ field = "number", op = "filled" }',
            '{ field = "totals.total", op = "gte", value = 1000 }',
            r"totals\.total.*PYG",
        ),
        ('label = "Total"', 'lable = "Total"', "label"),
        ("title", "titel", "title"),
        ("{ es = ", "{ fr = ", "title"),
        ("[processes.order]", "[processes.Ordén]", "connector"),
        ("[[tables]]", "[[tables", "connector.toml"),
        ("actor = ", "akteur = ", r"tables 2.*akteur"),
        (
            "[[documents.order.fields]]",
            '[documents.order.lists]\ntotals = "lines.sql"\n[[documents.order.fields]]',
            r"documents\.order.*totals",
        ),
        (
            "[[documents.order.fields]]",
            '[documents.order.lists]\nPagos = "lines.sql"\n[[documents.order.fields]]',
            r"documents\.order\.lists.*Pagos",
        ),
        (
            "[[documents.order.fields]]",
            '[documents.order.lists]\npaid = "otro.sql"\n[[documents.order.fields]]',
            r"documents\.order\.lists.*otro\.sql",
        ),
    ],
)
def test_every_mistake_is_one_sentence_with_its_place(
    folder: Path, old: str, new: str, said: str
) -> None:
    change(folder, old, new)
    with pytest.raises(ConnectorError, match=said) as caught:
        load(str(folder))
    assert "\n" not in str(caught.value)


def test_a_document_may_have_lists_of_its_own(folder: Path) -> None:
    lists = '[documents.order.lists]\npaid = "lines.sql"\n'
    change(folder, "[[documents.order.fields]]", f"{lists}[[documents.order.fields]]")
    change(folder, '"lines", op', '"paid", op')
    connector = load(str(folder))
    assert list(connector.documents["order"].lists) == ["paid"]
    assert connector.documents["order"].lists["paid"].sql("postgresql") == "SELECT 'pg'"


OTHER = """
[documents.bill]
label = "Factura"
table = "factura"
text = "Factura {number}"
header = "order.sql"
[processes.bill]
label = "Factura emitida"
document = "bill"
"""


def test_a_long_connector_stands_in_several_files(folder: Path) -> None:
    (folder / "bills.toml").write_text(OTHER)
    connector = load(str(folder))
    assert list(connector.processes) == ["order", "bill"]
    assert "factura" in {watch.table for watch in connector.watches()}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OTHER.replace("label", "lable"), r"tienda/bills\.toml \[documents\.bill\].*label"),
        (OTHER.replace("[documents.bill]", "[documents.order]"), r"bills\.toml.*order.*two files"),
        ('[[tables]]\ntable = "x"\n', r"bills\.toml \[tables\].*connector\.toml"),
        ("settle = 3\n", r"bills\.toml \[settle\].*connector\.toml"),
        ("[documents", r"tienda/bills\.toml: "),
        (OTHER.replace('document = "bill"', 'document = "none"'), r"documents\.none"),
    ],
)
def test_a_mistake_in_another_file_names_that_file(folder: Path, text: str, said: str) -> None:
    (folder / "bills.toml").write_text(text)
    with pytest.raises(ConnectorError, match=said):
        load(str(folder))


@pytest.mark.django_db
def test_a_process_compares_amounts_of_its_currency_only(folder: Path) -> None:
    """Issue 9, point 13: an order in dollars is neither above nor below an amount in guaraníes."""
    Company.objects.create(pk=1, currency="PYG")
    leaf = '{ field = "totals.total", op = "gte", value = 1000, currency = "PYG" }'
    change(folder, '{ field = "number", op = "filled" }', leaf)
    connector = load(str(folder))
    total = {"totals": {"total": "1500"}}
    for currency, becomes in (("PYG", True), ("Gs.", True), ("", True), ("USD", False)):
        document = as_document(total | {"currency": currency})
        assert has_become(connector.processes["order"], document, connector) is becomes


@pytest.mark.parametrize("name", ["", "nada", "../estacion", "/no/such/folder", ".", "a/b"])
def test_an_unknown_connector_is_refused(name: str) -> None:
    with pytest.raises(ConnectorError):
        load(name)


def test_everything_shipped_can_be_loaded() -> None:
    for connector in available():
        assert load(connector.name) == connector
        assert set(connector.title) == {"es", "en", "pt"}

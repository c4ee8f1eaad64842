"""What the connector reads is what Tryton's own client shows (issue 3, points 8 and 16)."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from emailketing.common.document import own_value
from emailketing.sources.connectors import Connector, load
from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.documents.contacts import read_party
from emailketing.sources.documents.read_document import read_document
from emailketing.sources.validate import validate
from tests.tryton.conftest import Laboratory
from tests.tryton.erp import Erp, Operator, new_erp

pytestmark = pytest.mark.tryton
DOCUMENTS = {"purchase": "purchase_order", "sale": "quotation"}
TAXES = ["IVA 10%", "IVA 5%", "Tasa ambiental", "Combustibles"]
PRICES = {
    "USD": ["7.35", "4.125", "1.0050", "10.45", "33.3333"],
    "": ["50", "6950.5", "111.25", "142500.5", "7690.1234"],
}


@pytest.fixture(scope="module")
def erp(laboratory: Laboratory) -> Iterator[Erp]:
    with new_erp(*laboratory) as running:
        yield running


@pytest.fixture(scope="module")
def ana(erp: Erp) -> Operator:
    return erp.operator("ana")


@pytest.fixture(scope="module")
def connector() -> Connector:
    return load("tryton")


@pytest.fixture
def connection(erp: Erp) -> Iterator[Connection]:
    engine = open_engine(
        "postgresql",
        host=erp.place["host"],
        port=int(erp.place["port"]),
        database=erp.name,
        username="postgres",
    )
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def random_order(dice: random.Random) -> dict[str, Any]:
    currency = dice.choice(["USD", ""])
    lines = []
    for _ in range(dice.randint(2, 5)):
        code = dice.choice(["C-001", "L-015", "S-003"])
        fraction = dice.choice([0.5, 1, 0.33]) if code == "C-001" else 1
        quantity = dice.choice([1, 2, 3, 7, -1]) * fraction
        taxes = dice.sample(TAXES, dice.randint(1, len(TAXES)))
        lines.append([code, quantity, dice.choice(PRICES[currency]), *taxes])
    return {
        "kind": dice.choice(["purchase", "sale"]),
        "until": dice.choice(["quotation", "confirmed"]),
        "party": "Cooperativa Yvytú",
        "currency": currency,
        "lines": lines,
    }


@pytest.mark.parametrize("rounding", ["document", "line"])
def test_amounts_are_tryton_s_own_to_the_last_digit(
    ana: Operator, connection: Connection, connector: Connector, rounding: str
) -> None:
    """Half-even, per document or per line, remainders settled, before and after they are stored."""
    ana.ask("round_taxes", per=rounding)
    dice = random.Random(rounding)  # noqa: S311 - the same orders each time
    for _ in range(8):
        shown = ana.ask("order", **random_order(dice))
        kind = "purchase" if shown["kind"] == "purchase" else "sale"
        document = read_document(connection, connector, DOCUMENTS[kind], shown["id"], language="es")
        assert document is not None
        totals = document["totals"]
        assert {k: Decimal(totals[k]) for k in ("untaxed", "tax", "total")} == {
            k: Decimal(shown[k]) for k in ("untaxed", "tax", "total")
        }
        assert sum(Decimal(tax["amount"]) for tax in totals["taxes"]) == Decimal(shown["tax"])
        assert [Decimal(line["total"]) for line in document["lines"]] == [
            Decimal(line["amount"]) for line in shown["lines"]
        ]


def test_a_tax_that_changes_the_price_leaves_the_total_empty_rather_than_wrong(
    erp: Erp, ana: Operator, connection: Connection, connector: Connector
) -> None:
    shown = ana.ask(
        "order",
        kind="sale",
        until="quotation",
        party="Cooperativa Yvytú",
        lines=[["C-001", 10, "7690", "IVA 10%"]],
    )
    change = "UPDATE account_tax SET update_unit_price = {} WHERE name = 'IVA 10%'"
    erp.run(change.format("true"))
    try:
        document = read_document(connection, connector, "quotation", shown["id"], language="es")
    finally:
        erp.run(change.format("false"))
    assert document is not None
    assert document["totals"] == {"untaxed": "76900", "tax": "", "total": "", "taxes": []}


def test_a_document_says_everything_a_letter_needs(
    ana: Operator, connection: Connection, connector: Connector
) -> None:
    shown = ana.ask(
        "order",
        kind="purchase",
        until="confirmed",
        party="Distribuidora Ñandutí S.A.",
        comment="Entregar de mañana",
        lines=[["C-001", 33.5, "6950"], ["L-015", 2, "142500.5"]],
    )
    document = read_document(connection, connector, "purchase_order", shown["id"], language="es")
    assert document is not None
    assert document["label"] == f"Orden de compra {shown['number']}"
    assert document["conditions"] == "Crédito 30 días"
    assert document["notes"] == "Entregar de mañana"
    assert own_value(document, "confirmed_by") == "Ana Benítez"
    assert document["party"] == {
        "key": document["party"]["key"],
        "name": "Distribuidora Ñandutí S.A.",
        "tax_id": "80012345-0",
        "address": "Avda. Mariscal López 1234",
        "city": "Asunción",
        "phone": "+595 981 555 010",
        "email": "ventas@nanduti.test",
        "language": "es",
    }
    assert document["lines"][0] == {
        "code": "C-001",
        "description": "Diésel tipo III",
        "quantity": "33.5",
        "unit": "l",
        "unit_price": "6950",
        "total": "232825",
    }


@pytest.mark.django_db
def test_addresses_come_by_usage_in_the_order_of_the_operator(
    erp: Erp, connection: Connection, connector: Connector
) -> None:
    key = erp.value("SELECT id FROM party_party WHERE name LIKE 'Distribuidora%'")
    who = read_party(connection, connector, "party", key)
    assert (who.tax_id, who.language, who.is_active) == ("80012345-0", "es", True)
    assert [(a.value, a.usage, a.person) for a in who.addresses if a.kind == "email"] == [
        ("pagos@nanduti.test", "invoice", "Pagos"),
        ("ventas@nanduti.test", "", "Rocío Giménez"),
        ("deposito@nanduti.test", "delivery", "Depósito"),
    ]


def test_every_query_fits_and_a_missing_column_is_named(
    erp: Erp, connection: Connection, connector: Connector
) -> None:
    assert validate(connector, connection) == []
    erp.run("ALTER TABLE sale_sale RENAME COLUMN quotation_validity TO validity")
    try:
        (problem,) = validate(connector, connection)
    finally:
        erp.run("ALTER TABLE sale_sale RENAME COLUMN validity TO quotation_validity")
    assert problem.processes == ("quotation",)
    assert problem.sentence.startswith("quotation.sql: ")
    assert "quotation_validity" in problem.sentence


def test_both_files_of_a_document_compute_taxes_with_the_same_words(connector: Connector) -> None:
    for document in (connector.documents["purchase_order"], connector.documents["quotation"]):
        assert document.taxes is not None
        with_totals, with_taxes = (
            query.text.partition("WITH RECURSIVE")[2] for query in (document.header, document.taxes)
        )
        shared = with_taxes.rpartition("\n)\n")[0]
        assert shared
        assert with_totals.startswith(shared)

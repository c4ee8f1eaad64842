"""Each of Tryton's ready listings says what Tryton's own client shows (issue 11, point 18)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from emailketing.cli.show import clock
from emailketing.common.plain import Cell
from emailketing.listings.ask import ask
from emailketing.listings.kinds.of_connector import OfConnector
from emailketing.sources.models import Source
from tests.tryton.conftest import Laboratory
from tests.tryton.erp import Erp, Operator, new_erp

pytestmark = [pytest.mark.tryton, pytest.mark.django_db]
CUSTOMER = "Transportes del Chaco S.A."
SUPPLIER = "Distribuidora Ñandutí S.A."


@pytest.fixture(scope="module")
def erp(laboratory: Laboratory) -> Iterator[Erp]:
    with new_erp(*laboratory) as running:
        yield running


@pytest.fixture(scope="module")
def client(erp: Erp) -> dict[str, Any]:
    """A day of business at the client, and what it shows afterwards."""
    ana: Operator = erp.operator("ana")
    ana.ask("bill", party=CUSTOMER, amount="2750000")
    ana.ask("pay", party=SUPPLIER, amount="1250000", invoice="001-002-0009999")
    ana.ask("count_stock", code="C-001", quantity=120.5)
    for quantity, price in ((7, "6950.5"), (3, "7690.1234")):
        ana.ask("order", kind="sale", party=CUSTOMER, lines=[["C-001", quantity, price]],
                until="confirmed")  # fmt: skip
    return ana.ask("shown")


@pytest.fixture
def now() -> datetime:
    return clock()  # Tryton's own day is today


@pytest.fixture
def source(erp: Erp, now: datetime) -> Source:
    return Source.objects.create(
        slug="tryton",
        connector="tryton",
        dialect="postgresql",
        host=erp.place["host"],
        port=int(erp.place["port"]),
        database=erp.name,
        username="postgres",
        created_at=now,
    )


def rows(source: Source, name: str, now: datetime, **values: str) -> list[dict[str, Cell]]:
    with ask(OfConnector(source, name), values, now=now, language="es") as answer:
        names = [column.name for column in answer.columns]
        return [dict(zip(names, row, strict=True)) for row in answer.rows]


def test_the_income_statement_is_the_client_s(
    source: Source, client: dict[str, Any], now: datetime
) -> None:
    found = rows(source, "income_statement", now, period="month_to_date")
    ours = {str(row["line"]): row["amount"] for row in found}
    theirs = {name: Decimal(amount) for name, amount in client["lines"].items()}
    assert any(theirs.values())
    assert {name: Decimal(str(ours[name])) for name in theirs if theirs[name]} == {
        name: amount for name, amount in theirs.items() if amount
    }


def test_what_customers_owe_is_the_client_s(
    source: Source, client: dict[str, Any], now: datetime
) -> None:
    ours = {str(row["customer"]): row["total"] for row in rows(source, "open_receivables", now)}
    theirs = {name: Decimal(amount) for name, amount in client["debts"].items()}
    assert theirs[CUSTOMER] > 0
    assert {name: Decimal(str(total)) for name, total in ours.items()} == theirs


def test_the_stock_is_the_client_s(source: Source, client: dict[str, Any], now: datetime) -> None:
    found = rows(source, "stock_at_hand", now)
    assert client["stock"]["C-001"] == 120.5
    assert {str(row["code"]): float(str(row["quantity"])) for row in found} == client["stock"]


def test_sales_by_product_are_the_client_s(
    source: Source, client: dict[str, Any], now: datetime
) -> None:
    ours = {
        str(row["code"]): Decimal(str(row["amount"]))
        for row in rows(source, "sales_by_product", now, period="month_to_date")
    }
    assert ours == {code: Decimal(revenue) for code, revenue in client["sales"].items()}
    assert ours["C-001"] > 0

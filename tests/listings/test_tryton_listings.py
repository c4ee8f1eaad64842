"""Tryton's listings, on tables made by hand as Tryton 8.0 makes them: figures and columns."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from emailketing.listings.ask import ask
from emailketing.listings.kinds.of_connector import OfConnector
from emailketing.sources.models import Source
from tests.sources.shop import place_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=ZoneInfo("America/Asuncion"))
TABLES = """
CREATE TABLE company_company (id int, party int, currency int);
CREATE TABLE party_party (id int, name varchar);
CREATE TABLE currency_currency (id int, code varchar, digits int, rounding numeric);
CREATE TABLE account_account_type (id int, parent int, name varchar, sequence int, company int,
  statement varchar, receivable boolean);
CREATE TABLE account_account (id int, type int, debit_type int, credit_type int, company int);
CREATE TABLE account_journal (id int, type varchar);
CREATE TABLE account_move (id int, journal int, company int, date date, state varchar);
CREATE TABLE account_move_line (id serial, move int, account int, debit numeric, credit numeric,
  party int, maturity_date date, reconciliation int);
CREATE TABLE stock_location (id int, name varchar, type varchar);
CREATE TABLE stock_move (id serial, product int, from_location int, to_location int,
  internal_quantity double precision, state varchar, effective_date date);
CREATE TABLE product_product (id int, template int, code varchar);
CREATE TABLE product_template (id int, name varchar, default_uom int);
CREATE TABLE product_uom (id int, symbol varchar);
CREATE TABLE sale_sale (id int, company int, currency int, state varchar, sale_date date);
CREATE TABLE sale_line (id serial, sale int, product int, type varchar,
  quantity double precision, unit int, unit_price numeric);
INSERT INTO company_company VALUES (1, 1, 1);
INSERT INTO party_party VALUES (1, 'Estación del Sur S.A.'), (2, 'Cooperativa Yvytú');
INSERT INTO currency_currency VALUES (1, 'PYG', 0, 1);
INSERT INTO account_account_type VALUES (1, NULL, 'Resultado', 10, 1, 'income', false),
  (2, 1, 'Ingresos', 10, 1, 'income', false), (3, 1, 'Gastos', 20, 1, 'income', false),
  (4, NULL, 'Créditos', 5, 1, 'balance', true);
INSERT INTO account_account VALUES (1, 2, NULL, NULL, 1), (2, 3, NULL, 2, 1), (3, 4, NULL, NULL, 1);
INSERT INTO account_journal VALUES (1, 'revenue'), (2, 'situation');
"""


@pytest.fixture
def business(postgres_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_database, autocommit=True) as opened:
        opened.execute(TABLES)
        place = place_of(postgres_database)
        Source.objects.create(slug="tryton", connector="tryton", created_at=NOW, **place)
        yield opened


def asked(name: str, **values: str) -> list[tuple[Any, ...]]:
    listing = OfConnector(Source.objects.get(), name)
    with ask(listing, values, now=NOW, language="es") as answer:
        assert all(column.label != column.name for column in answer.columns)
        return list(answer.rows)


def entry(
    business: psycopg.Connection[Any], day: str, *lines: tuple[int, int], **values: Any
) -> None:
    """Write an entry: account and amount of each line, debit positive."""
    move = values | {"journal": values.get("journal", 1), "state": values.get("state", "posted")}
    (count,) = business.execute("SELECT count(*) FROM account_move").fetchone() or (0,)
    business.execute(
        "INSERT INTO account_move VALUES (%s, %s, 1, %s, %s)",
        [count + 1, move["journal"], day, move["state"]],
    )
    for account, amount in lines:
        party = (2, move.get("due"), move.get("settled")) if account == 3 else (None, None, None)
        business.execute(
            "INSERT INTO account_move_line (move, account, debit, credit, party, maturity_date,"
            " reconciliation) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [count + 1, account, max(amount, 0), max(-amount, 0), *party],
        )


def test_income_statement(business: psycopg.Connection[Any]) -> None:
    entry(business, "2026-11-10", (1, -1000), (2, 300), (3, 700))
    entry(business, "2026-11-11", (1, -50), (3, 50), state="draft")
    entry(business, "2026-11-20", (1, 1000), (3, -1000), journal=2)  # it closes the year
    entry(business, "2026-10-10", (1, -500), (3, 500))
    entry(business, "2026-10-30", (1, -9_000), (3, 9_000))  # after the same days
    entry(business, "2025-11-03", (1, -800), (2, -200), (3, 1000))  # an expense given back
    rows = [(*row[:2], *row[5:]) for row in asked("income_statement")]
    assert rows == [
        ("Resultado", 0, 700, 500, Decimal("0.4"), 1000, Decimal("-0.3")),
        ("Ingresos", 1, 1000, 500, 1, 1000, 0),  # in credit that account counts as income
        ("Gastos", 1, -300, 0, None, 0, None),
    ]


def test_open_receivables(business: psycopg.Connection[Any]) -> None:
    for due, amount in (("2026-12-01", 1), ("2026-11-01", 20), ("2026-10-01", 300)):
        entry(business, "2026-08-01", (3, amount), (1, -amount), due=due)
    entry(business, "2026-08-01", (3, 4000), (1, -4000), due="2026-09-10")
    entry(business, "2026-08-01", (3, 50000), (1, -50000))  # due at once
    entry(business, "2026-08-01", (3, 9), (1, -9), due="2026-08-01", settled=1)
    (row,) = asked("open_receivables")
    assert row[:2] == ("party:2", "Cooperativa Yvytú")
    assert row[2] == date(2026, 9, 10)
    assert row[4:] == (1, 20, 300, 4000, 50000, 54321)


def test_stock_at_hand_and_sales_by_product(business: psycopg.Connection[Any]) -> None:
    business.execute(
        """INSERT INTO stock_location VALUES (1, 'Tanque 1', 'storage'), (2, 'Planta', 'supplier');
        INSERT INTO product_template VALUES (1, 'Nafta', 1);
        INSERT INTO product_product VALUES (1, 1, 'C-001');
        INSERT INTO product_uom VALUES (1, 'L');
        INSERT INTO stock_move (product, from_location, to_location, internal_quantity, state,
          effective_date) VALUES (1, 2, 1, 100.5, 'done', '2026-11-01'),
          (1, 1, 2, 20, 'done', '2026-11-02'), (1, 1, 2, 20, 'draft', NULL);
        INSERT INTO sale_sale VALUES (1, 1, 1, 'processing', '2026-11-23'),
          (2, 1, 1, 'draft', '2026-11-23'), (3, 1, 1, 'done', '2026-11-22');
        INSERT INTO sale_line (sale, product, type, quantity, unit, unit_price)
          VALUES (1, 1, 'line', 2.5, 1, 1000.2), (1, 1, 'line', 1, 1, 0.5), (2, 1, 'line', 9, 1, 1),
          (3, 1, 'line', 9, 1, 1), (1, NULL, 'comment', NULL, NULL, NULL)"""
    )
    assert asked("stock_at_hand") == [("C-001", "Nafta", "Tanque 1", Decimal("80.5"), "L")]
    assert asked("stock_at_hand", day="2026-11-01")[0][3] == Decimal("100.5")
    (row,) = asked("sales_by_product")
    # each line is rounded half-even: 2500.5 → 2500, 0.5 → 0
    assert row[1:] == ("C-001", "Nafta", Decimal("3.5"), "L", 2500, "PYG")

"""What the acts of a day have in common: who works when, and which records they take."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select

from emailketing.demo.amounts import EnteredLine
from emailketing.demo.database import Database, OperatorTransaction, Row

BRANCH = 1  # everything of this day happens in the head office


@dataclass(frozen=True)
class Act:
    """What an operator did: its kind, a sentence, the record's key, when it was saved (UTC)."""

    act: str
    label: str
    key: int
    at: str


@dataclass(frozen=True)
class Day:
    """The company on one day; `clock` gives its local time, without a zone."""

    database: Database
    clock: Callable[[], datetime]

    def as_user(self, user: str) -> AbstractContextManager[OperatorTransaction]:
        """Open one transaction of one operator."""
        return self.database.work(user=user, now=self.clock())


def suppliers(
    work: OperatorTransaction, *, currency: str = "PYG", with_email: bool = True
) -> list[Row]:
    """Return suppliers of goods, those who can or cannot be written to."""
    table, contacts = work.tables["proveedor"], work.tables["proveedor_contacto"]
    products = work.tables["producto"]
    mail = exists().where((contacts.c.proveedor_id == table.c.id) & (contacts.c.tipo == "email"))
    sells = exists().where(products.c.proveedor_id == table.c.id)
    query = select(table).where(
        sells & (table.c.moneda == currency) & (mail if with_email else ~mail)
    )
    return work.rows(query.order_by(table.c.id))


def goods_of(
    work: OperatorTransaction, supplier: Row, quantities: Sequence[int]
) -> list[EnteredLine]:
    """Return lines with the supplier's first products at cost, in his currency."""
    products = work.tables["producto"]
    query = select(products).where(products.c.proveedor_id == supplier["id"])
    found = work.rows(query.order_by(products.c.id))
    rate = Decimal(7350) if supplier["moneda"] == "USD" else Decimal(1)
    return [
        EnteredLine(product["id"], Decimal(amount), product["costo"] / rate)
        for product, amount in zip(found, quantities, strict=False)
    ]


def shop_goods(
    work: OperatorTransaction, group: str, quantities: Sequence[int]
) -> list[EnteredLine]:
    """Return lines with the first products of a group at their price."""
    products, groups = work.tables["producto"], work.tables["rubro"]
    query = (
        select(products)
        .join(groups, groups.c.id == products.c.rubro_id)
        .where(groups.c.nombre == group)
        .order_by(products.c.id)
    )
    return [
        EnteredLine(product["id"], Decimal(amount), Decimal(product["precio"]))
        for product, amount in zip(work.rows(query), quantities, strict=False)
    ]


def customers(
    work: OperatorTransaction, *, language: str = "es", fleets: bool = False
) -> list[Row]:
    """Return companies in one language, with or without a fleet."""
    table = work.tables["cliente"]
    query = select(table).where(
        (table.c.tipo == "empresa")
        & (table.c.idioma == language)
        & (table.c.control_vehiculos == int(fleets))
    )
    return work.rows(query.order_by(table.c.id))

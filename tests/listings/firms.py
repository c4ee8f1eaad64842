"""A firm of the nineties: no foreign keys, dates and numbers as texts, anything may be NULL."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from emailketing.listings.asked import CLICKED
from emailketing.sources.models import Source
from tests.sources.shop import place_of

TOML = """
title = "Firma"
dialects = ["sqlite", "postgresql"]
[[tables]]
names = ["cliente", "venta"]
[audit.tables.cliente]
label = "Cliente"
record = "{nombre}"
secret = ["clave*"]
[audit.tables.venta]
label = "Venta"
record = "{numero}"
[audit.tables.venta.columns.total]
label = "Total"
type = "money"
[audit.tables.venta.columns.estado]
label = "Estado"
[audit.tables.venta.columns.estado.choices]
E = "Emitida"
A = "Anulada"
[audit.tables.venta.columns.vendedor]
label = "Vendedor"
lookup = { table = "vendedor", text = "nombre" }
"""
SCHEMA = (
    "CREATE TABLE cliente (codigo varchar(10) PRIMARY KEY, nombre varchar(40), clave varchar(9))",
    "CREATE TABLE vendedor (id integer PRIMARY KEY, nombre varchar(40))",
    "CREATE TABLE venta (id integer PRIMARY KEY, numero varchar(20), fecha {day}, dia varchar(10),"
    " cliente {number}, vendedor integer, estado varchar(1), total numeric(15,2),"
    " costo varchar(20), cantidad numeric(10,3), contado {boolean})",
    "CREATE TABLE pago (venta integer REFERENCES venta (id), importe numeric(15,2))",
)
TYPES = {
    "sqlite": {"day": "date", "number": "integer", "boolean": "smallint"},
    "postgresql": {"day": "date", "number": "integer", "boolean": "boolean"},
}
Row = Sequence[Any]


@dataclass(frozen=True)
class Listed:
    """A listing made by clicking, not saved."""

    source: Source
    definition: dict[str, Any]
    kind: str = CLICKED


class Firm:
    def __init__(self, folder: Path, address: str = "") -> None:
        self.dialect = "postgresql" if address else "sqlite"
        connector = folder / "firma"
        connector.mkdir(exist_ok=True)
        (connector / "connector.toml").write_text(TOML)
        place = {"dialect": "sqlite", "database": str(folder / "firma.db")}
        if address:
            place = place_of(address)
        self.address = address
        self.source = Source(slug="firma", name="Firma", connector=str(connector), **place)
        self._business = (
            psycopg.connect(address, autocommit=True) if address else _file(folder / "firma.db")
        )
        for statement in SCHEMA:
            self.run(statement.format(**TYPES[self.dialect]))

    def close(self) -> None:
        self._business.close()

    def run(self, statement: str, rows: Sequence[Row] = ()) -> None:
        """Run it, once for each row."""
        if rows:
            mark = "%s" if self.dialect == "postgresql" else "?"
            cursor: Any = self._business.cursor()
            cursor.executemany(statement.replace("?", mark), rows)
        else:
            business: Any = self._business
            business.execute(statement)

    def empty(self) -> None:
        for table in ("pago", "venta", "cliente", "vendedor"):
            self.run(f"DELETE FROM {table}")  # noqa: S608

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.run(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608

    def listing(self, **definition: Any) -> Listed:
        return Listed(self.source, definition)


def _file(path: Path) -> sqlite3.Connection:
    business = sqlite3.connect(path, isolation_level=None)
    business.execute("PRAGMA journal_mode=WAL")
    business.execute("PRAGMA synchronous=OFF")
    return business

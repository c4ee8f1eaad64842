"""A firm of the nineties: no foreign keys, dates and numbers as texts, nothing that is never NULL."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
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
        self._address = address
        self._file = folder / "firma.db"
        place = place_of(address) if address else {"dialect": "sqlite", "database": str(self._file)}
        self.source = Source(slug="firma", name="Firma", connector=str(connector), **place)
        self.run("PRAGMA journal_mode=WAL" if not address else "SELECT 1")
        for statement in SCHEMA:
            self.run(statement.format(**TYPES[self.dialect]))

    def run(self, statement: str, rows: Sequence[Row] = ()) -> None:
        """Run it, once for each row."""
        if self._address:
            with psycopg.connect(self._address, autocommit=True) as business:
                if rows:
                    business.cursor().executemany(statement.replace("?", "%s").encode(), rows)
                else:
                    business.execute(statement.encode())
            return
        with closing(sqlite3.connect(self._file, isolation_level=None)) as business:
            if rows:
                business.executemany(statement, rows)
            else:
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

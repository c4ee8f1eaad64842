"""A small shop whose program knows nothing of us, its connector, and one source attached to it."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from emailketing.events.models import Event
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.install import install
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.pulse import forget_all
from tests.sources.capture.business import Business

DEADLINE = 15  # seconds; only for what another process or thread does

SCHEMA = """
CREATE TABLE cliente (
  id integer PRIMARY KEY, nombre text, ruc text, idioma text, activo integer, usuario text);
CREATE TABLE correo (id integer PRIMARY KEY, cliente integer, valor text, uso text, tipo text);
CREATE TABLE pedido (
  id integer PRIMARY KEY, numero text, estado text, cliente integer, fecha date,
  total numeric(14,2), nota text, usuario text, visto text);
CREATE TABLE renglon (
  id integer PRIMARY KEY, pedido integer, articulo text, cantidad numeric(10,3),
  precio numeric(14,2));
CREATE TABLE serie (id integer PRIMARY KEY, renglon integer, numero text);
CREATE TABLE aviso (id integer PRIMARY KEY, titulo text);
CREATE TABLE usuario (codigo text PRIMARY KEY, nombre text);
CREATE TABLE borrado (tabla text, registro text, quien text);
INSERT INTO usuario VALUES ('ana', 'Ana Ríos');
INSERT INTO cliente VALUES (1, 'Ñandutí S.A.', '80000001-7', 'es', 1, 'ana');
INSERT INTO correo VALUES (1, 1, 'compras@nanduti.example', 'pedidos', 'email');
INSERT INTO correo VALUES (2, 1, '+595 21 555 010', '', 'phone');
"""
CONNECTOR = {
    "connector.toml": """
title = "Tienda"
dialects = ["sqlite", "postgresql"]
settle = 0.0
ignore = ["visto"]

[[tables]]
names = ["pedido", "cliente"]
actor = "usuario"

[documents.order]
label = "Pedido"
table = "pedido"
text = "Pedido {number}"
header = "order.sql"
lines = "lines.sql"
party = "client"
[[documents.order.fields]]
path = "number"
label = "Número"
column = "numero"
[[documents.order.fields]]
path = "state"
label = "Estado"
column = "estado"
[[documents.order.fields]]
path = "totals.total"
label = "Total"
type = "money"
column = "total"
[[documents.order.fields]]
path = "lines.quantity"
label = "Cantidad"
type = "quantity"
[[documents.order.children]]
table = "renglon"
column = "pedido"
[[documents.order.children]]
table = "serie"
parents = "order_of_serial.sql"

[processes.order]
label = "Pedido confirmado"
document = "order"
becomes = { field = "state", op = "eq", value = "confirmado" }
sendable = { all = [
  { field = "number", op = "filled" }, { field = "lines", op = "filled" },
  { field = "totals.total", op = "filled" },
] }

[documents.notice]
label = "Aviso"
table = "aviso"
text = "Aviso {title}"
header = "notice.sql"
[[documents.notice.fields]]
path = "title"
label = "Título"
[processes.notice]
label = "Aviso nuevo"
document = "notice"

[parties.client]
label = "Cliente"
table = "cliente"
contact = "client.sql"
addresses = "addresses.sql"
[[parties.client.children]]
table = "correo"
column = "cliente"

[usages.pedidos]
label = "Pedidos"

[actor]
name = "actor.sql"
deleted = "deleted.sql"
""",
    "order.sql": """
SELECT o.numero AS number, o.estado AS state, o.fecha AS date, 'PYG' AS currency, o.nota AS notes,
       c.id AS "party.key", c.nombre AS "party.name", c.ruc AS "party.tax_id",
       o.total AS "totals.total"
FROM pedido o LEFT JOIN cliente c ON c.id = o.cliente WHERE o.id = :key;
""",
    "lines.sql": """
SELECT articulo AS description, cantidad AS quantity, precio AS unit_price
FROM renglon WHERE pedido = :key ORDER BY id
""",
    "order_of_serial.sql": """
SELECT r.pedido FROM serie s JOIN renglon r ON r.id = s.renglon WHERE s.id = :id
""",
    "notice.sql": "SELECT titulo AS title FROM aviso WHERE id = :key",
    "client.sql": """
SELECT nombre AS name, ruc AS tax_id, idioma AS language, activo AS active
FROM cliente WHERE id = :key
""",
    "addresses.sql": """
SELECT tipo AS kind, valor AS value, uso AS usage FROM correo WHERE cliente = :key ORDER BY id
""",
    "actor.sql": "SELECT nombre FROM usuario WHERE codigo = :actor",
    "deleted.sql": "SELECT quien FROM borrado WHERE tabla = :table AND registro = :key",
}


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the business database has a clock of its own


@dataclass
class Shop:
    """The shop's program (`run`), and our source at its database."""

    business: Business
    folder: Path
    place: dict[str, Any]  # dialect, database, host, port, username
    source: Source = field(init=False)

    @property
    def is_sqlite(self) -> bool:
        return bool(self.place["dialect"] == "sqlite")

    @property
    def file(self) -> Path:
        return Path(self.place["database"])

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.business.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.business.execute(query).fetchall()]

    def attach(self, slug: str = "tienda") -> Source:
        self.source = add_source(
            Source(slug=slug, name="Tienda", connector=str(self.folder), **self.place),
            by="test",
            now=now(),
        )
        install(self.source, by="test", now=now())
        pull_due(now())
        return self.source

    def connector(self, old: str, new: str, file: str = "connector.toml") -> None:
        """Change one place of the connector's files."""
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new))

    def order(self, key: int, *, state: str = "confirmado", number: str | None = None) -> None:
        """Save a whole order, as one transaction."""
        text = "NULL" if number is None else f"'{number}'"
        self.run(
            "BEGIN",
            f"INSERT INTO pedido VALUES ({key}, {text}, '{state}', 1, '2026-11-24', 90000, '', 'ana', '')",  # noqa: S608, E501
            f"INSERT INTO renglon VALUES ({key}0, {key}, 'Yerba', 2.5, 20000)",  # noqa: S608
            f"INSERT INTO renglon VALUES ({key}1, {key}, 'Café', 1, 40000)",  # noqa: S608
            "COMMIT",
        )

    def pull(self) -> list[Event]:
        """Let the worker read until there is nothing to do; return all events so far."""
        while pull_due(now()):
            pass
        self.source.refresh_from_db()
        return self.events()

    def pull_in_quiet(self) -> None:
        """Look again when nobody has saved for a while: then SQLite's rows are deleted (C12)."""
        pull_due(now())
        pull_due(now() + timedelta(seconds=3))

    def pull_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < deadline, "it never came"
            pull_due(now())
            self.source.refresh_from_db()  # the condition may ask it
        self.source.refresh_from_db()

    def events(self) -> list[Event]:
        return list(Event.objects.filter(source=self.source.slug).order_by("pk"))

    def labels(self) -> list[str]:
        return [event.document_label for event in self.events()]


def write_connector(folder: Path) -> Path:
    folder.mkdir()
    for name, text in CONNECTOR.items():
        (folder / name).write_text(text)
    return folder


def sqlite_shop(folder: Path) -> Shop:
    path = folder / "tienda ñ.db"
    business = sqlite3.connect(path, isolation_level=None)
    business.execute("PRAGMA journal_mode=WAL")
    business.executescript(SCHEMA)
    place = {"dialect": "sqlite", "database": str(path)}
    return Shop(business, write_connector(folder / "tienda"), place)


def postgres_shop(folder: Path, address: str, business: "psycopg.Connection[Any]") -> Shop:
    business.execute(SCHEMA.encode())
    return Shop(business, write_connector(folder / "tienda"), place_of(address))


def place_of(address: str) -> dict[str, Any]:
    found = psycopg.conninfo.conninfo_to_dict(address)
    return {
        "dialect": "postgresql",
        "database": str(found["dbname"]),
        "host": str(found["host"]),
        "port": int(found["port"] or 5432),
        "username": str(found["user"]),
    }


def copy_file(source: Path, target: Path) -> None:
    """Copy a database as people do it: the file and its companions."""
    for ending in ("", "-wal", "-shm"):
        if Path(f"{source}{ending}").exists():
            shutil.copyfile(f"{source}{ending}", f"{target}{ending}")


def close_links() -> None:
    forget_all()

"""A program of the nineties: two companies in one database, keys of three columns, CHAR codes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.sources.shop import Shop, close_links, place_of

SCHEMA = """
CREATE TABLE proveedor (
  empresa smallint, codigo char(6), nombre varchar(60), PRIMARY KEY (empresa, codigo));
CREATE TABLE correo (
  empresa smallint, proveedor char(6), orden integer, valor varchar(80),
  PRIMARY KEY (empresa, proveedor, orden));
CREATE TABLE pedido (
  numero numeric(10), empresa smallint, tipo char(3), proveedor char(6), estado char(10),
  nota varchar(40), usuario varchar(20), PRIMARY KEY (empresa, tipo, numero));
CREATE TABLE renglon (
  linea integer, pedido numeric(10), tipo char(3), empresa smallint, articulo varchar(40),
  cantidad numeric(10,3), PRIMARY KEY (empresa, tipo, pedido, linea));
CREATE TABLE borrado (tabla varchar(40), empresa smallint, tipo char(3), numero numeric(10),
  quien varchar(20));
INSERT INTO proveedor VALUES (1, 'A/1', 'Ñandutí S.A.');
INSERT INTO proveedor VALUES (2, 'A/1', 'Guaraní S.R.L.');
INSERT INTO correo VALUES (1, 'A/1', 1, 'compras@nanduti.example');
INSERT INTO correo VALUES (2, 'A/1', 1, 'ventas@guarani.example');
"""
CONNECTOR = {
    "connector.toml": """
title = "Libros"
dialects = ["sqlite", "postgresql"]
settle = 0.0

[[tables]]
names = ["pedido"]
actor = "usuario"

[documents.order]
label = "Pedido"
table = "pedido"
key = ["empresa", "tipo", "numero"]
text = "Pedido {number}"
header = "order.sql"
lines = "lines.sql"
party = "supplier"
[[documents.order.fields]]
path = "number"
label = "Número"
column = "numero"
[[documents.order.fields]]
path = "state"
label = "Estado"
column = "estado"
[[documents.order.fields]]
path = "lines.quantity"
label = "Cantidad"
type = "quantity"
[[documents.order.children]]
table = "renglon"
columns = ["empresa", "tipo", "pedido"]

[processes.order]
label = "Pedido confirmado"
document = "order"
becomes = { field = "state", op = "eq", value = "confirmado" }
sendable = { field = "lines", op = "filled" }

[parties.supplier]
label = "Proveedor"
table = "proveedor"
key = ["empresa", "codigo"]
contact = "supplier.sql"
addresses = "addresses.sql"
[[parties.supplier.children]]
table = "correo"
columns = ["empresa", "proveedor"]

[actor]
deleted = "deleted.sql"
""",
    "order.sql": """
SELECT p.numero AS number, p.estado AS state, 'PYG' AS currency,
       s.empresa AS "party.key.empresa", s.codigo AS "party.key.codigo", s.nombre AS "party.name"
FROM pedido p
LEFT JOIN proveedor s ON s.empresa = p.empresa AND rtrim(s.codigo) = rtrim(p.proveedor)
WHERE p.empresa = :empresa AND p.tipo = :tipo AND p.numero = :numero
""",
    "lines.sql": """
SELECT articulo AS description, cantidad AS quantity FROM renglon
WHERE empresa = :empresa AND rtrim(tipo) = rtrim(:tipo) AND pedido = :numero ORDER BY linea
""",
    "supplier.sql": """
SELECT nombre AS name, 'es' AS language FROM proveedor
WHERE empresa = :empresa AND codigo = :codigo
""",
    "addresses.sql": """
SELECT 'email' AS kind, valor AS value, '' AS usage FROM correo
WHERE empresa = :empresa AND rtrim(proveedor) = rtrim(:codigo) ORDER BY orden
""",
    "deleted.sql": """
SELECT quien FROM borrado WHERE tabla = :table AND empresa = :empresa AND tipo = :tipo
AND numero = :numero
""",
}


def write_connector(folder: Path) -> Path:
    folder.mkdir()
    for name, text in CONNECTOR.items():
        (folder / name).write_text(text)
    return folder


@contextmanager
def sqlite_books(folder: Path) -> Iterator[Shop]:
    path = folder / "libros.db"
    business = sqlite3.connect(path, isolation_level=None)
    business.execute("PRAGMA journal_mode=WAL")
    business.executescript(SCHEMA)
    place = {"dialect": "sqlite", "database": str(path)}
    yield Shop(business, write_connector(folder / "libros"), place)
    close_links()
    business.close()


@contextmanager
def postgres_books(folder: Path, address: str) -> Iterator[Shop]:
    with psycopg.connect(address, autocommit=True) as business:
        business.execute(SCHEMA.encode())
        yield Shop(business, write_connector(folder / "libros"), place_of(address))
        close_links()


def order(books: Shop, company: int, number: int, article: str, *, kind: str = "OC") -> None:
    """Save a confirmed order with one line, as one transaction."""
    books.run(
        "BEGIN",
        f"INSERT INTO pedido VALUES ({number}, {company}, '{kind}', 'A/1', 'confirmado', '', 'ana')",  # noqa: S608, E501
        f"INSERT INTO renglon VALUES (1, {number}, '{kind}', {company}, '{article}', 2)",  # noqa: S608
        "COMMIT",
    )

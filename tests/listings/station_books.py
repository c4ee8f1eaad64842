"""The sample company as on a Tuesday in November, and all its rows, to reckon a report again."""

import atexit
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql

from emailketing.demo.database import Database, Row
from emailketing.demo.seed import seed
from emailketing.listings.ask import ask
from emailketing.listings.kinds.of_connector import OfConnector
from emailketing.sources.models import Source
from tests.sources.shop import place_of

ZONE = ZoneInfo("America/Asuncion")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=ZONE)
TODAY, YESTERDAY = date(2026, 11, 24), date(2026, 11, 23)
Tables = dict[str, list[Row]]


@cache
def seeded_then() -> Path:
    """Invent the company as on that Tuesday, once for all tests of this process."""
    folder = Path(tempfile.mkdtemp(prefix="estacion-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder}/estacion.db")
    seed(database, today=TODAY)
    database.close()
    return folder / "estacion.db"


def tables_of(database: Database) -> Tables:
    """Read the whole business: what a report says is looked up in nothing but these rows."""
    with database.look(now=NOW.replace(tzinfo=None)) as work:
        return {name: work.rows(table.select()) for name, table in work.tables.items()}


class StationBooks:
    """The sample company on one kind of database, seeded as on a Tuesday in November."""

    def __init__(self, url: str, place: dict[str, object]) -> None:
        database = Database(url)
        seed(database, today=TODAY)
        self.tables = tables_of(database)
        database.close()
        self.place = place

    def key(self, table: str, name: str = "id") -> dict[Any, Row]:
        return {row[name]: row for row in self.tables[table]}

    def sales(self, first: date, last: date) -> list[Row]:
        """Return the sales of these days, both included."""
        sold = self.tables["venta"]
        return [row for row in sold if row["estado"] == "emitida" and first <= row["fecha"] <= last]

    def lines(self, first: date, last: date) -> list[tuple[Row, Row]]:
        sold = {row["id"]: row for row in self.sales(first, last)}
        lines = self.tables["venta_linea"]
        return [(sold[line["venta_id"]], line) for line in lines if line["venta_id"] in sold]

    def ask(self, name: str, language: str = "es", **values: str) -> list[Row]:
        source, _ = Source.objects.get_or_create(
            slug="estacion", connector="estacion", **self.place, defaults={"created_at": NOW}
        )
        with ask(OfConnector(source, name), values, now=NOW, language=language) as answer:
            names = [column.name for column in answer.columns]
            assert all(column.label for column in answer.columns)
            return [dict(zip(names, row, strict=True)) for row in answer.rows]


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def station(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StationBooks]:
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("books") / "estacion.db"
        yield StationBooks(f"sqlite:///{file}", {"dialect": "sqlite", "database": str(file)})
        return
    server = request.getfixturevalue("postgres_server")
    name = f"emk_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as root:
        root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        place = place_of(psycopg.conninfo.make_conninfo(server, dbname=name))
        yield StationBooks(
            "postgresql://{username}@{host}:{port}/{database}".format(**place), place
        )
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def near(one: Any, other: Any) -> bool:
    """A share is rounded to six decimals by each database."""
    if one is None or other is None:
        return one is other
    return abs(Decimal(one) - Decimal(other)) <= Decimal("0.000001")

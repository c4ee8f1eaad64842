"""A business database of each kind."""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.utils import translation
from psycopg import sql
from pytest_django.fixtures import Settings

from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.dialects.registry import dialect_of
from tests.sources.capture.business import Site, engine_at
from tests.sources.shop import Shop, close_links, postgres_shop, sqlite_shop
from tests.sources.station import Station, postgres_company, sqlite_company

VARIABLE = "EMAILKETING_TEST_POSTGRES"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Sentences are compared in the language they are written in."""
    with translation.override("en"):
        yield


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Iterator[Site]:
    path = tmp_path / "negocio ñ?.db"
    business = sqlite3.connect(path, isolation_level=None, timeout=0)
    engine = open_engine("sqlite", database=str(path))
    with engine.connect() as ours:
        yield Site(dialect_of(engine), engine, business, ours, str(path))
    business.close()
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> str:
    address = os.environ.get(VARIABLE)
    if not address:
        pytest.skip(f"needs a PostgreSQL server: set {VARIABLE}=postgresql://user@host:port/db")
    return address


@pytest.fixture
def postgres_database(postgres_server: str) -> Iterator[str]:
    """Return a new database's address, in the words of libpq."""
    name = f"emk_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as root:
        root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield psycopg.conninfo.make_conninfo(postgres_server, dbname=name)
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def postgres_site(postgres_database: str) -> Iterator[Site]:
    engine = engine_at(postgres_database)
    with ExitStack() as open_things:
        business = open_things.enter_context(psycopg.connect(postgres_database, autocommit=True))
        ours = open_things.enter_context(engine.connect())
        yield Site(dialect_of(engine), engine, business, ours, postgres_database)
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest) -> Site:
    wanted = "sqlite_site" if request.param == "sqlite" else "postgres_site"
    found = request.getfixturevalue(wanted)
    assert isinstance(found, Site)
    return found


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Shop]:
    shop = sqlite_shop(tmp_path)
    yield shop
    close_links()
    shop.business.close()  # type: ignore[attr-defined]


@pytest.fixture
def postgres_store(tmp_path: Path, postgres_database: str) -> Iterator[Shop]:
    with psycopg.connect(postgres_database, autocommit=True) as business:
        yield postgres_shop(tmp_path, postgres_database, business)
        close_links()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A shop in each kind of database, with our source installed."""
    wanted = "sqlite_store" if request.param == "sqlite" else "postgres_store"
    found = request.getfixturevalue(wanted)
    assert isinstance(found, Shop)
    request.getfixturevalue("db")
    return found


@pytest.fixture
def station(db: None, settings: Settings) -> Iterator[Station]:
    with sqlite_company(settings) as found:
        yield found


@pytest.fixture
def postgres_station(postgres_database: str, db: None) -> Iterator[Station]:
    with postgres_company(postgres_database) as found:
        yield found

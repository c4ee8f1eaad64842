"""The legacy program on SQLite and PostgreSQL, and our source at its database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pytest_django.fixtures import Settings

from tests.legacy.day import before_we_came
from tests.legacy.office import Office, open_office
from tests.legacy.program import Program
from tests.sources.conftest import (
    in_english,
    postgres_database,
    postgres_server,
    postgres_site,
    site,
    sqlite_site,
)
from tests.sources.shop import close_links, place_of

__all__ = [
    "in_english",
    "postgres_database",
    "postgres_server",
    "postgres_site",
    "site",
    "sqlite_site",
]
DIALECTS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(autouse=True)
def own_home(settings: Settings, tmp_path: Path) -> None:
    settings.HOME, settings.ATTACHMENTS = tmp_path, tmp_path / "attachments"


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Iterator[tuple[Program, dict[str, Any]]]:
    """A file as SQLite makes it when nobody says otherwise: no WAL."""
    path = tmp_path / "GESTION.DB"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as business:
        yield Program(business, "sqlite"), {"dialect": "sqlite", "database": str(path)}


@pytest.fixture
def postgres_place(postgres_database: str) -> Iterator[tuple[Program, dict[str, Any]]]:
    with psycopg.connect(postgres_database, autocommit=True) as business:
        yield Program(business, "postgresql"), place_of(postgres_database)


@pytest.fixture(params=DIALECTS)
def place(request: pytest.FixtureRequest) -> tuple[Program, dict[str, Any]]:
    """A program with an empty database, and where that stands."""
    found: tuple[Program, dict[str, Any]]
    found = request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_place")
    return found


@pytest.fixture
def office(place: tuple[Program, dict[str, Any]], transactional_db: None) -> Iterator[Office]:
    """The program as it was for years, and our source attached to it this morning."""
    program, where = place
    program.create()
    before_we_came(program)
    with open_office(program, where) as found:
        yield found
    close_links()

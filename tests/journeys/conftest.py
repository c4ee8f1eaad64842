"""Stages for journeys: the sample company on SQLite or PostgreSQL, ours beside it."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, sync_playwright
from psycopg import sql

from tests.journeys.stage import Stage

CHROMIUM = os.environ.get("EMAILKETING_TEST_CHROMIUM", "")
POSTGRES = os.environ.get("EMAILKETING_TEST_POSTGRES", "")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The company as it begins and an empty database of ours, made once and copied for each."""
    home = tmp_path_factory.mktemp("kept")
    made = Stage(
        home=home,
        company=f"sqlite:///{home}/estacion.sqlite3",
        database=f"sqlite:///{home}/emailketing.sqlite3",
    )
    made.seed()
    made.run("migrate")
    return made


@pytest.fixture
def stage(tmp_path: Path, kept: Stage) -> Stage:
    """Both databases are files."""
    for file in ("estacion.sqlite3", "emailketing.sqlite3"):
        assert not (kept.home / f"{file}-wal").exists(), "the file is the whole database"
        shutil.copyfile(kept.home / file, tmp_path / file)
    (tmp_path / "emailketing.sqlite3").chmod(0o600)
    return Stage(
        home=tmp_path,
        company=f"sqlite:///{tmp_path}/estacion.sqlite3",
        database=f"sqlite:///{tmp_path}/emailketing.sqlite3",
    )


@pytest.fixture(scope="session")
def kept_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The same on a PostgreSQL server."""
    if not POSTGRES:
        pytest.skip("needs a PostgreSQL server: set EMAILKETING_TEST_POSTGRES")
    with two_databases() as (company, own):
        made = Stage(tmp_path_factory.mktemp("kept"), company=company, database=own)
        made.seed()
        made.run("migrate")
        yield made


@pytest.fixture
def postgres_stage(tmp_path: Path, kept_on_postgres: Stage) -> Iterator[Stage]:
    """Both databases are on a PostgreSQL server."""
    with two_databases(like=kept_on_postgres) as (company, own):
        yield Stage(tmp_path, company=company, database=own)


@contextlib.contextmanager
def two_databases(like: Stage | None = None) -> Iterator[list[str]]:
    """Make the company's and ours, empty or as copies; they are gone afterwards."""
    names = [f"journey_{which}_{uuid.uuid4().hex[:8]}" for which in ("company", "own")]
    sources = [like.company, like.database] if like else ["/template1"] * 2
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(POSTGRES, autocommit=True) as root:
        for name, source in zip(names, sources, strict=True):
            template = source.rpartition("/")[2]
            root.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        server = POSTGRES.rpartition("/")[0]
        yield [f"{server}/{name}" for name in names]
        for name in names:
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def page() -> Iterator[Page]:
    if not CHROMIUM:
        pytest.skip("needs Chromium: set EMAILKETING_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            locale="es-PY", timezone_id="America/Asuncion", viewport={"width": 1400, "height": 900}
        )
        context.set_default_timeout(30_000)
        yield context.new_page()
        browser.close()

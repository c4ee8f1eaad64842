"""Stages for journeys: the sample company on SQLite or PostgreSQL, ours beside it."""

import os
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


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Both databases are files."""
    made = Stage(
        home=tmp_path,
        company=f"sqlite:///{tmp_path}/estacion.sqlite3",
        database=f"sqlite:///{tmp_path}/emailketing.sqlite3",
    )
    made.seed()
    return made


@pytest.fixture
def postgres_stage(tmp_path: Path) -> Iterator[Stage]:
    """Both databases are on a PostgreSQL server."""
    if not POSTGRES:
        pytest.skip("needs a PostgreSQL server: set EMAILKETING_TEST_POSTGRES")
    server = POSTGRES.rpartition("/")[0]
    names = [f"journey_{which}_{uuid.uuid4().hex[:8]}" for which in ("company", "own")]
    with psycopg.connect(POSTGRES, autocommit=True) as root:
        for name in names:
            root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made = Stage(tmp_path, company=f"{server}/{names[0]}", database=f"{server}/{names[1]}")
        made.seed()
        yield made
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

"""The sample company on each database, seeded as on one Tuesday."""

import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from emailketing.demo.database import Database
from emailketing.demo.pages.app import App
from emailketing.demo.pages.server import make_server
from emailketing.demo.seed import seed
from tests.demo.client import Client

NOW = datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 - local, without zone, as the system has it
VARIABLE = "EMAILKETING_TEST_POSTGRES"


def clock() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a seeded file, closed: tests work on copies of it."""
    path = tmp_path_factory.mktemp("company") / "estacion.sqlite3"
    database = Database(f"sqlite:///{path}")
    seed(database, today=NOW.date())
    database.close()
    return path


@pytest.fixture(scope="session")
def seeded_server() -> Iterator[str]:
    """Return the address of a seeded PostgreSQL database: tests work on copies of it."""
    server = os.environ.get(VARIABLE)
    if not server:
        pytest.skip(f"needs a PostgreSQL server: set {VARIABLE}=postgresql://user@host:port/db")
    with _new_database(server) as address:
        database = Database(address)
        seed(database, today=NOW.date())
        database.close()
        yield address


@contextmanager
def _new_database(server: str, template: str = "template1") -> Iterator[str]:
    name = f"estacion_{uuid.uuid4().hex[:12]}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server, autocommit=True) as root:
        root.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        yield server.rpartition("/")[0] + f"/{name}"
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with ExitStack() as things:
        if request.param == "sqlite":
            seeded = request.getfixturevalue("seeded_file")
            path = shutil.copy(seeded, tmp_path / "estacion.sqlite3")
            address = f"sqlite:///{path}"
        else:
            template = request.getfixturevalue("seeded_server")
            server = os.environ[VARIABLE]
            address = things.enter_context(_new_database(server, template.rpartition("/")[2]))
        database = Database(address)
        things.callback(database.close)
        yield database


@pytest.fixture
def file_company(seeded_file: Path, tmp_path: Path) -> Iterator[Database]:
    """Return the company on SQLite only, for what does not depend on the database."""
    path = shutil.copy(seeded_file, tmp_path / "estacion.sqlite3")
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def pages(file_company: Database) -> Client:
    return Client(App(file_company, clock))


@pytest.fixture
def site(file_company: Database) -> Iterator[str]:
    """Return the address of the company's pages, served."""
    server = make_server(file_company, clock, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()

"""The sample company with our source at its database: an operator acts, we read what follows."""

import atexit
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pytest_django.fixtures import Settings
from sqlalchemy import select

from emailketing.company.models import Identity
from emailketing.demo.database import Database, OperatorTransaction, Row
from emailketing.demo.seed import seed
from emailketing.demo.tills import open_till
from emailketing.events.models import Event
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.install import install
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.pulse import pulse_of
from tests.snapshot import Moment, Snapshot
from tests.sources.shop import close_links, now, place_of

DEADLINE = 15.0


def local_time() -> datetime:
    return now().astimezone(ZoneInfo("America/Asuncion")).replace(tzinfo=None)


@lru_cache(maxsize=1)
def seeded_once() -> Path:
    """Invent the company once for all tests of this process."""
    folder = Path(tempfile.mkdtemp(prefix="estacion-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder}/estacion.db")
    seed(database, today=local_time().date())
    database.close()
    return folder / "estacion.db"


@dataclass
class Station:
    database: Database
    source: Source

    @contextmanager
    def work(self, user: str) -> Iterator[OperatorTransaction]:
        """Open one transaction of an operator."""
        with self.database.work(user=user, now=local_time()) as work:
            yield work

    def first(self, table: str, **values: Any) -> Row:
        """Return the first row where these columns hold these values."""
        with self.database.look(now=local_time()) as work:
            columns = work.tables[table].c
            query = select(work.tables[table]).order_by(columns.id)
            for name, value in values.items():
                query = query.where(columns[name] == value)
            return work.rows(query.limit(1))[0]

    def rows(self, table: str, **values: Any) -> list[Row]:
        with self.database.look(now=local_time()) as work:
            columns = work.tables[table].c
            query = select(work.tables[table]).order_by(columns.id)
            for name, value in values.items():
                query = query.where(columns[name] == value)
            return work.rows(query)

    def open_till(self) -> None:
        """Have a till that takes money in the head office, for Juan Cáceres."""
        if not self.rows("caja_cierre", caja_id=1, estado="abierta"):
            with self.work("jcaceres") as work:
                open_till(work, 1, shift="mañana", cash=500_000)

    def events(self, *kinds: str) -> list[Event]:
        """Read all there is, and return the events of these kinds, oldest first."""
        deadline = time.monotonic() + DEADLINE
        while pull_due(now()) or pulse_of(self.source).waiting:
            assert time.monotonic() < deadline, "it never came to rest"
        self.source.refresh_from_db()
        assert (self.source.problem, self.source.paused_processes) == ("", {})
        return list(Event.objects.filter(kind__in=kinds).order_by("pk"))

    def document(self, kind: str) -> dict[str, Any]:
        """Return the document of the only event of this kind."""
        (event,) = self.events(kind)
        document: dict[str, Any] = event.data["document"]
        return document


def _attach(place: dict[str, Any]) -> Source:
    source = Source(slug="estacion", name="Estación", connector="estacion", **place)
    add_source(source, by="test", now=now())
    install(source, by="test", now=now())
    return source


def _company(folder: Path, _now: datetime) -> Source:
    file = shutil.copy(seeded_once(), folder / "estacion.db")
    return _attach({"dialect": "sqlite", "database": str(file)})


KEPT = Snapshot(_company, let_go=close_links)
MOMENT = Moment()


def recognise(source: Source) -> None:
    """Its file was put back: to us it is the one that was attached, not a copy of it (C20)."""
    registered = Identity.objects.get(scope=source.scope)
    place = Path(source.database).stat()
    registered.values |= {"device": str(place.st_dev), "inode": str(place.st_ino)}
    registered.save()


@contextmanager
def sqlite_company(settings: Settings) -> Iterator[Station]:
    """Give a company in a file, attached; both are made once and put back for each test."""
    settings.HOME = KEPT.folder  # the pictures of the tables belong to it
    source = KEPT.put(MOMENT.now())
    recognise(source)
    database = Database(f"sqlite:///{source.database}")
    yield Station(database, source)
    close_links()
    database.close()


@contextmanager
def postgres_company(address: str) -> Iterator[Station]:
    """Give a company of its own in this PostgreSQL database."""
    place = place_of(address)
    database = Database("postgresql://{username}@{host}:{port}/{database}".format(**place))
    seed(database, today=local_time().date())
    yield Station(database, _attach(place))
    close_links()
    database.close()

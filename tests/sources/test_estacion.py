"""The connector of the service station, on the sample company's real database, both dialects."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from emailketing.contacts.models import Contact
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.check import check_source
from emailketing.sources.attaching.install import install
from emailketing.sources.capture.base import MASK
from emailketing.sources.connectors import load
from emailketing.sources.link import connected_to
from emailketing.sources.models import CapturedChange, DocumentState, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.sample import past_documents
from tests.sources.shop import close_links, now, place_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def demo(*words: str) -> str:
    command = [sys.executable, "-m", "emailketing.demo", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def station(
    request: pytest.FixtureRequest, tmp_path: Path, db: None
) -> Iterator[tuple[Source, str]]:
    """Return the source, not installed yet, and the address of the company's database."""
    place: dict[str, object]
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/estacion.db"
        place = {"dialect": "sqlite", "database": f"{tmp_path}/estacion.db"}
    else:
        place = place_of(request.getfixturevalue("postgres_database"))
        url = "postgresql://{username}@{host}:{port}/{database}".format(**place)
    demo("seed", "--days", "21", "--database", url)
    source = Source(slug="estacion", name="Estación", connector="estacion", **place)
    yield add_source(source, by="test", now=now()), url
    close_links()


POSTED = {"asiento", "asiento_linea"}  # by the system itself, from what is watched


def test_every_query_fits_and_every_table_is_watched(station: tuple[Source, str]) -> None:
    source, _url = station
    report = check_source(source, now=now())
    assert report.problems == []
    with connected_to(source) as (connection, _dialect):
        tables = set(inspect(connection).get_table_names())
    assert {watch.table for watch in load("estacion").watches()} == tables - POSTED


def test_s22_of_the_pin_of_a_user_only_the_change_is_noted(station: tuple[Source, str]) -> None:
    source, _url = station
    install(source, by="test", now=now())
    with connected_to(source) as (connection, dialect):
        connection.execute(text("UPDATE usuario SET pin = '7777', cargo = 'nuevo'"))
        connection.commit()
        changes = dialect.read(connection, limit=1_000).changes
    noted = [change for change in changes if change.table == "usuario"]
    assert noted
    assert all(change.new == {"pin": MASK, "cargo": "nuevo"} for change in noted)
    assert all((change.old or {})["pin"] == MASK for change in noted)


def test_the_past_is_noted_and_a_day_of_work_gives_each_document_once(
    station: tuple[Source, str],
) -> None:
    source, url = station
    install(source, by="test", now=now())
    assert DocumentState.objects.count() > 100
    assert Contact.objects.filter(key__startswith="supplier:").count() > 20
    before = past_documents(source, "purchase_order", 1)[0]["number"]
    demo("play", "--database", url, "--json")
    deadline = now().timestamp() + 30
    while now().timestamp() < deadline and (
        pull_due(now()) or not CapturedChange.objects.filter(table="ventas_cierre").exists()
    ):
        pass
    source.refresh_from_db()
    assert (source.problem, source.paused_processes) == ("", {})
    after = past_documents(source, "purchase_order", 10)
    assert after[0]["number"] > before
    document = after[0]
    assert document["party"]["key"].startswith("supplier:")
    untaxed, tax, total = (float(document["totals"][n]) for n in ("untaxed", "tax", "total"))
    assert untaxed + tax == total == sum(float(line["total"]) for line in document["lines"])
    deleted = CapturedChange.objects.filter(operation="D", table__in=["cliente", "proveedor"])
    assert all(change.actor for change in deleted)

"""A dialect is a class and nothing else: one added here is offered, taken and checked."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings
from typer.testing import CliRunner, Result

from emailketing.accounts.models import User
from emailketing.cli.app import app
from emailketing.sources.attaching.check import check_source
from emailketing.sources.dialects.registry import dialect_named, dialects
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.dialects.drawer import LABEL, MISSING, Drawer
from tests.sources.shop import now
from tests.web import cast

pytestmark = pytest.mark.django_db
CONNECTOR = {
    "connector.toml": """
version = 1
title = "Papeles"
dialects = ["drawer"]
[documents.order]
label = "Pedido"
text = "Pedido {number}"
table = "pedido"
key = "numero"
header = "order.sql"
[[documents.order.fields]]
path = "state"
label = "Estado"
column = "estado"
[processes.order]
label = "Pedido confirmado"
document = "order"
becomes = { field = "state", op = "eq", value = "confirmado" }
""",
    "order.sql": "SELECT what FROM another WHERE numero = :key",
    "order.drawer.sql": "SELECT numero AS number, estado AS state FROM pedido WHERE numero = :key",
}


@pytest.fixture
def papers(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Path:
    """The dialect is registered, and a connector of this installation names it."""
    monkeypatch.setitem(dialects(), Drawer.name, Drawer)
    settings.HOME = tmp_path
    folder = tmp_path / "connectors" / "papeles"
    folder.mkdir(parents=True)
    for name, text in CONNECTOR.items():
        (folder / name).write_text(text)
    cast.company()
    cast.users()
    return folder


@pytest.fixture
def client(papers: Path) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="administrator"))
    return client


def run(*words: str) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(app, ["source", *words], env={"COLUMNS": "200"})


def test_the_wizard_offers_it_with_its_own_entries(client: Client) -> None:
    page = client.get("/sources/new/").content.decode()
    assert Drawer.title in page
    assert LABEL in page
    entries = {"name": "Caja", "dialect": "drawer", "drawer_database": ""}
    answer = client.post("/sources/new/", entries)
    assert answer.context["form"].errors == {"drawer_database": [MISSING]}
    entries |= {"drawer_database": "A4", "drawer_password": "falsa", "postgresql_host": "x"}
    assert "A4" in client.post("/sources/new/", entries).context["problem"]
    entries |= {"drawer_password": "buena"}
    assert client.post("/sources/new/", entries).headers["Location"] == "/sources/new/connector/"
    fits = client.get("/sources/new/connector/").context["fits"]
    assert [(fit.connector.name, fit.missing) for fit in fits] == [("papeles", [])]
    client.post("/sources/new/connector/", {"connector": "papeles"})
    source = Source.objects.get()
    assert (source.dialect, source.database, source.password) == ("drawer", "A4", "buena")
    assert source.host == ""
    assert f"{Drawer.title} 1.0" in client.get(f"/sources/{source.pk}/check/").content.decode()
    assert "WATCH pedido" in client.get(f"/sources/{source.pk}/sql/").content.decode()
    for path in ("/sources/", f"/sources/{source.pk}/", f"/sources/{source.pk}/connection/"):
        assert Drawer.title in client.get(path).content.decode()


def test_the_command_takes_it_and_its_check_runs(papers: Path) -> None:
    assert "drawer" in run("dialects").output
    words = ("add", "caja", "--connector", "papeles", "--dialect", "drawer", "--password", "x")
    refused = run(*words, "--database", "A4", "--host", "localhost")
    assert f"{Drawer.title} has no such entry" in refused.output
    assert run(*words, "--database", "A4").exit_code == 0
    checked = run("check", "caja")
    assert checked.exit_code == 0, checked.output
    assert f"{Drawer.title} 1.0" in checked.output
    assert "Hay que limpiar la gaveta." in checked.output
    again = run("add", "otra", *words[2:], "--database", "a4")
    assert again.exit_code == 0  # nothing is installed in it yet
    assert "needs the key of A4" in run("grants", "caja").output


def test_the_checks_ask_the_connectors_queries_in_its_words(papers: Path) -> None:
    source = Source(slug="caja", name="Caja", connector="papeles", dialect="drawer", database="A4")
    source.created_at = now()
    source.save()
    report = check_source(source, now=now())
    assert report.ok, report.problems
    (papers / "order.drawer.sql").write_text("SELECT nothing FROM pedido WHERE numero = :key")
    (problem, *_others) = check_source(source, now=now()).problems
    assert "order.drawer.sql: " in problem.sentence


def test_a_source_whose_dialect_is_gone_says_so_and_stops_no_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source.objects.create(
        slug="caja",
        name="Caja",
        connector="papeles",
        dialect="drawer",
        database="A4",
        status=Source.Status.WORKING,
        installed_at=now(),
        created_at=now(),
    )
    monkeypatch.delitem(dialects(), "drawer")
    pull_due(now())
    source.refresh_from_db()
    assert "drawer" in source.problem
    assert source.problem in client.get(f"/sources/{source.pk}/").content.decode()


def test_each_dialect_lies_in_the_folder_of_its_name() -> None:
    for name, dialect in dialects().items():
        assert dialect.__module__ == f"emailketing.sources.dialects.{name}.dialect"
        assert dialect_named(name).title
        assert all(entry.label for entry in dialect.entries())

"""The wizard of the sources and the page of their health, on a real business database."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.sources.connectors.shelf import SHIPPED
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from tests.web.attached import Station, business_file

SignIn = Callable[[str], Client]
SECRET = "clave-de-la-base"  # noqa: S105 - of a test


def connection(file: Path | str, **changed: Any) -> dict[str, Any]:
    return {"name": "Estación", "dialect": "sqlite", "sqlite_database": str(file)} | changed


def server(*, name: str = "ERP", **changed: Any) -> dict[str, Any]:
    entries = {
        "host": "127.0.0.1",
        "port": "1",  # nobody listens there
        "database": "erp",
        "username": "emailketing",
        "password": SECRET,
    } | changed
    there = {f"postgresql_{entry}": value for entry, value in entries.items()}
    return {"name": name, "dialect": "postgresql"} | there


def triggers(file: Path) -> int:
    with sqlite3.connect(file) as business:
        found = business.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        return int(found.fetchone()[0])


def test_a_system_is_attached_in_four_steps_and_taken_out_without_a_trace(
    staff: dict[str, Any], signed_in: SignIn, tmp_path: Path
) -> None:
    client, file = signed_in("administrator"), business_file(tmp_path)
    before = triggers(file)
    step = client.post("/sources/new/", connection(file))
    assert step.headers["Location"] == "/sources/new/connector/"
    assert not Source.objects.exists()
    fits = client.get("/sources/new/connector/").context["fits"]
    assert fits[0].connector.name == "estacion"
    assert fits[0].is_whole
    step = client.post("/sources/new/connector/", {"connector": "estacion"})
    source = Source.objects.get()
    assert step.headers["Location"] == f"/sources/{source.pk}/check/"
    assert client.get(f"/sources/{source.pk}/check/").context["report"].ok
    page = client.get(f"/sources/{source.pk}/sql/").content.decode()
    assert "CREATE TRIGGER" in page
    assert triggers(file) == before  # seen, not run
    client.post(f"/sources/{source.pk}/install/")
    assert triggers(file) > before
    source.refresh_from_db()
    assert source.status == Source.Status.WORKING
    page = client.get(f"/sources/{source.pk}/").content.decode()
    assert "Orden de compra confirmada" in page
    client.post(f"/sources/{source.pk}/remove/", {"typed": "otra"})
    assert triggers(file) > before
    client.post(f"/sources/{source.pk}/remove/", {"typed": "estación"})
    assert triggers(file) == before
    client.post(f"/sources/{source.pk}/delete/", {"typed": "Estación"})
    assert not Source.objects.exists()
    actions = AuditEntry.objects.filter(object_type="sources.source").order_by("pk")
    assert [entry.action for entry in actions] == ["created", "installed", "removed", "deleted"]


def test_the_sql_can_be_taken_to_a_database_administrator(
    staff: dict[str, Any], signed_in: SignIn, tmp_path: Path
) -> None:
    client, file = signed_in("administrator"), business_file(tmp_path)
    client.post("/sources/new/", connection(file))
    client.post("/sources/new/connector/", {"connector": "estacion"})
    source = Source.objects.get()
    path = f"/sources/{source.pk}/sql/download/"
    answer = client.get(path)
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="emailketing-estacion-install.sql"'
    )
    assert client.get(f"{path}?what=grants").status_code == 200
    before = triggers(file)
    with sqlite3.connect(file) as business:
        business.executescript(answer.content.decode())  # it runs as it is
    installed = triggers(file)
    assert installed > before
    client.post(f"/sources/{source.pk}/install/")  # recognised
    source.refresh_from_db()
    assert (source.status, triggers(file)) == (Source.Status.WORKING, installed)


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        (connection("estacion.sqlite3"), "sqlite_database"),
        (connection("/srv/x", name=""), "name"),
        (server(host=""), "postgresql_host"),
        (server(database=""), "postgresql_database"),
        (server(username=""), "postgresql_username"),
        (server(port="70000"), "postgresql_port"),
        (server(port="70000", host="", database="", name="", username=""), "name"),
        (connection("/srv/x", dialect="oracle"), "dialect"),
        (connection("/srv/x", dialect=""), "dialect"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(
    staff: dict[str, Any], signed_in: SignIn, entries: dict[str, str], field: str
) -> None:
    answer = signed_in("administrator").post("/sources/new/", entries)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert errors[field]
    if entries.get("name") == entries.get("postgresql_host") == "":
        wrong = {f"postgresql_{entry}" for entry in ("host", "database", "username", "port")}
        assert set(errors) == {"name", *wrong}, "all at once"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": " "}, "name", "Esto no puede quedar vacío."),
        ({"name": "x" * 121}, "name", "Como máximo 120 caracteres."),
        ({"dialect": "oracle"}, "dialect", "oracle"),
    ],
)
def test_page_and_command_refuse_a_source_in_the_same_words(
    staff: dict[str, Any], signed_in: SignIn, changed: dict[str, str], field: str, sentence: str
) -> None:
    answer = signed_in("administrator").post("/sources/new/", connection("/srv/x", **changed))
    (beside,) = answer.context["form"].errors[field]
    assert sentence in beside
    options = {"name": "x", "connector": "sample", "database": "/srv/x", "dialect": "sqlite"}
    given = (part for name, value in (options | changed).items() for part in (f"--{name}", value))
    said = CliRunner().invoke(app, ["source", "add", "x", *given])
    assert beside in said.output
    assert not Source.objects.exists()


@pytest.mark.parametrize("path", ["/sources/try/", "/sources/new/"])
def test_a_connection_that_fails_is_one_sentence_and_shows_no_secret(
    staff: dict[str, Any], signed_in: SignIn, tmp_path: Path, path: str
) -> None:
    client = signed_in("administrator")
    text = tmp_path / "lista.txt"
    text.write_text("no es una base de datos, " * 100)
    for entries, word in (
        (connection(tmp_path / "nada.sqlite3"), "nada.sqlite3"),
        (connection(text), "lista.txt"),
        (server(), "127.0.0.1"),
    ):
        page = client.post(path, entries).content.decode()
        assert word in page
        assert "Traceback" not in page
        assert SECRET not in page
    assert not Source.objects.exists()


def test_s22_the_password_of_a_database_is_not_in_the_session_nor_on_a_page(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    source = Source.objects.create(
        slug="erp",
        name="ERP",
        connector="estacion",
        dialect="postgresql",
        host="db.example",
        database="erp",
        username="emailketing",
        created_at="2026-11-24T12:00:00Z",
    )
    source.password = SECRET
    source.save()
    page = client.get(f"/sources/{source.pk}/connection/").content.decode()
    assert SECRET not in page
    assert source.password_encrypted not in page
    stolen = server(host="evil.example", password="") | {"source": source.pk}
    answer = client.post(f"/sources/{source.pk}/connection/", stolen)
    assert answer.context["form"].errors["postgresql_password"]
    assert client.post("/sources/try/", stolen).context["form"].errors["postgresql_password"]


def test_the_draft_of_the_wizard_is_encrypted(
    staff: dict[str, Any], signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in("administrator")
    client.post("/sources/new/", connection(business_file(tmp_path)))
    assert "station.sqlite3" not in str(dict(client.session.items()))


def test_a_database_no_connector_fits_is_told_before_anything_is_done(
    staff: dict[str, Any], signed_in: SignIn, tmp_path: Path
) -> None:
    other = tmp_path / "otro.sqlite3"
    with sqlite3.connect(other) as business:
        business.execute("CREATE TABLE cosa (id integer PRIMARY KEY)")
    client = signed_in("administrator")
    client.post("/sources/new/", connection(other))
    fits = client.get("/sources/new/connector/").context["fits"]
    assert [fit.works for fit in fits] == [0] * len(fits)
    assert fits[0].missing
    answer = client.post("/sources/new/connector/", {"connector": "nada"}, follow=True)
    assert "error" in [m.level_tag for m in answer.context["messages"]]
    assert not Source.objects.exists()


def test_a_missing_trigger_is_put_back_and_the_page_keeps_the_gap(
    station: Station, signed_in: SignIn
) -> None:
    before = triggers(station.file)
    with sqlite3.connect(station.file) as business:
        business.execute('DROP TRIGGER "emk_no_borrar_on_producto_U"')
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    client.post(f"{path}look/")
    assert triggers(station.file) == before
    page = client.get(path).content.decode()
    assert "faltaban los disparadores" in page
    assert "mientras tanto no se cambió nada" in page


def test_a_new_column_is_noted_from_the_next_look_on(station: Station, signed_in: SignIn) -> None:
    with sqlite3.connect(station.file) as business:
        business.execute("ALTER TABLE producto ADD COLUMN marca text")
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    found = client.post(f"{path}look/")
    assert not found.context["needs_repair"]
    with sqlite3.connect(station.file) as business:
        written = business.execute("SELECT sql FROM sqlite_master WHERE name LIKE '%on_producto_U'")
        assert "marca" in written.fetchone()[0]


def test_the_triggers_go_for_an_upgrade_and_come_back_with_one_click_each(
    station: Station, signed_in: SignIn
) -> None:
    before = triggers(station.file)
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    assert "Pausar para una actualización" in client.get(path).content.decode()
    client.post(f"{path}upgrade/")
    with sqlite3.connect(station.file) as business:
        found = business.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'emk%on_%'")
        assert found.fetchone()[0] == 0
    page = client.get(path).content.decode()
    assert "En pausa por una actualización" in page
    assert f"{path}resume/" in page
    client.post(f"{path}resume/")
    assert triggers(station.file) == before
    assert "En pausa" not in client.get(path).content.decode()


def test_a_changed_table_pauses_what_needs_it_with_a_sentence(
    station: Station, signed_in: SignIn
) -> None:
    with sqlite3.connect(station.file) as business:
        business.execute("ALTER TABLE presupuesto RENAME COLUMN numero TO nro")
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    client.post(f"{path}look/")
    page = client.get(path).content.decode()
    assert re.search(r"quotation\.sql", page)
    checked = client.get(f"{path}check/")
    assert list(checked.context["report"].paused) == ["quotation"]


def test_a_source_is_paused_and_goes_on(station: Station, signed_in: SignIn) -> None:
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    assert client.get(f"{path}pause/").status_code == 405
    client.post(f"{path}pause/")
    station.source.refresh_from_db()
    assert station.source.status == Source.Status.PAUSED
    client.post(f"{path}resume/")
    station.source.refresh_from_db()
    assert station.source.status == Source.Status.WORKING


def test_a_database_that_is_gone_makes_no_page_fail(station: Station, signed_in: SignIn) -> None:
    station.file.unlink()
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    for page in ("", "check/", "sql/", "connection/"):
        assert client.get(path + page).status_code == 200
    assert "station.sqlite3" in client.post(f"{path}look/").content.decode()
    for verb in ("install/", "repair/"):
        answer = client.post(path + verb, follow=True)
        assert "error" in [m.level_tag for m in answer.context["messages"]]
    answer = client.post(f"{path}remove/", {"typed": "Estación"}, follow=True)
    assert "error" in [m.level_tag for m in answer.context["messages"]]


def test_a_source_whose_connector_is_gone_says_so(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    Source.objects.update(connector="/nowhere/at-all")
    client = signed_in("administrator")
    for path in ("/sources/", f"/sources/{station.source.pk}/", "/rules/", "/rules/new/"):
        assert client.get(path).status_code == 200
    assert client.get(f"/rules/{station.rule.pk}/").status_code == 200


def test_a_source_whose_connector_declares_too_little_says_of_what(
    station: Station, signed_in: SignIn, tmp_path: Path
) -> None:
    folder = tmp_path / "estacion"
    shutil.copytree(SHIPPED / "estacion", folder)
    closings = (folder / "closings.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in closings if 'path = "outgoes.amount"' not in line]
    (folder / "closings.toml").write_text("".join(kept), encoding="utf-8")
    client, path = signed_in("administrator"), f"/sources/{station.source.pk}/"
    assert "se escribe como texto" not in client.get(path).content.decode()
    Source.objects.update(connector=str(folder), connector_mark="")
    assert re.search(r"se escribe como texto.*outgoes\.amount", client.get(path).content.decode())


def test_what_is_installed_is_not_deleted(station: Station, signed_in: SignIn) -> None:
    client = signed_in("administrator")
    client.post(f"/sources/{station.source.pk}/delete/", {"typed": "Estación"})
    assert Source.objects.exists()
    assert Rule.objects.exists()

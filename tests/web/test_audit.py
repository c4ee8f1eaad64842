"""The page “Auditoría”: search, one change, export; and the command that does the same."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from typer.testing import CliRunner

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.content.samples import sample_document
from emailketing.events.models import Event
from emailketing.sources.gaps import Blind, note_gap
from emailketing.sources.models import CapturedChange, Gap, Source

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def source() -> Source:
    return Source.objects.create(
        slug="estacion", name="Estación", connector="estacion", dialect="sqlite",
        database="/none", created_at=NOW,
    )  # fmt: skip


def captured(source: Source, number: int, **more: Any) -> CapturedChange:
    values: dict[str, Any] = {
        "uid": f"u{number}", "at": NOW + timedelta(minutes=number), "recorded_at": NOW,
        "table": "producto", "operation": "U", "key": {"id": number}, "record_key": str(number),
        "old": {"precio": 6990, "descripcion": "Gasoil"},
        "new": {"precio": 7850, "descripcion": FORMULA},
        "columns": ",precio,descripcion,", "actor": "Rosa Benítez",
        "record": f"Producto {number:05} Gasoil Podium",
    }  # fmt: skip
    return CapturedChange.objects.create(source=source, **{**values, **more})


@pytest.fixture
def changes(source: Source) -> list[CapturedChange]:
    return [
        captured(source, 1),
        captured(
            source, 2, table="usuario", record="Usuario jperez", columns=",pin,", actor="",
            old={"pin": "1111"}, new={"pin": "2222"},
        ),
        captured(
            source, 3, table="cliente", operation="D", record="Cliente C0012 Ñandutí S.A.",
            new=None, columns="", old={"razon_social": "Ñandutí S.A.", "limite_credito": 5000000},
        ),
        captured(source, 4, at=NOW - timedelta(days=90), record="Producto 00004 Viejo"),
    ]  # fmt: skip


@pytest.fixture
def reader(staff: dict[str, Any], signed_in: Callable[[str], Client]) -> Client:
    return signed_in("reader")


def shown(client: Client, query: str) -> str:
    response = client.get(f"/audit/?{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("since=", {1, 2, 3, 4}),
        ("text=gasoil+podium&since=", {1}),
        ("text=3&since=", {3}),
        ("table=usuario&since=", {2}),
        ("table=producto&field=precio&since=", {1, 4}),
        ("actor=Rosa+Ben%C3%ADtez&since=", {1, 3, 4}),
        ("operation=deleted&since=", {3}),
        ("since=2026-11-24&until=2026-11-24", {1, 2, 3}),
        ("since=2026-11-25", set()),
        ("since=%00&until=x", {1, 2, 3, 4}),
        ("text=%27%3B--&since=", set()),
    ],
)
def test_the_search_finds(
    reader: Client, changes: list[CapturedChange], query: str, found: set[int]
) -> None:
    page = shown(reader, query)
    links = {n for n, change in enumerate(changes, 1) if f'href="/audit/{change.pk}/"' in page}
    assert links == found


def test_a_row_says_before_and_after_and_a_secret_never(
    reader: Client, changes: list[CapturedChange]
) -> None:
    page = shown(reader, "since=")
    assert "Gs. 6.990" in page
    assert "Gs. 7.850" in page
    assert "1111" not in page
    assert "2222" not in page
    one = reader.get(f"/audit/{changes[1].pk}/").content.decode()
    assert "••••" in one
    assert "1111" not in one


def test_a_deleted_record_is_shown_whole(reader: Client, changes: list[CapturedChange]) -> None:
    page = reader.get(f"/audit/{changes[2].pk}/").content.decode()
    assert "Ñandutí S.A." in page
    assert "Gs. 5.000.000" in page


def test_the_event_shows_what_was_told_and_leads_to_all_of_it(
    reader: Client, changes: list[CapturedChange]
) -> None:
    changes[0].audit_key = "u1"
    changes[0].save()
    document = {**sample_document("change", "es"), "key": "u1"}
    event = Event.objects.create(
        source="estacion", change="record_changed:u1", kind="record_changed",
        document_type="change", document_key="u1", document_label="Producto 00123",
        data={"document": document, "before": {}}, occurred_at=NOW, recorded_at=NOW,
    )  # fmt: skip
    page = reader.get(f"/events/{event.pk}/").content.decode()
    assert "Gs. 6.990" in page
    assert "Gs. 7.850" in page
    assert "Historial de precios" in page
    assert "/audit/?told_in=u1" in page
    assert f"/events/{event.pk}/" in reader.get(f"/audit/{changes[0].pk}/").content.decode()
    assert f'href="/audit/{changes[0].pk}/"' in shown(reader, "told_in=u1&since=")


def test_pages_follow_one_another_without_counting(reader: Client, source: Source) -> None:
    for number in range(120):
        captured(source, number)
    seen, pages, older = set[str](), 0, ""
    while pages < 5:
        page = shown(reader, f"since=&older={older}")
        pages += 1
        seen |= set(re.findall(r'href="/audit/(\d+)/"', page))
        following = re.search(r'href="\?[^"]*older=(\d+)"', page)
        if following is None:
            break
        older = following.group(1)
    assert (pages, len(seen)) == (3, 120)


def test_the_export_has_the_same_filters_masks_and_no_formula(
    reader: Client, changes: list[CapturedChange]
) -> None:
    response = reader.get("/audit/export.csv?table=producto&since=")
    text = b"".join(response).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 1 + 2 * 2
    assert [row[5:7] for row in rows if row[4] == "Precio"] == [["6990", "7850"]] * 2
    assert {row[6] for row in rows if row[4] == "Descripción"} == {f"'{FORMULA}"}
    response = reader.get("/audit/export.xlsx?since=")
    sheet = load_workbook(io.BytesIO(b"".join(response))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "1111" not in {str(cell.value) for cell in cells}
    assert "••••" in {cell.value for cell in cells}
    assert all(cell.data_type != "f" for cell in cells)
    assert AuditEntry.objects.filter(action="exported").count() == 2
    assert reader.get("/audit/export.exe").status_code == 404


def test_who_may_not_look_sees_nothing(client: Client, changes: list[CapturedChange]) -> None:
    for address in ("/audit/", f"/audit/{changes[0].pk}/", "/audit/export.csv"):
        assert client.get(address).status_code == 302


def test_the_command_searches_and_writes_files(
    changes: list[CapturedChange], tmp_path: Path
) -> None:
    runner = CliRunner(env={"COLUMNS": "200"})
    found = runner.invoke(app, ["audit", "search", "--table", "cliente"])
    assert "Cliente C0012" in found.output
    assert "Producto" not in found.output
    file = tmp_path / "cambios.xlsx"
    written = runner.invoke(app, ["audit", "search", "--xlsx", str(file)])
    assert written.exit_code == 0, written.output
    assert load_workbook(file).active.max_row == 8
    assert "1111" not in str(list(load_workbook(file).active.values))
    both = ["--csv", str(tmp_path / "a.csv"), "--xlsx", str(tmp_path / "b.xlsx")]
    written = runner.invoke(app, ["audit", "search", *both])
    assert written.exit_code == 0, written.output
    assert load_workbook(tmp_path / "b.xlsx").active.max_row == 8
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").count(";") > 8
    same = ["--csv", str(file), "--xlsx", str(file)]
    assert runner.invoke(app, ["audit", "search", *same]).exit_code == 1
    bad = runner.invoke(app, ["audit", "search", "--since", "mañana"])
    assert bad.exit_code == 1


def test_whom_the_session_names_stands_apart_from_whom_the_record_names(
    source: Source, staff: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """Issue 8, 11: anybody with an account may say who he is."""
    change = captured(
        source, 1, actor="Ana Ríos", claim="gerente", origin="psql · gestion · emk.actor: gerente"
    )
    client = signed_in("administrator")
    page = " ".join(client.get(f"/audit/{change.pk}/").content.decode().split())
    assert "<dt>La sesión dijo ser</dt> <dd> gerente" in page
    assert "<dd>psql · gestion</dd>" in page
    assert "la sesión dijo ser gerente" in client.get("/audit/?since=").content.decode()


def test_a_period_with_a_gap_says_so_on_the_page_in_the_sheet_and_by_command(
    source: Source, changes: list[CapturedChange], reader: Client
) -> None:
    blind = Blind(Gap.Kind.UNTRIGGERED, NOW, table="producto", end=NOW + timedelta(minutes=5))
    note_gap(source, blind, now=NOW)
    with_it, without = "?since=2026-11-24&until=2026-11-24", "?since=2026-11-25&until="
    assert "no se pudo anotar todo" in reader.get(f"/audit/{with_it}").content.decode()
    assert "no se pudo anotar todo" not in reader.get(f"/audit/{without}").content.decode()
    assert (
        "no se pudo anotar todo"
        not in reader.get(f"/audit/{with_it}&table=cliente").content.decode()
    )
    sheet = b"".join(reader.get(f"/audit/export.csv{with_it}").streaming_content).decode()  # type: ignore[attr-defined]
    assert "faltaban los disparadores" in sheet
    said = CliRunner().invoke(app, ["audit", "search", "--since", "2026-11-24"]).output
    assert "producto" in said
    listed = CliRunner().invoke(app, ["source", "gaps", "estacion"]).output
    assert "producto" in listed
    assert CliRunner().invoke(app, ["source", "gaps", "nada"]).exit_code == 1
    page = reader.get(f"/sources/{source.pk}/")
    if page.status_code == 200:
        assert "producto" in page.content.decode()

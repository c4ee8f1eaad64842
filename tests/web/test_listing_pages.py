"""The pages of listings: all of them, one with its rows, files of the same read, deletion."""

import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client

from emailketing.accounts.models import User
from emailketing.listings.look import KEPT, expire_looks
from emailketing.listings.models import Listing
from emailketing.listings.period_words import PERIODS, period_in_words
from emailketing.listings.periods import WORDS
from emailketing.listings.save import save_listing
from emailketing.sources.models import Source
from emailketing.triggers.reports.models import Report
from emailketing.web.console.forms.period_field import parts_of, word_of_parts
from tests.web.attached import business_file

SignIn = Callable[[str], Client]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SALES = {
    "table": "venta",
    "columns": [
        {"name": "sucursal", "field": "sucursal_id.nombre"},
        {
            "name": "total",
            "field": "total",
            "aggregate": "sum",
            "thresholds": [{"limit": "1", "side": "above", "tone": "bad"}],
        },
    ],
}


@pytest.fixture
def source(staff: dict[str, Any], tmp_path: Path) -> Source:
    """The sample company, to be read only: nothing of ours is installed in it."""
    return Source.objects.create(
        slug="estacion",
        name="Estación",
        connector="estacion",
        dialect="sqlite",
        database=str(business_file(tmp_path)),
        created_at=NOW,
    )


@pytest.fixture
def listing(source: Source) -> Listing:
    made = Listing(name="Ventas", slug="ventas", source=source, definition=SALES)
    save_listing(made, by="test", now=NOW)
    return made


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def look_of(html: str) -> str:
    found = re.search(r"look=(\d+-[0-9a-f]{24})", html)
    assert found
    return found[1]


def reported(listing: Listing) -> Report:
    return Report.objects.create(
        name="Cada mañana", source=listing.source, listing=listing.slug, created_at=NOW
    )


def test_the_list_has_own_and_connectors_ones_by_kind(listing: Listing, signed_in: SignIn) -> None:
    client = signed_in("reader")
    reported(listing)
    page = read(client, "/listings/")
    assert "/listings/ventas/" in page
    assert "/listings/estacion.sales_by_branch/" in page
    assert "Cada mañana" in page
    clicked = read(client, "/listings/?kind=clicked")
    assert "/listings/ventas/" in clicked
    assert "/listings/estacion.sales_by_branch/" not in clicked


def test_rows_come_sorted_with_totals_and_a_sign_beside_the_colour(
    listing: Listing, signed_in: SignIn
) -> None:
    client = signed_in("reader")
    assert 'hx-get="/listings/ventas/rows/' in read(client, "/listings/ventas/")
    rows = read(client, "/listings/ventas/rows/")
    assert "cf-tone--bad" in rows
    assert "✗" in rows
    assert "Total" in rows
    look = look_of(rows)
    sorted_ = read(client, f"/listings/ventas/rows/?look={look}&order=sucursal&down=1")
    assert look_of(sorted_) == look
    assert 'aria-sort="descending"' in sorted_
    names = re.findall(r'data-label="Sucursal" class="">([^<]+)<', sorted_)
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert len(names) > 1


def test_files_hold_the_rows_that_were_looked_at(listing: Listing, signed_in: SignIn) -> None:
    client = signed_in("reader")
    look = look_of(read(client, "/listings/ventas/rows/"))
    book = client.get(f"/listings/ventas/file/xlsx/?look={look}&order=total&down=1")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).worksheets[0]
    amounts = [row[1].value for row in sheet.iter_rows(min_row=2) if row[0].value != "Total"]
    assert amounts[0] == max(amounts)
    csv = b"".join(client.get(f"/listings/ventas/file/csv/?look={look}")).decode()
    assert csv.count("\r\n") == len(amounts) + 1  # its heading
    pdf = client.get(f"/listings/ventas/file/pdf/?look={look}")
    assert pdf.content.startswith(b"%PDF")
    assert "Ventas" in pdf["Content-Disposition"]


def test_a_look_is_of_who_took_it(listing: Listing, signed_in: SignIn) -> None:
    look = look_of(read(signed_in("reader"), "/listings/ventas/rows/"))
    other = signed_in("operator").get(f"/listings/ventas/file/csv/?look={look}", follow=True)
    assert "ya no se guardan" in other.content.decode()


def test_a_look_is_kept_for_half_an_hour(
    listing: Listing, signed_in: SignIn, now: datetime
) -> None:
    client = signed_in("reader")
    look_of(read(client, "/listings/ventas/rows/"))
    assert expire_looks(now + KEPT - timedelta(minutes=5)) == 0
    assert expire_looks(now + KEPT + timedelta(minutes=5)) == 2
    assert not list((Path(settings.HOME) / "looks").iterdir())


def test_what_it_is_asked_with_is_a_form_in_words(source: Source, signed_in: SignIn) -> None:
    client = signed_in("reader")
    page = read(client, "/listings/estacion.sales_by_branch/")
    assert "ayer" in page
    rows = read(
        client, "/listings/estacion.sales_by_branch/rows/?p-period_0=last_days&p-period_1=7"
    )
    assert "los últimos 7 días" in rows
    bad = read(client, "/listings/estacion.sales_by_branch/rows/?p-period_0=nunca")
    assert "nunca" in bad
    assert "cf-note--bad" in bad


def test_what_a_report_uses_is_not_deleted(listing: Listing, signed_in: SignIn) -> None:
    client = signed_in("operator")
    report = reported(listing)
    kept = client.post("/listings/ventas/delete/", follow=True).content.decode()
    assert "Cada mañana" in kept
    assert Listing.objects.filter(slug="ventas").exists()
    report.delete()
    client.post("/listings/ventas/delete/")
    assert not Listing.objects.filter(slug="ventas").exists()
    assert client.get("/listings/estacion.sales_by_branch/delete/").status_code == 404


def test_who_sees_a_listing_is_chosen_on_its_page(listing: Listing, signed_in: SignIn) -> None:
    admin, reader, operator = (signed_in(r) for r in ("administrator", "reader", "operator"))
    assert "/listings/ventas/right/" in read(admin, "/listings/ventas/")
    assert "/listings/ventas/right/" not in read(reader, "/listings/ventas/")
    assert operator.post("/listings/ventas/right/", {"who": "everybody"}).status_code == 403
    admin.post("/listings/ventas/right/", {"who": "chosen", "roles": ["reader"]})
    assert reader.get("/listings/ventas/").status_code == 200
    for path in ("", "rows/", "edit/", "delete/"):
        assert operator.get(f"/listings/ventas/{path}").status_code == 403, path
    assert operator.post("/listings/ventas/edit/rows/").status_code == 403
    assert "/listings/ventas/" not in read(operator, "/listings/")
    number = User.objects.get(username="operator").pk
    admin.post("/listings/ventas/right/", {"who": "chosen", "users": [str(number)]})
    assert operator.get("/listings/ventas/edit/").status_code == 200
    assert reader.get("/listings/ventas/").status_code == 403
    admin.post("/listings/ventas/right/", {"who": "everybody"})
    assert reader.get("/listings/ventas/").status_code == 200


def test_readers_delete_nothing_and_what_is_not_there_is_not_found(
    listing: Listing, signed_in: SignIn
) -> None:
    client = signed_in("reader")
    assert client.post("/listings/ventas/delete/").status_code == 403
    assert client.get("/listings/nada/").status_code == 404


def test_a_database_that_is_away_is_one_sentence(listing: Listing, signed_in: SignIn) -> None:
    station_file: Any = listing.source.database
    listing.source.database = f"{station_file}.gone"
    listing.source.save()
    rows = read(signed_in("reader"), "/listings/ventas/rows/")
    assert "cf-note--bad" in rows


def test_a_cell_is_text_and_no_cell_fills_the_page(listing: Listing, signed_in: SignIn) -> None:
    """Issue 11, point 19: HTML in a cell, a cell without an end."""
    rude = "<script>alert(1)</script>" + "x" * 100_000
    with closing(sqlite3.connect(listing.source.database)) as business, business:
        business.execute("UPDATE sucursal SET nombre = ? WHERE id = 1", [rude])
    rows = read(signed_in("reader"), "/listings/ventas/rows/")
    assert "<script>" not in rows
    assert "&lt;script&gt;" in rows
    assert len(rows) < 20_000
    assert "demasiado largos" in rows  # in the files it is cut, and that is said


def test_every_period_has_words_and_comes_back_from_its_parts() -> None:
    assert set(PERIODS) == set(WORDS)
    for word in (*WORDS, "last_7_days", "next_30_days", "2026-01-01..2026-01-31"):
        assert word_of_parts(*parts_of(word)) == word
        assert period_in_words(word) != word

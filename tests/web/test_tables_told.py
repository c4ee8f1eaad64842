"""Which tables messages tell of: counted at the source, decided with a button, never by a link."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from emailketing.accounts.models import AuditEntry
from emailketing.sources.models import CapturedChange, Source, TableChoice
from tests.web.attached import Station

pytestmark = pytest.mark.django_db


@pytest.fixture
def noted(station: Station, now: datetime) -> Source:
    """Forty changes in a table nobody described, one deletion among them."""
    CapturedChange.objects.bulk_create(
        CapturedChange(
            source=station.source, uid=f"n{n}", at=now, recorded_at=now, table="mov_stock",
            operation="D" if n == 0 else "U", key={"id": n}, record_key=str(n), old={"saldo": 1},
            new={"saldo": 2}, columns=",saldo,",
        )
        for n in range(40)
    )  # fmt: skip
    return station.source


def test_the_source_counts_what_nobody_is_told_of_and_one_button_decides(
    noted: Source, signed_in: Any
) -> None:
    client: Client = signed_in("administrator")
    page = client.get(f"/sources/{noted.pk}/").content.decode()
    assert "1 tabla con 40 cambios en 30 días, y no se avisa a nadie: elija." in page
    address = f"/sources/{noted.pk}/tables/"
    assert client.get(f"{address}?table=mov_stock").status_code == 200
    assert not TableChoice.objects.exists(), "looking changes nothing"
    assert client.get(f"{address}decide/").status_code == 405
    client.post(f"{address}decide/", {"table": "mov_stock", "decision": "leave-out"})
    choice = TableChoice.objects.get()
    assert (choice.table, choice.is_told, choice.by) == ("mov_stock", False, "administrator")
    entry = AuditEntry.objects.get(action="decided")
    assert entry.changes == {"mov_stock": ["", "leave-out"]}
    page = client.get(f"/sources/{noted.pk}/").content.decode()
    assert "no se avisa a nadie: elija." not in page
    client.post(f"{address}decide/", {"table": "mov_stock", "decision": "undo"})
    assert not TableChoice.objects.exists()


def test_a_field_is_left_out_from_the_page_of_its_table(noted: Source, signed_in: Any) -> None:
    client: Client = signed_in("administrator")
    address = f"/sources/{noted.pk}/tables/"
    page = client.get(f"{address}?table=mov_stock")
    assert [(c["name"], c["changes"]) for c in page.context["columns"]] == [("saldo", 39)]
    form = {"table": "mov_stock", "column": "saldo", "decision": "leave-out"}
    client.post(f"{address}decide/", form)
    page = client.get(f"{address}?table=mov_stock")
    assert page.context["columns"][0]["choice"].by == "administrator"


@pytest.mark.parametrize("form", [{}, {"table": "x", "decision": "drop"}, {"decision": "tell"}])
def test_rubbish_is_refused(noted: Source, signed_in: Any, form: dict[str, str]) -> None:
    client: Client = signed_in("administrator")
    assert client.post(f"/sources/{noted.pk}/tables/decide/", form).status_code == 400


def test_a_table_that_is_not_watched_is_refused_with_a_sentence(
    noted: Source, signed_in: Any
) -> None:
    client: Client = signed_in("administrator")
    form = {"table": "no_hay", "decision": "tell"}
    answer = client.post(f"/sources/{noted.pk}/tables/decide/", form, follow=True)
    assert "La tabla «no_hay» no se vigila." in answer.content.decode()
    assert not TableChoice.objects.exists()


def test_whoever_may_only_look_decides_nothing(noted: Source, signed_in: Any) -> None:
    client: Client = signed_in("reader")
    form = {"table": "mov_stock", "decision": "tell"}
    assert client.post(f"/sources/{noted.pk}/tables/decide/", form).status_code == 403

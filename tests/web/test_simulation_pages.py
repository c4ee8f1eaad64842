"""The last thirty days of a rule, each case openable; the configuration as a file; quiet hours."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from emailketing.accounts.models import AuditEntry
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.sources.sample import past_documents
from emailketing.triggers.notifications.configuration import export_configuration
from emailketing.triggers.notifications.models import Rule
from tests.web.attached import Station
from tests.web.test_rule_pages import text

SignIn = Callable[[str], Client]


def noticed(station: Station, at: datetime) -> Event:
    (document,) = past_documents(station.source, "purchase_order", limit=1)
    return Event.objects.create(
        source=station.source.slug,
        change="c:1",
        kind="purchase_order",
        document_type="purchase_order",
        document_key=str(document["key"]),
        document_label=str(document["label"]),
        actor="mgomez",
        data={"document": document, "before": {}},
        occurred_at=at,
        recorded_at=at,
        read_at=at,
    )


def test_the_simulation_counts_and_every_case_can_be_opened(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    event = noticed(station, now - timedelta(days=2))
    client = signed_in("reader")
    html = text(client, f"/rules/{station.rule.pk}/simulation/")
    opened = f"/rules/{station.rule.pk}/try/?event={event.pk}"
    assert "escribiría" in html
    assert f'href="{opened}"' in html
    case = text(client, opened)
    assert event.document_label in case
    assert "mgomez" in case
    assert "<iframe" in case
    assert not Message.objects.exists()


def test_without_events_the_past_documents_are_taken_and_it_says_so(
    station: Station, signed_in: SignIn
) -> None:
    html = text(signed_in("reader"), f"/rules/{station.rule.pk}/simulation/")
    assert "documentos pasados" in html
    assert "/try/?document=" in html


def test_an_event_of_another_process_is_not_opened(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    event = noticed(station, now)
    Event.objects.filter(pk=event.pk).update(kind="quotation")
    html = text(signed_in("reader"), f"/rules/{station.rule.pk}/try/?event={event.pk}")
    assert "mgomez" not in html


# ---- the configuration ----


def upload(content: bytes | str, name: str = "c.toml") -> dict[str, Any]:
    raw = content if isinstance(content, bytes) else content.encode()
    return {"file": SimpleUploadedFile(name, raw, "application/toml")}


def test_the_configuration_is_downloaded_compared_and_taken_over(
    station: Station, signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    exported = client.get("/configuration/export/").content.decode()
    assert exported == export_configuration()
    Rule.objects.filter(pk=station.rule.pk).update(name="Otra", flood_limit=7)
    shown = client.post("/configuration/", upload(exported)).content.decode()
    assert "Orden al proveedor" in shown
    assert not Rule.objects.filter(name="Orden al proveedor").exists()  # only shown
    client.post("/configuration/apply/", {"text": exported})
    assert Rule.objects.filter(name="Orden al proveedor").exists()
    entry = AuditEntry.objects.filter(action="imported").latest("pk")
    assert any("Orden al proveedor" in name for name in entry.changes)


def test_a_file_that_says_what_is_here_offers_nothing(station: Station, signed_in: SignIn) -> None:
    answer = signed_in("administrator").post("/configuration/", upload(export_configuration()))
    assert answer.status_code == 200
    assert "Aplicarlo" not in answer.content.decode()


@pytest.mark.parametrize("content", [b"\xff\xfe", "no es toml = = =", "[rules]\nx = 1\n"])
def test_what_is_no_configuration_is_refused_with_a_sentence(
    content: bytes | str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    answer = client.post("/configuration/", upload(content))
    assert answer.status_code == 422
    assert "cf-note--bad" in answer.content.decode()
    if isinstance(content, str):
        client.post("/configuration/apply/", {"text": content})
        assert not Rule.objects.exists()


@pytest.mark.parametrize("role", ["reader", "operator"])
def test_only_administrators_copy_the_configuration(
    role: str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in(role)
    for name in ("configuration", "configuration_export"):
        assert client.get(reverse(f"console:{name}")).status_code == 403
    for name in ("configuration", "configuration_apply"):
        assert client.post(reverse(f"console:{name}"), {"text": ""}).status_code == 403


# ---- quiet hours ----


def company_form(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Estación",
        "country": "PY",
        "language": "es",
        "time_zone": "America/Asuncion",
        "currency": "PYG",
    } | changed


def test_quiet_hours_are_kept_and_a_page_that_does_not_ask_leaves_them(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    client.post("/company/", company_form(quiet_from="21:00", quiet_to="07:00"))
    client.post("/company/", company_form())
    assert (Company.get().quiet_from, Company.get().quiet_to) == (time(21), time(7))
    answer = client.post("/company/", company_form(quiet_from="21:00", quiet_to=""))
    assert answer.status_code == 422
    client.post("/company/", company_form(quiet_from="", quiet_to=""))
    assert Company.get().quiet_from is None

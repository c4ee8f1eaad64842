"""The last thirty days of a rule, each case openable; the configuration as a file; quiet hours."""

from collections.abc import Callable
from copy import copy
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emailketing.accounts.models import AuditEntry
from emailketing.company.models import Company
from emailketing.configuration import export_configuration
from emailketing.contacts.models import Address, Contact
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.trying.happenings import MOST_CASES
from emailketing.triggers.notifications.trying.simulate import simulate
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
    assert "de antes de que se" in html
    assert "/try/?document=" in html


def test_a_first_event_does_not_hide_the_documents_from_before(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    """What was attached yesterday is rehearsed on thirty days all the same."""
    before = simulate(station.rule, now=now)
    assert before.from_past == len(before.cases) > 1
    event = noticed(station, now - timedelta(hours=1))
    found = simulate(station.rule, now=now)
    assert (len(found.cases), found.from_past) == (len(before.cases), len(before.cases) - 1)
    assert [case.document["key"] for case in found.cases].count(event.document_key) == 1
    assert len(found.by_day) > 1
    html = text(signed_in("reader"), f"/rules/{station.rule.pk}/simulation/")
    for part in ("de antes de que se", "/try/?document=", f"/try/?event={event.pk}"):
        assert part in html


def test_a_source_that_is_away_leaves_the_events_and_says_so(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    noticed(station, now - timedelta(hours=1))
    station.file.rename(station.file.with_suffix(".away"))
    found = simulate(station.rule, now=now)
    assert (len(found.cases), found.from_past) == (1, 0)
    html = text(signed_in("reader"), f"/rules/{station.rule.pk}/simulation/")
    assert "No se pudo preguntar por los documentos de antes" in html


def test_a_thousand_cases_of_a_thousand_people_take_twenty_queries(
    station: Station, now: datetime
) -> None:
    """Contacts, their addresses, and whose the phones in the documents are: not one by one."""
    event = noticed(station, now)
    people = [
        Contact(source=station.source.slug, key=f"supplier:x{number}", name=f"P {number}")
        for number in range(MOST_CASES)
    ]
    Contact.objects.bulk_create(people)
    Address.objects.bulk_create(
        [Address(contact=one, value=f"p{one.pk}@shop.example") for one in people]
    )
    events = []
    for number, one in enumerate(people):
        document = event.data["document"] | {"key": f"x{number}", "party": {"key": one.key}}
        document["drivers"] = [{"phone": f"0981 {number:06}"}]
        event.pk, event.change, event.document_key = None, f"c:{number}", f"x{number}"
        event.data = {"document": document, "before": {}}
        events.append(copy(event))
    Event.objects.all().delete()
    Event.objects.bulk_create(events)
    station.rule.recipients = [{"kind": "party"}, {"kind": "field", "path": "drivers.phone"}]
    with CaptureQueriesContext(connection) as asked:
        found = simulate(station.rule, now=now)
    assert found.messages == MOST_CASES
    assert len(asked) <= 20


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

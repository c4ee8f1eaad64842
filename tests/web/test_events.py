"""Events with what they caused or why not, and the story of one document."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from emailketing.common.document import as_document
from emailketing.content.samples import sample_data
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.sources.labels import Labels
from emailketing.sources.models import CapturedChange, Source
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.shown.paper import lay_out

SignIn = Callable[[str], Client]


def words(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.parametrize(
    "reason",
    [
        "total 90 000 < 100 000",
        "already sent for this document",
        "Repuestos Itá Enramada has no e-mail address.",
        "more than 200 in an hour: release or drop them in the rule",
    ],
)
def test_the_list_says_why_nothing_was_sent(
    reason: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    assert reason in words(signed_in("reader"), "/events/event/")


def test_each_person_stands_once_and_how_many_more_there_are(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    sent = story["messages"]["accepted"]
    for number, name in enumerate(("Ana Sosa", "Ana Sosa", "Beto Ruiz", "Caro Paz", "Dina Leiva")):
        sent.pk, sent.message_id = None, f"<{number}@estacion.test>"
        sent.name, sent.address = name, f"p{number}@estacion.test"
        sent.save(force_insert=True)
    page = signed_in("reader").get("/events/event/").content.decode()
    assert page.count(">Ana Sosa<") <= 1
    assert ">y 2 más<" in page
    assert f'href="/events/{sent.dispatch.event_id}/">y 2 más' in page


def test_an_event_that_no_rule_waits_for_says_so(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    html = client.get("/events/event/?caused=no_rule").content.decode()
    assert re.findall(r"OC-\d{4}", "".join(re.findall(r"<tbody.*?</tbody>", html, re.DOTALL))) == [
        "OC-0070"
    ]


@pytest.mark.parametrize("result", [str(value) for value in Outcome.Result.values])
def test_the_list_is_filtered_by_what_it_caused(
    result: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    html = signed_in("reader").get(f"/events/event/?caused={result}&period=all").content.decode()
    shown = re.findall(r'href="/events/event/(\d+)/change/', html)
    wanted = Event.objects.filter(outcomes__result=result).count()
    assert len(set(shown)) == min(wanted, 50)


def test_what_was_saved_while_the_worker_read_stands_before_its_event(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    """A turn has one time, its beginning: a save a moment later is read in the same turn."""
    event = story["messages"]["accepted"].dispatch.event
    event.recorded_at = event.occurred_at - timedelta(milliseconds=30)
    event.save()
    CapturedChange.objects.update(at=event.occurred_at)
    page = words(signed_in("reader"), f"/messages/{story['messages']['accepted'].pk}/")
    assert page.index("Grabado en") < page.index("Evento:")


def test_the_page_lays_the_document_out(story: dict[str, Any], signed_in: SignIn) -> None:
    event = story["messages"]["accepted"].dispatch.event
    text = words(signed_in("reader"), f"/events/{event.pk}/")
    for part in (
        "OC-0017",
        "20/11/2026",
        "Lubricantes del Este S.A.",
        "Aceite 20W50 mineral, bidón de 4 litros",
        "Gs. 85.000",
        "Gs. 1.250.000",
        "borrador → confirmada",
        "mgonzalez",
    ):
        assert part in text


def test_parts_and_totals_of_any_document_are_shown_by_their_label(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    event = story["messages"]["accepted"].dispatch.event
    Source.objects.update(connector="estacion")
    payment = sample_data("payment_order", "es")["document"]
    vehicle = {"vehicle": {"key": "vehicle-key-9", "plate": "BCD 123"}}
    Event.objects.filter(pk=event.pk).update(data={"document": {**payment, **vehicle}})
    text = words(signed_in("reader"), f"/events/{event.pk}/")
    for part in (
        "Dirección de la sucursal Ruta PY02 km 22",
        "Correo de quien preparó sfleitas@nuguasu.example",
        "Retenido Gs. 138.109",  # no lines: no table whose foot could hold the totals
        "Neto a pagar Gs. 4.925.891",
        "Plate BCD 123",  # nobody named it for a payment order
    ):
        assert part in text
    assert "vehicle-key-9" not in text


def test_lists_moments_and_the_language_of_a_document_are_written_in_words(
    story: dict[str, Any],
) -> None:
    Source.objects.update(connector="estacion")
    paid = {"number": "001-001-0000123", "due_date": "2026-11-30", "paid": "1250000"}
    document: dict[str, Any] = {"type": "payment_order", "currency": "PYG", "invoices": [paid]}
    document |= {"sent_at": "2026-11-25T03:21:06+00:00", "party": {"language": "pt"}}
    found = lay_out(as_document(document), "estacion", Labels())
    assert found is not None
    assert found.facts == [("Avisado el", "25/11/2026 00:21")]
    assert [value for _label, value in found.party] == ["Portugués"]
    shown = {column.label: value for column, value in found.lists[0].rows[0] if value}
    assert shown == {
        "Número de una factura": "001-001-0000123",
        "Vencimiento de una factura": "30/11/2026",
        "Pagado de una factura": "Gs. 1.250.000",
    }


def test_an_event_without_a_document_is_shown_too(story: dict[str, Any], signed_in: SignIn) -> None:
    event = story["messages"]["accepted"].dispatch.event
    Event.objects.filter(pk=event.pk).update(data={}, document_key="", document_label="")
    assert "mgonzalez" in words(signed_in("reader"), f"/events/{event.pk}/")


def test_hostile_values_of_a_document_stay_text(story: dict[str, Any], signed_in: SignIn) -> None:
    event = story["messages"]["accepted"].dispatch.event
    data = event.data
    data["document"] |= {"notes": "<script>alert(1)</script>", "totals": {"total": "not a number"}}
    Event.objects.filter(pk=event.pk).update(data=data)
    html = signed_in("reader").get(f"/events/{event.pk}/").content.decode()
    assert "<script>alert(1)" not in html
    assert "not a number" in html


@pytest.mark.parametrize("query", ["OC-0017", "0017", "orden 0017"])
def test_a_document_is_found_by_its_number(
    query: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    html = signed_in("reader").get("/documents/", {"q": query}).content.decode()
    assert 'href="/document/estacion/purchase_order/17/"' in html
    assert "purchase_order/18/" not in html


def test_everything_about_one_document_is_on_one_line_of_time(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    text = words(signed_in("reader"), "/document/estacion/purchase_order/17/")
    parts = [
        "confirmada",
        "Lubricantes del Este S.A. (compras@lubeste.test)",
        "Ok: queued as 4F1A2",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_a_document_nobody_has_heard_of_is_not_found(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    assert signed_in("reader").get("/document/estacion/purchase_order/999/").status_code == 404


def test_s34_what_went_to_the_test_inbox_is_no_message_sent(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    message = story["messages"]["accepted"]
    assert message.is_in_test_inbox
    outcome = message.dispatch.outcomes.get()
    assert outcome.get_result_display() == "en la bandeja de prueba"
    client = signed_in("reader")
    for path in ("/events/event/", f"/rules/{outcome.rule_id}/", f"/events/{outcome.event_id}/"):
        html = client.get(path).content.decode()
        assert "en la bandeja de prueba" in html, path
    Message.objects.filter(pk=message.pk).update(is_redirected=False)
    assert Outcome.objects.get(pk=outcome.pk).get_result_display() == "mensaje en cola"

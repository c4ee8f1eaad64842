"""“Why not?”: the page in Spanish, its roads in, and the list of events on a phone."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from emailketing.contacts.models import Contact
from emailketing.demo.database import Database
from emailketing.sources.models import CapturedChange
from emailketing.sources.reading.pull import pull_due
from tests.journeys.stage import wait_until
from tests.web import attached, cast
from tests.web.test_browser import WIDTHS, sign_in

SignIn = Callable[[str], Client]


def words(client: Client, path: str, query: dict[str, Any] | None = None) -> str:
    response = client.get(path, query or {})
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_asked_in_words_it_answers_in_spanish(story: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    text = words(client, "/why/", {"who": "guarani", "document": "la orden 18"})
    assert "Distribuidora Guaraní y Orden de compra OC-0018" in text
    assert "Está listo y por salir." in text
    assert "Estamos en modo de prueba" in text
    text = words(client, "/why/", {"who": "itá enramada", "document": "0062"})
    assert "No se pudo escribir a nadie: Repuestos Itá Enramada has no e-mail address." in text
    assert "Qué haría falta: Complete la dirección" in text


def test_what_may_be_several_is_asked_and_what_is_nothing_is_said(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    assert "¿A quién se refiere?" in words(client, "/why/", {"who": "test"})
    assert "No se conoce a nadie llamado «zzz»" in words(client, "/why/", {"who": "zzz"})
    text = words(client, "/why/", {"who": "guarani", "document": "zzz"})
    assert "No se vio ningún documento con «zzz»" in text
    for query in ({"day": "ayer"}, {"person": "contact:9" * 30}, {"paper": ["a", "b", "c"]}):
        assert client.get("/why/", query).status_code == 200
    assert "Eso no es un día" in words(client, "/why/", {"who": "guarani", "day": "ayer"})


def test_person_event_document_rule_and_message_lead_to_it(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    client, message = signed_in("operator"), story["messages"]["failed"]
    event = message.dispatch.event
    asked = ""
    for path in (
        f"/people/{message.contact_id}/",
        f"/events/{event.pk}/",
        f"/document/estacion/purchase_order/{event.document_key}/",
        f"/rules/{story['rule'].pk}/",
        f"/messages/{message.pk}/",
    ):
        html = client.get(path).content.decode()
        found = re.search(r'href="(/why/[^"]*)"[^>]*><span[^>]*>contact_support</span>[^<]', html)
        assert found is not None, path
        asked = unescape(found[1])
        assert client.get(asked).status_code == 200, path
    text = words(client, asked)  # the message's: person and document are known
    assert "Se envió a" in text
    assert "550 User unknown" in text


def read_until_noted(now: datetime, table: str) -> None:
    """As the worker does: what was saved a moment ago is left to settle at the first look."""
    moments = iter(now + timedelta(seconds=turn) for turn in range(1, 1000))
    wait_until(
        lambda: (pull_due(next(moments)), CapturedChange.objects.filter(table=table).exists())[1]
    )


def test_a_draft_of_the_real_business_system_says_what_it_lacks(
    station: attached.Station, signed_in: SignIn, now: datetime
) -> None:
    """The operator saved it and did not confirm it: nothing happened, and that is said."""
    database = Database(f"sqlite:///{station.file}")
    with database.work(user="sfleitas", now=now.replace(tzinfo=None)) as work:
        number = work.insert(
            "orden_compra",
            sucursal_id=1,
            proveedor_id=1,
            fecha=work.today,
            condicion="Contado",
            estado="borrador",
            creado_por="sfleitas",
            creado_en=work.now,
        )
    database.close()
    read_until_noted(now, "orden_compra")
    Contact.objects.create(name="Juan Ortiz")
    text = words(signed_in("reader"), "/why/", {"who": "juan", "document": str(number)})
    assert "«Orden de compra confirmada» no sucedió con este documento." in text
    assert "Estado es uno de Confirmada, Recibida; Número está completado; Líneas" in text


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_question_and_events_are_readable_at_both_widths(
    now: datetime, live_server: Any, page: Page
) -> None:
    cast.everything(now)
    url, errors = live_server.url, []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    sign_in(page, url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{url}/why/")
        page.fill("#who", "lubricantes")
        page.fill("#document", "17")
        page.locator("#document").press("Enter")
        page.locator(".ek-answer").wait_for()
        assert "no le llegó a nadie" in page.locator(".ek-answer").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(f"{url}/why/?who=itá&document=60")
        page.goto(f"{url}/events/event/?period=all")
        height = page.evaluate("document.documentElement.scrollHeight")
        shown = page.locator("#result_list tbody tr").count()
        assert height < (900 + shown * 125)  # a card of 250 px each was 13 000 px of a day
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert errors == []

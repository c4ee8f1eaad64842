"""The editor's newer parts: phone or e-mail, hours, reminders, digests; the sentence; the pack."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from emailketing.audience.models import Choice
from emailketing.channels.models import Sender
from emailketing.content.models import Template
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import make_pack
from emailketing.web.console.rules.sentence import days_words, sentence
from tests.web.attached import Station
from tests.web.test_rule_pages import entries, text

SignIn = Callable[[str], Client]


@pytest.fixture
def phone_sender(db: None) -> Sender:
    return Sender.objects.create(
        name="SMS Tigo", channel="sms", kind="kannel", host="127.0.0.1", price=Decimal(85)
    )


def sms(station: Station) -> int:
    return Template.objects.get(slug="purchase-order-sms").pk


def test_everything_about_way_and_hour_is_kept(
    station: Station, phone_sender: Sender, signed_in: SignIn
) -> None:
    signed_in("operator").post(
        "/rules/new/",
        entries(
            station,
            delivery="email_first",
            sms_template=sms(station),
            sms_sender=phone_sender.pk,
            window_days=["0", "1", "2", "3", "4", "5"],
            window_from="07:00",
            window_to="20:00",
            window_holidays="",
            reminders="3; 7 15",
            remind_from="delivery_date",
            is_urgent="on",
            daily_cap="2",
            leaves_out_actor="on",
        ),
    )
    made = Rule.objects.get(name="Órdenes grandes")
    assert made.delivery == "email_first"
    assert made.choice("sms") == Choice(Template.objects.get(pk=sms(station)), phone_sender)
    assert made.window == {
        "days": [0, 1, 2, 3, 4, 5],
        "from": "07:00",
        "to": "20:00",
        "holidays": False,
    }
    assert (made.remind_days, made.remind_from) == ([3, 7, 15], "delivery_date")
    assert (made.is_urgent, made.daily_cap, made.leaves_out_actor) == (True, 2, True)


def test_no_hours_chosen_is_always(station: Station, signed_in: SignIn) -> None:
    signed_in("operator").post("/rules/new/", entries(station, digest="day", digest_hour="7"))
    made = Rule.objects.get(name="Órdenes grandes")
    assert (made.window, made.digest, made.digest_hour) == ({}, "day", 7)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"window_days": []}, "ningún día"),
        ({"delivery": "phone"}, "esta regla escribe solo al tel"),
        ({"reminders": "3, pronto"}, "3, 7, 15"),
        ({"reminders": "9" * 5000}, "3, 7, 15"),
        ({"reminders": "3", "remind_from": "party.name"}, "party.name"),
        ({"daily_cap": "0"}, "id_daily_cap_error"),
        ({"digest": "day", "is_urgent": "on"}, "urgente"),
        ({"recipients": json.dumps([{"kind": "field"}])}, "lugar del documento"),
        ({"recipients": json.dumps([{"kind": "address", "value": "0981 12"}])}, "0981 12"),
    ],
)
def test_what_cannot_work_is_said_beside_the_field(
    changed: dict[str, Any], words: str, station: Station, signed_in: SignIn
) -> None:
    answer = signed_in("operator").post("/rules/new/", entries(station, **changed))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Rule.objects.filter(name="Órdenes grandes").exists()


def test_a_phone_among_the_recipients_is_kept_as_every_country_writes_it(
    station: Station, phone_sender: Sender, signed_in: SignIn
) -> None:
    people = [{"kind": "address", "value": "0981 123 456", "name": "Turno"}]
    signed_in("operator").post(
        "/rules/new/",
        entries(station, delivery="both", sms_template=sms(station), recipients=json.dumps(people)),
    )
    assert Rule.objects.get(name="Órdenes grandes").recipients[0]["value"] == "+595981123456"


def test_edges_and_lists_are_read(station: Station, signed_in: SignIn) -> None:
    tree = {
        "all": [
            {"field": "state", "op": "in", "value": "confirmada, recibida ,"},
            {"field": "totals.total", "op": "crosses_above", "value": "1.000.000"},
        ]
    }
    signed_in("operator").post("/rules/new/", entries(station, condition=json.dumps(tree)))
    made = Rule.objects.get(name="Órdenes grandes")
    assert [leaf["value"] for leaf in made.condition["all"]] == [
        ["confirmada", "recibida"],
        "1000000",
    ]
    assert "is one of" not in text(signed_in("operator"), "/rules/")


def test_the_sentence_says_the_whole_rule(station: Station, signed_in: SignIn) -> None:
    values = entries(
        station,
        window_days=["0", "1", "2", "3", "4"],
        window_from="08:00",
        window_to="18:00",
        delay_minutes="0",
        digest="day",
        digest_hour="7",
    )
    said = signed_in("operator").post("/rules/sentence/", values).content.decode()
    for part in (
        "Cuando pasa «Orden de compra confirmada» en Estación y",
        "por correo con «Orden de compra»",
        "reunidos, cada día a las 07:00",
        "solo lunes a viernes, de 08:00 a 18:00",
    ):
        assert part in said
    assert "<" not in said


def test_a_half_written_rule_has_no_sentence_yet(station: Station, signed_in: SignIn) -> None:
    answer = signed_in("operator").post("/rules/sentence/", {"what": "", "email_template": ""})
    assert answer.status_code == 200
    assert "aquí va la frase" in answer.content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [([0, 1, 2, 3, 4, 5], "lunes a sábado"), ([5, 6], "sábado, domingo"), ([0, 2], "lunes")],
)
def test_days_that_follow_one_another_are_said_as_a_span(
    days: list[int], words: str, staff: dict[str, Any]
) -> None:
    with translation.override("es"):
        assert days_words(days).startswith(words)


def test_trying_shows_the_text_as_a_bubble_with_segments_and_cost(
    station: Station, phone_sender: Sender, signed_in: SignIn
) -> None:
    station.rule.delivery = "both"
    station.rule.choose("sms", template=Template.objects.get(pk=sms(station)))
    station.rule.save()
    html = text(signed_in("operator"), f"/rules/{station.rule.pk}/try/")
    assert "ek-bubble" in html
    assert "segmento" in html
    assert "Gs. " in html
    assert "+595 9" in html


def test_the_pack_is_made_once_and_switched_on_rule_by_rule(
    station: Station, phone_sender: Sender, signed_in: SignIn
) -> None:
    client, url = signed_in("operator"), f"/rules/ready/{station.source.pk}/"
    assert "todavía no creada" in text(client, url)
    client.post(url)
    ready = Rule.objects.exclude(ready_made="")
    count = ready.count()
    assert count >= 9
    assert not ready.filter(is_active=True).exists()
    client.post(url)
    assert ready.count() == count
    one = ready.get(ready_made="purchase_order")
    answer = client.post(f"/rules/{one.pk}/switch/", {"on": "1", "from": "pack"})
    assert answer.headers["Location"] == url
    one.refresh_from_db()
    assert one.is_active


def test_a_reader_sees_the_pack_and_makes_nothing(station: Station, signed_in: SignIn) -> None:
    client, url = signed_in("reader"), f"/rules/ready/{station.source.pk}/"
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 403
    assert client.post("/rules/sentence/", {}).status_code == 403
    assert not Rule.objects.exclude(ready_made="").exists()


def test_every_rule_of_the_pack_has_a_sentence(station: Station, now: datetime) -> None:
    for rule in make_pack(station.source, by="t", now=now):
        assert "%(" not in sentence(rule)


def test_send_me_this_goes_to_a_phone_as_it_was_entered(
    station: Station, phone_sender: Sender, signed_in: SignIn
) -> None:
    station.rule.delivery = "phone"
    station.rule.choose("sms", template=Template.objects.get(pk=sms(station)))
    station.rule.save()
    client, path = signed_in("operator"), f"/rules/{station.rule.pk}/"
    page = client.get(f"{path}try/")
    assert 'name="channel" value="sms"' in page.content.decode()
    sent = {"document": page.context["chosen"]["key"], "channel": "sms"}
    for wrong in ("021 444 555", "no es nada", ""):  # a landline, words, nothing
        answer = client.post(f"{path}send-me/", sent | {"to": wrong}, follow=True)
        assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    assert not Message.objects.exists()
    client.post(f"{path}send-me/", sent | {"to": " 0981 123 456"})
    message = Message.objects.get()
    assert (message.channel, message.address) == ("sms", "+595981123456")
    assert message.dispatch.trigger == f"test:rule:{station.rule.pk}"

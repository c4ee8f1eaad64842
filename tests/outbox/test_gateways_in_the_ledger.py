"""Gateways that behave badly, from the ledger to the receipt (issue 4, 9, 11, 17)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.outbox.models import Message, Receipt, State
from emailketing.outbox.queueing.dispatch import Alternative, File, Recipient, Way
from emailketing.outbox.queueing.fallback import fall_back_due
from tests.channels.http_sink import Asked, HttpSink, Says
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "+595981123456"
TAKEN = Says(202, "0: Accepted for delivery")


@pytest.fixture(autouse=True)
def _live_in_english(settings: Settings) -> Iterator[None]:
    settings.GATEWAY_HOSTS = ["127.0.0.1"]  # it stands for the Internet: words may be read (S13)
    cast.go_live()
    with translation.override("en"):
        yield


def kannel(sink: HttpSink, **values: Any) -> Sender:
    sender = cast.phone_sender(
        kind="kannel",
        host="",
        username="u",
        hook_token="t" * 32,
        options={"url": f"{sink.url}/cgi-bin/sendsms"},
        **values,
    )
    sender.password = "p"  # noqa: S105 - of a test
    sender.save()
    return sender


def receipt(kind: str, message: Message) -> int:
    return Client().get(f"/hooks/{'t' * 32}/?r={message.pk}&type={kind}").status_code


def test_accepted_then_delivered_and_the_receipt_twice() -> None:
    clock = cast.Clock()
    with HttpSink(TAKEN) as sink, cast.engine(clock):
        message = cast.queue_phone(ANA, kannel(sink))
        cast.wait_for_state(message, State.ACCEPTED)
    assert message.reference == str(message.pk)
    assert sink.asked[0].query["to"] == ANA
    assert [receipt("1", message), receipt("1", message), receipt("8", message)] == [200, 200, 200]
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert Receipt.objects.count() == 2


def test_a_receipt_that_is_faster_than_the_answer_is_not_lost() -> None:
    """M4: it comes while the request is still under way."""
    clock = cast.Clock()
    seen: list[int] = []

    def tell(asked: Asked) -> None:
        number = asked.query["text"] and Message.objects.get().pk
        seen.append(Client().get(f"/hooks/{'t' * 32}/?r={number}&type=1").status_code)

    def answer(asked: Asked) -> None:
        cast.aside(lambda: tell(asked))()

    with HttpSink(Says(202, "0: Accepted for delivery", then=answer)) as sink, cast.engine(clock):
        message = cast.queue_phone(ANA, kannel(sink))
        cast.wait_for_state(message, State.DELIVERED)
    assert seen == [200]


def test_r4_a_failure_after_it_was_taken_is_held_until_a_receipt_or_a_person_says() -> None:
    clock = cast.Clock()
    with HttpSink(Says(500, "<h1>Internal Server Error</h1>")) as sink, cast.engine(clock):
        message = cast.queue_phone(ANA, kannel(sink))
        cast.wait_for_state(message, State.IN_DOUBT)
    assert len(sink.asked) == 1  # a paid message is never sent again by itself
    assert "500" in message.detail
    assert receipt("1", message) == 200
    message.refresh_from_db()
    assert message.state == State.DELIVERED


def test_r14_it_is_tried_again_no_earlier_than_the_gateway_asks() -> None:
    clock = cast.Clock()
    busy = Says(429, "slow down", {"Retry-After": "1800"})
    with HttpSink(busy, TAKEN) as sink, cast.engine(clock) as engine:
        message = cast.queue_phone(ANA, kannel(sink))
        cast.wait_for_state(message, State.DEFERRED)
        assert message.next_at - clock.now >= timedelta(seconds=1800)
        clock.forward(hours=1)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    assert message.attempt == 2


def test_a_web_page_is_one_sentence_and_no_traceback() -> None:
    clock = cast.Clock()
    page = Says(200, "<!doctype html><html><body>Portal cautivo</body></html>")
    with HttpSink(page) as sink, cast.engine(clock):
        message = cast.queue_phone(ANA, kannel(sink))
        cast.wait_for_state(message, State.DEFERRED)
    assert "web page came instead" in message.detail
    assert "<" not in message.detail
    assert len(message.detail.splitlines()) == 1


def test_a_wrong_password_rests_the_sender_and_keeps_the_message() -> None:
    clock = cast.Clock()
    with HttpSink(Says(403, "Authorization failed for sendsms")) as sink, cast.engine(clock):
        sender = kannel(sink)
        message = cast.queue_phone(ANA, sender)
        cast.wait_until(lambda: bool(Sender.objects.get().paused_reason))
        cast.wait_for_state(message, State.READY)
    assert "403" in Sender.objects.get().paused_reason


def test_receipts_in_the_wrong_order_and_of_nobody() -> None:
    clock = cast.Clock()
    with HttpSink(TAKEN) as sink, cast.engine(clock):
        message = cast.queue_phone(ANA, kannel(sink))
        cast.wait_for_state(message, State.ACCEPTED)
    assert receipt("1", message) == receipt("2", message) == receipt("8", message) == 200
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert Client().get(f"/hooks/{'t' * 32}/?r=987654&type=1").status_code == 200
    assert Receipt.objects.filter(message=None).count() == 1


def test_a_gateway_is_told_our_address_as_soon_as_it_is_known() -> None:
    clock = cast.Clock()
    with HttpSink(TAKEN) as sink, cast.engine(clock) as engine:
        sender = kannel(sink)
        cast.wait_for_state(cast.queue_phone(ANA, sender), State.ACCEPTED)
        Company.objects.update(base_url="https://avisos.example.com/")
        engine.wake()
        later = cast.queue_phone("0981 123 457", sender, key="later")
        cast.wait_for_state(later, State.ACCEPTED)
    first, second = (asked.query.get("dlr-url", "") for asked in sink.asked)
    assert first == ""
    assert second.startswith(f"https://avisos.example.com/hooks/{'t' * 32}/?r={later.pk}&")


def cloud(sink: HttpSink) -> Sender:
    sender = cast.phone_sender(
        name="WhatsApp",
        channel="whatsapp",
        kind="whatsapp",
        host="",
        options={"url": sink.url, "phone_number_id": "555"},
    )
    sender.password = "token"  # noqa: S105 - of a test
    sender.save()
    return sender


def test_whatsapp_gets_the_approved_text_with_the_document_in_its_head(
    settings: Settings, tmp_path: Path
) -> None:
    settings.ATTACHMENTS = tmp_path
    uploaded, taken = Says(200, '{"id": "M1"}'), Says(200, '{"messages": [{"id": "wamid.7"}]}')
    words = cast.short_template(
        "{{ recipient.name }}\n{{ note }}", channel="whatsapp", subject="orden_lista"
    )
    paper = File(file_name="orden.pdf", mime_type="application/pdf", content=b"%PDF-1.7")
    with HttpSink(uploaded, taken) as sink, cast.engine(cast.Clock()):
        message = cast.queue_phone(ANA, cloud(sink), template=words, files=(paper,))
        cast.wait_for_state(message, State.ACCEPTED)
    assert message.reference == "wamid.7"
    assert b"%PDF-1.7" in sink.asked[0].body
    said = json.loads(sink.asked[1].body)
    head, body = said["template"]["components"]
    assert head["parameters"][0]["document"] == {"id": "M1", "filename": "orden.pdf"}
    assert [value["text"] for value in body["parameters"]] == ["Ana", "¡listo!"]
    assert said["template"]["language"]["code"] == "es"


def test_r30_a_number_without_whatsapp_gets_an_sms_and_stays_good() -> None:
    clock = cast.Clock()
    none = Says(400, '{"error": {"code": 131026, "message": "undeliverable"}}')
    with HttpSink(none) as meta, HttpSink(TAKEN) as box, cast.engine(clock) as engine:
        chat, sms = cloud(meta), kannel(box)
        ways = {
            "whatsapp": Way(cast.short_template(channel="whatsapp", subject="hola"), chat),
            "sms": Way(cast.short_template(), sms),
        }
        person = Recipient(
            address=ANA, channel="whatsapp", name="Ana", alternatives=(Alternative("sms", ANA),)
        )
        done = cast.queue_request((person,), chat, key="both", now=cast.NOON, ways=ways)
        first = done.dispatch.messages.get()
        cast.wait_for_state(first, State.FAILED)
        assert "no WhatsApp" in first.detail
        assert fall_back_due(clock.now) == 1
        engine.wake()
        second = done.dispatch.messages.get(channel="sms")
        cast.wait_for_state(second, State.ACCEPTED)
    assert second.follows == first
    assert not Suppression.objects.exists()

"""Phone messages on the pages: bubble, receipts, the chain of ways, the question in doubt."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from emailketing.channels.models import InboxMessage
from emailketing.outbox.models import Attempt, Decision, Message
from emailketing.web.console.shown.phone import readable_number, text_size
from tests.web import phones

SignIn = Callable[[str], Client]


@pytest.fixture
def texts(story: dict[str, Any], now: datetime) -> dict[str, Message]:
    return phones.everything(story, now)


def html_of(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"channel": "sms"}, 1),
        ({"channel": "email"}, 2),
        ({"channel": "whatsapp"}, 0),
        ({"q": "0981 000 111"}, 1),
        ({"q": "Recibo"}, 1),
    ],
)
def test_the_inbox_is_filtered_by_channel_and_found_by_number(
    query: dict[str, str], count: int, texts: dict[str, Message], signed_in: SignIn
) -> None:
    assert html_of(signed_in("reader"), "/inbox/", **query).count('class="ek-mail ') == count


def test_a_text_in_the_inbox_is_a_bubble_with_number_segments_and_cost(
    texts: dict[str, Message], signed_in: SignIn
) -> None:
    caught = InboxMessage.objects.get(channel="sms")
    html = html_of(signed_in("reader"), f"/inbox/{caught.pk}/")
    assert "ek-bubble" in html
    assert "+595 981 000111" in html
    assert phones.TEXT in html
    assert "2 segmentos · 78 caracteres" in html  # “í” of Ñandutí is not in the phone's alphabet
    assert "Gs. 85" in html
    assert "<iframe" not in html
    assert f'href="/messages/{texts["followed"].pk}/"' in html


def test_r30_the_page_of_a_message_says_what_it_followed_and_what_followed_it(
    story: dict[str, Any], texts: dict[str, Message], signed_in: SignIn
) -> None:
    client, first, second = signed_in("reader"), story["messages"]["failed"], texts["followed"]
    assert f'href="/messages/{first.pk}/"' in html_of(client, f"/messages/{second.pk}/")
    assert f'href="/messages/{second.pk}/"' in html_of(client, f"/messages/{first.pk}/")
    assert "correo pedidos@guarani.test" in html_of(client, f"/messages/{texts['doubt'].pk}/")


def test_receipts_stand_in_the_line_of_time_and_say_how_it_ended(
    texts: dict[str, Message], signed_in: SignIn
) -> None:
    html = html_of(signed_in("reader"), f"/messages/{texts['followed'].pk}/")
    assert "Recibo: entregado" in html
    assert "Ahora: entregado" not in html  # the receipt says so already


def test_r4_in_doubt_on_a_paid_channel_asks_whether_it_arrived(
    texts: dict[str, Message], signed_in: SignIn
) -> None:
    client, doubt = signed_in("operator"), texts["doubt"]
    assert "¿Llegó?" in html_of(client, f"/messages/{doubt.pk}/")
    assert "se paga dos veces" in html_of(client, f"/messages/{doubt.pk}/again/")
    client.post(f"/messages/{doubt.pk}/sent/", {"reason": "La señora confirmó"})
    doubt.refresh_from_db()
    assert doubt.state == "accepted"
    assert Decision.objects.get(message=doubt).note == "La señora confirmó"


def test_what_a_gateway_said_is_said_once(texts: dict[str, Message], signed_in: SignIn) -> None:
    message = texts["doubt"]
    busy = "The gateway asks us to wait (503): busy"
    now = message.created_at
    Attempt.objects.create(
        message=message,
        number=9,
        phase="dot",
        outcome="deferred",
        peer="sms.example:443",
        code=503,
        reply=busy,
        started_at=now,
        finished_at=now,
    )
    html = html_of(signed_in("reader"), f"/messages/{message.pk}/")
    assert busy in html
    assert "503 The gateway" not in html
    assert html.count("503") == 1


def test_a_text_is_written_once_more_as_a_new_message_to_the_same_phone(
    texts: dict[str, Message], signed_in: SignIn
) -> None:
    old = texts["followed"]
    signed_in("operator").post(f"/messages/{old.pk}/resend/", {"reason": "No lo encontró"})
    new = Message.objects.get(dispatch__key=f"resend:{old.pk}:1")
    assert (new.channel, new.address) == ("sms", old.address)


def test_the_list_of_messages_is_filtered_by_channel(
    texts: dict[str, Message], signed_in: SignIn
) -> None:
    html = html_of(signed_in("reader"), "/outbox/message/", channel="sms")
    assert "+595 982 222333" in html
    assert "compras@lubeste.test" not in html


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+595981123456@sms.invalid", "+595 981 123456"),
        ("0981 123", "0981 123"),
        ("", ""),
    ],
)
def test_numbers_are_grouped_and_what_is_none_is_left_alone(written: str, read: str) -> None:
    assert readable_number(written) == read


def test_a_text_too_long_for_a_phone_says_so_instead_of_failing() -> None:
    assert text_size("sms", "á" * 70_000)
    assert text_size("whatsapp", "hola") == ""

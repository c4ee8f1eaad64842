"""A change, a reminder or an annulment stands below the first letter about its document."""

from email import message_from_bytes
from typing import Any

import pytest

from emailketing.channels.models import Sender
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.write_out import THREAD
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA = "ana@cliente.test"
FIRST: dict[str, Any] = {"document": {"number": "OC-17"}}
CHANGED: dict[str, Any] = {"document": {"number": "OC-17", "sent_at": "2026-11-24T15:00:00+00:00"}}
REMINDER: dict[str, Any] = {**FIRST, "reminder": {"days": 7, "number": 1, "of": 3}}


def letter(key: str, data: dict[str, Any], by: Sender, **values: Any) -> Message:
    about = {
        "scope": "source:estacion",
        "document_type": "purchase_order",
        "document_key": "17",
        "document_label": "Orden OC-17",
    }
    data = {"note": "x", "company": {"name": "Estación"}, **data}
    return cast.queue(values.pop("to", ANA), by, key=key, data=data, **(about | values))


def threads(message: Message) -> list[str | None]:
    mail = message_from_bytes(preview(Message.objects.get(pk=message.pk)).source)
    return [mail["In-Reply-To"], mail["References"]]


@pytest.mark.parametrize("data", [CHANGED, REMINDER])
def test_what_follows_names_the_first_letter_to_the_same_address(data: dict[str, Any]) -> None:
    sender = cast.sender(9)
    first = letter("1", FIRST, sender)
    letter("2", data, sender)
    third = letter("3", data, sender)
    assert threads(first) == [None, None]
    assert threads(third) == [first.message_id] * 2  # the first, not the one before


def test_what_is_new_or_about_something_else_stands_alone() -> None:
    sender = cast.sender(9)
    letter("1", FIRST, sender)
    assert threads(letter("2", FIRST, sender)) == [None, None]
    assert threads(letter("3", CHANGED, sender, document_key="18")) == [None, None]
    assert threads(letter("4", CHANGED, sender, scope="source:otra")) == [None, None]
    # a key given to another document: what was told of the one before is not its thread
    assert threads(letter("5", CHANGED, sender, document_label="Orden OC-99")) == [None, None]
    assert threads(letter("6", CHANGED, sender, to="otro@cliente.test")) == [None, None]


def test_a_letter_that_never_left_is_no_beginning() -> None:
    sender = cast.sender(9)
    lost = letter("1", FIRST, sender)
    Message.objects.filter(pk=lost.pk).update(state=State.FAILED)
    assert threads(letter("2", CHANGED, sender)) == [None, None]


def test_r5_the_thread_is_fixed_at_queueing() -> None:
    sender = cast.sender(9)
    first = letter("1", FIRST, sender)
    second = letter("2", CHANGED, sender)
    before = preview(Message.objects.get(pk=second.pk)).source
    Message.objects.filter(pk=first.pk).update(state=State.FAILED)
    assert preview(Message.objects.get(pk=second.pk)).source == before


def test_s1_nobody_puts_a_header_there_from_outside() -> None:
    sender = cast.sender(9)
    cast.queue(ANA, sender)
    one = Message.objects.get()
    Message.objects.filter(pk=one.pk).update(fields={THREAD: "<a@b>\r\nBcc: x@y"})
    assert threads(one) == [None, None]

"""A card goes along with its mail, drawn when the mail is queued and the same ever after (R5)."""

import email
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.content.brand import first_brand
from emailketing.content.card import draw, mailed
from emailketing.content.starters import make_starter
from emailketing.outbox.models import MailClass, Message
from emailketing.outbox.queueing.dispatch import Recipient, Request, Way, dispatch, draw_ahead
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.write_out import write_out
from tests.outbox.cast import NOON, allow_links, go_live, sender

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path / "store"
    draw.draw_card.cache_clear()
    go_live()


def asked(*names: str, mail_class: MailClass = MailClass.DOCUMENT) -> Iterator[Request]:
    """Greet these people; each has a day of his own."""
    brand = first_brand("Estación Itá", by="ana", now=NOON)
    way = Way(make_starter("greeting-birthday", brand, now=NOON), sender(25))
    for number, name in enumerate(names):
        yield Request(
            key=f"occasion:1:{number}",
            trigger="occasion:1",
            trigger_label="Cumpleaños",
            ways={"email": way},
            recipients=(Recipient(address=f"p{number}@x.test", name=name, language="es"),),
            data={"document": {"type": "greeting", "label": "Cumpleaños"}},
            mail_class=mail_class,
        )


def sent(*names: str) -> list[Message]:
    for request in asked(*names):  # a greeting needs a way out besides
        dispatch(request, now=NOON)
    return list(Message.objects.order_by("pk"))


def pictures(content: bytes) -> dict[str, bytes]:
    parts: list[Any] = list(email.message_from_bytes(content, policy=policy.default).walk())
    return {
        part["Content-ID"].strip("<>"): part.get_payload(decode=True)
        for part in parts
        if part.get_content_type() == "image/png"
    }


def test_the_card_is_inside_and_stays_the_same() -> None:
    (message,) = sent("Rosa Benítez")
    first = write_out(message, material_of(message))
    draw.draw_card.cache_clear()
    assert write_out(message, material_of(message)) == first
    name, content = next(
        (name, content) for name, content in pictures(first).items() if name != "logo"
    )
    assert content.startswith(b"\x89PNG")
    shown = preview(message)
    assert f"cid:{name}" not in shown.html
    assert shown.subject.startswith("¡Feliz cumpleaños, Rosa Benítez!")
    assert "¡Feliz cumpleaños, Rosa Benítez!" in shown.text


def test_what_was_drawn_at_queueing_is_sent_whatever_is_drawn_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (message,) = sent("Rosa Benítez")
    first = write_out(message, material_of(message))
    monkeypatch.setattr(draw, "COLOURS", (4,))  # as a new version might draw it
    draw.draw_card.cache_clear()
    assert write_out(message, material_of(message)) == first


def test_people_of_one_name_cost_one_drawing() -> None:
    before = mailed._kept.cache_info().misses
    messages = sent(*["Rosa"] * 12, "Ana")
    assert mailed._kept.cache_info().misses - before == 2
    kept = [message.fields["_cards"] for message in messages]
    assert len({str(each) for each in kept}) == 2


def test_what_was_drawn_ahead_is_not_drawn_while_it_is_queued() -> None:
    (request,) = asked("Ana Anticipada")
    draw_ahead(request, request.recipients, NOON)
    drawn = mailed._kept.cache_info().misses
    dispatch(request, now=NOON)
    assert mailed._kept.cache_info().misses == drawn
    (message,) = Message.objects.all()
    assert len(message.fields["_cards"]) == 1


def test_a_card_is_drawn_at_queueing_whatever_the_class() -> None:
    allow_links()  # marketing needs a way out
    (request,) = asked("Rosa Ofertas", mail_class=MailClass.MARKETING)
    dispatch(request, now=NOON)
    (message,) = Message.objects.all()
    assert len(message.fields["_cards"]) == 1


def test_a_card_that_is_gone_is_drawn_again(tmp_path: Path) -> None:
    (message,) = sent("Rosa Benítez")
    first = pictures(write_out(message, material_of(message)))
    (sha256,) = message.fields["_cards"].values()
    (tmp_path / "store" / sha256[:2] / sha256[2:]).unlink()
    assert pictures(write_out(message, material_of(message))) == first


def test_what_is_not_on_the_card_is_told_at_the_message() -> None:
    (message,) = sent("Rosa \U000107f7")
    assert "\U000107f7" in message.note_on_file
    assert len(pictures(write_out(message, material_of(message)))) == 2  # with the logo


def test_a_card_that_cannot_be_drawn_leaves_its_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(draw, "FOLDER", tmp_path)  # no design is there
    (message,) = sent("Ana Inédita")
    assert message.note_on_file
    content = write_out(message, material_of(message))
    assert list(pictures(content)) == ["logo"]
    assert "¡Feliz cumpleaños, Ana Inédita!" in preview(message).html

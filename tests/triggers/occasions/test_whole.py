"""A greeting as it reaches a phone and a mail program: what was handed over, taken apart.

By WhatsApp it is an approved text with its variables; by mail a card with its words, pictures of
its own, and a way out (O3; U1, R5; deliverability.md).
"""

import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from emailketing.channels.models import Sender
from emailketing.contacts.suppress import opt_out
from emailketing.content.models import Revision, Template
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.material import material_of
from emailketing.outbox.queueing.write_out import write_out
from emailketing.triggers.occasions.models import GreetingTold
from tests.channels.http_sink import HttpSink, Says
from tests.outbox import cast
from tests.triggers.occasions.cast import BEFORE, NINE, greet, occasion, person, senders

TAKEN = Says(200, '{"messages": [{"id": "wamid.7"}]}')
MOBILE = "+595981555001"


def approved() -> Template:
    made = Template.objects.create(slug="feliz-dia", name="Feliz día", channel="whatsapp")
    Revision.objects.create(
        template=made,
        language="es",
        number=1,
        subject="feliz_cumple",
        format=Revision.Format.APPROVED,
        body="{{ recipient.name }}\n{{ recipient.years }}",
        text="{{ recipient.name }}\n{{ recipient.years }}",
        created_at=BEFORE,
    )
    return made


def by_whatsapp(sink: HttpSink) -> Sender:
    sender = cast.phone_sender(
        name="WhatsApp",
        channel="whatsapp",
        kind="whatsapp",
        from_address="+595981000222",
        host="",
        options={"url": sink.url, "phone_number_id": "555"},
    )
    sender.password = "token"  # noqa: S105 - of a test
    sender.save()
    return sender


@pytest.mark.django_db(transaction=True)
def test_o1_o3_a_greeting_by_whatsapp_is_an_approved_text_once_and_never_after_stop(
    settings: Settings,
) -> None:
    settings.GATEWAY_HOSTS = ["127.0.0.1"]
    senders()
    cast.go_live()
    person("Ana", places=(MOBILE,))
    person("Beto", places=("+595981555002",))
    opt_out("+595981555002", "greeting", kind="phone", now=BEFORE)
    with HttpSink(TAKEN) as sink:
        sender = by_whatsapp(sink)
        made = occasion(delivery="phone")
        made.ways.create(channel="whatsapp", template=approved(), sender=sender)
        greet()
        greet(NINE.replace(hour=20))
        (message,) = Message.objects.all()
        with cast.engine(cast.Clock(NINE)):
            cast.wait_for_state(message, State.ACCEPTED)
    (asked,) = sink.asked
    said = json.loads(asked.body)
    assert (said["to"].lstrip("+"), said["template"]["name"]) == (MOBILE[1:], "feliz_cumple")
    (body,) = said["template"]["components"]
    assert [value["text"] for value in body["parameters"]] == ["Ana", "46"]
    assert (message.mail_class, message.channel) == ("greeting", "whatsapp")
    assert GreetingTold.objects.get().channel == "whatsapp"


def mail_of(name: str, born: str = "1980-12-08") -> EmailMessage:
    person(name, born, places=("ana@x.test",), language="es")
    occasion()
    greet()
    message = Message.objects.get()
    source = write_out(message, material_of(message))
    assert len(source) < 150 * 1024, "small for a phone"
    parsed = message_from_bytes(source, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


NAMES = {
    "usual": "Ana Báez",
    "eighty letters": "María de los Ángeles " * 3 + "Fernández de Córdoba",
    "emoji": "Ana 🎂🎉",
    "Guaraní": "Mbokaja G̃uyra Ỹ Tĩ",
    "Arabic": "ليلى الحسن",
    "mark-up": "<u>Ana</u> & 'Co' {{ x }} [[card: y]]",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_greeting_has_card_words_and_way_out_whatever_the_name(
    name: str, settings: Settings, tmp_path: Path
) -> None:
    settings.ATTACHMENTS = tmp_path
    senders()
    mail = mail_of(NAMES[name])
    shown, said = body_of(mail, "html"), body_of(mail, "plain")
    pictures = {
        str(part["Content-ID"]).strip("<>"): part
        for part in mail.walk()
        if part.get_content_type() == "image/png"
    }
    assert pictures
    for cid, part in pictures.items():
        assert f"cid:{cid}" in shown
        assert part.get_content_disposition() == "inline"
        assert len(part.get_content()) <= 60 * 1024
    assert shown.count("cid:") == shown.count("alt=") == len(pictures)
    assert 'alt=""' not in shown, "with pictures off it still says what it shows"
    assert NAMES[name] in said
    assert NAMES[name] in str(mail["Subject"])
    assert "[[" not in said or name == "mark-up"
    assert "<u>Ana" not in shown
    url = str(mail["List-Unsubscribe"]).strip("<>").split(">")[0]
    assert url.startswith(f"{cast.PUBLIC}/u/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in said
    assert url in shown
    assert cast.STREET.split("\n")[0] in said

"""Phone messages for the company of `cast`: sent, in doubt, as a second way, caught."""

from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from emailketing.channels.models import InboxMessage, Sender
from emailketing.content.models import Revision, Template
from emailketing.outbox.models import Message, Receipt
from tests.web import cast

TEXT = "Gracias por su pago de Gs. 1.250.000. Recibo 001-001-0000123. Estación Ñandutí"
NUMBER = "+595981000111"


def phone_sender() -> Sender:
    return Sender.objects.get_or_create(
        name="Telefonía",
        defaults={
            "channel": "sms",
            "kind": "kannel",
            "from_address": "Nanduti",
            "host": "127.0.0.1",
            "price": Decimal(85),
            "monthly_budget": Decimal(10000),
            "is_default": True,
        },
    )[0]


def short_template(now: datetime, body: str = TEXT) -> Template:
    made = Template.objects.create(slug="pago-sms", name="Aviso de pago (SMS)", channel="sms")
    Revision.objects.create(
        template=made, number=1, subject="", format="short", body=body, text=body, created_at=now
    )
    return made


def text_message(of: Message, at: datetime, **values: Any) -> Message:
    """Queue the same dispatch's text for a phone."""
    template = Template.objects.filter(slug="pago-sms").first() or short_template(at)
    defaults = {
        "dispatch": of.dispatch,
        "contact": of.contact,
        "channel": "sms",
        "sender": phone_sender(),
        "address": NUMBER,
        "name": of.name,
        "from_address": "Nanduti",
        "why": of.why,
        "revision": template.revisions.get(),
        "subject": TEXT[:60],
        "mail_class": of.mail_class,
        "message_id": f"{of.pk}.{values.get('address', NUMBER)}@sms.invalid",
        "state": "accepted",
        "in_doubt_policy": "hold",
        "created_at": at,
        "not_before": at,
        "next_at": at,
        "expires_at": at + timedelta(days=3),
        "segments": 1,
        "cost": Decimal(85),
    }
    return Message.objects.create(**defaults | values)


def receipt(of: Message, status: str, at: datetime) -> Receipt:
    return Receipt.objects.create(
        sender=of.sender,
        message=of,
        reference=of.reference,
        status=status,
        code="000",
        text="stat:DELIVRD",
        at=at,
        received_at=at,
    )


def caught_text(of: Message, at: datetime, text: str = TEXT) -> InboxMessage:
    """What the sandbox caught of it: a plain mail to the number."""
    mail = EmailMessage()
    mail["From"] = "Nanduti@sms.invalid"
    mail["To"] = f"{of.address}@{of.channel}.invalid"
    mail["Subject"] = text[:60]
    mail["Message-ID"] = f"<{of.message_id}>"
    mail.set_content(text)
    raw = mail.as_bytes()
    return InboxMessage.objects.create(
        received_at=at,
        channel=of.channel,
        mail_from="Nanduti@sms.invalid",
        rcpt_to=mail["To"],
        sender=mail["From"],
        subject=mail["Subject"],
        message_id=mail["Message-ID"],
        size=len(raw),
        raw=raw,
    )


def everything(story: dict[str, Any], now: datetime) -> dict[str, Message]:
    """A text that followed a failed mail, with its receipts; one in doubt; one caught."""
    failed = story["messages"]["failed"]
    followed = text_message(
        failed, now, follows=failed, state="delivered", reference="SM1", is_redirected=True
    )
    receipt(followed, "accepted", now)
    receipt(followed, "delivered", now + timedelta(seconds=3))
    cast.settle(followed, "delivered", now)
    doubt = text_message(
        story["messages"]["in_doubt"],
        now,
        state="in_doubt",
        address="+595982222333",
        alternatives=[{"channel": "email", "address": "pedidos@guarani.test"}],
    )
    caught_text(followed, now)
    return {"followed": followed, "doubt": doubt}

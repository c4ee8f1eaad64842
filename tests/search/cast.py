"""Rows to be found: messages, an event and people, as the product itself writes them."""

from datetime import UTC, datetime
from typing import Any

from emailketing.channels.models import Sender
from emailketing.contacts.models import Address, Contact
from emailketing.events.models import Event
from emailketing.events.record import Happening
from emailketing.outbox.models import Dispatch, Message
from tests.events.one import record_one
from tests.outbox.cast import queue, sender

NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)


def contact(name: str, *addresses: str, **values: Any) -> Contact:
    made = Contact.objects.create(name=name, **values)
    for address in addresses:
        kind = Address.Kind.EMAIL if "@" in address else Address.Kind.PHONE
        made.addresses.create(kind=kind, value=address)
    return made


def event(label: str, **document: Any) -> Event:
    happening = Happening(
        source="estacion",
        change=label,
        kind="invoice",
        occurred_at=NOON,
        document_type="invoice",
        document_key=label,
        document_label=label,
        data={"document": document},
    )
    return record_one(happening, now=NOON)[0]


def message(subject: str, to: str = "ana@correo.test", name: str = "Ana") -> Message:
    """One message of a dispatch about a document of that name."""
    by = Sender.objects.filter(channel="email").first() or sender(9)
    made = queue(to, by, key=f"{subject} {to} {name}")
    Dispatch.objects.filter(pk=made.dispatch_id).update(document_label=subject)
    Message.objects.filter(pk=made.pk).update(subject=subject, name=name)
    return Message.objects.get(pk=made.pk)


def more(made: Message, count: int) -> list[int]:
    """The same text to many others: what a run of thousands leaves in the ledger."""
    values = {field.attname: getattr(made, field.attname) for field in Message._meta.fields}
    del values["id"]
    rows = Message.objects.bulk_create(
        Message(**{**values, "address": f"u{number}@x.test", "message_id": f"m{number}"})
        for number in range(count)
    )
    return [row.pk for row in rows]

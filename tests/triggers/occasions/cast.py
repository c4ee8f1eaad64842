"""People with birthdays, and an occasion that greets them: Asunción is UTC−3 all year."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact, PersonDate
from emailketing.outbox.models import Message
from emailketing.triggers.occasions.definition.save import save_occasion
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.greet import greet_due
from tests.outbox.cast import allow_links

FAR = datetime(2126, 1, 1, tzinfo=UTC)
NINE = datetime(2026, 12, 8, 12, 0, 5, tzinfo=UTC)  # 09:00:05 in Asunción, a free day there
BEFORE = NINE - timedelta(days=3)
BIRTHDAY = {"kind": "person", "date": "birth"}
HOURS = {"from": "09:00", "to": "18:00"}


def company(**values: Any) -> None:
    Company.get()
    Company.objects.update(
        **{"name": "Estación Ñandutí", "language": "en", "quiet_from": None, "quiet_to": None}
        | values
    )


def senders() -> None:
    company()
    allow_links(FAR)  # a greeting needs a way out
    values = {"from_name": "Estación", "host": "127.0.0.1", "is_default": True}
    Sender.objects.create(
        name="Avisos", port=25, security="plain", from_address="a@estacion.test", **values
    )
    Sender.objects.create(
        name="SMS",
        channel="sms",
        kind="http",
        from_address="+595981000111",
        price=Decimal(90),
        **values,
    )


def person(name: str, born: str = "1980-12-08", **values: Any) -> Contact:
    """Enter somebody with an e-mail address, a mobile phone and a birthday."""
    places = values.pop("places", (f"{name.lower().replace(' ', '.')}@x.test", "+595981555001"))
    contact = Contact.objects.create(name=name, **values)
    for value in places:
        kind = "email" if "@" in value else "phone"
        Address.objects.create(contact=contact, kind=kind, value=value)
    if born:
        date_of(contact, born)
    return contact


def date_of(contact: Contact, born: str, kind: str = "birth", name: str = "", **more: Any) -> None:
    year, month, day = (int(part) for part in born.split("-"))
    known: Mapping[str, Any] = {"year": year or None, "month": month, "day": day}
    PersonDate.objects.create(
        contact=contact, kind=kind, name=name, written=born, **{**known, **more}
    )


def occasion(now: datetime = BEFORE, **values: Any) -> Occasion:
    made = {"name": "Cumpleaños", "day": BIRTHDAY, "window": HOURS, "is_active": True} | values
    return save_occasion(Occasion(**made), by="ana", now=now)


def greet(now: datetime = NINE) -> int:
    """Let the worker do all there is at this moment; return how much that was."""
    done = 0
    while turn := greet_due(now):
        done += turn
    return done


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("channel", "address"))

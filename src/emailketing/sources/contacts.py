"""Parties of a business system become contacts, with addresses by usage and language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from emailketing.common.email_address import emails, says_nothing
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.contacts.phone import PhoneInvalid, phone, written_apart
from emailketing.sources.catalogue import key_from
from emailketing.sources.connectors import Connector
from emailketing.sources.freeze import freeze
from emailketing.sources.link import ask
from emailketing.sources.models import Source
from emailketing.sources.read_document import ask_by_key, party_key

LANGUAGES = frozenset({"es", "en", "pt"})


@dataclass(frozen=True, slots=True)
class Where:
    """One address as the business system has it, several in one field taken apart."""

    kind: str
    value: str
    usage: str
    person: str
    problem: str


@dataclass(frozen=True, slots=True)
class Who:
    """A party as it is now; `exists` is False for one that was deleted."""

    key: str
    exists: bool
    name: str = ""
    tax_id: str = ""
    language: str = ""  # it does not say: what was chosen here stays
    is_active: bool = True
    addresses: tuple[Where, ...] = ()


def read_party(connection: Connection, connector: Connector, kind: str, key: Any) -> Who:
    """Read a party with its addresses.

    Raises:
        QueryFailed: a query cannot run; the sentence names the file and the column.
    """
    party = connector.parties[kind]
    parts = key_from(connector, connection, party.table, party.key, key)
    called = party_key(kind, parts)
    rows, asked = ask_by_key(connection, connector, party, party.contact, parts)
    if not rows:
        return Who(called, exists=False)
    found = rows[0]
    language = freeze(found.get("language"))[:2].lower()
    addresses = ask(connection, party.addresses, **asked) if party.addresses else []
    country = Company.get().country
    return Who(
        key=called,
        exists=True,
        name=freeze(found.get("name")).strip()[:200],
        tax_id=freeze(found.get("tax_id"))[:60],
        language=language if language in LANGUAGES else "",
        is_active=found.get("active") is None or freeze(found["active"], "boolean"),
        addresses=tuple(
            dict.fromkeys(where for row in addresses for where in _addresses(row, country))
        ),
    )


def _addresses(row: dict[str, Any], country: str) -> Iterator[Where]:
    written = freeze(row.get("value")).strip()
    if says_nothing(written):
        return
    usage, person = freeze(row.get("usage"))[:40], freeze(row.get("person"))[:120]
    if freeze(row.get("kind")) == "phone":
        for part in written_apart(written, country):
            value, problem = _number(part, country)
            yield Where("phone", value[:254], usage, person, problem[:200])
        return
    for found in emails(written):
        yield Where("email", found.value, usage, person or found.name[:120], found.problem[:200])


def _number(written: str, country: str) -> tuple[str, str]:
    """Return the number as every phone knows it, else as it is written and what is wrong (M3)."""
    try:
        return phone(written, country).e164, ""
    except PhoneInvalid as error:
        return written, str(error)


def save_contacts(source: Source, people: Iterable[Who], *, now: datetime) -> int:
    """Write what the business system says into our contacts; notes and roles of ours stay."""
    saved = 0
    for who in people:
        known = Contact.objects.filter(source=source.slug, key=who.key).first()
        if not who.exists:
            if known is not None and known.is_active:
                known.is_active, known.updated_at = False, now
                known.save(update_fields=["is_active", "updated_at"])
                saved += 1
            continue
        contact = known or Contact(source=source.slug, key=who.key)
        saved += _save(contact, who, now=now)
    return saved


def _save(contact: Contact, who: Who, *, now: datetime) -> bool:
    wanted = {
        "name": who.name,
        "tax_id": who.tax_id,
        "language": who.language or contact.language,
        "is_active": who.is_active,
    }
    is_new = contact.pk is None
    differs = is_new or any(getattr(contact, name) != value for name, value in wanted.items())
    if differs:
        for name, value in wanted.items():
            setattr(contact, name, value)
        contact.updated_at = now
        contact.save()
    return _save_addresses(contact, who.addresses) or differs


def _save_addresses(contact: Contact, wanted: Sequence[Where]) -> bool:
    there = {
        Where(a.kind, a.value, a.usage, a.person, a.problem): a for a in contact.addresses.all()
    }
    kept = [there.get(where) for where in wanted]
    if len(there) == len(wanted) and all(
        address is not None and address.position == number for number, address in enumerate(kept)
    ):
        return False
    gone = [address.pk for where, address in there.items() if where not in set(wanted)]
    contact.addresses.filter(pk__in=gone).delete()
    for number, where in enumerate(wanted):
        address = there.get(where)
        if address is None:
            Address.objects.create(
                contact=contact,
                kind=where.kind,
                value=where.value,
                usage=where.usage,
                person=where.person,
                problem=where.problem,
                position=number,
            )
        elif address.position != number:
            address.position = number
            address.save(update_fields=["position"])
    return True

"""Parties of a business system become contacts, with addresses by usage and language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from emailketing.common.email_address import emails, says_nothing
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.contacts.phone import PhoneInvalid, phone, written_apart
from emailketing.sources.connectors import Connector
from emailketing.sources.documents.catalogue import key_from
from emailketing.sources.documents.dates import DateRead, DatesChanged, read_dates
from emailketing.sources.documents.read_document import ask_by_key, party_key
from emailketing.sources.freeze import freeze
from emailketing.sources.link import ask
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

BLOCK = 200
LONGEST_TRAIT = 120
FIELDS = ("name", "tax_id", "language", "is_active", "traits")
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
class PartyRead:
    """A party as it is now; `exists` is False for one that was deleted."""

    key: str
    exists: bool
    name: str = ""
    tax_id: str = ""
    language: str = ""  # it does not say: what was chosen here stays
    is_active: bool = True
    addresses: tuple[Where, ...] = ()
    dates: tuple[DateRead, ...] = ()
    traits: Mapping[str, str] = field(default_factory=dict)


def read_party(connection: "Connection", connector: Connector, kind: str, key: Any) -> PartyRead:
    """Read a party with its addresses.

    Raises:
        QueryFailed: a query cannot run; the sentence names the file and the column.
    """
    party = connector.parties[kind]
    parts = key_from(connector, connection, party.table, party.key, key)
    called = party_key(kind, parts)
    rows, asked = ask_by_key(connection, connector, party, party.contact, parts)
    if not rows:
        return PartyRead(called, exists=False)
    found = rows[0]
    language = freeze(found.get("language"))[:2].lower()
    addresses = ask(connection, party.addresses, **asked) if party.addresses else []
    country = Company.get().country
    return PartyRead(
        key=called,
        exists=True,
        name=freeze(found.get("name")).strip()[:200],
        tax_id=freeze(found.get("tax_id"))[:60],
        language=language if language in LANGUAGES else "",
        is_active=found.get("active") is None or freeze(found["active"], "boolean"),
        addresses=tuple(
            dict.fromkeys(where for row in addresses for where in _addresses(row, country))
        ),
        dates=read_dates(ask(connection, party.dates, **asked) if party.dates else (), connector),
        traits={name: _trait(found.get(name)) for name in connector.traits if found.get(name)},
    )


def _trait(value: Cell) -> str:
    return str(freeze(value)).strip()[:LONGEST_TRAIT]


def _addresses(row: Mapping[str, Cell], country: str) -> Iterator[Where]:
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


def save_contacts(source: Source, people: Iterable[PartyRead], *, now: datetime) -> int:
    """Write what the business system says into our contacts; notes and roles of ours stay.

    In blocks: an import of thousands asks no more than a few statements for each.
    """
    latest = iter({who.key: who for who in people}.values())
    saved = 0
    while block := list(islice(latest, BLOCK)):
        saved += _save_block(source, block, now)
    return saved


def _save_block(source: Source, people: Sequence[PartyRead], now: datetime) -> int:
    keys = [who.key for who in people]
    found = Contact.objects.filter(source=source.slug, key__in=keys).order_by("pk")
    known = {c.key: c for c in found.prefetch_related("addresses", "dates")}
    new, changed, addresses, dates = [], [], _Addresses(), DatesChanged()
    for who in people:
        contact = known.get(who.key)
        if contact is None:
            if not who.exists:
                continue
            contact = Contact(source=source.slug, key=who.key)
            _fill(contact, who, now)
            new.append(contact)
        elif _differs(contact, who):
            _fill(contact, who, now)
            changed.append(contact)
        if who.exists:
            is_known = who.key in known
            addresses.compare(contact, contact.addresses.all() if is_known else (), who.addresses)
            dates.compare(contact, contact.dates.all() if is_known else (), who.dates)
    Contact.objects.bulk_create(new)
    Contact.objects.bulk_update(changed, [*FIELDS, "updated_at"])
    addresses.save()
    dates.save()
    touched = {contact.key for contact in (*new, *changed)} | addresses.keys | dates.keys
    return len(touched)


def _wanted(contact: Contact, who: PartyRead) -> dict[str, Any]:
    if not who.exists:
        return {"is_active": False}
    said = "" if contact.is_language_chosen else who.language
    return {
        "name": who.name,
        "tax_id": who.tax_id,
        "language": said or contact.language,
        "is_active": who.is_active,
        "traits": dict(who.traits),
    }


def _differs(contact: Contact, who: PartyRead) -> bool:
    return any(getattr(contact, name) != value for name, value in _wanted(contact, who).items())


def _fill(contact: Contact, who: PartyRead, now: datetime) -> None:
    for name, value in _wanted(contact, who).items():
        setattr(contact, name, value)
    contact.updated_at = now


@dataclass(slots=True)
class _Addresses:
    """What of the addresses of many contacts is new, moved or gone."""

    new: list[Address] = field(default_factory=list)
    moved: list[Address] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)  # whose

    def compare(self, contact: Contact, there: Iterable[Address], wanted: Sequence[Where]) -> None:
        rows = list(there)
        known = {Where(a.kind, a.value, a.usage, a.person, a.problem): a for a in rows}
        before = len(self.new) + len(self.moved) + len(self.gone)
        self.gone += [a.pk for a in rows if a not in [known.get(where) for where in wanted]]
        for number, where in enumerate(wanted):
            address = known.get(where)
            if address is None:
                row = Address(contact=contact, kind=where.kind, value=where.value, position=number)
                row.usage, row.person, row.problem = where.usage, where.person, where.problem
                self.new.append(row)
            elif address.position != number:
                address.position = number
                self.moved.append(address)
        if len(self.new) + len(self.moved) + len(self.gone) != before:
            self.keys.add(contact.key)

    def save(self) -> None:
        if self.gone:
            Address.objects.filter(pk__in=self.gone).delete()
        for address in self.new:
            address.contact_id = address.contact.pk  # known only now
        Address.objects.bulk_create(self.new)
        Address.objects.bulk_update(self.moved, ["position"])

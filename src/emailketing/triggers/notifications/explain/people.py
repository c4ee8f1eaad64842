"""Whom the question is about: a contact, or an address that belongs to none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.outbox.queueing.targets import Unusable, address_as_kept
from emailketing.search.find import narrowed
from emailketing.search.models import Kind

MOST_FOUND = 20
LITTLE_WORDS = frozenset({"a", "al", "ao", "de", "del", "do", "da", "el", "la", "o", "to", "the"})


@dataclass(frozen=True)
class Somebody:
    """A person as the question means it."""

    name: str
    contact: Contact | None = None
    places: tuple[str, ...] = ()  # addresses and numbers as the ledger writes them

    @property
    def token(self) -> str:
        """What stands for the person in an address of the console."""
        return f"contact:{self.contact.pk}" if self.contact else f"address:{self.places[0]}"

    def is_at(self, value: str) -> bool:
        return value.casefold() in {place.casefold() for place in self.places}


def of_contact(contact: Contact) -> Somebody:
    return Somebody(contact.shown, contact, tuple(_places(contact.addresses.all())))


def _places(rows: Iterable[Address]) -> Iterable[str]:
    """Every address as it is kept and as the wire has it."""
    country = Company.get().country
    for row in rows:
        yield row.value
        try:
            yield address_as_kept(row.value, country)[0]
        except Unusable:
            continue


def somebody_at(token: str) -> Somebody | None:
    """Return who stands in an address of the console: “contact:5”, “address:a@b.example”."""
    kind, _colon, value = token.partition(":")
    if kind == "contact" and value.isdigit() and len(value) < 19:  # noqa: PLR2004 - fits a key
        found = _contacts().filter(pk=int(value)).first()
        return of_contact(found) if found else None
    return _of_address(value) if kind == "address" and value else None


def _of_address(written: str) -> Somebody | None:
    try:
        value, kind = address_as_kept(written, Company.get().country)
    except Unusable:
        return None
    rows = _contacts().filter(addresses__kind=kind, addresses__value__in=[value, written])
    owners = list(rows.distinct()[:2])
    return of_contact(owners[0]) if len(owners) == 1 else Somebody(value, None, (value,))


def find_people(text: str) -> list[Somebody]:
    """Return whom these words may mean: name, tax number, part of an address; active ones first."""
    words = [word for word in text.split() if word.casefold() not in LITTLE_WORDS]
    if not words:
        return []
    if "@" in text and (exact := _of_address(text.strip())):
        return [exact]
    found = narrowed(_contacts(), Kind.CONTACT, " ".join(words)).order_by("-is_active", "name")
    people = [of_contact(contact) for contact in found[:MOST_FOUND]]
    return people or [one for one in [_of_address(text.strip())] if one]


def people_of(keys: Iterable[tuple[str, str]]) -> list[Somebody]:
    """Return the contacts with these keys (source, key)."""
    wanted = Q(pk__in=[])
    for source, key in keys:
        wanted |= Q(source=source, key=key)
    return [of_contact(contact) for contact in _contacts().filter(wanted)[:MOST_FOUND]]


def _contacts() -> QuerySet[Contact]:
    return Contact.objects.prefetch_related("addresses", "roles")

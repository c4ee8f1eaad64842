"""Whom the question is about: a contact, or an address that belongs to none."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from emailketing.common.folded import bare
from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.outbox.targets import Unusable, address_as_kept

MOST_FOUND = 20
MOST_FOLDED = 20_000  # names looked at letter by letter when the database finds none
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
    found = list(_named(words)[:MOST_FOUND]) or list(_folded(words))
    people = [of_contact(contact) for contact in found]
    return people or [one for one in [_of_address(text.strip())] if one]


def people_of(keys: Iterable[tuple[str, str]]) -> list[Somebody]:
    """Return the contacts with these keys (source, key)."""
    wanted = Q(pk__in=[])
    for source, key in keys:
        wanted |= Q(source=source, key=key)
    return [of_contact(contact) for contact in _contacts().filter(wanted)[:MOST_FOUND]]


def _contacts() -> QuerySet[Contact]:
    return Contact.objects.prefetch_related("addresses", "roles")


def _named(words: list[str]) -> QuerySet[Contact]:
    rows = _contacts()
    for word in words:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(tax_id__icontains=word)
            | Q(addresses__value__icontains=word)
            | Q(addresses__person__icontains=word)
        )
    return rows.distinct().order_by("-is_active", "name")


def _folded(words: list[str]) -> QuerySet[Contact]:
    """“ypacarai” is “Ypacaraí”: no database compares so by itself."""
    wanted = [bare(word) for word in words]
    names = Contact.objects.order_by("-is_active", "name").values_list("pk", "name")[:MOST_FOLDED]
    found = [pk for pk, name in names if all(word in bare(name) for word in wanted)]
    return _contacts().filter(pk__in=found[:MOST_FOUND]).order_by("-is_active", "name")

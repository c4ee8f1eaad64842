"""Whose a row is that names a contact, by its key or by an address: asked of many at once."""

from collections.abc import Iterable

from emailketing.audience.models import Audience
from emailketing.audience.people import Finder, Place, contacts_at, in_blocks
from emailketing.common.document import Document
from emailketing.contacts.models import Contact


def contacts_of(source: str, keys: Iterable[str]) -> dict[str, int]:
    """Return key → number of the contact of a source (its slug) that has it."""
    found: dict[str, int] = {}
    for some in in_blocks(sorted(set(keys))):
        rows = Contact.objects.filter(source=source, key__in=some)
        found |= {str(key): pk for key, pk in rows.values_list("key", "pk")}
    return found


def contacts_with(audience: Audience, addresses: Iterable[str]) -> dict[str, int]:
    """Return what was written → number of the one contact that has this address or phone."""
    finder = Finder(audience, Document(), [])
    meant = {written: finder.places(written) for written in set(addresses) if written}
    places = sorted({p for some in meant.values() for p in some}, key=lambda p: (p.kind, p.value))
    known: dict[Place, Contact] = {}
    for few in in_blocks(places):
        known |= contacts_at(few)
    found: dict[str, int] = {}
    for written, some in meant.items():
        whose = {known[place].pk for place in some if place in known}
        if len(whose) == 1:
            found[written] = whose.pop()
    return found

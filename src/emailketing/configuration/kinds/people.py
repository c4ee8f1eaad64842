"""Roles, and the people who have them: entered by hand, or contacts of a source."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.configuration.kind import Entry, EntryKind, Take, entry_of, fill
from emailketing.contacts.check import ContactInvalid
from emailketing.contacts.dates import dates_of
from emailketing.contacts.duties import save_role
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.save import Besides, save_contact

OWN: dict[str, type] = {"language": str, "time_zone": str, "channel_order": dict}
PERSON: dict[str, type] = {**OWN, "emails": list, "phones": list, "roles": list, "dates": dict}
PLACES = {"emails": Address.Kind.EMAIL, "phones": Address.Kind.PHONE}


def read_roles() -> Iterator[Entry]:
    for role in Role.objects.order_by("name"):
        yield {"name": role.name}


def take_role(entry: Entry, take: Take, _is_new: bool) -> None:
    save_role(Role(name=entry["name"]), by=take.by, now=take.now)


def read_people() -> Iterator[Entry]:
    """Yield who has a role, and whoever was entered by hand."""
    people = Contact.objects.filter(source="") | Contact.objects.filter(roles__isnull=False)
    for contact in people.distinct().order_by("source", "name", "pk"):
        roles = list(contact.roles.order_by("name").values_list("name", flat=True))
        yield {"source": contact.source, "name": contact.name, **_own(contact), "roles": roles}


def _own(contact: Contact) -> Entry:
    """The addresses of a source's contact come from there."""
    if contact.source:
        return {}
    addresses = {
        word: list(contact.addresses.filter(kind=kind).values_list("value", flat=True))
        for word, kind in PLACES.items()
    }
    return {**entry_of(contact, OWN), **addresses, "dates": dates_of(contact)}


def take_person(entry: Entry, take: Take, _is_new: bool) -> None:
    contact = Contact.objects.filter(source=entry["source"], name=entry["name"]).first()
    if contact is None and entry["source"]:
        sentence = _("%(name)s is not among the contacts.") % {"name": entry["name"]}
        take.notices.append(sentence)
        return
    if contact is None:
        contact = Contact(name=entry["name"])
    duties = [str(name) for name in entry.get("roles", [])]
    besides = Besides(duties=duties)
    if not entry["source"]:
        fill(contact, entry, OWN)
        besides = Besides(_addresses(contact, entry), duties, dates=_dates(contact, entry))
    save_contact(contact, besides, by=take.by, now=take.now)


def _dates(contact: Contact, entry: Entry) -> dict[str, str] | None:
    """What the file names is all there is from now on."""
    said = {str(kind): str(day) for kind, day in entry.get("dates", {}).items()}
    return dict.fromkeys(dates_of(contact), "") | said or None


def _addresses(contact: Contact, entry: Entry) -> list[Address]:
    """What the file names, each as it is here where it is; the entry has all of somebody known."""
    here = contact.addresses.all() if contact.pk else ()
    known = {(row.kind, row.value): row for row in here}
    rows: list[Address] = []
    for word, kind in PLACES.items():
        for position, value in enumerate(map(str, entry.get(word, []))):
            new = Address(kind=kind, value=value, position=position)
            rows.append(known.get((kind, value), new))
    return rows


KINDS = (
    EntryKind("role", ("name",), {}, read_roles, take_role, Role, refusals=(ContactInvalid,)),
    EntryKind(
        "person",
        ("source", "name"),
        PERSON,
        read_people,
        take_person,
        Contact,
        needs=("source", "role"),
        refusals=(ContactInvalid,),
    ),
)

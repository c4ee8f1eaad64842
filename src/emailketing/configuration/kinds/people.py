"""Roles, and the people who have them: entered by hand, or contacts of a source."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.configuration.kind import Entry, EntryKind, Take, entry_of, fill
from emailketing.contacts.models import Address, Contact, Role

OWN: dict[str, type] = {"language": str, "time_zone": str, "channel_order": dict}
PERSON: dict[str, type] = {**OWN, "emails": list, "phones": list, "roles": list}
PLACES = {"emails": Address.Kind.EMAIL, "phones": Address.Kind.PHONE}


def read_roles() -> Iterator[Entry]:
    for role in Role.objects.order_by("name"):
        yield {"name": role.name}


def take_role(entry: Entry, _take: Take, _is_new: bool) -> None:
    role = Role(name=entry["name"])
    role.full_clean()
    role.save()


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
    return {**entry_of(contact, OWN), **addresses}


def take_person(entry: Entry, take: Take, _is_new: bool) -> None:
    contact = Contact.objects.filter(source=entry["source"], name=entry["name"]).first()
    if contact is None and entry["source"]:
        sentence = _("%(name)s is not among the contacts.") % {"name": entry["name"]}
        take.notices.append(sentence)
        return
    if contact is None:
        contact = Contact(name=entry["name"])
    if not entry["source"]:
        fill(contact, entry, OWN)
        contact.updated_at = take.now
        contact.full_clean(exclude=["key"])
        contact.save()
        _take_addresses(contact, entry)
    contact.roles.set([_role(name) for name in entry.get("roles", [])])


def _take_addresses(contact: Contact, entry: Entry) -> None:
    for word, kind in PLACES.items():
        if word not in entry:
            continue
        wanted = [str(value) for value in entry[word]]
        contact.addresses.filter(kind=kind).exclude(value__in=wanted).delete()
        for position, value in enumerate(wanted):
            contact.addresses.get_or_create(kind=kind, value=value, defaults={"position": position})


def _role(name: str) -> Role:
    return Role.objects.get_or_create(name=str(name)[:80])[0]


KINDS = (
    EntryKind("role", ("name",), {}, read_roles, take_role, Role),
    EntryKind(
        "person",
        ("source", "name"),
        PERSON,
        read_people,
        take_person,
        Contact,
        needs=("source", "role"),
    ),
)

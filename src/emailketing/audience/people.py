"""Who is meant: the document's party by usage, a role, an address, a field; and where they are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.conf import settings

from emailketing.audience.models import Audience
from emailketing.common.conditions import is_empty, values_at
from emailketing.common.document import Document, as_json
from emailketing.common.email_address import emails, says_nothing
from emailketing.common.plain import JSON, Values
from emailketing.common.reading import keep, once
from emailketing.common.said import in_languages, sentence_of
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.contacts.check import kind_by_look
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.phone import PhoneInvalid, phone, written_apart
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.in_use import in_use

Kind = Address.Kind
BLOCK = 300  # read at once; a database takes only so many values in one question


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a person: kind (e-mail or phone), and whose it is within a company."""

    kind: str
    value: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody found, with all the places to write to, and why."""

    name: str
    language: str
    why: str
    places: tuple[Place, ...]
    contact: Contact | None = None

    def at(self, kind: str) -> list[Place]:
        return [place for place in self.places if place.kind == kind]


class Finder:
    """Finds the people meant by a document; who cannot be found is a problem in words."""

    def __init__(self, audience: Audience, document: Document, problems: list[str]) -> None:
        self._audience = audience
        self._document = document
        self._company = Company.get()
        self.problems = problems
        self.absent: list[str] = []  # what the document does not name; others may be found

    def find(self, wanted: Values) -> Iterable[Person]:
        kind = wanted.get("kind")
        if kind == "party":
            return self._party(str(wanted.get("usage") or ""))
        if kind == "role":
            return self._role(wanted)
        if kind == "field" and wanted.get("path"):
            return self._field(str(wanted["path"]))
        if kind == "address" and wanted.get("value"):
            return self._address(wanted)
        self.problems.append(_("The rule has a recipient it does not understand."))
        return []

    def _party(self, usage: str) -> list[Person]:
        party = self._document.get("party") or {}
        if not party.get("key"):
            self.problems.append(_("The document names nobody to write to."))
            return []
        contact = _party_contact(_slug_of(self._audience), party["key"])
        if contact is None or not contact.is_active:
            problem = (
                _("%(name)s is not among the contacts.")
                if contact is None
                else _("%(name)s is no longer active in the business system.")
            )
            self.problems.append(problem % {"name": party.get("name") or party["key"]})
            return []
        why = (
            _("party of the document, address for %(usage)s") % {"usage": self._usage(usage)}
            if usage
            else _("party of the document")
        )
        return [person_of(contact, why, usage=usage)]

    def _usage(self, usage: str) -> str:
        """Return what the connector calls the usage."""
        try:
            connector = in_use(self._audience.system) if self._audience.system else None
        except ConnectorError:
            return usage
        return in_languages(connector.usages.get(usage, {}), usage) if connector else usage

    def _role(self, wanted: Values) -> list[Person]:
        number = int(str(wanted.get("role") or 0))
        role, contacts = once(("role", number), lambda: _on_duty(number))
        if role is None:
            self.problems.append(_("A role of this rule was deleted. Choose another."))
            return []
        why = _("has the duty %(role)s") % {"role": role.name}
        people = [person_of(contact, why, most=1) for contact in contacts]
        if not people:
            self.problems.append(_("Nobody has the duty %(role)s.") % {"role": role.name})
        return people

    def _address(self, wanted: Values) -> list[Person]:
        if wanted.get("contact"):
            return self._contact(wanted)
        places = self.places(str(wanted["value"]))
        language = str(wanted.get("language") or self._company.language)
        name = str(wanted.get("name", ""))
        return [
            Person(name, language, _("named in the rule"), (place,), contact_at(place))
            for place in places
        ]

    def _contact(self, wanted: Values) -> list[Person]:
        """Follow who was chosen: at the address chosen while it is his, else at his usual one."""
        contact = followed(wanted)
        if contact is None or not contact.is_active:
            problem = (
                _("The contact %(name)s was deleted: choose somebody else.")
                if contact is None
                else _("%(name)s is no longer active in the business system.")
            )
            self.problems.append(problem % {"name": wanted.get("name") or wanted["value"]})
            return []
        person = person_of(contact, _("named in the rule"), most=1)
        if chosen := _chosen_place(contact, str(wanted["value"])):
            others = (place for place in person.places if place.kind != chosen.kind)
            person = replace(person, places=(chosen, *others))
        return [replace(person, language=str(wanted.get("language") or person.language))]

    def _field(self, path: str) -> list[Person]:
        field = self._audience.document_fields().get(path)
        label = field.label if field else path
        values = self.written(path)
        if not values:
            self.absent.append(_("The document names no %(field)s.") % {"field": label})
        beside = values_at(as_json(self._document), path.rpartition(".")[0] + ".name")
        name = str(beside[0]) if len(values) == 1 and len(beside) == 1 else ""
        why = _("stands in the document: %(field)s") % {"field": label}
        people = []
        for value in values:
            for place in self.places(str(value)):
                contact = contact_at(place)
                language = contact.language if contact else self._language_of_party()
                people.append(Person(name, language, why, (place,), contact))
        return people

    def written(self, path: str) -> list[JSON]:
        """Return what stands in that field, each value once; words for nothing are nothing."""
        values = (v for v in values_at(as_json(self._document), path) if not is_empty(v))
        return list(dict.fromkeys(v for v in values if not says_nothing(str(v))))

    def _language_of_party(self) -> str:
        """A driver is written to in his company's language."""
        language = str((self._document.get("party") or {}).get("language") or "")
        return language if language in dict(settings.LANGUAGES) else self._company.language

    def places(self, written: str) -> list[Place]:
        """Take what somebody wrote for e-mail addresses or phones; what is neither is said."""
        if "@" in written:
            found = emails(written)
            self.problems += [one.problem for one in found if one.problem]
            return [Place(Kind.EMAIL.value, one.value) for one in found if not one.problem]
        parts = written_apart(written, self._company.country)
        return [place for part in parts for place in self._phone(part)]

    def _phone(self, written: str) -> Iterator[Place]:
        try:
            yield Place(Kind.PHONE.value, phone(written, self._company.country).e164)
        except PhoneInvalid as error:
            self.problems.append(sentence_of(error))


def person_of(contact: Contact, why: str, *, usage: str = "", most: int | None = None) -> Person:
    """Return a contact with the addresses for this usage, or the first one of each kind only."""
    places = tuple(
        Place(kind, address.value, address.person)
        for kind in (Kind.EMAIL.value, Kind.PHONE.value)
        for address in usable_addresses(contact, usage, kind)[:most]
    )
    return Person(contact.name, contact.language, why, places, contact)


def usable_addresses(contact: Contact, usage: str, kind: str = Kind.EMAIL.value) -> list[Address]:
    """Return those of a kind for this usage, else those for any use, else the first there is."""
    addresses = [one for one in contact.addresses.all() if one.kind == kind and not one.problem]
    for wanted in (usage, ""):
        matching = [address for address in addresses if address.usage == wanted]
        if matching:
            return matching
    return addresses[:1]


def followed(wanted: Values) -> Contact | None:
    """Return the contact that a recipient follows; None: it was deleted."""
    number = int(str(wanted.get("contact") or 0))
    known = Contact.objects.filter(pk=number).prefetch_related("addresses")
    return once(("contact", number), known.first)


def address_now(wanted: Values) -> str:
    """Return where a recipient of kind “address” is written to now."""
    value = str(wanted.get("value") or "")
    contact = followed(wanted) if wanted.get("contact") else None
    if contact is None or _chosen_place(contact, value):
        return value
    kind = kind_by_look(value)
    usual = usable_addresses(contact, "", kind)
    return usual[0].value if usual else value


def _chosen_place(contact: Contact, value: str) -> Place | None:
    for one in contact.addresses.all():
        if one.value.lower() == value.lower() and not one.problem:
            return Place(one.kind, one.value, one.person)
    return None


def contact_at(place: Place) -> Contact | None:
    """Return whose address this is, where one person has it."""
    return once(_whose(place), lambda: contacts_at([place]).get(place))


def read_ahead(audience: Audience, documents: Sequence[Document]) -> None:
    """Read in few questions whom these documents name; kept until `one_reading()` ends."""
    source = _slug_of(audience)
    keys = {(document.get("party") or {}).get("key") for document in documents} - {None, ""}
    for some in in_blocks(sorted(map(str, keys))):
        known = Contact.objects.filter(source=source, key__in=some).prefetch_related("addresses")
        found = {contact.key: contact for contact in known}
        for key in some:
            keep(("party", source, key), found.get(key))
    finders = [Finder(audience, document, []) for document in documents]
    paths = _paths(audience.recipients)
    written = {str(v) for f in finders for path in paths for v in f.written(path)}
    places = {place for value in written for place in finders[0].places(value)}
    for few in in_blocks(sorted(places, key=_whose)):
        at = contacts_at(few)
        for place in few:
            keep(_whose(place), at.get(place))


def _paths(recipients: JSON) -> list[str]:
    """Return the fields that are named; what cannot be read is said when they are looked for."""
    lines = recipients if isinstance(recipients, list) else []
    named = [one for one in lines if isinstance(one, dict) and one.get("kind") == "field"]
    return [str(one.get("path") or "") for one in named]


def _slug_of(audience: Audience) -> str:
    return audience.system.slug if audience.system else ""


def _party_contact(source: str, key: str) -> Contact | None:
    known = Contact.objects.filter(source=source, key=key).prefetch_related("addresses")
    return once(("party", source, key), known.first)


def _on_duty(number: int) -> tuple[Role | None, list[Contact]]:
    role = Role.objects.filter(pk=number).first()
    if role is None:
        return None, []
    return role, list(role.contacts.filter(is_active=True).prefetch_related("addresses"))


Some = TypeVar("Some")


def in_blocks(values: Sequence[Some]) -> Iterator[Sequence[Some]]:
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def _whose(place: Place) -> tuple[str, str, str]:
    return "contact at", place.kind, place.value


def contacts_at(places: Sequence[Place]) -> dict[Place, Contact]:
    """Return place → contact for those that exactly one active contact has."""
    # no comparison that ignores case: it would read every address there is
    spelt = {(place.kind, text): place for place in places for text in _spellings(place)}
    rows = Address.objects.filter(
        kind__in={kind for kind, _text in spelt},
        value__in={text for _kind, text in spelt},
        contact__is_active=True,
    ).select_related("contact")
    found: dict[Place, dict[int, Contact]] = {}
    for row in rows:
        if place := spelt.get((row.kind, row.value)):
            found.setdefault(place, {})[row.contact_id] = row.contact
    return {place: next(iter(one.values())) for place, one in found.items() if len(one) == 1}


def _spellings(place: Place) -> set[str]:
    return {place.value, place.value.lower()}

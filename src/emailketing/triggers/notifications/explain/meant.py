"""Does a rule write to this person at all, and about this document?"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from emailketing.audience.people import Finder
from emailketing.audience.recipients import resolve
from emailketing.audience.wanted import RecipientInvalid
from emailketing.common.document import Document
from emailketing.common.plain import Values
from emailketing.contacts.models import Role
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.in_use import in_use
from emailketing.triggers.notifications.explain.people import Somebody
from emailketing.triggers.notifications.models import Rule

MOST_NAMED = 5
Wanted = Values


@dataclass(frozen=True)
class Readers:
    """Whom a rule writes to about one document, as it is today."""

    is_meant: bool
    is_stand_in: bool  # only when the others cannot be reached
    others: str  # their names
    problems: tuple[str, ...]  # of the person asked about, where it is meant
    is_actor: bool  # left out because he did it himself


def readers(rule: Rule, document: Document, somebody: Somebody, actor: str) -> Readers:
    try:
        found = resolve(rule, document, actor=actor)
    except RecipientInvalid as error:
        return Readers(False, False, "", (str(error),), False)
    meant = any(is_meant(one, rule, document, somebody) for one in rule.recipients)
    stands_in = bool(rule.fallback) and is_meant(rule.fallback, rule, document, somebody)
    others = [one for one in found.recipients if not _is_he(one.contact_id, one.address, somebody)]
    names = list(dict.fromkeys(one.name or one.address for one in others))
    shown = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    return Readers(
        is_meant=meant,
        is_stand_in=stands_in and not meant,
        others=shown,
        problems=tuple(dict.fromkeys(found.problems)),
        is_actor=somebody.contact is not None and somebody.contact.name in found.left_out,
    )


def _is_he(contact: int | None, address: str, somebody: Somebody) -> bool:
    if somebody.contact is not None and contact == somebody.contact.pk:
        return True
    return somebody.is_at(address)


def is_meant(wanted: Wanted, rule: Rule, document: Document, somebody: Somebody) -> bool:
    """Whether one line of a rule's recipients names this person for this document."""
    if wanted.get("kind") == "party":
        party = document.get("party") or {}
        contact = somebody.contact  # also one that is no longer active
        of_source = contact is not None and contact.source == rule.source.slug
        return bool(of_source and contact and contact.key and contact.key == party.get("key"))
    for person in Finder(rule, document, []).find(wanted):
        number = person.contact.pk if person.contact else None
        if any(_is_he(number, place.value, somebody) for place in person.places):
            return True
        if number is not None and somebody.contact and number == somebody.contact.pk:
            return True
    return False


def may_mean(wanted: Wanted, rule: Rule, somebody: Somebody) -> bool:
    """Whether that line may name the person for some document; a field may name anybody."""
    kind = wanted.get("kind")
    if kind == "party":
        return is_of_the_kind(rule, somebody)
    if kind == "field":
        return False  # only the documents know
    return is_meant(wanted, rule, {}, somebody)


def is_of_the_kind(rule: Rule, somebody: Somebody) -> bool:
    """Whether such documents have partners of this person's kind: an order has suppliers."""
    contact = somebody.contact
    if contact is None or contact.source != rule.source.slug:
        return False
    try:
        connector = in_use(rule.source)
        document = connector.documents[connector.processes[rule.process].document_type]
    except (ConnectorError, KeyError):
        return False
    kind = str(contact.key or "").partition(":")[0]
    return bool(document.party) and kind in {document.party, ""}


def whom(rule: Rule) -> str:
    """Say whom the rule names, in few words."""
    return ", ".join(_whom(rule)) or "—"


def _whom(rule: Rule) -> Iterator[str]:
    for wanted in rule.recipients:
        kind = wanted.get("kind")
        if kind == "party":
            yield _("the customer or supplier of the document")
        elif kind == "role":
            role = Role.objects.filter(pk=wanted.get("role") or 0).first()
            yield _("duty %(role)s") % {"role": role.name if role else "—"}
        elif kind == "field":
            path = str(wanted.get("path") or "")
            info = rule.document_fields().get(path)
            yield _("the address in “%(field)s”") % {"field": info.label if info else path}
        else:
            yield str(wanted.get("name") or wanted.get("value") or "—")

"""Who hears of it: the document's party by usage, roles, literal addresses, or the fallback."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact, Role
from emailketing.outbox.dispatch import Recipient
from emailketing.sources.connectors import ConnectorError, load
from emailketing.triggers.notifications.models import Rule


@dataclass
class Resolution:
    """The people found, and in words why somebody was not."""

    recipients: list[Recipient] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    used_fallback: bool = False


def resolve(rule: Rule, document: dict[str, Any]) -> Resolution:
    """Find the recipients of one document; nobody to write to means the fallback.

    Who only reads along ("copy") gets a message of its own, last, and does not count as somebody.
    """
    resolution = Resolution()
    for wanted in rule.recipients:
        if not wanted.get("copy"):
            resolution.recipients += _find(wanted, rule, document, resolution.problems)
    if not resolution.recipients and rule.fallback:
        resolution.used_fallback = True
        resolution.recipients += _find(rule.fallback, rule, document, resolution.problems)
    for wanted in rule.recipients:
        if wanted.get("copy"):
            found = _find(wanted, rule, document, resolution.problems)
            resolution.recipients += [
                replace(one, why=_("copy: %(why)s") % {"why": one.why}) for one in found
            ]
    return resolution


def _find(
    wanted: dict[str, Any], rule: Rule, document: dict[str, Any], problems: list[str]
) -> Iterable[Recipient]:
    kind = wanted.get("kind")
    if kind == "party":
        return _party(wanted, rule, document, problems)
    if kind == "role":
        return _role(wanted, problems)
    if kind == "address" and wanted.get("value"):
        return [
            Recipient(
                address=str(wanted["value"]),
                name=str(wanted.get("name", "")),
                language=str(wanted.get("language") or Company.get().language),
                why=_("named in the rule"),
            )
        ]
    problems.append(_("The rule has a recipient it does not understand."))
    return []


def _party(
    wanted: dict[str, Any], rule: Rule, document: dict[str, Any], problems: list[str]
) -> list[Recipient]:
    party = document.get("party") or {}
    if not party.get("key"):
        problems.append(_("The document names nobody to write to."))
        return []
    contact = Contact.objects.filter(source=rule.source.slug, key=party["key"]).first()
    if contact is None or not contact.is_active:
        problem = (
            _("%(name)s is not among the contacts.")
            if contact is None
            else _("%(name)s is no longer active in the business system.")
        )
        problems.append(problem % {"name": party.get("name") or party["key"]})
        return []
    usage = str(wanted.get("usage", ""))
    found = usable_addresses(contact, usage)
    if not found:
        problems.append(_("%(name)s has no e-mail address.") % {"name": contact.name})
    why = (
        _("party of the document, address for %(usage)s") % {"usage": _usage(rule, usage)}
        if usage
        else _("party of the document")
    )
    return [_recipient(contact, address, why) for address in found]


def _usage(rule: Rule, usage: str) -> str:
    """Return what the connector calls the usage."""
    try:
        connector = load(rule.source.connector)
    except ConnectorError:
        return usage
    return connector.usage_label(usage, (get_language() or "es").split("-", maxsplit=1)[0])


def _role(wanted: dict[str, Any], problems: list[str]) -> list[Recipient]:
    role = Role.objects.filter(pk=int(wanted.get("role") or 0)).first()
    if role is None:
        problems.append(_("A role of this rule was deleted. Choose another."))
        return []
    why = _("has the role %(role)s") % {"role": role.name}
    people = []
    for contact in role.contacts.filter(is_active=True):
        found = usable_addresses(contact, "")[:1]
        if not found:
            problems.append(_("%(name)s has no e-mail address.") % {"name": contact.name})
        people += [_recipient(contact, address, why) for address in found]
    if not people:
        problems.append(_("Nobody has the role %(role)s.") % {"role": role.name})
    return people


def usable_addresses(contact: Contact, usage: str) -> list[Address]:
    """E-mail addresses for this usage, else those for any use, else the first there is."""
    addresses = [
        address
        for address in contact.addresses.filter(kind=Address.Kind.EMAIL)
        if not address.problem
    ]
    for wanted in (usage, ""):
        matching = [address for address in addresses if address.usage == wanted]
        if matching:
            return matching
    return addresses[:1]


def _recipient(contact: Contact, address: Address, why: str) -> Recipient:
    return Recipient(
        address=address.value,
        name=address.person or contact.name,
        language=contact.language,
        contact_id=contact.pk,
        why=why,
    )

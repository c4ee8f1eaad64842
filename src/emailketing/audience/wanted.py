"""One recipient as somebody named it: read into what a rule keeps, or what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.email_address import EmailInvalid, email
from emailketing.common.marked import gettext_noop
from emailketing.common.plain import JSON, Values
from emailketing.common.said import say
from emailketing.company.models import Company
from emailketing.contacts.check import kind_by_look
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.phone import PhoneInvalid, phone
from emailketing.content.models import LANGUAGES

Wanted = dict[str, Any]
Reading = tuple[Wanted, str]
LONGEST_NAME = 120
NUMBER = re.compile(r"[0-9]{1,9}")
UNREADABLE = gettext_noop("The recipient “%(wanted)s” cannot be read. Choose it again in the rule.")


class RecipientInvalid(Exception):
    """A recipient that was written by hand or by another version: nobody knows who is meant."""


def read_wanted(row: Values) -> Reading:
    """Return the recipient as a rule keeps it, and what is wrong with it; "" where nothing is."""
    reader = READERS.get(str(row.get("kind") or ""))
    if reader is None:
        return {"kind": ""}, _("Choose who this is, or remove this line.")
    wanted, problem = reader(row)
    copy = row.get("copy", False)
    if not isinstance(copy, bool):
        problem = problem or _("Whether somebody only reads along is a yes or a no.")
    return wanted | ({"copy": True} if copy is True else {}), problem


def _party(row: Values) -> Reading:
    return {"kind": "party", "usage": str(row.get("usage") or "")}, ""


def _role(row: Values) -> Reading:
    number = str(row.get("role") or "")
    role = Role.objects.filter(pk=int(number)).first() if NUMBER.fullmatch(number) else None
    if role is None:
        return {"kind": "role", "role": 0}, _("Choose a role. Roles are made under Contacts.")
    return {"kind": "role", "role": role.pk}, ""


def _address(row: Values) -> Reading:
    """Read an address, and whom it follows where somebody was chosen among the contacts."""
    wanted, problem = _written(row)
    contact = row.get("contact")
    if not contact:
        return wanted, problem
    if not _is_contact(contact):
        words = {"name": str(wanted.get("name") or wanted["value"])}
        problem = _("The contact %(name)s was deleted: choose somebody else.") % words
    return wanted | {"contact": contact}, problem


def _written(row: Values) -> Reading:
    """Kept as every country writes it, whatever was typed."""
    value = str(row.get("value") or "").strip()
    wanted: Wanted = {"kind": "address", "value": value}
    if name := " ".join(str(row.get("name") or "").split()):
        wanted["name"] = name[:LONGEST_NAME]
    if language := str(row.get("language") or ""):
        wanted["language"] = language
        if language not in dict(LANGUAGES):
            return wanted, _("“%s” is none of the languages we write in.") % language
    if not value:
        return wanted, _("Write the e-mail address or the phone.")
    try:
        if kind_by_look(value) == Address.Kind.PHONE:
            return wanted | {"value": phone(value, Company.get().country).e164}, ""
        found = email(value)
    except (EmailInvalid, PhoneInvalid) as error:
        return wanted, str(error)
    named = {"name": found.name[:LONGEST_NAME]} if found.name and not name else {}
    return wanted | {"value": found.value} | named, ""


def _is_contact(number: JSON) -> bool:
    if not isinstance(number, int) or isinstance(number, bool):
        return False
    return Contact.objects.filter(pk=number).exists()


def _field(row: Values) -> Reading:
    path = str(row.get("path") or "")
    problem = "" if path else _("Choose where in the document the address stands.")
    return {"kind": "field", "path": path}, problem


def check_readable(lines: JSON) -> None:
    """Refuse what was never read by `read_wanted`.

    Raises:
        RecipientInvalid: one sentence.
    """
    for wanted in lines if isinstance(lines, list) else [lines]:
        if not isinstance(wanted, Mapping) or not _names_its_role(wanted):
            raise RecipientInvalid(say(UNREADABLE) % {"wanted": str(wanted)[:LONGEST_NAME]})


def _names_its_role(wanted: Values) -> bool:
    return wanted.get("kind") != "role" or bool(NUMBER.fullmatch(str(wanted.get("role") or 0)))


READERS: dict[str, Callable[[Values], Reading]] = {
    "party": _party,
    "role": _role,
    "address": _address,
    "field": _field,
}

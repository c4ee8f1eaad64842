"""What a contact entered by hand must be: one check, for console and command line."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.one_line import is_one_line
from emailketing.common.zones import is_zone
from emailketing.contacts.models import Contact


def wrong_with(contact: Contact) -> dict[str, str]:
    """Return everything that is wrong, by field, one sentence each."""
    found: dict[str, str] = {}
    for field, sentence in _problems(contact):
        found.setdefault(field, sentence)
    return found


def _problems(contact: Contact) -> Iterator[tuple[str, str]]:
    if not contact.name.strip() and not contact.source:
        yield "name", _("This must not be empty.")
    for field in ("name", "tax_id"):
        text, longest = getattr(contact, field), _field(field).max_length
        if not is_one_line(text):
            yield field, _("Only one line, please.")
        if len(text) > longest:
            yield field, _("At most %(most)s characters.") % {"most": longest}
    languages = [str(code) for code, _name in _field("language").choices]
    if contact.language not in languages:
        yield "language", _("There are: %(names)s.") % {"names": ", ".join(languages)}
    if contact.time_zone and not is_zone(contact.time_zone):
        sentence = _("“%(zone)s” is no time zone; write it like America/Asuncion.")
        yield "time_zone", sentence % {"zone": contact.time_zone}


def _field(name: str) -> Any:
    return Contact._meta.get_field(name)

"""What somebody we may write to must be: one check, whoever enters it, and where."""

from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from emailketing.channels.catalogue import channels
from emailketing.common.email_address import EmailInvalid, email
from emailketing.common.one_line import line_problems
from emailketing.common.plain import JSON
from emailketing.common.problems import Invalid, Problems, first_of
from emailketing.common.zones import is_zone
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Address, Contact, Role
from emailketing.contacts.phone import PhoneInvalid, phone

ANY = "any"  # the order of channels for every class that has none of its own
LAST_POSITION, LONGEST_PERSON = 9_999, 120
LANGUAGES = dict(Contact._meta.get_field("language").flatchoices)


class ContactInvalid(Invalid):
    """Somebody, or a duty, cannot be kept as entered.

    A place is a field, or one of several: “addresses.2”, “duties.0”, “wants.report”.
    """


def wrong_with(contact: Contact) -> dict[str, str]:
    """Return everything that is wrong with the person's own entries, by field."""
    return first_of(_problems(contact))


def _problems(contact: Contact) -> Problems:
    if not contact.name.strip() and not contact.source:
        yield "name", _("This must not be empty.")
    yield from line_problems(contact, "name", "tax_id")
    languages = list(LANGUAGES)
    if contact.language not in languages:
        yield "language", _("There are: %(names)s.") % {"names": ", ".join(languages)}
    if contact.time_zone and not is_zone(contact.time_zone):
        sentence = _("“%(zone)s” is no time zone; write it like America/Asuncion.")
        yield "time_zone", sentence % {"zone": contact.time_zone}
    yield from _order_problems(contact.channel_order)


def _order_problems(order: JSON) -> Problems:
    if not isinstance(order, dict) or not all(map(_is_list_of_words, order.values())):
        yield "channel_order", _("Write for each class the channels in order.")
        return
    yield from unknown_classes("channel_order", order, (ANY, *MailClass.values))
    for name in dict.fromkeys(name for names in order.values() for name in names):
        if name not in channels():
            words = {"name": name, "names": ", ".join(channels())}
            sentence = _("There is no channel “%(name)s”; there are: %(names)s.")
            yield f"channel_order.{name}", sentence % words


def _is_list_of_words(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def unknown_classes(place: str, names: Iterable[str], known: Collection[str]) -> Problems:
    """Yield a sentence for each class of messages that there is not."""
    for name in dict.fromkeys(names):
        if name not in known:
            words = {"name": name, "names": ", ".join(known)}
            sentence = _("There is no class “%(name)s”; there are: %(names)s.")
            yield f"{place}.{name}", sentence % words


def read_address(row: Address, country: str) -> dict[str, str]:
    """Put an address as it is kept, whatever was typed; return what is wrong, by field.

    Without a kind it is what it looks like; the name in “Ana <ana@…>” is not dropped.
    """
    return first_of(_address_problems(row, country))


def _address_problems(row: Address, country: str) -> Problems:
    yield from line_problems(row, "value", "usage", "person")
    if row.position not in range(LAST_POSITION + 1):  # a form may leave it empty
        label = Address._meta.get_field("position").verbose_name
        words = {"field": label, "least": 0, "most": LAST_POSITION}
        yield "position", _("%(field)s: a whole number from %(least)s to %(most)s.") % words
    if not row.value.strip():
        yield "value", _("Write the e-mail address or the phone.")
        return
    row.kind = row.kind or kind_by_look(row.value)
    if row.kind not in Address.Kind.values:
        yield "kind", _("There are: %(names)s.") % {"names": ", ".join(Address.Kind.values)}
        return
    try:
        if row.kind == Address.Kind.PHONE:
            row.value = phone(row.value, country).e164
        else:
            found = email(row.value)
            row.value, row.person = found.wire, row.person or found.name[:LONGEST_PERSON]
    except (EmailInvalid, PhoneInvalid) as error:
        yield "value", str(error)
        return
    row.problem = ""


def kind_by_look(written: str) -> Address.Kind:
    """Return what was meant where nobody says it: a phone has a digit, and no “@”."""
    is_phone = "@" not in written and any(sign.isdigit() for sign in written)
    return Address.Kind.PHONE if is_phone else Address.Kind.EMAIL


def wrong_with_role(role: Role) -> dict[str, str]:
    """Return everything that is wrong with a duty, by field."""
    return first_of(_role_problems(role))


def _role_problems(role: Role) -> Problems:
    if not role.name.strip():
        yield "name", _("This must not be empty.")
    yield from line_problems(role, "name")
    if Role.objects.filter(name=role.name).exclude(pk=role.pk).exists():
        yield "name", _("There is a duty of this name already.")


def wrong_duties(names: Sequence[str]) -> Problems:
    """Yield what is wrong with the names of somebody's duties; one there is not yet is made."""
    for number, name in enumerate(names):
        known = Role.objects.filter(name=name).first()
        for sentence in wrong_with_role(known or Role(name=name)).values():
            yield f"duties.{number}", sentence

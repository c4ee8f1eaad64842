"""What triggers have in common in the file: recipients by the names of duties, ways by channel."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from emailketing.audience.models import Audience
from emailketing.audience.people import address_now
from emailketing.audience.saving import AudienceInvalid
from emailketing.channels.catalogue import channels
from emailketing.channels.models import Sender
from emailketing.common.plain import JSON
from emailketing.configuration.kind import ConfigurationInvalid, Entry, Take
from emailketing.contacts.models import Address, Contact, Role
from emailketing.content.models import Template

PARTS = ("template", "sender")  # of a way
EXAMPLE = '{ channel = "email", template = "order", sender = "Notices" }'


def ways_of(audience: Audience) -> list[Entry]:
    return in_order(
        {
            channel: {
                "template": getattr(choice.template, "slug", ""),
                "sender": getattr(choice.sender, "name", ""),
            }
            for channel, choice in audience.choices.items()
        }
    )


def in_order(ways: Mapping[str, Entry]) -> list[Entry]:
    """Return the ways as the file has them, in the order of the lists, without what is empty.

    A channel there is not is kept, empty or not: whoever reads it says so.
    """
    names = [*(one for one in channels() if one in ways), *sorted(ways.keys() - channels().keys())]
    said = ((name, {part: ways[name].get(part) for part in PARTS}) for name in names)
    return [
        {"channel": name, **{part: value for part, value in way.items() if value}}
        for name, way in said
        if any(way.values()) or name not in channels()
    ]


def by_name(wanted: JSON, roles: Mapping[int, str]) -> JSON:
    """Return a recipient as the file has it: a contact who is followed by where he is now."""
    if isinstance(wanted, dict) and wanted.get("contact"):
        return {**wanted, "value": address_now(wanted), "contact": True}
    if not isinstance(wanted, dict) or wanted.get("kind") != "role":
        return wanted
    return {**wanted, "role": roles.get(int(wanted.get("role") or 0), "")}


def by_number(wanted: JSON) -> Entry:
    if isinstance(wanted, dict) and wanted.get("contact"):
        return {**wanted, "contact": _followed(wanted).pk}
    if not isinstance(wanted, dict) or wanted.get("kind") != "role":
        return dict(wanted) if isinstance(wanted, dict) else {}
    role = Role.objects.filter(name=wanted.get("role", "")).first()
    if role is None:
        raise ConfigurationInvalid(
            _("There is no role “%(role)s”.") % {"role": wanted.get("role", "")}
        )
    return {**wanted, "role": role.pk}


def _followed(wanted: Entry) -> Contact:
    words = {name: str(wanted.get(name) or "") for name in ("value", "name")}
    rows = Address.objects.filter(value__iexact=words["value"], contact__name=words["name"])
    contact = Contact.objects.filter(pk__in=rows.values("contact")).first()
    if contact is None:
        sentence = _("There is no contact %(name)s with the address “%(value)s”.")
        raise ConfigurationInvalid(sentence % words)
    return contact


def take_ways(audience: Audience, ways: Iterable[Entry]) -> None:
    """Choose what the file says of each channel; what it leaves out is none."""
    wanted = {str(way.get("channel", "")): way for way in ways}
    for channel in dict.fromkeys((*audience.choices, *wanted)):
        if channel not in channels() and channel not in audience.choices:
            sentence = _("There is no channel “%(channel)s”. There are: %(known)s.")
            raise ConfigurationInvalid(
                sentence % {"channel": channel, "known": ", ".join(channels())}
            )
        way = wanted.get(channel, {})
        template, sender = _template(way.get("template", "")), _sender(way.get("sender", ""))
        audience.choose(channel, template=template, sender=sender)


def say_off(name: str, check: Callable[[], None], take: Take, *, new: str, lacking: str) -> None:
    """What wrote elsewhere does not begin to write here unseen: say so, and what it lacks."""
    sentence, why = new, ""
    try:
        check()
    except AudienceInvalid as error:
        sentence, why = lacking, str(error)
    take.notices.append(sentence % {"name": name, "why": why})


def other_switches(
    wanted: Iterable[Entry],
    here: Mapping[tuple[str, ...], bool],
    *,
    keys: tuple[str, ...] = ("name",),
    on: str,
    off: str,
) -> list[str]:
    """Say which of them the file has at work or at rest otherwise than here, where it stays.

    `here`: by its keys whether one is at work; `on`, `off`: what is said of one that is, or is not.
    """
    found = []
    for entry in wanted:
        is_on = here.get(tuple(str(entry[key]) for key in keys))
        said = entry.get("is_active")
        if is_on is not None and isinstance(said, bool) and said is not is_on:
            found.append((on if is_on else off) % {"name": entry["name"]})
    return found


def checked_ways(entry: Entry, _known: Entry | None) -> Entry:
    check_ways(entry.get("ways", []))
    return entry


def check_ways(ways: list[Entry]) -> None:
    if not all(map(_is_way, ways)):
        sentence = _("Each of “ways” is written so: %(example)s.")
        raise ConfigurationInvalid(sentence % {"example": EXAMPLE})
    for channel, times in Counter(way["channel"] for way in ways).items():
        if times > 1:
            sentence = _("“ways” names the channel “%(channel)s” twice.")
            raise ConfigurationInvalid(sentence % {"channel": channel})


def _is_way(way: JSON) -> bool:
    return (
        isinstance(way, dict)
        and "channel" in way
        and way.keys() <= {"channel", *PARTS}
        and all(isinstance(value, str) for value in way.values())
    )


def _template(slug: str) -> Template | None:
    if not slug:
        return None
    found = Template.objects.filter(slug=slug).first()
    if found is None:
        raise ConfigurationInvalid(_("There is no template “%(slug)s”.") % {"slug": slug})
    return found


def _sender(name: str) -> Sender | None:
    if not name:
        return None
    found = Sender.objects.filter(name=name).first()
    if found is None:
        raise ConfigurationInvalid(_("There is no sender “%(name)s”.") % {"name": name})
    return found

"""What a rule is made of, as it is written at the command line."""

import json
import re
from typing import TypeVar

import typer
from django.db.models import Q
from django.utils.translation import gettext as _

from emailketing.audience.models import Audience
from emailketing.channels.catalogue import channels, is_phone, phones
from emailketing.channels.models import Sender
from emailketing.cli.show import refuse
from emailketing.common.language import active_language
from emailketing.common.plain import Entry
from emailketing.company.change_free_days import WEEKDAYS, weekdays_from
from emailketing.company.models import Company
from emailketing.contacts.models import Contact, Role
from emailketing.content.models import Template
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.numerals import NotUnderstood
from emailketing.triggers.notifications.rules.twins import twin_of, twin_sentence
from emailketing.triggers.notifications.rules.written import read_tree

Kind = TypeVar("Kind", Source, Template)
WINDOW = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s*)?"
    r"(?:(?P<start>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})\s*)?(?P<working>not holidays)?"
)


def parse_recipient(text: str) -> Entry:
    """Read `party:orders`, `role:Name`, `contact:Ana`, `field:driver.phone`, an address.

    `copy:` in front is for who only reads along.
    """
    kind, _colon, value = text.partition(":")
    if kind == "copy":
        return {**parse_recipient(value), "copy": True}
    if kind == "party":
        return {"kind": "party", "usage": value}
    if kind == "field":
        return {"kind": "field", "path": value}
    if kind == "role":
        role = Role.objects.filter(name__iexact=value).first()
        if role is None:
            refuse(_("There is no role “%(role)s”.") % {"role": value})
        return {"kind": "role", "role": role.pk}
    if kind == "contact":
        return _contact(value)
    return {"kind": "address", "value": text}


def _contact(text: str) -> Entry:
    """Follow a contact, by the name or an address that only one of them has."""
    named = Q(name__iexact=text) | Q(addresses__value__iexact=text)
    found = list(Contact.objects.filter(named).distinct()[:2])
    if len(found) != 1:
        refuse(
            _("Several contacts are called “%(name)s”: write the address of one.") % {"name": text}
            if found
            else _("There is no contact “%(name)s”.") % {"name": text}
        )
    (contact,) = found
    addresses = contact.addresses.filter(problem="")
    address = addresses.filter(value__iexact=text).first() or addresses.first()
    if address is None:
        refuse(_("%(name)s has no address.") % {"name": contact.shown})
    return {"kind": "address", "value": address.value, "name": contact.name, "contact": contact.pk}


def parse_condition(text: str) -> Entry:
    """Read `totals.total gte 1.000.000 PYG`, or the whole tree as JSON."""
    if not text:
        return {}
    if text.lstrip().startswith("{"):
        try:
            tree: Entry = json.loads(text)
        except ValueError as error:
            refuse(_("The condition is not valid JSON: %(why)s") % {"why": error})
        return tree
    field, operator_name, value = [*text.split(maxsplit=2), "", ""][:3]
    return {"all": [{"field": field, "op": operator_name, "value": value}]}


def read_values(rule: Rule) -> None:
    """Read the numbers of the rule's condition as they were typed; refuse what is not clear."""
    own, language = Company.get().currency, active_language()
    try:
        rule.condition = read_tree(
            rule.condition, rule.document_fields(), own=own, language=language
        )
    except NotUnderstood as error:
        refuse(error)


def parse_window(text: str) -> Entry:
    """Read `mon-fri 08:00-18:00 not holidays`; each part may be missing."""
    found = WINDOW.fullmatch(" ".join(text.lower().split()))
    days = [found["first"], found["last"]] if found else []
    if found is None or any(day and day not in WEEKDAYS for day in days):
        refuse(_("“%s” are no hours; write for example “mon-fri 08:00-18:00”.") % text)
    window: Entry = {}
    if found["first"]:
        window["days"] = sorted(weekdays_from(found["first"], found["last"] or found["first"]))
    if found["start"]:
        window["from"], window["to"] = (f"{t:0>5}" for t in (found["start"], found["end"]))
    if found["working"]:
        window["holidays"] = False
    return window


def rule_of(number: int) -> Rule:
    rule = Rule.objects.filter(pk=number).select_related("source").first()
    if rule is None:
        refuse(_("There is no rule %(number)s.") % {"number": number})
    return rule


def point_out_twin(rule: Rule) -> None:
    """Say when another rule says the same; both stay as they are."""
    if said := twin_sentence(twin_of(rule)):
        typer.echo(f"! {said}", err=True)


def sender_of(name: str) -> Sender | None:
    if not name:
        return None
    found = Sender.objects.filter(name__iexact=name).first()
    if found is None:
        refuse(_("There is no sender “%(name)s”.") % {"name": name})
    return found


def choose_phone_sender(rule: Rule, sender: Sender | None) -> None:
    """Let this one send by its channel, and every other phone by its default sender."""
    if sender is not None and not is_phone(sender.channel):
        sentence = _("The sender “%(sender)s” writes by %(channel)s. Choose another.")
        refuse(sentence % {"sender": sender.name, "channel": sender.get_channel_display()})
    for channel in phones():
        is_its = sender is not None and sender.channel == channel
        rule.choose(channel, sender=sender if is_its else None)


def choose_way(rule: Audience, text: str) -> None:
    """Take `channel:template:sender`; a part that is left out is none, or the default sender."""
    channel, slug, name = [*text.split(":", 2), "", ""][:3]
    if channel not in channels() and channel not in rule.choices:
        sentence = _("There is no channel “%(channel)s”. There are: %(known)s.")
        refuse(sentence % {"channel": channel, "known": ", ".join(channels())})
    rule.choose(channel, template=find(Template, slug) if slug else None, sender=sender_of(name))


def find(model: type[Kind], slug: str) -> Kind:
    found = model.objects.filter(slug=slug).first()
    if found is None:
        refuse(
            _("There is no %(kind)s “%(slug)s”.") % {"kind": model._meta.verbose_name, "slug": slug}
        )
    return found

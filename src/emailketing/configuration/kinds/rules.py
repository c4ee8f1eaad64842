"""Rules: templates and senders by name, roles by name."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from emailketing.channels.catalogue import phones
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.configuration.audience import (
    by_name,
    by_number,
    check_ways,
    in_order,
    other_switches,
    say_off,
    take_ways,
    ways_of,
)
from emailketing.configuration.kind import (
    ConfigurationInvalid,
    Entry,
    EntryKind,
    Take,
    entry_of,
    fill,
)
from emailketing.contacts.models import Role
from emailketing.sources.models import Source
from emailketing.triggers.notifications.conditions import is_tree
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.numerals import NotUnderstood
from emailketing.triggers.notifications.rules.save import RuleInvalid, check, save_rule
from emailketing.triggers.notifications.rules.twins import twin_of, twin_sentence
from emailketing.triggers.notifications.rules.written import read_tree

OWN: dict[str, type] = {
    **dict.fromkeys(("process", "delivery", "mail_class", "repeat", "remind_from"), str),
    **dict.fromkeys(("digest", "ready_made"), str),
    **dict.fromkeys(("delay_minutes", "digest_hour", "daily_cap", "flood_limit"), int),
    **dict.fromkeys(("attach_document", "is_urgent", "leaves_out_actor", "is_active"), bool),
    **dict.fromkeys(("condition", "window"), dict),
    "remind_days": list,
}
# what 0.1.0 wrote for what are ways now; it had one sender for all phones
OLDER_TEXTS = ("template", "sms_template", "whatsapp_template")
OLDER = (*OLDER_TEXTS, "sender", "phone_sender")
RULE: dict[str, type] = {
    **OWN,
    **dict.fromkeys(OLDER, str),
    "ways": list,
    "recipients": list,
    "fallback": dict,
}


def read_rules() -> Iterator[Entry]:
    roles = dict(Role.objects.values_list("pk", "name"))
    for rule in with_needed(Rule.objects.all()).order_by("source__slug", "name", "pk"):
        yield {
            "source": rule.source.slug,
            "name": rule.name,
            **entry_of(rule, OWN),
            "ways": ways_of(rule),
            "recipients": [by_name(wanted, roles) for wanted in rule.recipients],
            "fallback": by_name(rule.fallback, roles),
        }


def take_rule(entry: Entry, take: Take, is_new: bool) -> None:
    source = Source.objects.filter(slug=entry["source"]).first()
    if source is None:
        sentence = _("There is no source “%(source)s”.")
        raise ConfigurationInvalid(sentence % {"source": entry["source"]})
    known = Rule.objects.filter(source=source, name=entry["name"]).order_by("pk").first()
    rule = Rule(source=source, name=entry["name"]) if is_new or known is None else known
    fill(rule, entry, OWN)
    take_ways(rule, entry.get("ways", []))
    rule.recipients = [by_number(wanted) for wanted in entry.get("recipients", [])]
    rule.fallback = by_number(entry.get("fallback") or {})
    own = Company.get().currency
    if is_tree(rule.condition):
        rule.condition = read_tree(rule.condition, rule.document_fields(), own=own, language="")
    if rule._state.adding and rule.is_active:
        say_off(
            rule.name,
            lambda: check(rule, now=take.now),
            take,
            new=_("%(name)s is new here and starts switched off: try it, then switch it on."),
            lacking=_("%(name)s is switched off: %(why)s"),
        )
        rule.is_active = False
    if not rule.is_active:
        rule.active_since = None
    save_rule(rule, by=take.by, now=take.now)
    if said := twin_sentence(twin_of(rule)):
        take.notices.append(f"{rule.name}: {said}")


def in_ways(entry: Entry, known: Entry | None) -> Entry:
    """Put what 0.1.0 wrote of texts and senders into ways, beside those that are known."""
    check_ways(entry.get("ways", []))
    older = {word: entry[word] for word in OLDER if word in entry}
    rest = {word: value for word, value in entry.items() if word not in older}
    if not older and "ways" not in rest:
        return rest
    said = rest["ways"] if "ways" in rest else (known or {}).get("ways", [])
    ways = {way["channel"]: dict(way) for way in said}
    for word, value in older.items():
        channel = EMAIL if word == "sender" else word.removesuffix("template").rstrip("_") or EMAIL
        if word == "phone_sender":
            for phone in phones():
                ways.get(phone, {}).pop("sender", None)
            channel = _channel_of(value)
        part = "template" if word in OLDER_TEXTS else "sender"
        ways.setdefault(channel, {})[part] = value
    return {**rest, "ways": in_order(ways)}


def _channel_of(sender: str) -> str:
    """Return by which phone's channel a sender writes; one that is not there yet by the first."""
    found = Sender.objects.filter(name=sender).values_list("channel", flat=True).first()
    return found if found in phones() else phones()[0]


def switches(wanted: Mapping[str, Entry]) -> list[str]:
    """Say of which rules the file has the switch otherwise than it is here: here it stays."""
    rows = Rule.objects.order_by("-pk").values_list("source__slug", "name", "is_active")
    return other_switches(
        wanted.values(),
        {(source, name): is_on for source, name, is_on in rows},
        keys=("source", "name"),
        on=_("%(name)s stays switched on: rules are switched here, not by the file."),
        off=_("%(name)s stays switched off: rules are switched here, not by the file."),
    )


KINDS = (
    EntryKind(
        "rule",
        ("source", "name"),
        RULE,
        read_rules,
        take_rule,
        Rule,
        needs=("source", "template", "sender", "role", "person"),
        kept=frozenset({"is_active"}),
        stays=switches,
        as_now=in_ways,
        refusals=(RuleInvalid, NotUnderstood),
    ),
)

"""Rules: templates and senders by name, roles by name."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from emailketing.audience.models import WORDS
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.configuration.kind import Entry, EntryKind, Take, entry_of, fill
from emailketing.contacts.models import Role
from emailketing.content.models import Template
from emailketing.sources.models import Source
from emailketing.triggers.notifications.keys import NEEDED
from emailketing.triggers.notifications.models import Rule
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
TEMPLATES = tuple(WORDS.values())
SENDERS = ("sender", "phone_sender")
RULE: dict[str, type] = {
    **OWN,
    **dict.fromkeys((*TEMPLATES, *SENDERS), str),
    "recipients": list,
    "fallback": dict,
}


def read_rules() -> Iterator[Entry]:
    roles = dict(Role.objects.values_list("pk", "name"))
    for rule in Rule.objects.select_related(*NEEDED).order_by("source__slug", "name", "pk"):
        yield {
            "source": rule.source.slug,
            "name": rule.name,
            **entry_of(rule, OWN),
            **{word: getattr(getattr(rule, word), "slug", "") for word in TEMPLATES},
            **{word: getattr(getattr(rule, word), "name", "") for word in SENDERS},
            "recipients": [_by_name(wanted, roles) for wanted in rule.recipients],
            "fallback": _by_name(rule.fallback, roles),
        }


def _by_name(wanted: dict[str, Any], roles: dict[int, str]) -> dict[str, Any]:
    if wanted.get("kind") != "role":
        return wanted
    return {**wanted, "role": roles.get(int(wanted.get("role") or 0), "")}


def _by_number(wanted: Any) -> dict[str, Any]:
    if not isinstance(wanted, dict) or wanted.get("kind") != "role":
        return dict(wanted) if isinstance(wanted, dict) else {}
    role = Role.objects.filter(name=wanted.get("role", "")).first()
    if role is None:
        raise ValueError(_("There is no role “%(role)s”.") % {"role": wanted.get("role", "")})
    return {**wanted, "role": role.pk}


def take_rule(entry: Entry, take: Take, is_new: bool) -> None:
    source = Source.objects.filter(slug=entry["source"]).first()
    if source is None:
        sentence = _("There is no source “%(source)s”.")
        raise ValueError(sentence % {"source": entry["source"]})
    known = Rule.objects.filter(source=source, name=entry["name"]).order_by("pk").first()
    rule = Rule(source=source, name=entry["name"]) if is_new or known is None else known
    fill(rule, entry, OWN)
    for word in TEMPLATES:
        setattr(rule, word, _template(entry.get(word, "")))
    for word in SENDERS:
        setattr(rule, word, _sender(entry.get(word, "")))
    rule.recipients = [_by_number(wanted) for wanted in entry.get("recipients", [])]
    rule.fallback = _by_number(entry.get("fallback") or {})
    own = Company.get().currency
    rule.condition = read_tree(rule.condition, rule.document_fields(), own=own, language="")
    if rule._state.adding and rule.is_active:
        _start_off(rule, take)
    if not rule.is_active:
        rule.active_since = None
    save_rule(rule, by=take.by, now=take.now)
    if said := twin_sentence(twin_of(rule)):
        take.notices.append(f"{rule.name}: {said}")


def _start_off(rule: Rule, take: Take) -> None:
    """What wrote elsewhere does not begin to write here unseen; it is said, and what it lacks."""
    sentence = _("%(name)s is new here and starts switched off: try it, then switch it on.")
    why = ""
    try:
        check(rule, now=take.now)
    except RuleInvalid as error:
        sentence, why = _("%(name)s is switched off: %(why)s"), str(error)
    rule.is_active = False
    take.notices.append(sentence % {"name": rule.name, "why": why})


def other_switches(wanted: Mapping[str, Entry]) -> list[str]:
    """Say of which rules the file has the switch otherwise than it is here: here it stays."""
    found = []
    for entry in wanted.values():
        is_on = entry.get("is_active")
        here = Rule.objects.filter(source__slug=entry["source"], name=entry["name"]).first()
        if here is not None and isinstance(is_on, bool) and is_on is not here.is_active:
            on = _("%(name)s stays switched on: rules are switched here, not by the file.")
            off = _("%(name)s stays switched off: rules are switched here, not by the file.")
            found.append((on if here.is_active else off) % {"name": here.name})
    return found


def _template(slug: str) -> Template | None:
    if not slug:
        return None
    found = Template.objects.filter(slug=slug).first()
    if found is None:
        raise ValueError(_("There is no template “%(slug)s”.") % {"slug": slug})
    return found


def _sender(name: str) -> Sender | None:
    if not name:
        return None
    found = Sender.objects.filter(name=name).first()
    if found is None:
        raise ValueError(_("There is no sender “%(name)s”.") % {"name": name})
    return found


KINDS = (
    EntryKind(
        "rule",
        ("source", "name"),
        RULE,
        read_rules,
        take_rule,
        Rule,
        needs=("source", "template", "sender", "role"),
        kept=frozenset({"is_active"}),
        stays=other_switches,
    ),
)

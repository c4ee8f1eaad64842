"""Two rules that say the same: everybody would be written to twice. Pointed out, never refused."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from emailketing.audience.ways import templates_of
from emailketing.common.conditions import members
from emailketing.common.plain import JSON, Values
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Rule

# what makes a recipient the same one, whatever he is called
TELLING = ("kind", "usage", "role", "path", "value")


def twin_of(rule: Rule) -> Rule | None:
    """Return another rule that says the same, one that is on first; the rule may be unsaved."""
    if not rule.source_id:
        return None
    others = Rule.objects.filter(source_id=rule.source_id, process=rule.process)
    others = others.exclude(pk=rule.pk).order_by("-is_active", "pk")
    return next((other for other in with_needed(others) if _are_twins(rule, other)), None)


def twins_among(rules: Iterable[Rule]) -> dict[int, Rule]:
    """Return for each rule that has a twin among them which one it is."""
    alike: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        alike[_says(rule)].append(rule)
    found = {}
    for group in alike.values():
        for rule in group:
            others = [other for other in group if other is not rule and _share_a_way(rule, other)]
            if others:
                found[rule.pk] = next((other for other in others if other.is_active), others[0])
    return found


def twin_sentence(twin: Rule | None) -> str:
    """Say it in words; nothing when there is none."""
    if twin is None:
        return ""
    if twin.is_active:
        sentence = _(
            "It says the same as “%(name)s”: the same people would be written to twice. "
            "Switch one of the two off, or delete it."
        )
    else:
        sentence = _(
            "It says the same as “%(name)s”, which is switched off: keep only one of them."
        )
    return sentence % {"name": twin.name}


def _are_twins(rule: Rule, other: Rule) -> bool:
    return _says(rule) == _says(other) and _share_a_way(rule, other)


def _share_a_way(rule: Rule, other: Rule) -> bool:
    return not templates_of(rule).keys().isdisjoint(templates_of(other))


def _says(rule: Rule) -> str:
    """Write down about what, when and to whom it is, in whatever order it was typed."""
    people = sorted({_text(_telling(wanted)) for wanted in rule.recipients})
    fallback = _telling(rule.fallback or {})
    rungs = sorted(rule.remind_days or [])
    about = [rule.source_id, rule.process, _plain(rule.condition or {})]
    return _text([*about, people, fallback, rungs, rule.remind_from, rule.digest])


def _telling(wanted: Values) -> dict[str, str]:
    return {word: str(wanted[word]).casefold() for word in TELLING if wanted.get(word)}


def _plain(tree: Mapping[str, Any]) -> Any:
    """Take away what makes no difference: order, groups of one, “now” said or not."""
    for joint in ("all", "any"):
        if joint in tree:
            kept = sorted({_text(_plain(member)) for member in tree[joint]})
            if len(kept) == 1:
                return json.loads(kept[0])
            return {joint: [json.loads(member) for member in kept]} if kept else {}
    plain = {word: value for word, value in tree.items() if (word, value) != ("when", "after")}
    if "value" in plain:  # a number of a connector's own rule, a text of the editor
        plain["value"] = sorted(str(one) for one in members(plain["value"]))
    return plain


def _text(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)

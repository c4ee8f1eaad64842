"""Does a rule's condition hold for a document, and why? Pure functions; sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from emailketing.common.conditions import (
    MEMBERSHIP,
    NUMBERS,
    WITHOUT_VALUE,
    as_number,
    compare,
    leaves,
    values_at,
)
from emailketing.common.said import join
from emailketing.common.said import say as _
from emailketing.triggers.notifications.reasons import FieldInfo, Reason

__all__ = [
    "NUMBERS",
    "OPERATORS",
    "WITHOUT_VALUE",
    "ConditionInvalid",
    "Facts",
    "FieldInfo",
    "Reason",
    "Verdict",
    "as_membership",
    "as_number",
    "check_condition",
    "evaluate",
    "values_at",
]

OPERATORS = {
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "gt": gettext_lazy("is more than"),
    "gte": gettext_lazy("is at least"),
    "lt": gettext_lazy("is less than"),
    "lte": gettext_lazy("is at most"),
    "contains": gettext_lazy("contains"),
    "empty": gettext_lazy("is empty"),
    "filled": gettext_lazy("is filled in"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "changed": gettext_lazy("changed"),
    "becomes": gettext_lazy("becomes"),
    "crosses_above": gettext_lazy("rises above"),
    "crosses_below": gettext_lazy("falls below"),
}
# true of what is now and not of what was: operator → the comparison
EDGES = {"becomes": "eq", "crosses_above": "gt", "crosses_below": "lt"}
MOST_LEAVES = 50


class ConditionInvalid(Exception):
    """The condition of a rule is not well formed; the message says which part."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the condition holds, and the sentence that says why."""

    holds: bool
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may look at: the document now, its header before, what fields are called."""

    document: Mapping[str, Any]
    before: Mapping[str, Any]
    fields: Mapping[str, FieldInfo]

    def info(self, path: str) -> FieldInfo:
        return self.fields.get(path) or FieldInfo(path, path)

    def values(self, path: str, *, before: bool = False) -> list[Any]:
        """Return what stands there; what did not change was before as it is now."""
        return (values_at(self.before, path) if before else []) or values_at(self.document, path)


def evaluate(condition: Mapping[str, Any], facts: Facts) -> Verdict:
    """Judge the whole tree; an empty condition always holds.

    Raises:
        ConditionInvalid: when the tree is malformed or a field does not exist any more.
    """
    if not condition:
        return Verdict(holds=True, why=_("no condition: always"))
    if "all" in condition or "any" in condition:
        return _judge_group(condition, facts)
    return _judge_leaf(condition, facts)


def _judge_group(group: Mapping[str, Any], facts: Facts) -> Verdict:
    if (leaf := as_membership(group)) is not None:
        return _judge_leaf(leaf, facts)
    every = "all" in group
    verdicts = [evaluate(member, facts) for member in group["all" if every else "any"]]
    if not verdicts:
        return Verdict(holds=True, why=_("no condition: always"))
    holds = all(v.holds for v in verdicts) if every else any(v.holds for v in verdicts)
    # what decided: the failing ones of an “all”, the holding ones of an “any”
    decisive = [v.why for v in verdicts if v.holds is holds]
    return Verdict(holds, join("; " if every is not holds else ", ", decisive))


def as_membership(group: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return “the table is A or it is B or …” as “the table is one of A, B, …”, else None."""
    members = group.get("any") or []
    asked = {(one.get("field"), one.get("when"), one.get("op")) for one in members}
    if len(members) < 2 or len(asked) != 1 or members[0].get("op") != "eq":  # noqa: PLR2004
        return None
    values = [one.get("value") for one in members]
    return {**members[0], "op": "in", "value": values}


def _judge_leaf(leaf: Mapping[str, Any], facts: Facts) -> Verdict:
    path, operator = str(leaf.get("field", "")), str(leaf.get("op", ""))
    if operator not in OPERATORS or not path:
        raise ConditionInvalid(_("A condition names no field or an unknown comparison."))
    info = facts.info(path)
    is_before = leaf.get("when") == "before"
    found = facts.values(path, before=is_before)
    if not found and path not in facts.fields:
        message = _("The field “%(field)s” does not exist any more. Choose another in the rule.")
        raise ConditionInvalid(message % {"field": path})
    if operator == "changed":
        return _changed(info, facts)
    if operator in EDGES:
        return _edge(info, operator, leaf.get("value"), facts)
    values = found or [None]
    wanted = leaf.get("value")
    holding = [v for v in values if compare(v, operator, wanted, info.type)]
    reason = Reason(info, str(facts.document.get("currency") or ""), is_before=is_before)
    shown = holding[0] if holding else values[0]
    return Verdict(bool(holding), reason.write(operator, shown, wanted, holds=bool(holding)))


def _changed(info: FieldInfo, facts: Facts) -> Verdict:
    was, now = values_at(facts.before, info.path), values_at(facts.document, info.path)
    if not was or was == now:
        return Verdict(holds=False, why=_("%(field)s did not change") % {"field": info.label})
    reason = Reason(info, str(facts.document.get("currency") or ""))
    words = {
        "field": info.label,
        "was": reason.shown(was[0]),
        "now": reason.shown(now[0] if now else None),
    }
    return Verdict(holds=True, why=_("%(field)s changed: %(was)s → %(now)s") % words)


def _edge(info: FieldInfo, operator: str, wanted: Any, facts: Facts) -> Verdict:
    """Judge “becomes” and “crosses”: so now, and not so before; a new document was nothing."""
    now = facts.values(info.path) or [None]
    was = values_at(facts.before, info.path)
    is_new = not facts.before
    holding = [v for v in now if compare(v, EDGES[operator], wanted, info.type)]
    held_before = any(compare(v, EDGES[operator], wanted, info.type) for v in was)
    reason = Reason(info, str(facts.document.get("currency") or ""))
    if not holding:
        return Verdict(holds=False, why=reason.write(EDGES[operator], now[0], wanted, holds=False))
    if held_before or not (was or is_new):
        sentence = _("%(field)s was %(value)s before too")
        words = {"field": info.label, "value": reason.shown((was or holding)[0])}
        return Verdict(holds=False, why=sentence % words)
    return Verdict(
        holds=True, why=reason.crossed(operator, was[0] if was else None, holding[0], wanted)
    )


def check_condition(condition: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> None:
    """Refuse a condition that could not be judged later.

    Raises:
        ConditionInvalid: with a sentence that names the field or the value.
    """
    found = list(leaves(condition))
    if len(found) > MOST_LEAVES:
        raise ConditionInvalid(_("A rule may have at most 50 conditions."))
    for leaf in found:
        path, operator = str(leaf.get("field", "")), str(leaf.get("op", ""))
        if path not in fields:
            message = _("The field “%(field)s” does not exist. Choose another in the rule.")
            raise ConditionInvalid(message % {"field": path})
        if operator not in OPERATORS:
            raise ConditionInvalid(_("A condition names no field or an unknown comparison."))
        _check_value(leaf, operator, fields[path])


def _check_value(leaf: Mapping[str, Any], operator: str, info: FieldInfo) -> None:
    if operator in WITHOUT_VALUE:
        return
    value = leaf.get("value")
    if operator.startswith("crosses") and info.type not in NUMBERS:
        message = _("Only a number rises above or falls below something; %(field)s is none.")
        raise ConditionInvalid(message % {"field": info.label})
    if info.type not in NUMBERS:
        return
    members = value if isinstance(value, list) and operator in MEMBERSHIP else [value]
    if operator in MEMBERSHIP and isinstance(value, str):
        members = value.split(",")
    for member in members:
        if as_number(member) is None:
            message = _("“%(value)s” is not a number; %(field)s needs one.")
            raise ConditionInvalid(message % {"value": member, "field": info.label})

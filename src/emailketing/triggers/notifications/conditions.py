"""Does a rule's condition hold for a document, and why? Pure functions; sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from emailketing.common.conditions import (
    NUMBERS,
    WITHOUT_VALUE,
    as_number,
    compare,
    is_empty,
    leaves,
    values_at,
)
from emailketing.content.formats import NotAValue, day, moment, money, number

__all__ = [
    "NUMBERS",
    "OPERATORS",
    "WITHOUT_VALUE",
    "ConditionInvalid",
    "Facts",
    "FieldInfo",
    "Verdict",
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
    "changed": gettext_lazy("changed"),
}
# how the reason is written when it holds, and when it does not
SIGNS = {
    "eq": ("=", "≠"),
    "ne": ("≠", "="),
    "gt": (">", "≤"),
    "gte": ("≥", "<"),
    "lt": ("<", "≥"),
    "lte": ("≤", ">"),
}
MOST_LEAVES = 50
LONGEST_SHOWN = 60  # characters of a value in a reason


class ConditionInvalid(Exception):
    """The condition of a rule is not well formed; the message says which part."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of a document as the connector describes it: dotted path, label, type."""

    path: str
    label: str
    type: str = "text"


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
    every = "all" in group
    verdicts = [evaluate(member, facts) for member in group["all" if every else "any"]]
    if not verdicts:
        return Verdict(holds=True, why=_("no condition: always"))
    holds = all(v.holds for v in verdicts) if every else any(v.holds for v in verdicts)
    # what decided: the failing ones of an “all”, the holding ones of an “any”
    decisive = [v.why for v in verdicts if v.holds is holds]
    return Verdict(holds, ("; " if every is not holds else ", ").join(decisive))


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Writes why a comparison holds or not: “Total: Gs. 90.000 < Gs. 100.000”."""

    info: FieldInfo
    currency: str
    is_before: bool = False

    def write(self, operator: str, value: Any, wanted: Any, *, holds: bool) -> str:
        label = _("%(field)s before") % {"field": self.info.label} if self.is_before else None
        words = {"field": label or self.info.label, "value": self.shown(value)}
        if operator in {"empty", "filled"}:
            is_blank = (operator == "empty") is holds
            return (
                _("%(field)s is empty") % words
                if is_blank
                else _("%(field)s is filled in: %(value)s") % words
            )
        words["wanted"] = self.shown(wanted)
        if operator == "contains":
            text = (
                _("%(field)s: “%(value)s” contains “%(wanted)s”")
                if holds
                else _("%(field)s: “%(value)s” does not contain “%(wanted)s”")
            )
            return text % words
        return "{field}: {value} {sign} {wanted}".format(
            **words, sign=SIGNS[operator][0 if holds else 1]
        )

    def shown(self, value: Any) -> str:
        """Write the value by the field's type in the active language."""
        if is_empty(value):
            return "—"
        language = (get_language() or "es").split("-", maxsplit=1)[0]
        try:
            text = self._formatted(value, language)
        except NotAValue:
            text = str(value)
        return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"

    def _formatted(self, value: Any, language: str) -> str:
        kind = self.info.type
        if kind == "money" and self.currency:
            return money(value, self.currency, language)
        if kind in NUMBERS:
            return number(value, language)
        if kind == "date":
            return day(value, language)
        if kind == "datetime":
            return moment(value, language, "UTC")
        if kind == "boolean":
            return _("yes") if compare(value, "eq", "true", kind) else _("no")
        return " ".join(str(value).split())


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
        is_number = fields[path].type in NUMBERS and operator not in WITHOUT_VALUE
        if is_number and as_number(leaf.get("value")) is None:
            message = _("“%(value)s” is not a number; %(field)s needs one.")
            raise ConditionInvalid(
                message % {"value": leaf.get("value"), "field": fields[path].label}
            )

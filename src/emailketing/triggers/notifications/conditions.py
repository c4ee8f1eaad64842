"""Does a rule's condition hold for a document, and why? Pure functions; sentences for people."""

import operator as operators
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
COMPARE = {
    "eq": operators.eq,
    "ne": operators.ne,
    "gt": operators.gt,
    "gte": operators.ge,
    "lt": operators.lt,
    "lte": operators.le,
}
WITHOUT_VALUE = frozenset({"empty", "filled", "changed"})
NUMBERS = frozenset({"money", "number", "quantity"})
MOST_LEAVES = 50


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
    joint = _(" and ") if every is holds else _(" or ")
    return Verdict(holds, joint.join(decisive))


def _judge_leaf(leaf: Mapping[str, Any], facts: Facts) -> Verdict:
    path, operator = str(leaf.get("field", "")), str(leaf.get("op", ""))
    if operator not in OPERATORS or not path:
        raise ConditionInvalid(_("A condition names no field or an unknown comparison."))
    info = facts.info(path)
    is_before = leaf.get("when") == "before"
    found = values_at(facts.before if is_before else facts.document, _key(path, is_before))
    if not found and path not in facts.fields:
        message = _("The field “%(field)s” does not exist any more. Choose another in the rule.")
        raise ConditionInvalid(message % {"field": path})
    values = found or [None]
    if operator == "changed":
        changed = _key(path, before=True) in facts.before
        return Verdict(changed, _sentence(info, "changed", None, None))
    wanted = leaf.get("value")
    holding = [v for v in values if _compare(v, operator, wanted, info.type)]
    shown = holding[0] if holding else values[0]
    return Verdict(bool(holding), _sentence(info, operator, shown, wanted, holds=bool(holding)))


def _key(path: str, before: bool) -> str:
    """Before-values are the header's columns: only the last word of the path counts."""
    return path.rsplit(".", 1)[-1] if before else path


def values_at(data: Any, path: str) -> list[Any]:
    """Return what stands at a dotted path; a list on the way gives the values of all its rows."""
    found: list[Any] = [data]
    for name in path.split("."):
        rows: list[Any] = []
        for value in found:
            rows.extend(value if isinstance(value, list) else [value])
        found = [row[name] for row in rows if isinstance(row, Mapping) and name in row]
    return found


def as_number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return None


def _compare(value: Any, operator: str, wanted: Any, kind: str) -> bool:
    if operator in {"empty", "filled"}:
        return (value in (None, "", [])) is (operator == "empty")
    if operator == "contains":
        return str(wanted or "").casefold() in str(value or "").casefold()
    if value is None:
        return operator == "ne"
    left, right = _comparable(value, wanted, kind)
    if left is None or right is None:
        return False
    return bool(COMPARE[operator](left, right))


def _comparable(value: Any, wanted: Any, kind: str) -> tuple[Any, Any]:
    if kind in NUMBERS:
        return as_number(value), as_number(wanted)
    return str(value).strip().casefold(), str(wanted if wanted is not None else "").casefold()


def _sentence(
    info: FieldInfo, operator: str, value: Any, wanted: Any, *, holds: bool = True
) -> str:
    """Say what was compared: “Total 90000: is not at least 100000”."""
    if operator == "changed":
        return _("%(field)s changed") % {"field": info.label}
    shown = "—" if value in (None, "") else str(value)
    words = {
        "field": info.label,
        "value": shown,
        "operator": OPERATORS[operator],
        "wanted": "" if operator in WITHOUT_VALUE else str(wanted),
    }
    text = (
        _("%(field)s (%(value)s) %(operator)s %(wanted)s")
        if holds
        else _("not: %(field)s (%(value)s) %(operator)s %(wanted)s")
    )
    return (text % words).strip()


def check_condition(condition: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> None:
    """Refuse a condition that could not be judged later.

    Raises:
        ConditionInvalid: with a sentence that names the field or the value.
    """
    leaves = list(_leaves(condition))
    if len(leaves) > MOST_LEAVES:
        raise ConditionInvalid(_("A rule may have at most 50 conditions."))
    for leaf in leaves:
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


def _leaves(condition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if not condition:
        return []
    members = condition.get("all", condition.get("any"))
    if members is None:
        return [condition]
    return [leaf for member in members for leaf in _leaves(member)]

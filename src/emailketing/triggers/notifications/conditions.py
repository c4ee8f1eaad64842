"""Does a rule's condition hold for a document, and why? Pure functions; sentences for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from emailketing.common.conditions import (
    MEMBERSHIP,
    MONEY,
    NUMBERS,
    WITHOUT_VALUE,
    Condition,
    amounts_at,
    as_number,
    asks_amount,
    comparable,
    compare,
    leaves,
    members,
    values_at,
)
from emailketing.common.currencies import currency_code, is_currency
from emailketing.common.plain import JSON, Values
from emailketing.common.said import join
from emailketing.common.said import say as _
from emailketing.sources.field_info import FieldInfo
from emailketing.triggers.notifications.reasons import Reason

__all__ = [
    "NUMBERS",
    "OPERATORS",
    "WITHOUT_VALUE",
    "ConditionInvalid",
    "ConditionVerdict",
    "Facts",
    "FieldInfo",
    "Reason",
    "as_membership",
    "as_number",
    "check_condition",
    "comparison",
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
WORDS = ("field", "when", "op", "currency")  # of a line; its value may be anything
DATES = frozenset({"date", "datetime"})


class ConditionInvalid(Exception):
    """The condition of a rule is not well formed; the message says which part."""


@dataclass(frozen=True, slots=True)
class ConditionVerdict:
    """Whether the condition holds, and the sentence that says why."""

    holds: bool
    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may look at: the document now, its header before, what fields are called.

    `own`: the company's currency, of amounts that name none.
    """

    document: Values
    before: Values
    fields: Mapping[str, FieldInfo]
    own: str = ""

    def info(self, path: str) -> FieldInfo:
        return self.fields.get(path) or FieldInfo(path, path)

    def values(self, path: str, *, before: bool = False) -> list[JSON]:
        """Return what stands there; what did not change was before as it is now."""
        return (values_at(self.before, path) if before else []) or values_at(self.document, path)

    def amounts(self, path: str, *, before: bool = False) -> list[tuple[JSON, str]]:
        """Return the same, each with its currency."""
        now = amounts_at(self.document, path, self.own)
        if not before:
            return now
        # what did not change has the currency it has now
        return amounts_at(self.before, path, self.currency) or now

    @property
    def currency(self) -> str:
        return currency_code(self.document.get("currency")) or self.own

    def asked(self, leaf: Condition) -> str:
        """Return the currency a line compares in; of one that names none the company's."""
        return currency_code(leaf.get("currency")) or self.own


def evaluate(condition: Condition, facts: Facts) -> ConditionVerdict:
    """Judge the whole tree; an empty condition always holds.

    Raises:
        ConditionInvalid: when the tree is malformed or a field does not exist any more.
    """
    if not is_tree(condition):
        raise ConditionInvalid(_("A condition names no field or an unknown comparison."))
    return _judge(condition, facts)


def _judge(condition: Condition, facts: Facts) -> ConditionVerdict:
    if not condition:
        return ConditionVerdict(holds=True, why=_("no condition: always"))
    if "all" in condition or "any" in condition:
        return _judge_group(condition, facts)
    return _judge_leaf(condition, facts)


def _judge_group(group: Condition, facts: Facts) -> ConditionVerdict:
    if (leaf := as_membership(group)) is not None:
        return _judge_leaf(leaf, facts)
    every = "all" in group
    verdicts = [_judge(member, facts) for member in (group["all"] if every else group["any"])]
    if not verdicts:
        return ConditionVerdict(holds=True, why=_("no condition: always"))
    holds = all(v.holds for v in verdicts) if every else any(v.holds for v in verdicts)
    # what decided: the failing ones of an “all”, the holding ones of an “any”
    decisive = [v.why for v in verdicts if v.holds is holds]
    return ConditionVerdict(holds, join("; " if every is not holds else ", ", decisive))


def as_membership(group: Condition) -> Condition | None:
    """Return “the table is A or it is B or …” as “the table is one of A, B, …”, else None."""
    members = group.get("any") or []
    asked = {tuple(one.get(word) for word in WORDS) for one in members}
    if len(members) < 2 or len(asked) != 1 or members[0].get("op") != "eq":  # noqa: PLR2004
        return None
    values = [one.get("value") for one in members]
    return {**members[0], "op": "in", "value": values}


def _judge_leaf(leaf: Condition, facts: Facts) -> ConditionVerdict:
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
    if asks_amount(leaf, info.type):
        return _amount(leaf, info, facts, facts.asked(leaf))
    reason = Reason(info, facts.currency, is_before=is_before)
    if operator in EDGES:
        was = values_at(facts.before, path)
        return _edge(reason, leaf, found or [None], was, is_new=not facts.before)
    return _compared(reason, leaf, found or [None])


def _compared(reason: Reason, leaf: Condition, values: list[JSON]) -> ConditionVerdict:
    operator, wanted = str(leaf["op"]), leaf.get("value")
    holding = [v for v in values if compare(v, operator, wanted, reason.info.type)]
    shown = holding[0] if holding else values[0]
    return ConditionVerdict(
        bool(holding), reason.write(operator, shown, wanted, holds=bool(holding))
    )


def _amount(leaf: Condition, info: FieldInfo, facts: Facts, currency: str) -> ConditionVerdict:
    """Compare amounts of one currency; those of another are neither more nor less, and said."""
    is_before, operator = leaf.get("when") == "before", str(leaf["op"])
    amounts = facts.amounts(info.path, before=is_before)
    values = comparable(amounts, currency)
    if not values:
        return _other_currency(leaf, info, amounts[0], currency)
    reason = Reason(info, currency or facts.currency, is_before=is_before)
    if operator not in EDGES:
        return _compared(reason, leaf, values)
    was = amounts_at(facts.before, info.path, facts.currency)
    return _edge(
        reason, leaf, values, comparable(was, currency), is_new=not facts.before or bool(was)
    )


def _other_currency(
    leaf: Condition, info: FieldInfo, amount: tuple[JSON, str], currency: str
) -> ConditionVerdict:
    sentence = _(
        "%(field)s: %(value)s; the rule compares with %(wanted)s, and amounts of different "
        "currencies are not compared"
    )
    wanted = Reason(info, currency)
    words = {
        "field": info.label,
        "value": Reason(info, amount[1]).shown(amount[0]),
        "wanted": join(", ", [wanted.shown(member) for member in members(leaf.get("value"))]),
    }
    return ConditionVerdict(holds=False, why=sentence % words)


def _changed(info: FieldInfo, facts: Facts) -> ConditionVerdict:
    was = amounts_at(facts.before, info.path, facts.currency)
    now = facts.amounts(info.path)
    is_same = was == now if info.type == MONEY else _values(was) == _values(now)
    if not was or is_same:
        return ConditionVerdict(
            holds=False, why=_("%(field)s did not change") % {"field": info.label}
        )
    words = {
        "field": info.label,
        "was": Reason(info, was[0][1]).shown(was[0][0]),
        "now": Reason(info, now[0][1]).shown(now[0][0]) if now else "—",
    }
    return ConditionVerdict(holds=True, why=_("%(field)s changed: %(was)s → %(now)s") % words)


def _values(amounts: list[tuple[JSON, str]]) -> list[JSON]:
    return [value for value, _currency in amounts]


def _edge(
    reason: Reason, leaf: Condition, now: list[JSON], was: list[JSON], *, is_new: bool
) -> ConditionVerdict:
    """Judge “becomes” and “crosses”: so now, and not so before; a new document was nothing."""
    operator, wanted, kind = str(leaf["op"]), leaf.get("value"), reason.info.type
    holding = [v for v in now if compare(v, EDGES[operator], wanted, kind)]
    held_before = any(compare(v, EDGES[operator], wanted, kind) for v in was)
    if not holding:
        return ConditionVerdict(
            holds=False, why=reason.write(EDGES[operator], now[0], wanted, holds=False)
        )
    if held_before or not (was or is_new):
        sentence = _("%(field)s was %(value)s before too")
        words = {"field": reason.info.label, "value": reason.shown((was or holding)[0])}
        return ConditionVerdict(holds=False, why=sentence % words)
    return ConditionVerdict(
        holds=True, why=reason.crossed(operator, was[0] if was else None, holding[0], wanted)
    )


def comparison(leaf: Condition, label: str, wanted: str) -> str:
    """Say one comparison: “Total (before) is at least Gs. 100.000”.

    Args:
        leaf: with its operator, and whether it asks what was before.
        label: what the field is called.
        wanted: the value as people write it; not used by “is empty” and its like.
    """
    operator, is_before = str(leaf.get("op")), leaf.get("when") == "before"
    if operator in WITHOUT_VALUE:
        text = _("%(field)s (before) %(operator)s") if is_before else _("%(field)s %(operator)s")
    elif is_before:
        text = _("%(field)s (before) %(operator)s %(wanted)s")
    else:
        text = _("%(field)s %(operator)s %(wanted)s")
    said = {"field": label, "operator": OPERATORS.get(operator, operator), "wanted": wanted}
    return text % said


def check_condition(condition: Condition, fields: Mapping[str, FieldInfo]) -> None:
    """Refuse a condition that could not be judged later.

    Raises:
        ConditionInvalid: with a sentence that names the field or the value.
    """
    if not is_tree(condition):
        raise ConditionInvalid(_("A condition names no field or an unknown comparison."))
    found = list(leaves(condition))
    if len(found) > MOST_LEAVES:
        raise ConditionInvalid(_("A rule may have at most 50 conditions."))
    for leaf in found:
        _check_leaf(leaf, fields)


def is_tree(tree: Any) -> bool:
    """Whether it has the shape of a condition, whatever its lines say."""
    if not isinstance(tree, Mapping):
        return False
    joints = [joint for joint in ("all", "any") if joint in tree]
    if not joints:
        return all(isinstance(tree.get(word) or "", str) for word in WORDS)
    members = tree[joints[0]]
    return len(tree) == 1 and isinstance(members, list) and all(map(is_tree, members))


def _check_leaf(leaf: Condition, fields: Mapping[str, FieldInfo]) -> None:
    path, operator = str(leaf.get("field") or ""), str(leaf.get("op", ""))
    if not path:
        raise ConditionInvalid(_("Choose a field, or remove this line."))
    if path not in fields:
        message = _("The field “%(field)s” does not exist. Choose another in the rule.")
        raise ConditionInvalid(message % {"field": path})
    if operator not in OPERATORS:
        raise ConditionInvalid(_("A condition names no field or an unknown comparison."))
    _check_value(leaf, operator, fields[path])


def _check_value(leaf: Condition, operator: str, info: FieldInfo) -> None:
    if operator in WITHOUT_VALUE:
        return
    value = leaf.get("value")
    if value in (None, "", []):
        raise ConditionInvalid(_("Write the value to compare with."))
    if operator.startswith("crosses") and info.type not in NUMBERS:
        message = _("Only a number rises above or falls below something; %(field)s is none.")
        raise ConditionInvalid(message % {"field": info.label})
    if info.type in DATES:
        _check_dates(value, operator)
    if info.type in NUMBERS:
        _check_numbers(leaf, operator, info)


def _members(value: JSON, operator: str) -> list[JSON]:
    if operator not in MEMBERSHIP:
        return [value]
    return value if isinstance(value, list) else list(str(value).split(","))


def _check_dates(value: JSON, operator: str) -> None:
    for member in _members(value, operator):
        try:
            date.fromisoformat(str(member).strip()[:10])
        except ValueError as error:
            message = _("“%(value)s” is not a date.") % {"value": member}
            raise ConditionInvalid(message) from error


def _check_numbers(leaf: Condition, operator: str, info: FieldInfo) -> None:
    for member in _members(leaf.get("value"), operator):
        if as_number(member) is None:
            message = _("“%(value)s” is not a number; %(field)s needs one.")
            raise ConditionInvalid(message % {"value": member, "field": info.label})
    if leaf.get("currency") and not is_currency(str(leaf["currency"])):
        message = _("“%(name)s” is no currency; write its code, for example PYG.")
        raise ConditionInvalid(message % {"name": leaf["currency"]})

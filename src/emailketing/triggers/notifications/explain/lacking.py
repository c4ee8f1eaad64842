"""What would have to be so for a condition to hold: “Total is at least Gs. 100.000”."""

from django.utils.translation import gettext as _

from emailketing.common.conditions import Condition, asks_amount
from emailketing.triggers.notifications.conditions import (
    Facts,
    Reason,
    as_membership,
    comparison,
    evaluate,
)


def lacking(condition: Condition, facts: Facts) -> list[str]:
    """Return what does not hold of the document, as it would have to be.

    Raises:
        ConditionInvalid: the tree is malformed or a field does not exist any more.
    """
    if not condition or evaluate(condition, facts).holds:
        return []
    if "all" in condition:
        return [part for member in condition["all"] for part in lacking(member, facts)]
    if "any" in condition and (leaf := as_membership(condition)) is not None:
        return [_wanted(leaf, facts)]
    if "any" in condition:
        parts = (" + ".join(lacking(member, facts)) for member in condition["any"])
        return [_(" or ").join(part for part in parts if part)]
    return [_wanted(condition, facts)]


def _wanted(leaf: Condition, facts: Facts) -> str:
    info = facts.info(str(leaf.get("field")))
    operator, value = str(leaf.get("op")), leaf.get("value")
    currency = facts.asked(leaf) if asks_amount(leaf, info.type) else facts.currency
    reason = Reason(info, currency)
    members = value if isinstance(value, list) else [value]
    if operator == "in" and (kind := info.set_of(members)):
        return _("%(field)s is %(kind)s") % {"field": info.label, "kind": kind}
    return comparison(leaf, info.label, ", ".join(reason.shown(member) for member in members))

"""A rule in words: when, if, to whom."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from emailketing.common.conditions import Condition, asks_amount
from emailketing.common.plain import JSON, Values
from emailketing.company.models import Company
from emailketing.contacts.models import Role
from emailketing.triggers.notifications.conditions import (
    FieldInfo,
    Reason,
    comparison,
)
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.shown.connector_words import connector_of, said
from emailketing.web.console.shown.phone import readable_number


def condition_words(rule: Rule) -> str:
    return _tree(rule.condition, rule.document_fields()) if rule.condition else ""


def field_label(rule: Rule, path: str) -> str:
    info = rule.document_fields().get(path)
    return info.label if info else path


def _tree(node: Condition, fields: Mapping[str, FieldInfo]) -> str:
    for joint, word in (("all", _(" and ")), ("any", _(" or "))):
        if joint in node:
            parts = [
                f"({_tree(member, fields)})" if _is_crowd(member) else _tree(member, fields)
                for member in (node["all"] if joint == "all" else node["any"])
            ]
            return word.join(parts)
    return _leaf(node, fields)


def _is_crowd(node: Condition) -> bool:
    return len(node.get("all") or node.get("any") or ()) > 1


def _leaf(leaf: Condition, fields: Mapping[str, FieldInfo]) -> str:
    info = fields.get(str(leaf.get("field")))
    wanted = _wanted(leaf.get("value"), info, _currency(leaf, info))
    return comparison(leaf, info.label if info else str(leaf.get("field")), wanted)


def _currency(leaf: Condition, info: FieldInfo | None) -> str:
    """Of a rule from before amounts carried one: the company's."""
    if info is None or not asks_amount(leaf, info.type):
        return ""
    return str(leaf.get("currency") or Company.get().currency)


def _wanted(value: JSON, info: FieldInfo | None, currency: str) -> str:
    if isinstance(value, list):
        return ", ".join(_wanted(one, info, currency) for one in value)
    return Reason(info, currency).shown(value) if info else str(value)


def recipient_words(rule: Rule) -> list[str]:
    connector = connector_of(rule.source)
    labels = (
        {name: said(label, name) for name, label in connector.usages.items()} if connector else {}
    )
    fields = {path: info.label for path, info in rule.document_fields().items()}
    return [
        _("%(who)s (only reads along)") % {"who": who} if wanted.get("copy") else who
        for wanted in rule.recipients
        for who in [_recipient(wanted, labels, fields)]
    ]


def _recipient(wanted: Values, usages: Mapping[str, str], fields: Mapping[str, str]) -> str:
    kind = wanted.get("kind")
    if kind == "party":
        usage = str(wanted.get("usage") or "")
        if not usage:
            return _("the customer or supplier of the document")
        return _("the customer or supplier of the document (%(usage)s)") % {
            "usage": usages.get(usage, usage)
        }
    if kind == "field":
        path = str(wanted.get("path") or "")
        return _("the address in “%(field)s”") % {"field": fields.get(path, path)}
    if kind == "role":
        role = Role.objects.filter(pk=str(wanted.get("role") or 0)).first()
        return _("duty %(role)s") % {"role": role.name if role else "—"}
    value = str(wanted.get("value") or "")
    if value and "@" not in value:
        value = readable_number(value)
    return str(wanted.get("name") or value or "—")

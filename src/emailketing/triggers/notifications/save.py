"""Save a rule after checking that it can work; switch it on and off."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from emailketing.triggers.notifications.conditions import ConditionInvalid, check_condition
from emailketing.triggers.notifications.fields import fields_of
from emailketing.triggers.notifications.models import Rule

RECIPIENT_KINDS = frozenset({"party", "role", "address"})


class RuleInvalid(Exception):
    """The rule cannot work as it is; the message says what to put right."""


def save_rule(rule: Rule, *, by: str, now: datetime) -> Rule:
    """Check and save.

    Raises:
        RuleInvalid: a condition, recipient or template that cannot work, in one sentence.
    """
    _check(rule)
    if rule._state.adding:
        rule.created_at, rule.created_by = now, by
    if rule.is_active and rule.active_since is None:
        rule.active_since = now
    rule.save()
    return rule


def switch(rule: Rule, *, on: bool, now: datetime) -> Rule:
    """Switch a rule on or off; on only when it can work."""
    if on:
        _check(rule)
    rule.is_active = on
    rule.active_since = now if on else None
    rule.save(update_fields=["is_active", "active_since"])
    return rule


def _check(rule: Rule) -> None:
    fields = fields_of(rule)
    if not fields:
        message = _("The source %(source)s has no process “%(process)s”.")
        raise RuleInvalid(message % {"source": rule.source.name, "process": rule.process})
    try:
        check_condition(rule.condition, fields)
    except ConditionInvalid as error:
        raise RuleInvalid(str(error)) from error
    if not rule.recipients and not rule.fallback:
        raise RuleInvalid(_("Choose at least one recipient."))
    for wanted in [*rule.recipients, *([rule.fallback] if rule.fallback else [])]:
        _check_recipient(wanted)
    if not rule.template.revisions.exists():
        raise RuleInvalid(_("The template has no text yet. Write it first."))


def _check_recipient(wanted: dict[str, Any]) -> None:
    if wanted.get("kind") not in RECIPIENT_KINDS:
        raise RuleInvalid(_("The rule has a recipient it does not understand."))
    if wanted["kind"] == "address" and "@" not in str(wanted.get("value", "")):
        message = _("“%(address)s” is not an e-mail address.")
        raise RuleInvalid(message % {"address": wanted.get("value", "")})

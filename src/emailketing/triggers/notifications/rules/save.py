"""Save a rule after checking that it can work; switch it on and off."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem, place_of
from emailketing.audience.saving import AudienceInvalid, save_noted
from emailketing.audience.wanted import RecipientInvalid, check_readable, read_wanted
from emailketing.audience.ways import gone_channels, lacks_texts
from emailketing.channels.declared import EMAIL
from emailketing.company.models import Company
from emailketing.triggers.notifications.conditions import (
    ConditionInvalid,
    FieldInfo,
    check_condition,
    is_tree,
)
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.checks import (
    delivery_problems,
    recipient_problem,
    saying_problems,
    timing_problems,
)
from emailketing.triggers.notifications.rules.wording import wording_problems
from emailketing.triggers.notifications.rules.written import with_currencies

MOST_RECIPIENTS = 50


class RuleInvalid(AudienceInvalid):
    """The rule cannot work as it is."""


@transaction.atomic
def save_rule(rule: Rule, *, by: Who | str, now: datetime) -> Rule:
    """Check, save, and note what changed.

    Raises:
        RuleInvalid: a condition, recipient or template that cannot work: all that is wrong.
    """
    own = Company.get().currency
    if is_tree(rule.condition):
        rule.condition = with_currencies(rule.condition, rule.document_fields(), own=own)
    check(rule, now=now)
    rule.recipients = [read_wanted(wanted)[0] for wanted in rule.recipients]
    rule.fallback = read_wanted(rule.fallback)[0] if rule.fallback else {}
    if rule._state.adding:
        rule.created_at, rule.created_by = now, str(by)
    if rule.is_active and rule.active_since is None:
        rule.active_since = now
    save_noted(rule, Rule.objects.filter(pk=rule.pk).first(), by=by, now=now)
    return rule


@transaction.atomic
def switch(rule: Rule, *, on: bool, by: Who | str, now: datetime) -> Rule:
    """Switch a rule on or off, and note it; on only when it can work."""
    was_on = rule.is_active
    if on:
        _check_switched_on(rule, now)
    rule.is_active = on
    rule.active_since = now if on else None
    rule.save(update_fields=["is_active", "active_since"])
    note("switched", by=by, now=now, about=rule, changes={"is_active": [was_on, on]})
    return rule


@transaction.atomic
def delete_rule(rule: Rule, *, by: Who | str, now: datetime) -> None:
    """Forget a rule and what it made of past events; messages already sent stay."""
    note("deleted", by=by, now=now, about=rule)
    rule.delete()


def _check_switched_on(rule: Rule, now: datetime) -> None:
    was, rule.is_active = rule.is_active, True
    try:
        check(rule, now=now)
    except RuleInvalid:
        rule.is_active = was
        raise


def problem_of(rule: Rule, *, now: datetime) -> str:
    """Return why a saved rule cannot work any more, in one sentence; nothing when it can.

    A column that vanished from the connector, a template without a text or with names that the
    documents lack, a sender switched off; no sender for the texts beside the mail.
    """
    try:
        check(rule, now=now)
        found = lacks_texts(rule) if rule.is_active else ""
    except RuleInvalid as error:
        found = str(error)
    sentence = _(
        "It has a text for the channel “%(channel)s”, which is not installed: nothing goes by it."
        " Install it again, or take the text away: emailketing rule set %(rule)s way=%(channel)s"
    )
    gone = (sentence % {"channel": one, "rule": rule.pk} for one in gone_channels(rule))
    return " ".join(filter(None, [found, *gone]))


def check(rule: Rule, *, now: datetime) -> None:
    """Refuse a rule that could not work; what only an active rule needs is asked of those.

    Raises:
        RuleInvalid: with everything that is wrong.
    """
    if found := list(problems(rule, now=now)):
        raise RuleInvalid(*found)


def problems(rule: Rule, *, now: datetime) -> Iterator[Problem]:
    """Yield what keeps the rule from working, each in one sentence."""
    fields = rule.document_fields()
    if not fields:
        message = _("The source %(source)s has no process “%(process)s”.")
        yield Problem(message % {"source": rule.source.name, "process": rule.process}, "what")
        return
    try:
        check_readable(rule.recipients)
        check_readable(rule.fallback)
    except RecipientInvalid as error:
        yield Problem(str(error), "recipients")
        return
    try:
        check_condition(rule.condition, fields)
    except ConditionInvalid as error:
        yield Problem(str(error), "condition")
    yield from saying_problems(rule)
    yield from _recipient_problems(rule, fields)
    if rule.template is None:
        yield Problem(_("Choose a template."), place_of(EMAIL, "template"))
        return
    yield from delivery_problems(rule)
    yield from wording_problems(rule)
    yield from timing_problems(rule, fields, now=now)


def _recipient_problems(rule: Rule, fields: Mapping[str, FieldInfo]) -> Iterator[Problem]:
    if len(rule.recipients) > MOST_RECIPIENTS:
        sentence = _("At most %(most)s recipients; a duty may have any number of people.")
        yield Problem(sentence % {"most": MOST_RECIPIENTS}, "recipients")
        return
    if not rule.recipients and not rule.fallback:
        yield Problem(_("Choose at least one recipient."), "recipients")
    elif not rule.fallback and all(wanted.get("copy") for wanted in rule.recipients):
        sentence = _("Choose at least one recipient who does not only read along.")
        yield Problem(sentence, "recipients")
    for row, wanted in enumerate(rule.recipients):
        if problem := recipient_problem(rule, wanted, fields):
            yield Problem(problem, f"recipients.{row}")
    if rule.fallback.get("copy"):
        sentence = _("Who hears of it when nobody has an address does not only read along.")
        yield Problem(sentence, "fallback.0")
    elif rule.fallback and (problem := recipient_problem(rule, rule.fallback, fields)):
        yield Problem(problem, "fallback.0")

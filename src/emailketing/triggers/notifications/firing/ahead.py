"""What a rule makes of an event as far as nothing is written: looked at once, before the lock."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from emailketing.audience.recipients import Resolution, resolve
from emailketing.audience.template_data import template_data
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import Plan, plan_of
from emailketing.common.document import Document, document_in
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of
from emailketing.content.documents import DocumentFailed
from emailketing.events.models import Event
from emailketing.outbox.queueing.dispatch import dispatched_among
from emailketing.triggers.notifications.conditions import ConditionInvalid, evaluate
from emailketing.triggers.notifications.firing.flood import is_flooded
from emailketing.triggers.notifications.firing.prepare import draws_a_pdf, make_files
from emailketing.triggers.notifications.firing.write import Written
from emailketing.triggers.notifications.keys import dispatch_key
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.fields import facts_of

Result = Outcome.Result


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule's view of one event."""

    plan: Plan
    objection: Written | None = None  # why it writes nothing
    is_flooded: bool = False
    resolution: Resolution | None = None  # None: it was of no use to look for anybody


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was found before the lock, by the number of the rule."""

    seen: dict[int, RuleView]
    sent: frozenset[str]  # keys that are dispatched already


def look_ahead(rules: Sequence[Rule], event: Event, *, now: datetime) -> Ahead:
    """Look with every rule, and draw the PDFs: meanwhile the engine can send.

    What is decided afterwards finds them drawn; whatever fails here is said there.
    """
    keys = {rule.pk: dispatch_key(rule, event) for rule in rules}
    ahead = Ahead({}, dispatched_among(keys.values()) if keys else frozenset())
    for rule in rules:
        ahead.seen[rule.pk] = seen = look(rule, event, now=now)
        if keys[rule.pk] not in ahead.sent:
            _draw(rule, event, seen)
    return ahead


def _draw(rule: Rule, event: Event, seen: RuleView) -> None:
    document = document_in(event.data)
    if rule.remind_days or rule.digest or not draws_a_pdf(rule, document):
        return
    if seen.resolution is not None and seen.resolution.recipients:
        with suppress(DocumentFailed):
            data = template_data(document, event=event)
            make_files(rule, data, seen.resolution.recipients)


def look(rule: Rule, event: Event, *, now: datetime, ignore_flood: bool = False) -> RuleView:
    """Ask condition, flood guard and recipients of one rule."""
    document = document_in(event.data)
    plan = plan_of(rule)
    objection = _objection(rule, event, document)
    if objection is not None:
        return RuleView(plan, objection)
    if not ignore_flood and is_flooded(rule, now=now, event=event):
        return RuleView(plan, is_flooded=True)
    if rule.remind_days:
        return RuleView(plan)
    try:
        return RuleView(plan, resolution=resolve(rule, document, actor=event.actor, plan=plan))
    except RecipientInvalid as error:
        return RuleView(plan, Written(Result.FAILED, sentence_of(error)))


def _objection(rule: Rule, event: Event, document: Document) -> Written | None:
    """Return why this rule is not about this event, None when it is."""
    if rule.active_since is not None and event.occurred_at < rule.active_since:
        return Written(Result.BEFORE, _("it happened before the rule was switched on"))
    facts = facts_of(rule, document, event.data.get("before") or {})
    try:
        verdict = evaluate(rule.condition, facts)
    except ConditionInvalid as error:
        return Written(Result.FAILED, sentence_of(error))
    return None if verdict.holds else Written(Result.CONDITION, verdict.why)

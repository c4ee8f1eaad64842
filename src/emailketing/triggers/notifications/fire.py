"""Something happened: let every rule look at it, once, and note what it made of it."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.reading import one_reading
from emailketing.company.models import Company
from emailketing.content.documents import DocumentFailed
from emailketing.content.store import StoreFull
from emailketing.events.models import Event, EventQuerySet
from emailketing.outbox.dispatch import was_dispatched
from emailketing.sources.models import Source
from emailketing.triggers.notifications.conditions import ConditionInvalid, Facts, evaluate
from emailketing.triggers.notifications.digest import gather
from emailketing.triggers.notifications.fields import fields_of
from emailketing.triggers.notifications.flood import (
    drop_held,
    is_flooded,
    release_held,
    retry_failed,
)
from emailketing.triggers.notifications.keys import NEEDED, dispatch_key
from emailketing.triggers.notifications.ladder import plan_ladder
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.prepare import draws_a_pdf, make_files, template_data
from emailketing.triggers.notifications.recipients import resolve
from emailketing.triggers.notifications.told import (
    judge_sequels_again,
    why_over,
    why_unheard,
    withdraw_what_ended,
)
from emailketing.triggers.notifications.ways import plan_of
from emailketing.triggers.notifications.write import UNFORESEEN, Letter, Written, nobody, write

__all__ = [
    "apply_rule",
    "dispatch_key",
    "drop_held",
    "fire",
    "fire_due",
    "is_flooded",
    "release_held",
    "retry",
    "retry_failed",
]
logger = logging.getLogger(__name__)
BLOCK = 50  # then the sources are asked again: what is urgent waits for no more than this
RELEASED_BLOCK = 50
LONGEST_WAIT = timedelta(minutes=2)
Result = Outcome.Result
FINAL = (Result.SENT, Result.DROPPED)  # looked at again, these stay as they are


def fire_due(now: datetime) -> int:
    """Let the rules look at new events, urgent ones first; return how much there was to do.

    A full attachment store stops the run: the event stays unread and is tried again.
    """
    released = Outcome.objects.filter(result=Result.RELEASED).order_by()
    if not Event.objects.unread().order_by().exists() and not released.exists():
        return 0  # idle must be cheap
    with translation.override(Company.get().language):
        fired = 0
        try:
            with one_reading():  # company, senders and connectors once for the block
                for event in _block(due_events(now)):
                    fire(event, now=now)
                    fired += 1
            fired += _write_released(now)
        except StoreFull:
            logger.warning("The attachment store is full: events wait")
        return fired


def _block(due: EventQuerySet) -> list[Event]:
    """Return what an urgent rule waits for, then the others, each oldest first."""
    urgent = list(
        Rule.objects.filter(is_active=True, is_urgent=True).values_list("process", flat=True)
    )
    first = _with_what_came_before(list(due.filter(kind__in=urgent)[:BLOCK]) if urgent else [])
    rest = due.exclude(pk__in=[event.pk for event in first])
    return [*first, *rest[: max(BLOCK - len(first), 0)]]


def _with_what_came_before(urgent: list[Event]) -> list[Event]:
    """An annulment is urgent, its order is not: it is told after the order all the same."""
    keys = {event.document_key for event in urgent} - {""}
    if not keys:
        return urgent
    places = {_place(event): event.pk for event in urgent}  # the last one of each document
    waiting = Event.objects.unread().filter(document_key__in=keys, pk__lt=max(places.values()))
    before = [event for event in waiting if event.pk < places.get(_place(event), 0)]
    found = {event.pk: event for event in (*before, *urgent)}
    return [found[pk] for pk in sorted(found)]


def _place(event: Event) -> tuple[str, str, str]:
    return event.source, event.document_type, event.document_key


def due_events(now: datetime) -> EventQuerySet:
    """Return what is new, without what a source is still being read for.

    Only when all of an import is here the flood guard can see that it is one.
    """
    partly_read = list(Source.objects.catching_up().values_list("slug", flat=True))
    return Event.objects.unread().exclude(
        source__in=partly_read, recorded_at__gt=now - LONGEST_WAIT
    )


def _write_released(now: datetime) -> int:
    released = Outcome.objects.filter(result=Result.RELEASED).select_related(
        "event", *(f"rule__{name}" for name in NEEDED)
    )
    outcomes = list(released.order_by("pk")[:RELEASED_BLOCK])
    for outcome in outcomes:
        apply_rule(outcome.rule, outcome.event, now=now, ignore_flood=True)
    return len(outcomes)


def fire(event: Event, *, now: datetime) -> list[Outcome]:
    """Let every active rule of the event's process look at it, all or nothing.

    Two workers, or a second call: only the first one does it.
    """
    rules = Rule.objects.filter(
        source__slug=event.source, process=event.kind, is_active=True
    ).select_related(*NEEDED)
    for rule in rules:
        with suppress(*UNFORESEEN, DocumentFailed):
            _draw_ahead(rule, event, now=now)
    with transaction.atomic():
        unread = Event.objects.select_for_update().filter(pk=event.pk, read_at=None).first()
        if unread is None:
            return []
        withdraw_what_ended(unread, now=now)
        outcomes = [apply_rule(rule, unread, now=now) for rule in rules.all()]
        unread.read_at = now
        unread.save(update_fields=["read_at"])
    return outcomes


def _draw_ahead(rule: Rule, event: Event, *, now: datetime) -> None:
    """Draw the PDFs before our database is locked: meanwhile the engine can send.

    What is decided below finds them drawn; whatever fails here is said there.
    """
    document = event.data.get("document") or {}
    if rule.remind_days or rule.digest or not draws_a_pdf(rule, document):
        return
    if _objection(rule, event, document) is None and not is_flooded(rule, now=now):
        found = resolve(rule, document, actor=event.actor, plan=plan_of(rule)).recipients
        make_files(rule, template_data(document, event=event), found)


def retry(outcome: Outcome, *, now: datetime) -> Outcome:
    """Decide once more for a rule that could not write then, with the rule as it is today."""
    with translation.override(Company.get().language):
        return apply_rule(outcome.rule, outcome.event, now=now, ignore_flood=True)


@transaction.atomic
def apply_rule(rule: Rule, event: Event, *, now: datetime, ignore_flood: bool = False) -> Outcome:
    """Decide for one rule and one event; the outcome says what was sent or why nothing was."""
    known = Outcome.objects.select_for_update().filter(rule=rule, event=event).first()
    is_stopped = known is not None and known.result == Result.NO_ADDRESS and known.dispatch_id
    if known is not None and (known.result in FINAL or is_stopped):
        return known
    try:
        with transaction.atomic():
            decided = _decide(rule, event, now=now, ignore_flood=ignore_flood)
    except UNFORESEEN:
        logger.exception("rule %s, event %s: could not be judged", rule.pk, event.pk)
        sentence = _("Something unforeseen happened; the log says more.")
        decided = Written(Result.FAILED, sentence)
    outcome, _is_new = Outcome.objects.update_or_create(
        rule=rule,
        event=event,
        defaults={
            "result": decided.result,
            "detail": decided.detail[:500],
            "dispatch": decided.dispatched.dispatch if decided.dispatched else None,
            "at": now,
        },
    )
    if known is not None and decided.result == Result.SENT:
        judge_sequels_again(rule, event)
    return outcome


def _decide(rule: Rule, event: Event, *, now: datetime, ignore_flood: bool) -> Written:
    document = event.data.get("document") or {}
    objection = _objection(rule, event, document)
    if objection is not None:
        return objection
    if not ignore_flood and is_flooded(rule, now=now):
        detail = _("more than %(limit)s in an hour: release or drop them in the rule")
        return Written(Result.HELD, detail % {"limit": rule.flood_limit})
    if rule.remind_days:
        return plan_ladder(rule, event, document, now=now)
    plan = plan_of(rule)
    resolution = resolve(rule, document, actor=event.actor, plan=plan)
    if not resolution.recipients:
        return nobody(resolution)
    if rule.digest:
        return gather(rule, event, resolution, now=now)
    letter = Letter(
        rule=rule,
        event=event,
        document=document,
        key=dispatch_key(rule, event),
        plan=plan,
    )
    return write(letter, resolution, now=now)


def _objection(rule: Rule, event: Event, document: dict[str, Any]) -> Written | None:
    """Return why this rule writes nothing about this event, None when it may."""
    if rule.active_since is not None and event.occurred_at < rule.active_since:
        return Written(Result.BEFORE, _("it happened before the rule was switched on"))
    facts = Facts(document, event.data.get("before") or {}, fields_of(rule))
    try:
        verdict = evaluate(rule.condition, facts)
    except ConditionInvalid as error:
        return Written(Result.FAILED, str(error))
    if not verdict.holds:
        return Written(Result.CONDITION, verdict.why)
    if was_dispatched(dispatch_key(rule, event)):
        return Written(Result.ALREADY, _("already sent for this document"))
    untimely = why_over(rule, event) or why_unheard(rule, event)
    return Written(Result.CONDITION, untimely) if untimely else None

"""Something happened: let every rule look at it, once, and note what it made of it."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.company.models import Company
from emailketing.content.documents import DocumentFailed
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.events.models import Event, EventQuerySet
from emailketing.outbox.dispatch import (
    Dispatched,
    KeyReused,
    MailClass,
    Request,
    Way,
    dispatch,
    was_dispatched,
)
from emailketing.sources.models import Source
from emailketing.triggers.notifications.conditions import ConditionInvalid, Facts, evaluate
from emailketing.triggers.notifications.fields import fields_of
from emailketing.triggers.notifications.flood import (
    drop_held,
    is_flooded,
    release_held,
    retry_failed,
)
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.prepare import choose_sender, make_files, template_data
from emailketing.triggers.notifications.recipients import Resolution, resolve

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
BLOCK = 200
RELEASED_BLOCK = 50
LONGEST_WAIT = timedelta(minutes=2)
Result = Outcome.Result
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DataError)
FINAL = (Result.SENT, Result.DROPPED)  # looked at again, these stay as they are


class NobodyReachable(Exception):
    """None of the recipients has a usable address; nothing was dispatched."""

    def __init__(self, sentences: Iterable[str]) -> None:
        super().__init__(" ".join(sentences))


def fire_due(now: datetime) -> int:
    """Let the rules look at every new event, oldest first; return how much there was to do.

    A full attachment store stops the run: the event stays unread and is tried again.
    """
    with translation.override(Company.get().language):
        fired = 0
        try:
            for event in due_events(now)[:BLOCK]:
                fire(event, now=now)
                fired += 1
            fired += _write_released(now)
        except StoreFull:
            logger.warning("The attachment store is full: events wait")
        return fired


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
        "event", "rule__source", "rule__template__brand", "rule__sender"
    )
    outcomes = list(released.order_by("pk")[:RELEASED_BLOCK])
    for outcome in outcomes:
        apply_rule(outcome.rule, outcome.event, now=now, ignore_flood=True)
    return len(outcomes)


def fire(event: Event, *, now: datetime) -> list[Outcome]:
    """Let every active rule of the event's process look at it, all or nothing.

    Two workers, or a second call: only the first one does it.
    """
    with transaction.atomic():
        unread = Event.objects.select_for_update().filter(pk=event.pk, read_at=None).first()
        if unread is None:
            return []
        outcomes = [
            apply_rule(rule, unread, now=now)
            for rule in Rule.objects.filter(
                source__slug=unread.source, process=unread.kind, is_active=True
            ).select_related("source", "template__brand", "sender")
        ]
        unread.read_at = now
        unread.save(update_fields=["read_at"])
    return outcomes


def retry(outcome: Outcome, *, now: datetime) -> Outcome:
    """Decide once more for a rule that could not write then, with the rule as it is today."""
    with translation.override(Company.get().language):
        return apply_rule(outcome.rule, outcome.event, now=now, ignore_flood=True)


@transaction.atomic
def apply_rule(rule: Rule, event: Event, *, now: datetime, ignore_flood: bool = False) -> Outcome:
    """Decide for one rule and one event; the outcome says what was sent or why nothing was."""
    known = Outcome.objects.select_for_update().filter(rule=rule, event=event).first()
    if known is not None and known.result in FINAL:
        return known
    try:
        with transaction.atomic():
            decided = _decide(rule, event, now=now, ignore_flood=ignore_flood)
    except UNFORESEEN:
        # one rule and one event must not stop all that come after them
        logger.exception("rule %s, event %s: could not be judged", rule.pk, event.pk)
        decided = Result.FAILED, _("Something unforeseen happened; the log says more."), None
    result, detail, dispatched = decided
    outcome, _is_new = Outcome.objects.update_or_create(
        rule=rule,
        event=event,
        defaults={
            "result": result,
            "detail": detail[:500],
            "dispatch": dispatched.dispatch if dispatched else None,
            "at": now,
        },
    )
    return outcome


def _decide(
    rule: Rule, event: Event, *, now: datetime, ignore_flood: bool
) -> tuple[str, str, Dispatched | None]:
    document = event.data.get("document") or {}
    objection = _objection(rule, event, document)
    if objection is not None:
        return *objection, None
    if not ignore_flood and is_flooded(rule, now=now):
        detail = _("more than %(limit)s in an hour: release or drop them in the rule")
        return Result.HELD, detail % {"limit": rule.flood_limit}, None
    resolution = resolve(rule, document)
    if not resolution.recipients:
        return Result.NO_ADDRESS, " ".join(resolution.problems) or _("no recipient"), None
    return _try_to_send(rule, event, resolution, now=now)


def _try_to_send(
    rule: Rule, event: Event, resolution: Resolution, *, now: datetime
) -> tuple[str, str, Dispatched | None]:
    try:
        return _send(rule, event, resolution, now=now)
    except KeyReused:
        return Result.ALREADY, _("already sent for this document"), None
    except NobodyReachable as error:
        return Result.NO_ADDRESS, str(error), None
    except (RenderFailed, DocumentFailed) as error:
        return Result.FAILED, str(error), None


def _objection(rule: Rule, event: Event, document: dict[str, Any]) -> tuple[str, str] | None:
    """Return why this rule writes nothing about this event, None when it may."""
    if rule.active_since is not None and event.occurred_at < rule.active_since:
        return Result.BEFORE, _("it happened before the rule was switched on")
    facts = Facts(document, event.data.get("before") or {}, fields_of(rule))
    try:
        verdict = evaluate(rule.condition, facts)
    except ConditionInvalid as error:
        return Result.FAILED, str(error)
    if not verdict.holds:
        return Result.CONDITION, verdict.why
    if was_dispatched(dispatch_key(rule, event)):
        return Result.ALREADY, _("already sent for this document")
    return None


def _send(
    rule: Rule, event: Event, resolution: Resolution, *, now: datetime
) -> tuple[str, str, Dispatched | None]:
    sender = choose_sender(rule)
    if sender is None:
        return Result.FAILED, _("There is no active sender. Make one under Senders."), None
    data = template_data(event.data.get("document") or {}, event=event)
    # a savepoint: a rule that cannot write must not take the others with it
    with transaction.atomic():
        request = Request(
            key=dispatch_key(rule, event),
            trigger=f"rule:{rule.pk}",
            trigger_label=rule.name,
            ways={sender.channel: Way(rule.template, sender)},
            recipients=tuple(resolution.recipients),
            data=data,
            mail_class=MailClass(rule.mail_class),
            scope=rule.source.scope,
            event_id=event.pk,
            document_type=event.document_type,
            document_key=event.document_key,
            document_label=event.document_label,
            files=make_files(rule, data, resolution.recipients),
            not_before=now + timedelta(minutes=rule.delay_minutes),
        )
        dispatched = dispatch(request, now=now)
        if not dispatched.messages:  # the key stays free for when there is an address
            sentences = [refusal.sentence for refusal in dispatched.refused]
            raise NobodyReachable([*resolution.problems, *sentences])
    if not dispatched.is_new:
        return Result.ALREADY, _("already sent for this document"), dispatched
    return Result.SENT, _notes(resolution, dispatched), dispatched


def _notes(resolution: Resolution, dispatched: Dispatched) -> str:
    notes = [*resolution.problems, *(refusal.sentence for refusal in dispatched.refused)]
    if resolution.used_fallback:
        notes.insert(0, _("nobody had an address: went to the fallback"))
    return " ".join(notes)


def dispatch_key(rule: Rule, event: Event) -> str:
    """The natural key (R28): per document for “once”, per event for “every time”.

    A number that SQLite gives again after a deletion is another document: it has another life.
    """
    if rule.repeat == Rule.Repeat.EVERY:
        return f"rule:{rule.pk}:event:{event.pk}"
    life = event.data.get("life") or 0
    key = f"rule:{rule.pk}:{event.source}:{event.document_type}:{event.document_key}"
    return f"{key}:{life}" if life else key

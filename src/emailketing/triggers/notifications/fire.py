"""Something happened: let every rule look at it, once, and note what it made of it."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.company.models import Company
from emailketing.content.documents import DocumentFailed
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.events.models import Event
from emailketing.outbox.dispatch import Dispatched, KeyReused, MailClass, Request, dispatch
from emailketing.triggers.notifications.conditions import ConditionInvalid, Facts, evaluate
from emailketing.triggers.notifications.fields import fields_of
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.prepare import choose_sender, make_files, template_data
from emailketing.triggers.notifications.recipients import Resolution, resolve

logger = logging.getLogger(__name__)
BLOCK = 200
Result = Outcome.Result


def fire_due(now: datetime) -> int:
    """Let the rules look at every new event, oldest first; return how many events were read.

    A full attachment store stops the run: the event stays unread and is tried again.
    """
    with translation.override(Company.get().language):
        fired = 0
        for event in Event.objects.unread()[:BLOCK]:
            try:
                fire(event, now=now)
            except StoreFull:
                logger.warning("The attachment store is full: event %s waits", event.pk)
                break
            fired += 1
        return fired


def fire(event: Event, *, now: datetime) -> list[Outcome]:
    """Let every active rule of the event's process look at it, all or nothing."""
    with transaction.atomic():
        outcomes = [
            apply_rule(rule, event, now=now)
            for rule in Rule.objects.filter(
                source__slug=event.source, process=event.kind, is_active=True
            ).select_related("source", "template__brand", "sender")
        ]
        event.read_at = now
        event.save(update_fields=["read_at"])
    return outcomes


def apply_rule(rule: Rule, event: Event, *, now: datetime, ignore_flood: bool = False) -> Outcome:
    """Decide for one rule and one event; the outcome says what was sent or why nothing was."""
    result, detail, dispatched = _decide(rule, event, now=now, ignore_flood=ignore_flood)
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
    facts = Facts(document, event.data.get("before") or {}, fields_of(rule))
    try:
        verdict = evaluate(rule.condition, facts)
    except ConditionInvalid as error:
        return Result.FAILED, str(error), None
    if not verdict.holds:
        return Result.CONDITION, verdict.why, None
    if rule.repeat == Rule.Repeat.ONCE and _was_sent(rule, event):
        return Result.ALREADY, _("already sent for this document"), None
    if not ignore_flood and is_flooded(rule, now=now):
        detail = _("more than %(limit)s in an hour: release or drop them in the rule")
        return Result.HELD, detail % {"limit": rule.flood_limit}, None
    resolution = resolve(rule, document)
    if not resolution.recipients:
        return Result.NO_ADDRESS, " ".join(resolution.problems) or _("no recipient"), None
    return _send(rule, event, resolution, now=now)


def _send(
    rule: Rule, event: Event, resolution: Resolution, *, now: datetime
) -> tuple[str, str, Dispatched | None]:
    sender = choose_sender(rule)
    if sender is None:
        return Result.FAILED, _("There is no active sender. Make one under Senders."), None
    data = template_data(event.data.get("document") or {}, event=event)
    try:
        # a savepoint: a rule that cannot write must not take the others with it
        with transaction.atomic():
            request = Request(
                key=dispatch_key(rule, event),
                trigger=f"rule:{rule.pk}",
                trigger_label=rule.name,
                template=rule.template,
                sender=sender,
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
    except KeyReused:
        return Result.ALREADY, _("already sent for this document"), None
    except (RenderFailed, DocumentFailed) as error:
        return Result.FAILED, str(error), None
    notes = [*resolution.problems, *(r.sentence for r in dispatched.refused)]
    if resolution.used_fallback:
        notes.insert(0, _("nobody had an address: went to the fallback"))
    if not dispatched.messages:
        return Result.NO_ADDRESS, " ".join(notes), dispatched
    if not dispatched.is_new:
        return Result.ALREADY, _("already sent for this document"), dispatched
    return Result.SENT, " ".join(notes), dispatched


def dispatch_key(rule: Rule, event: Event) -> str:
    """The natural key (R28): per document for “once”, per event for “every time”."""
    if rule.repeat == Rule.Repeat.ONCE:
        return f"rule:{rule.pk}:{event.source}:{event.document_type}:{event.document_key}"
    return f"rule:{rule.pk}:event:{event.pk}"


def _was_sent(rule: Rule, event: Event) -> bool:
    return (
        Outcome.objects.filter(
            rule=rule,
            result=Result.SENT,
            event__source=event.source,
            event__document_type=event.document_type,
            event__document_key=event.document_key,
        )
        .exclude(event=event)
        .exists()
    )


def is_flooded(rule: Rule, *, now: datetime) -> bool:
    """Say whether this rule has written its hourly fill: an import, not a person at work."""
    since = now - timedelta(hours=1)
    recent = Outcome.objects.filter(rule=rule, result=Result.SENT, at__gt=since).count()
    return recent >= rule.flood_limit


def release_held(rule: Rule, *, now: datetime) -> int:
    """Write what the flood guard held back; returns how many outcomes were decided again."""
    held = list(Outcome.objects.filter(rule=rule, result=Result.HELD).select_related("event"))
    with translation.override(Company.get().language):
        for outcome in held:
            apply_rule(rule, outcome.event, now=now, ignore_flood=True)
    return len(held)


def drop_held(rule: Rule, *, reason: str, now: datetime) -> int:
    """Give up what the flood guard held back, with the reason; nothing is sent."""
    return Outcome.objects.filter(rule=rule, result=Result.HELD).update(
        result=Result.DROPPED, detail=reason[:500], at=now
    )

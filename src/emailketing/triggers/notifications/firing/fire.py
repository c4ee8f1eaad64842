"""Something happened: let every rule look at it, once, and note what it made of it."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.boundary import Boundary
from emailketing.common.document import document_in
from emailketing.common.reading import one_reading
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.content.store import StoreFull
from emailketing.events.models import Event, EventQuerySet
from emailketing.events.readers import has_news, take, unread
from emailketing.outbox.queueing.dispatch import KeyReused, look_for_suppressions, was_dispatched
from emailketing.sources.models import Source
from emailketing.triggers.notifications.firing.ahead import Ahead, RuleView, look, look_ahead
from emailketing.triggers.notifications.firing.digest import gather
from emailketing.triggers.notifications.firing.flood import (
    drop_held,
    is_flooded,
    release_held,
    retry_failed,
)
from emailketing.triggers.notifications.firing.ladder import plan_ladder
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.firing.texts import is_wanted, write_wanted
from emailketing.triggers.notifications.firing.told import (
    judge_sequels_again,
    know_process,
    why_over,
    why_unheard,
    withdraw_what_ended,
)
from emailketing.triggers.notifications.firing.write import (
    UNWRITABLE,
    Letter,
    NobodyReachable,
    Written,
    nobody,
    write,
)
from emailketing.triggers.notifications.keys import dispatch_key, with_needed
from emailketing.triggers.notifications.models import Outcome, Rule, kept_words

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
# what a rule may raise that cannot write: then each is given a savepoint of its own
FAILS = (*UNWRITABLE, IntegrityError, KeyReused, NobodyReachable)
FINAL = (Result.SENT, Result.DROPPED)  # looked at again, these stay as they are


def fire_due(now: datetime) -> int:
    """Let the rules look at new events, urgent ones first; return how much there was to do.

    A full attachment store stops the run: the event stays unread and is tried again.
    """
    released = Outcome.objects.filter(result=Result.RELEASED).order_by()
    if not (has_news(RULES, now=now) or released.exists() or is_wanted()):
        return 0  # idle must be cheap
    with translation.override(Company.get().language):
        fired = 0
        try:
            with one_reading():  # company, senders and connectors once for the block
                for event in _block(due_events(now)):
                    with Boundary(f"event {event.pk}", passing=(StoreFull,)) as met:
                        fire(event, now=now)
                    if met.error is not None:
                        _give_up(event, met, now)
                    fired += 1
            fired += _write_released(now)
            fired += write_wanted(now)
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
    waiting = unread(RULES).filter(document_key__in=keys, pk__lt=max(places.values()))
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
    partly = Q(source__in=partly_read, recorded_at__gt=now - LONGEST_WAIT)
    return unread(RULES).exclude(partly)


def _write_released(now: datetime) -> int:
    released = Outcome.objects.filter(result=Result.RELEASED).select_related("event")
    outcomes = list(with_needed(released, "rule__").order_by("pk")[:RELEASED_BLOCK])
    for outcome in outcomes:
        apply_rule(outcome.rule, outcome.event, now=now, ignore_flood=True)
    return len(outcomes)


def fire(event: Event, *, now: datetime) -> list[Outcome]:
    """Let every active rule of the event's process look at it, all or nothing.

    Two workers, or a second call: only the first one does it. All rules are looked at before our
    database is locked, then written in one go; where that fails, each by itself.
    """
    with one_reading():
        rules = list(_rules_of(event))
        for rule in rules[:1]:
            know_process(rule, event)
        with Boundary(f"event {event.pk}", passing=(StoreFull,)), suppress(*FAILS):
            ahead = look_ahead(rules, event, now=now)
            return _let(event, partial(_at_once, rules, ahead=ahead, now=now), now)
        return _let(event, partial(_one_by_one, now=now), now)


@transaction.atomic
def _give_up(event: Event, met: Boundary, now: datetime) -> None:
    """No rule could look at it: each says so, and a person decides on it again."""
    note_error(met, "events", str(event), now=now)
    if take(RULES, event, now=now):
        failed = Written(Result.FAILED, met.sentence)
        rows = [_new_outcome(rule, event, failed, now) for rule in _rules_of(event)]
        Outcome.objects.bulk_create(rows, ignore_conflicts=True)


def _rules_of(event: Event) -> QuerySet[Rule]:
    return with_needed(
        Rule.objects.filter(source__slug=event.source, process=event.kind, is_active=True)
    )


def _let(event: Event, decide: Callable[[Event], list[Outcome]], now: datetime) -> list[Outcome]:
    with transaction.atomic():
        if not take(RULES, event, now=now):
            return []
        withdraw_what_ended(event, now=now)
        return decide(event)


def _at_once(rules: Sequence[Rule], event: Event, *, ahead: Ahead, now: datetime) -> list[Outcome]:
    """Write for every rule without a way back for one of them.

    Raises:
        one of FAILS: nothing may be kept of it (IntegrityError: some have decided already).
    """
    found = (ahead.seen[rule.pk].resolution for rule in rules)
    look_for_suppressions(one for r in found if r is not None for one in r.recipients)
    outcomes = []
    for rule in rules:
        is_sent = dispatch_key(rule, event) in ahead.sent
        seen = ahead.seen[rule.pk]
        decided = _decide(rule, event, seen, now=now, is_sent=is_sent, is_sure=True)
        outcomes.append(_new_outcome(rule, event, decided, now))
    return Outcome.objects.bulk_create(outcomes)


def _one_by_one(event: Event, *, now: datetime) -> list[Outcome]:
    return [apply_rule(rule, event, now=now) for rule in _rules_of(event)]


def _new_outcome(rule: Rule, event: Event, decided: Written, now: datetime) -> Outcome:
    return Outcome(
        rule=rule,
        event=event,
        result=decided.result,
        **kept_words(decided.detail),
        dispatch=decided.dispatched.dispatch if decided.dispatched else None,
        texts=_texts(decided),
        at=now,
    )


def _texts(decided: Written) -> str:
    return Outcome.Texts.MISSING if decided.lacks_texts else ""


@transaction.atomic
def retry(outcome: Outcome, *, by: Who | str, now: datetime) -> Outcome:
    """Decide once more for a rule that could not write then, with the rule as it is today."""
    with translation.override(Company.get().language):
        decided = apply_rule(outcome.rule, outcome.event, now=now, ignore_flood=True)
    changes = {"result": [outcome.result, decided.result]}
    note("retried", by=by, now=now, about=outcome.rule, changes=changes)
    return decided


@transaction.atomic
def apply_rule(rule: Rule, event: Event, *, now: datetime, ignore_flood: bool = False) -> Outcome:
    """Decide for one rule and one event; the outcome says what was sent or why nothing was."""
    known = Outcome.objects.select_for_update().filter(rule=rule, event=event).first()
    is_stopped = known is not None and known.result == Result.NO_ADDRESS and known.dispatch_id
    if known is not None and (known.result in FINAL or is_stopped):
        return known
    is_again = known is not None
    decided = _decided(rule, event, now=now, ignore_flood=ignore_flood, is_again=is_again)
    outcome, _is_new = Outcome.objects.update_or_create(
        rule=rule,
        event=event,
        defaults={
            "result": decided.result,
            **kept_words(decided.detail),
            "dispatch": decided.dispatched.dispatch if decided.dispatched else None,
            "texts": _texts(decided),
            "at": now,
        },
    )
    if known is not None and decided.result == Result.SENT:
        judge_sequels_again(rule, event)
    return outcome


def _decided(
    rule: Rule, event: Event, *, now: datetime, ignore_flood: bool, is_again: bool
) -> Written:
    """Decide; an error in the program is what this rule has to say of this event, and no more."""
    about = f"rule {rule.pk}, event {event.pk}"
    with Boundary(about, passing=(StoreFull,)) as met, transaction.atomic():
        if is_again:  # then perhaps nobody withdrew what this event ends
            withdraw_what_ended(event, now=now)
        seen = look(rule, event, now=now, ignore_flood=ignore_flood)
        is_sent = was_dispatched(dispatch_key(rule, event))
        return _decide(rule, event, seen, now=now, is_sent=is_sent)
    note_error(met, f"rule:{rule.pk}", rule.name, now=now)
    return Written(Result.FAILED, met.sentence)


def _decide(
    rule: Rule,
    event: Event,
    seen: RuleView,
    *,
    now: datetime,
    is_sent: bool,
    is_sure: bool = False,
) -> Written:
    document = document_in(event.data)
    if objection := _objection(rule, event, seen, is_sent=is_sent):
        return objection
    if seen.resolution is None:
        return plan_ladder(rule, event, document, now=now)
    if not seen.resolution.recipients:
        return nobody(seen.resolution)
    if rule.digest:
        return gather(rule, event, seen.resolution, now=now)
    letter = Letter(
        rule=rule,
        event=event,
        document=document,
        key=dispatch_key(rule, event),
        plan=seen.plan,
    )
    return write(letter, seen.resolution, now=now, is_sure=is_sure)


def _objection(rule: Rule, event: Event, seen: RuleView, *, is_sent: bool) -> Written | None:
    """Return why this rule writes nothing about this event, None when it may."""
    if seen.objection is not None:
        return seen.objection
    if is_sent:
        return Written(Result.ALREADY, _("already sent for this document"))
    if untimely := why_over(rule, event) or why_unheard(rule, event):
        return Written(Result.CONDITION, untimely)
    if seen.is_flooded:
        detail = _("more than %(limit)s in an hour: release or drop them in the rule")
        return Written(Result.HELD, detail % {"limit": rule.flood_limit})
    return None

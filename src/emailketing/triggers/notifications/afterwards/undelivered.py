"""What certainly did not arrive: whoever stands in for the person hears of it now, once (R30).

A document of which only some addresses failed counts too. What a person decided does not.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from emailketing.audience.recipients import resolve_fallback
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import plan_of
from emailketing.common.boundary import Boundary
from emailketing.common.document import document_in
from emailketing.common.reading import one_reading
from emailketing.common.said import join, kept, sentence_of
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.content.store import StoreFull
from emailketing.events.models import Event
from emailketing.outbox.afterwards.lost import Lost, lost
from emailketing.triggers.notifications.firing.write import Letter, Written, notice_for, write
from emailketing.triggers.notifications.keys import dispatch_key
from emailketing.triggers.notifications.models import (
    Gathered,
    Outcome,
    Reminder,
    Rule,
    Undelivered,
    kept_words,
)

WORTH_IT = timedelta(days=3)
BLOCK = 50


def undelivered_due(now: datetime) -> int:
    """Tell the fallback person of what was lost since we last looked; return how many it was."""
    dealt_with = Undelivered.objects.values("message_id")
    found = lost("rule:", now - WORTH_IT, dealt_with=dealt_with, most=BLOCK)
    if not found:
        return 0
    with translation.override(Company.get().language), one_reading():
        return sum(_look_at(one, now) for one in found)


def _look_at(one: Lost, now: datetime) -> int:
    rule, event = _about(one.dispatch_id) or (None, None)
    with Boundary(f"message {one.message_id} was lost", passing=(StoreFull,)) as met:
        return _deal_with(one, rule, event, now)
    about, name = (f"rule:{rule.pk}", rule.name) if rule else ("undelivered", one.address)
    note_error(met, about, name, now=now)
    # it stands in the list of whoever looks after what did not arrive, like every other
    values = {"rule": rule, "event": event, "at": now, **kept_words(met.sentence)}
    Undelivered.objects.get_or_create(message_id=one.message_id, defaults=values)
    return 1


@transaction.atomic
def _deal_with(one: Lost, rule: Rule | None, event: Event | None, now: datetime) -> int:
    noted, is_new = Undelivered.objects.get_or_create(
        message_id=one.message_id, defaults={"rule": rule, "event": event, "at": now}
    )
    if not is_new:
        return 0
    if rule is not None and event is not None:
        _tell(noted, one, rule, event, now)
    return 1


def _about(dispatch_id: int) -> tuple[Rule, Event] | None:
    """Return whose message it was; None for the one to the fallback person: nobody stands in."""
    for told in (Outcome, Reminder, Gathered):
        found = told.objects.filter(dispatch_id=dispatch_id).select_related("rule", "event").first()
        if found is not None:
            return found.rule, found.event
    return None


def _tell(noted: Undelivered, one: Lost, rule: Rule, event: Event, now: datetime) -> None:
    sentence = _("%(name)s (%(address)s) did not get it: %(why)s")
    why = sentence % {"name": one.name or "—", "address": one.address, "why": one.why}
    written = _write_instead(one, rule, event, now)
    if written is not None and written.dispatched is None:
        why = join(" ", [why, written.detail])  # nor was the fallback person written to
    noted.detail, noted.said = why[:500], kept(why)
    if written is not None and written.dispatched is not None:
        noted.instead = written.dispatched.dispatch
        why = join(" ", [why, _("The fallback person was written to.")])
    noted.save(update_fields=["detail", "said", "instead"])
    for outcome in Outcome.objects.filter(rule=rule, event=event):
        outcome.add_words(why)
        outcome.save(update_fields=["detail", "said"])


def _write_instead(one: Lost, rule: Rule, event: Event, now: datetime) -> Written | None:
    if not rule.fallback:
        return None
    document, plan = document_in(event.data), plan_of(rule)
    try:
        resolution = resolve_fallback(rule, document, plan=plan)
    except RecipientInvalid as error:
        return Written(Outcome.Result.FAILED, sentence_of(error))
    others = [to for to in resolution.recipients if to.address.lower() != one.address.lower()]
    if not others:
        return None
    resolution.recipients = others
    letter = Letter(
        rule=rule,
        event=event,
        document=document,
        key=f"{dispatch_key(rule, event)}:instead:{one.message_id}",
        plan=plan,
        more=notice_for(one.name or one.address, f"{one.address}: {one.why}"),
    )
    return write(letter, resolution, now=now)

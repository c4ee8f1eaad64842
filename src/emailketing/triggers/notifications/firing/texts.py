"""Texts for the phone that had no sender while the mail beside them left: write them later.

A person decides, rule by rule: write them now that there is a sender, or leave them.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.audience.recipients import resolve
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import Plan, plan_of
from emailketing.channels.catalogue import phones
from emailketing.common.boundary import Boundary
from emailketing.common.document import document_in
from emailketing.common.reading import one_reading
from emailketing.common.said import sentence_of
from emailketing.company.program_errors import note_error
from emailketing.content.store import StoreFull
from emailketing.triggers.notifications.firing.told import why_over
from emailketing.triggers.notifications.firing.write import Letter, write
from emailketing.triggers.notifications.keys import dispatch_key, with_needed
from emailketing.triggers.notifications.models import Outcome, Rule

BLOCK = 50
Texts = Outcome.Texts


def missing_texts(rule: Rule) -> QuerySet[Outcome]:
    """Return what the rule told by mail only, for want of a sender for the texts."""
    return Outcome.objects.filter(rule=rule, texts=Texts.MISSING)


def has_phone_way(rule: Rule) -> bool:
    """Say whether the texts could be written by now."""
    return bool(_phone_plan(plan_of(rule)).ways)


class NoWayForTexts(Exception):
    """The texts have no sender still."""


@transaction.atomic
def write_missing(rule: Rule, *, by: Who | str, now: datetime) -> int:
    """Let the worker write them; return how many documents it is.

    Raises:
        NoWayForTexts: one sentence.
    """
    if not has_phone_way(rule):
        raise NoWayForTexts(_("There is still no sender for these texts."))
    count = missing_texts(rule).update(texts=Texts.WANTED)
    note("released", by=by, now=now, about=rule, changes={"texts": [count, 0]})
    return count


@transaction.atomic
def leave_missing(rule: Rule, *, by: Who | str, now: datetime) -> int:
    """Give them up; the mails have left all the same."""
    count = missing_texts(rule).update(texts=Texts.LEFT)
    note("dropped", by=by, now=now, about=rule, changes={"texts": [count, 0]})
    return count


def is_wanted() -> bool:
    return Outcome.objects.filter(texts=Texts.WANTED).order_by().exists()


def write_wanted(now: datetime) -> int:
    """Write a block of what somebody wants written; return how many documents it was."""
    wanted = Outcome.objects.filter(texts=Texts.WANTED).select_related("event")
    outcomes = list(with_needed(wanted, "rule__").order_by("pk")[:BLOCK])
    with one_reading():
        for outcome in outcomes:
            with Boundary(f"texts of outcome {outcome.pk}", passing=(StoreFull,)) as met:
                _write(outcome, now)
            if met.error is not None:
                note_error(met, f"rule:{outcome.rule_id}", outcome.rule.name, now=now)
                _give_up(outcome, met.sentence)
    return len(outcomes)


@transaction.atomic
def _write(outcome: Outcome, now: datetime) -> None:
    rule, event = outcome.rule, outcome.event
    document, plan = document_in(event.data), plan_of(rule)
    said = why_over(rule, event)  # an order that was annulled meanwhile is not announced
    try:
        found = resolve(rule, document, actor=event.actor, plan=plan)
    except RecipientInvalid as error:
        _give_up(outcome, sentence_of(error))
        return
    found.recipients = [one for one in found.recipients if one.channel in phones()]
    outcome.texts = Texts.LEFT
    if not said and found.recipients:
        key = f"{dispatch_key(rule, event)}:texts"
        letter = Letter(rule=rule, event=event, document=document, key=key, plan=_phone_plan(plan))
        written = write(letter, found, now=now)
        said = written.detail
        is_there = written.dispatched is not None
        outcome.texts = Texts.WRITTEN if is_there else Texts.MISSING
    outcome.add_words(said)
    outcome.save(update_fields=["texts", "detail", "said"])


def _give_up(outcome: Outcome, why: str) -> None:
    """They stay missing, and the reason is said: a person may ask for them again."""
    outcome.texts = Texts.MISSING
    outcome.add_words(why)
    outcome.save(update_fields=["texts", "detail", "said"])


def _phone_plan(plan: Plan) -> Plan:
    ways = {channel: way for channel, way in plan.ways.items() if channel in phones()}
    return replace(plan, ways=ways)

"""Climb the ladders: on its day each rung reads the document fresh and writes if it is still so."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from emailketing.audience.recipients import resolve
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import plan_of
from emailketing.common.boundary import Boundary
from emailketing.common.document import Document
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.content.store import StoreFull
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source
from emailketing.sources.reading.sample import documents_now, still_so
from emailketing.triggers.notifications.conditions import ConditionInvalid, evaluate
from emailketing.triggers.notifications.firing.write import Letter, Written, nobody, write
from emailketing.triggers.notifications.keys import dispatch_key, with_needed
from emailketing.triggers.notifications.models import Outcome, Reminder, kept_words
from emailketing.triggers.notifications.rules.fields import facts_of

logger = logging.getLogger(__name__)
BLOCK = 100
AGAIN = timedelta(minutes=5)  # a source that does not answer is asked again after this
Result = Reminder.Result


def reminders_due(now: datetime) -> int:
    """Write, settle or give up every reminder whose day has come; return how many."""
    due = Reminder.objects.filter(done_at=None, due_at__lte=now).order_by("due_at", "pk")
    by_source: dict[str, list[Reminder]] = defaultdict(list)
    for reminder in with_needed(due.select_related("event"), "rule__")[:BLOCK]:
        by_source[reminder.rule.source.slug].append(reminder)
    done = 0
    if not by_source:
        return 0
    with translation.override(Company.get().language):
        for reminders in by_source.values():
            try:
                done += _of_one_source(reminders, now)
            except StoreFull:
                logger.warning("The attachment store is full: reminders wait")
    return done


def _of_one_source(reminders: list[Reminder], now: datetime) -> int:
    off = [one for one in reminders if not one.rule.is_active]
    for one in off:
        _close(one, Result.OFF, _("the rule is switched off"), now)
    live = [one for one in reminders if one.rule.is_active]
    if not live:
        return len(off)
    documents, problems = _read(live[0].rule.source, live)
    for one in live:
        pair = one.event.document_type, one.event.document_key
        if pair in documents:
            _climb(one, documents[pair], now)
        else:
            _wait(one, problems.get(pair) or problems[("", "")], now)
    return len(reminders)


def _read(
    source: Source, reminders: list[Reminder]
) -> tuple[dict[tuple[str, str], Document | None], dict[tuple[str, str], str]]:
    """Read the documents fresh; an outage concerns them all."""
    wanted = {(one.event.document_type, one.event.document_key) for one in reminders}
    try:
        return documents_now(source, wanted)
    except (CaptureError, ConnectorError) as error:
        return {}, {("", ""): str(error)}


def _wait(reminder: Reminder, problem: str, now: datetime) -> None:
    """The business system does not answer: the rung stays due, and is tried again soon."""
    logger.warning("reminder %s waits: the source could not be read", reminder.pk)
    Reminder.objects.filter(pk=reminder.pk, done_at=None).update(
        due_at=now + AGAIN, **kept_words(problem)
    )


def _climb(reminder: Reminder, document: Document | None, now: datetime) -> None:
    about = f"reminder {reminder.pk}"
    with Boundary(about, passing=(StoreFull,)) as met, transaction.atomic():
        locked = Reminder.objects.select_for_update().filter(pk=reminder.pk, done_at=None)
        if locked.exists():  # two workers: only the first one does it
            _decide(reminder, document, now)
    if met.error is not None:
        note_error(met, f"rule:{reminder.rule_id}", reminder.rule.name, now=now)
        _close(reminder, Result.FAILED, met.sentence, now)


def _decide(reminder: Reminder, document: Document | None, now: datetime) -> None:
    if document is None:
        _close_all(reminder, Result.GONE, _("the document is not there any more"), now)
        return
    try:
        settled = _why_settled(reminder, document)
        written = None if settled else _write(reminder, document, now)
    except (ConditionInvalid, ConnectorError, RecipientInvalid) as error:
        _close(reminder, Result.FAILED, sentence_of(error), now)
        return
    if written is None:
        _close_all(reminder, Result.SETTLED, settled, now)
        return
    sent = written.result in {Outcome.Result.SENT, Outcome.Result.ALREADY}
    _close(reminder, Result.SENT if sent else Result.FAILED, written.detail, now, written)


def _why_settled(reminder: Reminder, document: Document) -> str:
    """Return in words why nobody needs a reminder any more, or nothing."""
    rule, event = reminder.rule, reminder.event
    if not still_so(rule.source, event.kind, document):
        return _("it is not so any more in the business system")
    facts = facts_of(rule, document, event.data.get("before") or {})
    verdict = evaluate(rule.condition, facts)
    return "" if verdict.holds else verdict.why


def _write(reminder: Reminder, document: Document, now: datetime) -> Written:
    rule, event = reminder.rule, reminder.event
    plan = plan_of(rule)
    resolution = resolve(rule, document, actor=event.actor, plan=plan)
    if not resolution.recipients:
        return nobody(resolution)
    rungs = sorted({*rule.remind_days, reminder.days})
    letter = Letter(
        rule=rule,
        event=event,
        document=document,
        key=f"{dispatch_key(rule, event)}:reminder:{reminder.days}",
        plan=plan,
        more={
            "reminder": {
                "days": reminder.days,
                "number": rungs.index(reminder.days) + 1,
                "of": len(rungs),
            }
        },
    )
    return write(letter, resolution, now=now)


def _close(
    reminder: Reminder, result: str, detail: str, now: datetime, written: Written | None = None
) -> None:
    dispatched = written.dispatched if written else None
    Reminder.objects.filter(pk=reminder.pk, done_at=None).update(
        result=result,
        **kept_words(detail),
        done_at=now,
        dispatch=dispatched.dispatch if dispatched else None,
    )


def _close_all(reminder: Reminder, result: str, detail: str, now: datetime) -> None:
    """It is over: the later rungs of this ladder too."""
    Reminder.objects.filter(rule=reminder.rule, event=reminder.event, done_at=None).update(
        result=result, done_at=now, **kept_words(detail)
    )

"""Write about one event: the request for the one door, and what came of it in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from emailketing.audience.caps import Capped, within_cap
from emailketing.audience.hours import Calendar, zones_of
from emailketing.audience.recipients import Resolution
from emailketing.audience.template_data import template_data
from emailketing.audience.ways import Plan, template_for
from emailketing.channels.catalogue import phones
from emailketing.common.document import Document
from emailketing.common.said import join, sentence_of
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.company.windows import WindowInvalid
from emailketing.content.documents import DocumentFailed
from emailketing.content.render import RenderFailed
from emailketing.events.models import Event
from emailketing.outbox.queueing.dispatch import (
    Dispatched,
    DoesNotFit,
    KeyReused,
    MailClass,
    Recipient,
    Request,
    dispatch,
)
from emailketing.triggers.notifications.firing.prepare import make_files
from emailketing.triggers.notifications.firing.told import not_before
from emailketing.triggers.notifications.models import Outcome, Rule

Result = Outcome.Result
# why this one message cannot be made: each says so in one sentence
UNWRITABLE = (DocumentFailed, DoesNotFit, RenderFailed, WindowInvalid)


@dataclass(frozen=True)
class Written:
    """What became of it: an outcome's result, the words, the dispatch if there is one.

    `lacks_texts`: somebody's text for the phone had no sender.
    """

    result: str
    detail: str
    dispatched: Dispatched | None = None
    lacks_texts: bool = False


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is written about: the document as it is now, the key (R28), and data besides."""

    rule: Rule
    event: Event
    document: Document
    key: str
    plan: Plan
    more: dict[str, Any] = field(default_factory=dict)


class NobodyReachable(Exception):
    """None of the recipients has a usable address; nothing was dispatched."""

    def __init__(self, sentences: Iterable[str]) -> None:
        super().__init__(join(" ", dict.fromkeys(sentences)))


def write(
    letter: Letter, resolution: Resolution, *, now: datetime, is_sure: bool = False
) -> Written:
    """Dispatch, or say in one sentence why not; the key stays free where nothing was written.

    `is_sure`: the key is known to be new, and whoever calls takes everything back when it fails.
    """
    if not letter.plan.ways:
        return Written(Result.FAILED, no_way(letter.rule))
    capped = within_cap(letter.rule, resolution.recipients, trigger_of(letter.rule), now=now)
    if not capped.kept:
        return Written(Result.CAPPED, _enough(letter.rule, capped))
    if capped.full:
        resolution.problems.append(_enough(letter.rule, capped))
    resolution.recipients = capped.kept
    if resolution.used_fallback and "notice" not in letter.more:
        whom = str((letter.document.get("party") or {}).get("name") or "") or _("somebody else")
        notice = notice_for(whom, " ".join(resolution.problems))
        letter = replace(letter, more=letter.more | notice)
    if is_sure:
        return _dispatch(letter, resolution, now=now, is_sure=True)
    return _safely(letter, resolution, now=now)


def _safely(letter: Letter, resolution: Resolution, *, now: datetime) -> Written:
    try:
        return _dispatch(letter, resolution, now=now)
    except KeyReused:
        return Written(Result.ALREADY, _("already sent for this document"))
    except NobodyReachable as error:
        return Written(Result.NO_ADDRESS, sentence_of(error))
    except UNWRITABLE as error:
        return Written(Result.FAILED, sentence_of(error))


def notice_for(whom: str, why: str) -> dict[str, Any]:
    """Return what a letter to a fallback person says above itself."""
    return {"notice": {"whom": whom, "why": why}}


def nobody(resolution: Resolution) -> Written:
    """Say why there is nobody to write to."""
    if resolution.left_out and not resolution.problems:
        sentence = _("only %(name)s would have heard of it, who did it")
        return Written(Result.CONDITION, sentence % {"name": ", ".join(resolution.left_out)})
    return Written(Result.NO_ADDRESS, join(" ", resolution.problems) or _("no recipient"))


def _enough(rule: Rule, capped: Capped) -> str:
    sentence = _("%(name)s had %(count)s messages of this rule today already")
    return sentence % {"name": ", ".join(capped.full), "count": rule.daily_cap}


def no_way(rule: Rule) -> str:
    worded = any(template_for(rule, channel) for channel in phones())
    if rule.delivery == Rule.Delivery.PHONE and not worded:
        return _("The rule has no text for the phone. Choose one.")
    return _("There is no active sender. Make one under Senders.")


def _dispatch(
    letter: Letter, resolution: Resolution, *, now: datetime, is_sure: bool = False
) -> Written:
    rule, event = letter.rule, letter.event
    data = template_data(letter.document, event=event) | letter.more
    start = now + timedelta(minutes=rule.delay_minutes)
    start = max(start, not_before(rule, event) or start)  # what it follows leaves first
    recipients = in_their_hours(rule, resolution.recipients, start)
    files = make_files(rule, data, recipients)
    # a savepoint: a rule that cannot write must not take the others with it
    with transaction.atomic(savepoint=not is_sure):
        request = Request(
            key=letter.key,
            trigger=trigger_of(rule),
            trigger_label=rule.name,
            ways=letter.plan.ways,
            recipients=tuple(recipients),
            data=data,
            mail_class=MailClass(rule.mail_class),
            scope=rule.source.scope,
            event_id=event.pk,
            document_type=event.document_type,
            document_key=event.document_key,
            document_label=event.document_label,
            files=files,
            not_before=start,
        )
        dispatched = dispatch(request, now=now, is_sure=is_sure)
        if not dispatched.messages:  # the key stays free for when there is an address
            sentences = [refusal.sentence for refusal in dispatched.refused]
            raise NobodyReachable([*resolution.problems, *sentences])
        if dispatched.is_new and len(dispatched.broken) == dispatched.messages:
            raise RenderFailed(dispatched.broken[0])
    if not dispatched.is_new:
        return Written(Result.ALREADY, _("already sent for this document"), dispatched)
    notes = [*_notes(resolution, dispatched), *_waits(letter.plan, recipients)]
    notes += [file.note for file in files if file.note]
    # in the ledger with the reason; the fallback person is told by the step for what is lost
    is_stopped = dispatched.messages == len(dispatched.stopped)
    result = Result.NO_ADDRESS if is_stopped else Result.SENT
    lacks = any(_has_no_way(letter.plan, one) for one in recipients)
    return Written(result, join(" ", dict.fromkeys(notes)), dispatched, lacks_texts=lacks)


def _has_no_way(plan: Plan, one: Recipient) -> bool:
    channels = {one.channel, *(other.channel for other in one.alternatives)}
    return one.channel in phones() and not channels & plan.ways.keys()


def trigger_of(rule: Rule) -> str:
    return f"rule:{rule.pk}"


def in_their_hours(rule: Rule, recipients: list[Recipient], start: datetime) -> list[Recipient]:
    """Put off whom the rule's or the company's hours spare now, in each one's own zone (R23).

    Raises:
        WindowInvalid: the hours cannot be understood, or never open.
    """
    calendar = Calendar.of(rule, Company.get())
    if calendar.is_always_open:
        return recipients
    zones = zones_of(recipients)
    return [
        replace(one, not_before=calendar.not_before(start, zones.get(one.contact_id, "")))
        for one in recipients
    ]


def _waits(plan: Plan, recipients: Iterable[Recipient]) -> Iterator[str]:
    """Say whose messages do not leave yet, because their sender is switched off (S35)."""
    sentence = _("It waits until the sender “%(name)s” is switched on.")
    for channel in dict.fromkeys(one.channel for one in recipients):
        way = plan.ways.get(channel)
        if way is not None and not way.sender.is_active:
            yield sentence % {"name": way.sender.name}


def _notes(resolution: Resolution, dispatched: Dispatched) -> list[str]:
    notes = [
        *resolution.problems,
        *(refusal.sentence for refusal in dispatched.refused),
        *dispatched.broken,
        *dispatched.stopped,
    ]
    if resolution.used_fallback:
        notes.insert(0, _("nobody had an address: went to the fallback"))
    return notes

"""Digests: what happened is gathered for each person and told in one message in its hour."""

import logging
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from emailketing.audience.caps import midnight, within_cap
from emailketing.audience.hours import Calendar, zone_of, zones_of
from emailketing.audience.recipients import Resolution
from emailketing.audience.template_data import template_data
from emailketing.audience.wanted import RecipientInvalid
from emailketing.audience.ways import plan_of
from emailketing.channels.catalogue import is_phone
from emailketing.common.boundary import Boundary
from emailketing.common.document import as_document, as_json, document_in
from emailketing.common.plain import Entry
from emailketing.common.said import join, sentence_of
from emailketing.common.said import say as _
from emailketing.company.links import link_to
from emailketing.company.models import Company
from emailketing.company.program_errors import note_error
from emailketing.company.windows import WindowInvalid
from emailketing.contacts.models import Contact
from emailketing.content.models import Template
from emailketing.content.render import RenderFailed
from emailketing.content.shape import in_words_of
from emailketing.content.starters import STARTERS, make_starter_templates
from emailketing.content.store import StoreFull
from emailketing.events.models import Event
from emailketing.outbox.queueing.dispatch import (
    Alternative,
    KeyReused,
    MailClass,
    Recipient,
    Request,
    Way,
    dispatch,
)
from emailketing.sources.document_label import label_in
from emailketing.triggers.notifications.firing.told import judge_sequels_again, why_over
from emailketing.triggers.notifications.firing.write import (
    UNWRITABLE,
    NobodyReachable,
    Written,
    no_way,
    trigger_of,
)
from emailketing.triggers.notifications.keys import is_about_same, with_needed
from emailketing.triggers.notifications.models import Gathered, Outcome, Rule, kept_words
from emailketing.triggers.notifications.rules.wording import tells_many

logger = logging.getLogger(__name__)
Result = Outcome.Result
MOST_TOLD = 200  # documents in one message; the count says how many there are
GROUPS = 100


def gather(rule: Rule, event: Event, resolution: Resolution, *, now: datetime) -> Written:
    """Put the event by for each recipient, until the hour or the day is over."""
    if rule.repeat == Rule.Repeat.ONCE and _is_gathered(rule, event):
        return Written(Result.ALREADY, _("already sent for this document"))
    try:
        calendar = Calendar.of(rule, Company.get())
        zones = zones_of(resolution.recipients)
        for one in resolution.recipients:
            due_at = told_at(rule, calendar, zones.get(one.contact_id, ""), now)
            waits = {"recipient": _stored(one), "due_at": due_at, "is_done": False}
            Gathered.objects.update_or_create(
                rule=rule, event=event, address=one.address.lower(), defaults=waits
            )
    except WindowInvalid as error:
        return Written(Result.FAILED, sentence_of(error))
    return Written(Result.GATHERED, join(" ", resolution.problems))


def _is_gathered(rule: Rule, event: Event) -> bool:
    """Say whether the document was told in a digest, or waits for one."""
    told_or_waiting = Gathered.objects.filter(Q(is_done=False) | Q(dispatch__isnull=False))
    return is_about_same(told_or_waiting, rule, event)


def told_at(rule: Rule, calendar: Calendar, time_zone: str, now: datetime) -> datetime:
    """Return the next full hour, or the next time it is the digest's hour there."""
    local = now.astimezone(zone_of(time_zone, calendar.zone))
    if rule.digest == Rule.Digest.HOUR:
        due_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    else:
        today = local.date() + timedelta(days=local.hour >= rule.digest_hour)
        due_at = datetime.combine(today, time(rule.digest_hour), tzinfo=local.tzinfo)
    return calendar.not_before(due_at, time_zone) or due_at


def told_tomorrow(rule: Rule, calendar: Calendar, time_zone: str, now: datetime) -> datetime:
    """Return when the first digest after the company's next midnight is."""
    return told_at(rule, calendar, time_zone, midnight(now + timedelta(days=1)))


def _stored(recipient: Recipient) -> dict[str, Any]:
    return {name: value for name, value in asdict(recipient).items() if name != "not_before"}


def _restored(values: dict[str, Any]) -> Recipient:
    """Take up whom it was gathered for.

    Raises:
        RecipientInvalid: it was put by hand, or by a version that kept something else.
    """
    try:
        others = tuple(Alternative(**other) for other in values.get("alternatives", ()))
        return Recipient(**{**values, "alternatives": others})
    except TypeError as error:
        sentence = _("For whom it was gathered cannot be read. Decide on it again in the rule.")
        raise RecipientInvalid(sentence) from error


def gathered_due(now: datetime) -> int:
    """Tell what was gathered and is due, one message for each rule and person; return how many."""
    due = Gathered.objects.filter(is_done=False, due_at__lte=now).order_by()
    groups = list(due.values_list("rule_id", "address").distinct()[:GROUPS])
    if not groups:
        return 0
    with translation.override(Company.get().language):
        rules = with_needed(Rule.objects.all()).in_bulk({pk for pk, _address in groups})
        try:
            for pk, address in groups:
                _tell(rules[pk], address, now)
        except StoreFull:
            logger.warning("The attachment store is full: digests wait")
    return len(groups)


def _tell(rule: Rule, address: str, now: datetime) -> None:
    """Write one digest and note that it is told, all or nothing: a kill tells it once."""
    with transaction.atomic():
        rows = list(
            Gathered.objects.select_for_update(of=("self",))
            .filter(rule=rule, address=address, is_done=False, due_at__lte=now)
            .select_related("event")
            .order_by("pk")
        )
        about = f"the digest of rule {rule.pk}"
        with Boundary(about, passing=(StoreFull,)) as met, transaction.atomic():
            _tell_of(rule, _still_so(rule, rows, now), now)
        if met.error is not None:
            note_error(met, f"rule:{rule.pk}", rule.name, now=now)
            _note(rule, rows, Written(Result.FAILED, met.sentence), now)


def _tell_of(rule: Rule, rows: list[Gathered], now: datetime) -> None:
    if not rows:
        return
    try:
        with transaction.atomic():
            written = _write(rule, rows, now)
    except NobodyReachable as error:
        written = Written(Result.NO_ADDRESS, sentence_of(error))
    except (*UNWRITABLE, KeyReused, RecipientInvalid) as error:
        written = Written(Result.FAILED, sentence_of(error))
    if written.result != Result.GATHERED:
        _note(rule, rows, written, now)


def _still_so(rule: Rule, rows: list[Gathered], now: datetime) -> list[Gathered]:
    """Put aside what was over before its digest: then nobody is told of the end either."""
    over = {row.pk: why for row in rows if (why := why_over(rule, row.event))}
    for row in rows:
        if row.pk in over:
            _note(rule, [row], Written(Result.CONDITION, over[row.pk]), now)
    return [row for row in rows if row.pk not in over]


def _write(rule: Rule, rows: list[Gathered], now: datetime) -> Written:
    if not rule.is_active:
        return Written(Result.DROPPED, _("the rule is switched off"))
    recipient = _restored(rows[-1].recipient)
    # each address is told in a digest of its own: the mail must not use up the SMS's number
    reader = replace(recipient, contact_id=None)
    if not within_cap(rule, [reader], trigger_of(rule), now=now).kept:
        return _put_off(rule, rows, recipient, now)
    ways = digest_ways(rule, now=now)
    if not ways:
        return Written(Result.FAILED, no_way(rule))
    dispatched = dispatch(
        Request(
            key=f"{trigger_of(rule)}:digest:{rows[0].pk}",
            trigger=trigger_of(rule),
            trigger_label=rule.name,
            ways=ways,
            recipients=(recipient,),
            data=digest_data([row.event for row in rows], recipient),
            mail_class=MailClass(rule.mail_class),
            scope=rule.source.scope,
            event_id=rows[-1].event_id,
            document_label=rows[0].event.document_label if len(rows) == 1 else "",
        ),
        now=now,
    )
    if dispatched.refused and not dispatched.messages:
        raise NobodyReachable(refusal.sentence for refusal in dispatched.refused)
    if dispatched.broken:
        raise RenderFailed(dispatched.broken[0])
    return Written(Result.SENT, _("told together: %(count)s") % {"count": len(rows)}, dispatched)


def _put_off(rule: Rule, rows: list[Gathered], recipient: Recipient, now: datetime) -> Written:
    """Who had enough today hears of it in tomorrow's first digest: nothing gathered is lost."""
    zone = zones_of([recipient]).get(recipient.contact_id, "")
    due_at = told_tomorrow(rule, Calendar.of(rule, Company.get()), zone, now)
    Gathered.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=due_at)
    return Written(Result.GATHERED, "")


def _note(rule: Rule, rows: list[Gathered], written: Written, now: datetime) -> None:
    made = written.dispatched.dispatch if written.dispatched else None
    Gathered.objects.filter(pk__in=[row.pk for row in rows]).update(is_done=True, dispatch=made)
    outcomes = Outcome.objects.filter(rule=rule, event__in=[row.event_id for row in rows])
    outcomes.exclude(result=Result.SENT).update(
        result=written.result, dispatch=made, at=now, **kept_words(written.detail)
    )
    if made is not None:
        for row in rows:
            judge_sequels_again(rule, row.event)


def digest_ways(rule: Rule, *, now: datetime) -> dict[str, Way]:
    """Return the rule's ways; words that tell of one document only give way to the ready ones."""
    return {
        channel: Way(_many(way.template, channel, now), way.sender)
        for channel, way in plan_of(rule).ways.items()
        if tells_many(way.template) or _ready_slug(channel) in STARTERS
    }


def _many(template: Template, channel: str, now: datetime) -> Template:
    if tells_many(template):
        return template
    slug = _ready_slug(channel)
    ready = Template.objects.filter(slug=slug).first()
    if ready is None:
        make_starter_templates(None, now=now)
        ready = Template.objects.get(slug=slug)
    return ready


def _ready_slug(channel: str) -> str:
    """Return the ready words that tell of many; not every channel has some."""
    return f"digest-{channel}" if is_phone(channel) else "digest"


def digest_data(events: list[Event], recipient: Recipient) -> dict[str, Any]:
    """Gather what a digest may name: `documents` and `count`; `document` is the first of them."""
    reader = Contact.objects.filter(pk=recipient.contact_id or 0, roles__isnull=False)
    is_staff = reader.exists()
    told = [
        _told(event, language=recipient.language, with_link=is_staff)
        for event in events[:MOST_TOLD]
    ]
    data = template_data(as_document(told[0]) if told else {})
    return {**data, "documents": told, "count": len(events)}


def _told(event: Event, *, language: str, with_link: bool) -> Entry:
    """Return the document without its lists, with who did it, when, and where to look."""
    document = in_words_of(document_in(event.data), language)
    kept = {name: value for name, value in as_json(document).items() if not isinstance(value, list)}
    kept.pop("in_language", None)
    return {
        **kept,
        "label": label_in(event, document, language),
        "actor": event.actor,
        "at": event.occurred_at.isoformat(),
        "link": link_to("event", event.pk) if with_link else "",
    }


def waiting(rule: Rule) -> Iterable[Gathered]:
    """Return what this rule has gathered and not told yet, next first."""
    return Gathered.objects.filter(rule=rule, is_done=False).order_by("due_at", "pk")

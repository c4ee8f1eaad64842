"""Why did this person get nothing on this day?"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.common.document import document_in
from emailketing.common.reading import one_reading
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.outbox.afterwards.how_it_stands import MOST, about_day, how_it_stands, written_to
from emailketing.sources.labels import Labels
from emailketing.triggers.notifications.explain.answer import Answer, answer_of
from emailketing.triggers.notifications.explain.besides import besides
from emailketing.triggers.notifications.explain.judged import JudgedCase, Result, not_written
from emailketing.triggers.notifications.explain.meant import is_meant, may_mean, readers
from emailketing.triggers.notifications.explain.people import Somebody
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Outcome, Rule

QUIET_DAY, NOBODY_WRITES = 35, 20  # ranks
MOST_EVENTS = 300  # of a rule's process on that day, the newest
MOST_TOLD = 10  # of one rule, each by itself


def explain_day(somebody: Somebody, day: date, *, now: datetime) -> Answer:
    with one_reading():
        start, end = _hours(day)
        contact = somebody.contact.pk if somebody.contact else None
        rows = written_to(contact, somebody.places, dispatches=about_day(start, end))[:MOST]
        found = [how_it_stands(message, now=now) for message in rows]
        found += _by_rules(somebody, (start, end))
        otherwise = Finding(
            _("No rule writes to %(name)s.") % {"name": somebody.name},
            _("Add the person to “write to” in a rule, or give the person a duty."),
            PageReference("rules", _("See the rules")),
            "warn",
            NOBODY_WRITES,
        )
        return answer_of(found, besides(somebody, now=now), otherwise)


def _hours(day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(Company.get().time_zone)
    start = datetime.combine(day, time.min, tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)


def _by_rules(somebody: Somebody, hours: tuple[datetime, datetime]) -> Iterator[Finding]:
    for rule in with_needed(Rule.objects.all()).order_by("-is_active", "name"):
        yield from _by_rule(rule, somebody, hours)


def _by_rule(rule: Rule, somebody: Somebody, hours: tuple[datetime, datetime]) -> Iterator[Finding]:
    wanted = [*rule.recipients, *([rule.fallback] if rule.fallback else [])]
    events = [
        event
        for event in _events(rule, hours)
        if any(is_meant(one, rule, document_in(event.data), somebody) for one in wanted)
    ]
    if events:
        yield from _told(rule, somebody, events)
        return
    if not any(may_mean(one, rule, somebody) for one in rule.recipients):
        return
    words = {
        "rule": rule.name,
        "name": somebody.name,
        "process": Labels().process(rule.source.slug, rule.process),
    }
    place = PageReference("rule", _("See the rule"), (rule.pk,))
    if not rule.is_active:
        what = _("The rule “%(rule)s” would write to %(name)s, but it is switched off.")
        needed = _("Switch it on: it holds for what happens from then on.")
        yield Finding(what % words, needed, place, "warn", QUIET_DAY - 1, rule.name)
        return
    what = _("The rule “%(rule)s” writes to %(name)s, but on that day nothing of it happened.")
    needed = _("It waits for “%(process)s”. Was it saved and confirmed in the business system?")
    yield Finding(what % words, needed % words, place, "muted", QUIET_DAY, rule.name)


def _events(rule: Rule, hours: tuple[datetime, datetime]) -> list[Event]:
    found = Event.objects.filter(
        source=rule.source.slug,
        kind=rule.process,
        recorded_at__gte=hours[0],
        recorded_at__lt=hours[1],
    )
    return list(found.order_by("-pk")[:MOST_EVENTS])


def _told(rule: Rule, somebody: Somebody, events: list[Event]) -> Iterator[Finding]:
    """Yield what the rule made of each; what it did many times is counted."""
    outcomes = {
        outcome.event_id: outcome
        for outcome in Outcome.objects.filter(rule=rule, event__in=[e.pk for e in events])
    }
    alike: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        outcome = outcomes.get(event.pk)
        if outcome is None or outcome.result != Result.SENT:
            alike[outcome.result if outcome else ""].append(event)
    for result, some in alike.items():
        event = some[0]
        document = document_in(event.data)
        case = JudgedCase(rule, event, somebody, readers(rule, document, somebody, event.actor))
        found = not_written(case, outcomes.get(event.pk) if result else None)
        yield _with_label(found, some)


def _with_label(found: Finding, events: list[Event]) -> Finding:
    event, more = events[0], len(events) - 1
    what = f"{event.document_label}: {found.what}" if event.document_label else found.what
    if more:
        also = ngettext(
            "The same holds for %(count)s other document.",
            "The same holds for %(count)s other documents.",
            more,
        )
        what = f"{what} {also % {'count': more}}"
    return Finding(what, found.needed, found.place, found.tone, found.rank, found.about, found.at)

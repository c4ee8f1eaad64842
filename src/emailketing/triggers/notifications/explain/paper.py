"""Why did this person not get anything about this document?"""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from emailketing.common.reading import one_reading
from emailketing.company.identity import source_scope
from emailketing.events.models import Event
from emailketing.events.readers import read_at
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.outbox.afterwards.how_it_stands import (
    MOST,
    about_document,
    how_it_stands,
    written_to,
)
from emailketing.sources.labels import Labels
from emailketing.triggers.notifications.explain.answer import Answer, answer_of
from emailketing.triggers.notifications.explain.besides import besides
from emailketing.triggers.notifications.explain.judged import Result, case_of, not_written
from emailketing.triggers.notifications.explain.papers import Paper
from emailketing.triggers.notifications.explain.people import Somebody
from emailketing.triggers.notifications.explain.unheard import unheard
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.keys import with_needed
from emailketing.triggers.notifications.models import Outcome, Rule

UNREAD, NO_RULE, NOTHING = 50, 30, 0  # ranks
MOST_EVENTS = 50


def explain_paper(somebody: Somebody, paper: Paper, *, now: datetime) -> Answer:
    with one_reading():
        found = [*_written(somebody, paper, now), *_not_written(somebody, paper)]
        otherwise = Finding(_("Nothing is known of this document."), rank=NOTHING)
        return answer_of(found, besides(somebody, now=now), otherwise)


def _written(somebody: Somebody, paper: Paper, now: datetime) -> list[Finding]:
    contact = somebody.contact.pk if somebody.contact else None
    about = about_document(source_scope(paper.source), paper.document_type, paper.key)
    rows = written_to(contact, somebody.places, dispatches=about)[:MOST]
    return [how_it_stands(message, now=now) for message in rows]


def _not_written(somebody: Somebody, paper: Paper) -> Iterator[Finding]:
    events = list(Event.objects.about(*paper.place).prefetch_related("readings", "outcomes__rule"))
    if not events:
        yield from unheard(paper)
    for event in events[-MOST_EVENTS:]:
        yield from _about_event(somebody, event)


def _about_event(somebody: Somebody, event: Event) -> Iterator[Finding]:
    if read_at(RULES, event) is None:
        what = _("“%(process)s” was noticed just now; no rule has looked at it yet.")
        needed = _("Wait a moment. If it stays so, see whether the worker is running.")
        place = PageReference("event", _("See the event"), (event.pk,))
        words = {"process": Labels().process(event.source, event.kind)}
        yield Finding(what % words, needed, place, "info", UNREAD, at=event.occurred_at)
        return
    outcomes = {outcome.rule_id: outcome for outcome in event.outcomes.all()}
    rules = list(with_needed(Rule.objects.filter(source__slug=event.source, process=event.kind)))
    if not rules:
        yield _no_rule(event)
    for rule in rules:
        outcome = outcomes.get(rule.pk)
        if not _wrote(somebody, outcome):
            yield not_written(case_of(rule, event, somebody), outcome)


def _no_rule(event: Event) -> Finding:
    what = _("It happened (“%(process)s”), but no rule waits for that.")
    needed = _("Make a rule for it, or switch on one of the proposed ones.")
    words = {"process": Labels().process(event.source, event.kind)}
    place = PageReference("rules", _("See the rules"))
    return Finding(what % words, needed, place, "warn", NO_RULE, at=event.occurred_at)


def _wrote(somebody: Somebody, outcome: Outcome | None) -> bool:
    """Whether this outcome has a message for the person: that says it better itself."""
    if outcome is None or outcome.dispatch is None or outcome.result == Result.CONDITION:
        return False
    contact = somebody.contact.pk if somebody.contact else None
    rows = written_to(contact, somebody.places).filter(dispatch=outcome.dispatch)
    return rows.exists()

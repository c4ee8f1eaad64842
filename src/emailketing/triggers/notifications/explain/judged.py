"""What one rule made of one event, for the person who asks: why not, and what would be needed."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.document import Document, document_in
from emailketing.events.models import Event
from emailketing.outbox.afterwards.finding import Finding, PageReference
from emailketing.outbox.afterwards.how_it_stands import when
from emailketing.triggers.notifications.conditions import ConditionInvalid, evaluate
from emailketing.triggers.notifications.explain.lacking import lacking
from emailketing.triggers.notifications.explain.meant import Readers, readers, whom
from emailketing.triggers.notifications.explain.people import Somebody
from emailketing.triggers.notifications.models import Gathered, Outcome, Reminder, Rule
from emailketing.triggers.notifications.rules.fields import facts_of

Result = Outcome.Result
MEANT, SWITCHED_OFF, NOT_MEANT = 60, 45, 40  # ranks
COMING = 65  # it will be written


@dataclass(frozen=True)
class JudgedCase:
    """One rule, one event, one person."""

    rule: Rule
    event: Event
    somebody: Somebody
    readers: Readers

    @property
    def document(self) -> Document:
        return document_in(self.event.data)

    @property
    def names(self) -> dict[str, str]:
        return {"rule": self.rule.name, "name": self.somebody.name}

    def finding(self, what: str, needed: str, page: str = "rule", **more: Any) -> Finding:
        labels = {
            "rule": _("See the rule"),
            "rule_edit": _("Change the rule"),
            "contact": _("See the contact"),
        }
        contact = self.somebody.contact
        args = (contact.pk if contact else 0,) if page == "contact" else (self.rule.pk,)
        values: dict[str, Any] = {"tone": "warn", "rank": MEANT, "at": self.event.occurred_at}
        place = PageReference(page, labels[page], args)
        return Finding(what, needed, place, about=self.rule.name, **{**values, **more})


def case_of(rule: Rule, event: Event, somebody: Somebody) -> JudgedCase:
    document = document_in(event.data)
    return JudgedCase(rule, event, somebody, readers(rule, document, somebody, event.actor))


def not_written(case: JudgedCase, outcome: Outcome | None) -> Finding:
    """Say why this rule has no message for the person about this event."""
    if not (case.readers.is_meant or case.readers.is_stand_in):
        return _not_meant(case)
    if outcome is None:
        return _never_looked(case)
    if outcome.result == Result.SENT:
        return _to_others(case, outcome)
    return _REASONS[Result(outcome.result)](case, outcome)


def _not_meant(case: JudgedCase) -> Finding:
    what = _("The rule “%(rule)s” does not write to %(name)s: it writes to %(whom)s.")
    if case.readers.others:
        what = _("The rule “%(rule)s” wrote to %(whom)s, not to %(name)s: nobody told it to.")
    words = case.names | {"whom": case.readers.others or whom(case.rule)}
    needed = _("Add %(name)s to “write to” in the rule.")
    return case.finding(what % words, needed % words, "rule_edit", rank=NOT_MEANT, tone="muted")


def _never_looked(case: JudgedCase) -> Finding:
    if not case.rule.is_active:
        what = _("The rule “%(rule)s” writes to %(name)s, but it is switched off.")
        needed = _("Switch it on: it holds for what happens from then on.")
        return case.finding(what % case.names, needed, rank=SWITCHED_OFF)
    what = _("The rule “%(rule)s” was made or switched on only afterwards.")
    needed = _("Nothing for what comes; this document can be tried and sent from the rule.")
    return case.finding(what % case.names, needed)


def _to_others(case: JudgedCase, outcome: Outcome) -> Finding:
    if case.readers.is_stand_in:
        what = _("%(name)s only stands in when nobody else can be reached; others were written to.")
        return case.finding(what % case.names, "", rank=NOT_MEANT, tone="muted")
    if case.readers.is_actor:
        what = _("The rule “%(rule)s” does not write to whoever did it, and that was %(name)s.")
        needed = _("Take “not to who did it” out of the rule.")
        return case.finding(what % case.names, needed, "rule_edit")
    why = outcome.in_words or " ".join(case.readers.problems)
    what = _("The rule “%(rule)s” wrote to %(whom)s and not to %(name)s. %(why)s")
    words = case.names | {"whom": case.readers.others or "—", "why": why}
    needed = _("%(name)s needs an address that can be used: complete it where it stands.")
    return case.finding((what % words).strip(), needed % words, "contact")


def _condition(case: JudgedCase, outcome: Outcome) -> Finding:
    """The condition was false: what stands there, and what should."""
    facts = facts_of(case.rule, case.document, case.event.data.get("before") or {})
    try:
        verdict = evaluate(case.rule.condition, facts)
    except ConditionInvalid as error:
        return case.finding(str(error), _("Correct the rule."), "rule_edit", tone="bad")
    what = _("The rule “%(rule)s” did not write: %(why)s.")
    if verdict.holds:  # it has been changed since, or it was not the condition
        words = case.names | {"why": outcome.in_words.rstrip(".")}
        needed = _("As the rule is today, its condition holds for this document.")
        return case.finding(what % words, needed if case.rule.condition else "")
    words = case.names | {"why": verdict.why.rstrip(".")}
    needed = _("It writes only when: %(lacking)s.")
    lacks = {"lacking": "; ".join(lacking(case.rule.condition, facts))}
    return case.finding(what % words, needed % lacks, "rule_edit")


def _already(case: JudgedCase, outcome: Outcome) -> Finding:
    del outcome
    what = _("The rule “%(rule)s” writes once for each document, and had written about this one.")
    needed = _("Choose “every time” in the rule, or send the earlier message once more.")
    return case.finding(what % case.names, needed, "rule_edit")


def _no_address(case: JudgedCase, outcome: Outcome) -> Finding:
    what = _("Nobody could be written to: %(why)s")
    why = outcome.in_words or " ".join(case.readers.problems)
    needed = _(
        "Complete the address in the business system, or in the contact; then write it from"
        " “Without an address”."
    )
    page = "contact" if case.somebody.contact else "rule"
    return case.finding(what % {"why": why}, needed, page, tone="bad")


def _before(case: JudgedCase, outcome: Outcome) -> Finding:
    del outcome
    what = _("It happened on %(at)s; the rule “%(rule)s” is switched on since %(since)s.")
    words = case.names | {
        "at": when(case.event.occurred_at),
        "since": when(case.rule.active_since),
    }
    needed = _("Nothing for what comes: what happened before is never written by itself.")
    return case.finding(what % words, needed)


def _held(case: JudgedCase, outcome: Outcome) -> Finding:
    del outcome
    what = _("The rule “%(rule)s” holds it: too much happened within an hour.")
    needed = _("Was it an import? Say in the rule whether it is written or given up.")
    return case.finding(what % case.names, needed, rank=COMING)


def _released(case: JudgedCase, outcome: Outcome) -> Finding:
    del outcome
    what = _("The rule “%(rule)s” was let go and is about to write.")
    return case.finding(what % case.names, "", rank=COMING, tone="info")


def _dropped(case: JudgedCase, outcome: Outcome) -> Finding:
    what = _("A person gave it up: %(why)s")
    needed = _("Try the rule with this document and send it by hand.")
    return case.finding(what % {"why": outcome.in_words or "—"}, needed)


def _failed(case: JudgedCase, outcome: Outcome) -> Finding:
    what = _("The rule “%(rule)s” wanted to write and could not: %(why)s")
    needed = _("Put right what it says; then decide about it again in the rule.")
    words = case.names | {"why": outcome.in_words or "—"}
    return case.finding(what % words, needed, tone="bad")


def _planned(case: JudgedCase, outcome: Outcome) -> Finding:
    """Reminders: the next one, or what became of the last."""
    del outcome
    rungs = Reminder.objects.filter(rule=case.rule, event=case.event).order_by("due_at")
    waiting = rungs.filter(done_at=None).first()
    if waiting is not None:
        what = _("It is reminded of on %(at)s, if it still is so then.")
        return case.finding(what % {"at": when(waiting.due_at)}, "", rank=COMING, tone="info")
    last = rungs.last()
    what = _("The reminders are over. The last one: %(why)s")
    why = " ".join(filter(None, (last.get_result_display(), last.in_words))) if last else "—"
    return case.finding(what % {"why": why}, "", tone="muted")


def _gathered(case: JudgedCase, outcome: Outcome) -> Finding:
    del outcome
    rows = Gathered.objects.filter(rule=case.rule, event=case.event).order_by("due_at")
    own = next((row for row in rows if case.somebody.is_at(row.address)), None)
    if own is None:
        return _not_meant(case)
    what = _("It is gathered with others and written together on %(at)s.")
    if own.is_done:
        what = _("It was gathered with others and written together on %(at)s.")
    return case.finding(what % {"at": when(own.due_at)}, "", rank=COMING, tone="info")


def _capped(case: JudgedCase, outcome: Outcome) -> Finding:
    what = _("The rule “%(rule)s” did not write: %(why)s.")
    needed = _("Raise “per person and day at most” in the rule.")
    words = case.names | {"why": outcome.in_words.rstrip(".")}
    return case.finding(what % words, needed, "rule_edit")


_REASONS = {
    Result.CONDITION: _condition,
    Result.ALREADY: _already,
    Result.NO_ADDRESS: _no_address,
    Result.BEFORE: _before,
    Result.HELD: _held,
    Result.RELEASED: _released,
    Result.DROPPED: _dropped,
    Result.FAILED: _failed,
    Result.PLANNED: _planned,
    Result.GATHERED: _gathered,
    Result.CAPPED: _capped,
}

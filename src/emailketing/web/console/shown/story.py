"""One line of time, in words: captured → event → rule → queued → attempts → decisions.

Each function turns rows of one kind into steps; a page chooses which and `in_order` sorts them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.channels.base import Phase
from emailketing.channels.catalogue import is_phone
from emailketing.common.plain import JSON
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.events.readers import read_at
from emailketing.outbox.models import Attempt, Decision, Message, Receipt, State
from emailketing.sources.audit.apart import is_alike
from emailketing.sources.audit.search import ChangeTeller
from emailketing.sources.audit.values import ValueWords
from emailketing.sources.labels import Labels
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome
from emailketing.web.console.shown.paper import Writer
from emailketing.web.console.shown.phone import readable_number
from emailketing.web.console.shown.words import (
    action_words,
    channel_icon_of,
    channel_word,
    tone_of_message,
)


@dataclass(frozen=True)
class ShownChange:
    """One value, before and after; `note` stands instead where there are no values."""

    label: str
    before: str = ""
    after: str = ""
    note: str = ""


@dataclass(frozen=True)
class StoryStep:
    at: datetime
    icon: str
    title: str
    tone: str = "muted"
    text: str = ""
    who: str = ""
    url: str = ""
    rank: int = 0
    changes: list[ShownChange] = field(default_factory=list)


def in_order(steps: Iterable[StoryStep]) -> list[StoryStep]:
    """Oldest first; at the same moment the cause before its effect."""
    return sorted(steps, key=lambda step: (step.at, step.rank))


# ---- what was saved ----

INSERT, UPDATE = "I", "U"  # as the capture notes them; the third is a deletion


def saved(rows: Iterable[CapturedChange], labels: Labels) -> list[StoryStep]:
    """One step for each transaction of the business system and whoever saved in it (C22)."""
    ordered = sorted(rows, key=lambda row: row.pk)
    groups = groupby(ordered, key=lambda row: (row.source_id, row.transaction or row.pk, row.actor))
    return [_transaction(list(group), labels) for _key, group in groups]


def _transaction(rows: list[CapturedChange], labels: Labels) -> StoryStep:
    first = rows[0]
    slug = first.source.slug
    words = ChangeTeller().words(first.source)
    values = Values(
        labels.columns(slug, first.document_type), words, Writer(Company.get().currency)
    )
    return StoryStep(
        at=first.at,
        icon="save",
        title=_("Saved in %(source)s") % {"source": labels.source(slug)},
        who=first.actor,
        changes=[*_whole_rows(rows, words), *_changed(rows, values)],
        rank=0,
    )


def _whole_rows(rows: list[CapturedChange], words: ValueWords) -> list[ShownChange]:
    """New and deleted rows, counted by table."""
    counted = Counter((words.table(row.table), row.operation) for row in rows)
    return [
        ShownChange(table, note=_row_words(operation, count))
        for (table, operation), count in counted.items()
        if operation != UPDATE
    ]


def _row_words(operation: str, count: int) -> str:
    if operation == INSERT:
        words = ngettext("%(count)s new row", "%(count)s new rows", count)
    else:
        words = ngettext("%(count)s row deleted", "%(count)s rows deleted", count)
    return words % {"count": count}


@dataclass(frozen=True)
class Values:
    """How a column is called and written: as its document says, else as the audit does."""

    columns: dict[str, tuple[str, str]]
    words: ValueWords
    writer: Writer

    def label(self, row: CapturedChange, name: str) -> str:
        if name in self.columns:
            return self.columns[name][0]
        return self.words.column(row.table, name)

    def write(self, row: CapturedChange, name: str, values: tuple[JSON, JSON]) -> tuple[str, str]:
        """Write before and after, so that what differs reads otherwise."""
        kind = self.columns[name][1] if name in self.columns else ""
        before, after = (self.writer.write(value, kind) for value in values)
        if not kind or is_alike(before, after):
            before, after = self.words.pair(row.table, name, values, row.names, most=200)
        return before or "—", after or "—"


def _changed(rows: list[CapturedChange], values: Values) -> list[ShownChange]:
    """What an update changed, as the last of several left it."""
    found: dict[str, tuple[CapturedChange, JSON, JSON]] = {}
    for row in rows:
        if row.operation != UPDATE:
            continue
        for name, value in (row.new or {}).items():
            before = found[name][1] if name in found else (row.old or {}).get(name)
            found[name] = (row, before, value)
    return [
        ShownChange(values.label(row, name), *values.write(row, name, (before, after)))
        for name, (row, before, after) in found.items()
    ]


# ---- what it became ----


def happened(event: Event, labels: Labels) -> StoryStep:
    process = labels.process(event.source, event.kind)
    return StoryStep(
        # a turn of the worker has one time: what it read may be saved a moment after that began
        at=max(event.recorded_at, event.occurred_at),
        icon="event_available",
        tone="info",
        title=_("Event: %(process)s") % {"process": process},
        text=event.document_label,
        who=event.actor,
        url=reverse("console:event", args=[event.pk]),
        rank=1,
    )


OUTCOME_LOOKS = {
    Outcome.Result.SENT: ("bolt", "ok"),
    Outcome.Result.CONDITION: ("rule", "muted"),
    Outcome.Result.ALREADY: ("done_all", "muted"),
    Outcome.Result.NO_ADDRESS: ("person_off", "warn"),
    Outcome.Result.BEFORE: ("history", "muted"),
    Outcome.Result.HELD: ("pause_circle", "warn"),
    Outcome.Result.RELEASED: ("play_circle", "muted"),
    Outcome.Result.DROPPED: ("delete", "muted"),
    Outcome.Result.FAILED: ("error", "bad"),
    Outcome.Result.PLANNED: ("event_upcoming", "info"),
    Outcome.Result.GATHERED: ("stacks", "info"),
    Outcome.Result.CAPPED: ("block", "muted"),
}


def looks_of(outcome: Outcome) -> tuple[str, str]:
    """Icon and tone; what ended in the test inbox is no success."""
    if outcome.is_in_test_inbox:
        return "inbox", "info"
    return OUTCOME_LOOKS.get(Outcome.Result(outcome.result), ("rule", "muted"))


def judged(event: Event) -> list[StoryStep]:
    """What each rule made of the event, or that there was none."""
    outcomes = list(event.outcomes.all())
    if outcomes:
        return [_outcome(outcome) for outcome in outcomes]
    looked_at = read_at(RULES, event)
    if looked_at is None:
        title, icon = _("No rule has looked at it yet"), "hourglass_empty"
    else:
        title, icon = _("No rule waits for this: nothing was sent"), "do_not_disturb_on"
    return [StoryStep(at=looked_at or event.recorded_at, icon=icon, title=title, rank=2)]


def _outcome(outcome: Outcome) -> StoryStep:
    icon, tone = looks_of(outcome)
    words = {"rule": outcome.rule.name, "result": outcome.get_result_display()}
    return StoryStep(
        at=outcome.at,
        icon=icon,
        tone=tone,
        title=_("Rule “%(rule)s”: %(result)s") % words,
        text=outcome.in_words,
        url=reverse("console:rule", args=[outcome.rule_id]),
        rank=2,
    )


# ---- what was sent ----


def sent(message: Message) -> list[StoryStep]:
    """Queued, every attempt, receipt and decision, and how it stands."""
    steps = [_queued(message)]
    steps += [_attempt(attempt) for attempt in message.attempts.all()]
    steps += [_receipt(receipt) for receipt in message.receipts.all()]
    steps += [_decision(decision) for decision in message.decisions.all()]
    return [*steps, *_standing(message)]


def _queued(message: Message) -> StoryStep:
    address = readable_number(message.address) if is_phone(message.channel) else message.address
    who = {
        "name": message.name or address,
        "address": address,
        "channel": channel_word(message.channel),
    }
    if is_phone(message.channel):
        title = _("%(channel)s for %(name)s (%(address)s)") % who
    else:
        title = _("Message for %(name)s (%(address)s)") % who
    return StoryStep(
        at=message.created_at,
        icon="outgoing_mail" if message.channel == "email" else channel_icon_of(message.channel),
        tone="info",
        title=title,
        text=message.why_in_words,
        who=message.dispatch.created_by,
        url=reverse("console:message", args=[message.pk]),
        rank=3,
    )


ATTEMPT_LOOKS = {
    "": ("sync", "info"),
    Attempt.Outcome.ACCEPTED: ("mark_email_read", "ok"),
    Attempt.Outcome.DEFERRED: ("schedule", "warn"),
    Attempt.Outcome.FAILED: ("block", "bad"),
    Attempt.Outcome.IN_DOUBT: ("help", "warn"),
    Attempt.Outcome.ACCOUNT: ("key_off", "bad"),
    Attempt.Outcome.WITHDRAWN: ("undo", "muted"),
    Attempt.Outcome.CRASHED: ("heart_broken", "warn"),
}


def _attempt(attempt: Attempt) -> StoryStep:
    icon, tone = ATTEMPT_LOOKS.get(attempt.outcome, ("sync_problem", "warn"))
    word = attempt.get_outcome_display() or _("under way")
    parts = (attempt.code, attempt.enhanced, attempt.reply_in_words)
    reply = " ".join(str(part) for part in parts if part)
    return StoryStep(
        at=attempt.finished_at or attempt.started_at,
        icon=icon,
        tone=tone,
        title=_("Attempt %(number)s: %(outcome)s") % {"number": attempt.number, "outcome": word},
        text=attempt.reply if _is_told(attempt) else _reply_words(attempt, reply),
        rank=4,
    )


def _is_told(attempt: Attempt) -> bool:
    """Whether the channel said it in a whole sentence: “The gateway answered 503: busy”."""
    message = attempt.message
    is_by_code = not is_phone(message.channel) or message.is_redirected
    has_failed = bool(attempt.outcome) and attempt.outcome != Attempt.Outcome.ACCEPTED
    return bool(attempt.reply) and has_failed and not is_by_code


def _reply_words(attempt: Attempt, reply: str) -> str:
    words = {"server": attempt.peer or "—", "reply": reply, "phase": attempt.get_phase_display()}
    if not reply:
        return _("Server %(server)s, as far as: %(phase)s") % words
    if attempt.code is None:  # the words are ours: it hung up, was not asked, could not be reached
        return _("Without an answer of %(server)s, at “%(phase)s”: %(reply)s") % words
    if attempt.phase == Phase.DOT or attempt.outcome == Attempt.Outcome.ACCEPTED:
        return _("The server %(server)s answered: %(reply)s") % words
    return _("The server %(server)s answered at “%(phase)s”: %(reply)s") % words


RECEIPT_LOOKS = {
    Receipt.Status.ACCEPTED: ("cell_tower", "info"),
    Receipt.Status.DELIVERED: ("mobile_friendly", "ok"),
    Receipt.Status.READ: ("done_all", "ok"),
    Receipt.Status.FAILED: ("phonelink_erase", "bad"),
}


def _receipt(receipt: Receipt) -> StoryStep:
    icon, tone = RECEIPT_LOOKS.get(Receipt.Status(receipt.status), ("help", "muted"))
    return StoryStep(
        at=receipt.at,
        icon=icon,
        tone=tone,
        title=_("Receipt: %(status)s") % {"status": receipt.get_status_display()},
        text=" ".join(part for part in (receipt.code, receipt.text) if part),
        rank=5,
    )


def _decision(decision: Decision) -> StoryStep:
    return StoryStep(
        at=decision.at,
        icon="gavel",
        title=_("Decision: %(action)s") % {"action": action_words(decision.action)},
        text=decision.note,
        who=decision.by,
        rank=5,
    )


TOLD_BY_AN_ATTEMPT = {State.ACCEPTED, State.IN_DOUBT, State.CLAIMED, State.TRANSMITTING}


def _standing(message: Message) -> list[StoryStep]:
    """How it stands now, unless the last attempt or a receipt says so already."""
    if message.state in TOLD_BY_AN_ATTEMPT or message.state == State.READY:
        return []
    if message.state in {receipt.status for receipt in message.receipts.all()}:
        return []
    at = message.finished_at or message.created_at
    last = message.attempts.all()
    if last:
        at = max(at, *(attempt.finished_at or attempt.started_at for attempt in last))
    return [
        StoryStep(
            at=at,
            icon="flag",
            tone=tone_of_message(message),
            title=_("Now: %(state)s") % {"state": message.get_state_display()},
            text=message.in_words,
            rank=6,
        )
    ]

"""Natural keys (R28), and what a rule is read with."""

import hashlib
from typing import TypeVar

from django.db.models import Model, QuerySet

from emailketing.events.models import Event
from emailketing.triggers.notifications.models import Gathered, Reminder, Rule

LONGEST = 200  # a dispatch keeps 255 characters, and rungs of a ladder add theirs
# behind the texts of many rules, to judge them at once
REVISIONS = "ways__template__revisions"
Rows = TypeVar("Rows", bound=Model)


def with_needed(rows: QuerySet[Rows], rule: str = "") -> QuerySet[Rows]:
    """Read with the rows what stands behind a rule; `rule`: how they lead to it, as `rule__`."""
    return rows.select_related(f"{rule}source").prefetch_related(f"{rule}ways")


def dispatch_key(rule: Rule, event: Event) -> str:
    """Return the key: per document for “once”, per event for “every time”.

    A number that SQLite gives again after a deletion is another document: it has another life.
    """
    if rule.repeat == Rule.Repeat.EVERY:
        return f"rule:{rule.pk}:event:{event.pk}"
    life = event.data.get("life") or 0
    key = f"{event.source}:{event.document_type}:{event.document_key}"
    if len(key) > LONGEST:
        key = hashlib.sha256(key.encode()).hexdigest()
    key = f"rule:{rule.pk}:{key}"
    return f"{key}:{life}" if life else key


def is_about_same(rows: QuerySet[Gathered] | QuerySet[Reminder], rule: Rule, event: Event) -> bool:
    """Say whether one of these rows of the rule is about the document of this event, in its life.

    Digests and ladders of reminders have keys of their own: they are looked for by this.
    """
    others = rows.filter(
        rule=rule,
        event__source=event.source,
        event__document_type=event.document_type,
        event__document_key=event.document_key,
    ).exclude(event=event)
    life = event.data.get("life") or 0
    return any(
        (other.event.data.get("life") or 0) == life for other in others.select_related("event")
    )

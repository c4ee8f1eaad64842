"""Append events, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emailketing.events.models import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What a source has to tell. `change` is unique in the source: the second one is dropped."""

    source: str
    change: str
    kind: str
    occurred_at: datetime
    document_type: str = ""
    document_key: str = ""
    document_label: str = ""
    actor: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def record(happening: Happening, *, now: datetime) -> tuple[Event, bool]:
    """Write the event, or return the one already written for this change.

    Returns:
        The event, and whether it is new.
    """
    return Event.objects.get_or_create(
        source=happening.source,
        change=happening.change,
        defaults={
            "kind": happening.kind,
            "document_type": happening.document_type,
            "document_key": happening.document_key,
            "document_label": happening.document_label[:200],
            "actor": happening.actor[:150],
            "data": happening.data,
            "occurred_at": happening.occurred_at,
            "recorded_at": now,
        },
    )


def record_all(happenings: Sequence[Happening], *, now: datetime) -> int:
    """Write many at once, dropping those already written; return how many were given."""
    Event.objects.bulk_create(
        [
            Event(
                source=happening.source,
                change=happening.change,
                kind=happening.kind,
                document_type=happening.document_type,
                document_key=happening.document_key,
                document_label=happening.document_label[:200],
                actor=happening.actor[:150],
                data=happening.data,
                occurred_at=happening.occurred_at,
                recorded_at=now,
            )
            for happening in happenings
        ],
        ignore_conflicts=True,
        batch_size=100,
    )
    return len(happenings)

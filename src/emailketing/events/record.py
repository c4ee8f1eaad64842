"""Append events, each once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from emailketing.common.plain import Entry
from emailketing.events.models import Event, EventReader, Reading

BLOCK = 100  # events written by one statement


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
    data: Entry = field(default_factory=dict)


@transaction.atomic
def record(happenings: Sequence[Happening], *, now: datetime) -> int:
    """Write them, dropping those already written; return how many were given."""
    for start in range(0, len(happenings), BLOCK):
        block = happenings[start : start + BLOCK]
        Event.objects.bulk_create(
            [Event(source=h.source, change=h.change, recorded_at=now, **_values(h)) for h in block],
            ignore_conflicts=True,
        )
        for source in {happening.source for happening in block}:
            changes = [one.change for one in block if one.source == source]
            written = Event.objects.filter(source=source, change__in=changes)
            _leave_for_readers(written.order_by("pk").values_list("pk", flat=True))
    return len(happenings)


def _values(happening: Happening) -> dict[str, Any]:
    return {
        "kind": happening.kind,
        "document_type": happening.document_type,
        "document_key": happening.document_key,
        "document_label": happening.document_label[:200],
        "actor": happening.actor[:150],
        "data": happening.data,
        "occurred_at": happening.occurred_at,
    }


def _leave_for_readers(numbers: Iterable[int]) -> None:
    """Who reads is asked after the event was written: `readers.start` waits for us, or we for it.

    What was written before has its row, read or not: it is left as it is.
    """
    readers = list(EventReader.objects.values_list("pk", "after"))
    Reading.objects.bulk_create(
        [
            Reading(event_id=number, reader_id=name)
            for number in numbers
            for name, after in readers
            if number > after
        ],
        ignore_conflicts=True,
    )

"""Messages that wait for a person: in doubt, or held."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from emailketing.outbox.models import Message, State

HELD = (State.HELD, State.QUARANTINED)  # certainly stopped: no receipt can end it any more
WAIT = (State.IN_DOUBT, State.HELD, State.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Case:
    """One of them, in the few words a list needs."""

    number: int
    state: str
    subject: str
    name: str
    address: str
    document: str
    reason: str
    since: datetime


def cases(most: int) -> list[Case]:
    """Return the oldest ones that wait, at most so many."""
    rows = Message.objects.filter(state__in=WAIT).select_related("dispatch")
    return [
        Case(
            number=row.pk,
            state=row.get_state_display(),
            subject=row.subject,
            name=row.name,
            address=row.address,
            document=row.dispatch.document_label,
            reason=row.detail,
            since=row.created_at,
        )
        for row in rows.defer("dispatch__data").order_by("pk")[:most]
    ]


@dataclass(frozen=True, slots=True)
class Stopped:
    """What of one reason to write waits for somebody to release it."""

    trigger: str
    label: str
    count: int
    last: Message


def stopped() -> list[Stopped]:
    """Return what is held or in quarantine, by the reason to write."""
    rows = Message.objects.filter(state__in=HELD).order_by("dispatch__trigger")
    counted = rows.values_list("dispatch__trigger").annotate(count=Count("pk"), last=Max("pk"))
    found = [(trigger, count, last) for trigger, count, last in counted]
    messages = Message.objects.select_related("dispatch").defer("dispatch__data")
    lasts = messages.in_bulk([last for _trigger, _count, last in found])
    return [
        Stopped(trigger, lasts[last].dispatch.trigger_label, count, lasts[last])
        for trigger, count, last in found
        if last in lasts
    ]


def count_cases() -> int:
    return Message.objects.filter(state__in=WAIT).count()

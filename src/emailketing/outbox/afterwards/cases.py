"""Messages that wait for a person: in doubt, or held."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from emailketing.outbox.models import Attempt, Message, State

A_RECEIPT_COMES = timedelta(minutes=5)
HELD = (State.HELD, State.QUARANTINED)  # certainly stopped: no receipt can end it any more
WAIT = (State.IN_DOUBT, State.HELD, State.QUARANTINED)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One of them, in the few words a list needs."""

    number: int
    state: str
    subject: str
    name: str
    address: str
    document: str
    reason: str
    since: datetime


def cases(most: int) -> list[OpenCase]:
    """Return the oldest ones that wait, at most so many."""
    rows = Message.objects.filter(state__in=WAIT).select_related("dispatch")
    return [
        OpenCase(
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
    return _by_reason(Message.objects.filter(state__in=HELD))


def doubtful(now: datetime) -> list[Stopped]:
    """Return what is in doubt, by the reason to write, once no receipt has come to end it."""
    fresh = Attempt.objects.filter(message=OuterRef("pk"), finished_at__gt=now - A_RECEIPT_COMES)
    return _by_reason(Message.objects.filter(~Exists(fresh), state=State.IN_DOUBT))


def _by_reason(found_there: QuerySet[Message]) -> list[Stopped]:
    rows = found_there.order_by("dispatch__trigger")
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

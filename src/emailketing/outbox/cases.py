"""Messages that wait for a person: in doubt, or held."""

from dataclasses import dataclass
from datetime import datetime

from emailketing.outbox.models import Message, State

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


def count_cases() -> int:
    return Message.objects.filter(state__in=WAIT).count()

"""What certainly did not arrive: for whoever decides who else is to hear of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from emailketing.outbox.models import ENDED_BADLY, Message
from emailketing.outbox.queueing.fallback import DECIDED
from emailketing.outbox.queueing.told import ONCE_MORE


@dataclass(frozen=True, slots=True)
class Lost:
    """One message that nobody will get, and why, in the words of the ledger."""

    message_id: int
    dispatch_id: int
    address: str
    name: str
    why: str


def lost(
    trigger: str, since: datetime, *, dealt_with: "QuerySet[Any, Any]", most: int
) -> list[Lost]:
    """Return messages that ended badly and follow no other way; not what a person decided.

    Args:
        trigger: how the triggers begin whose messages are meant (“rule:”).
        since: queued since then: what is older helps nobody any more.
        dealt_with: a query that gives the numbers of messages to leave out.
        most: at most so many, the oldest first.
    """
    ended = Message.objects.filter(state__in=ENDED_BADLY, created_at__gte=since)
    ended = ended.filter(dispatch__trigger__startswith=trigger, falls_back=False, followed_by=None)
    ended = ended.exclude(dispatch__key__startswith=ONCE_MORE)  # somebody looks after it
    ended = ended.exclude(reason__in=DECIDED).exclude(pk__in=dealt_with)
    rows = ended.only("dispatch", "address", "name", "detail", "state").order_by("pk")[:most]
    return [Lost(row.pk, row.dispatch_id, row.address, row.name, _why(row)) for row in rows]


def _why(row: Message) -> str:
    return row.detail or str(row.get_state_display())

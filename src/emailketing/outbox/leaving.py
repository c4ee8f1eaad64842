"""What would leave at once if we went live now."""

from dataclasses import dataclass
from datetime import datetime

from emailketing.outbox.models import DUE, Message

SHOWN = 10


@dataclass(frozen=True)
class Leaving:
    """How many messages to how many addresses, and the first of them."""

    messages: int
    addresses: int
    first: list[Message]


def leaving(now: datetime) -> Leaving:
    """Return what waits in the ledger and is still worth sending."""
    waiting = Message.objects.filter(state__in=DUE, expires_at__gt=now, sender__is_active=True)
    first = waiting.select_related("dispatch").order_by("priority", "next_at", "pk")[:SHOWN]
    return Leaving(waiting.count(), waiting.values("address").distinct().count(), list(first))

"""What waits for its hour: when it will leave, and taking it back before it does."""

from collections.abc import Collection
from datetime import datetime

from emailketing.outbox.afterwards.resolve import take_back
from emailketing.outbox.models import Message, State


def leaves_at(dispatches: Collection[int]) -> datetime | None:
    """Return when the last message that was put off will leave, None when none waits."""
    waiting = Message.objects.filter(dispatch__in=dispatches, state=State.SCHEDULED)
    return max(waiting.values_list("next_at", flat=True), default=None)


def withdraw(dispatches: Collection[int], *, why: str, now: datetime) -> int:
    """Cancel all messages when none has left yet nor is about to; return how many."""
    messages = list(Message.objects.filter(dispatch__in=dispatches))
    if any(m.state != State.SCHEDULED or m.next_at <= now for m in messages):
        return 0
    for message in messages:
        take_back(message, why=why, now=now)
    return len(messages)

"""Counts for the dashboard: one query over the index of states."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count

from emailketing.company.models import Company
from emailketing.outbox.models import Message, State

TO_DECIDE = (State.IN_DOUBT, State.HELD, State.QUARANTINED)
WAITING = (State.SCHEDULED, State.READY, State.CLAIMED, State.TRANSMITTING, State.DEFERRED)


@dataclass(frozen=True, slots=True)
class Summary:
    """How things stand now; “today” begins at midnight in the company's time zone."""

    sent_today: int
    waiting: int
    deferred: int
    failed_today: int
    failed: int
    in_doubt: int
    held: int
    quarantined: int


def summary(now: datetime) -> Summary:
    by_state = dict(
        Message.objects.exclude(state__in=(State.ACCEPTED, State.DELIVERED))
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    midnight = now.astimezone(ZoneInfo(Company.get().time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    failed = Message.objects.filter(state=State.FAILED)
    return Summary(
        sent_today=Message.objects.filter(accepted_at__gte=midnight).count(),
        waiting=sum(by_state.get(state, 0) for state in WAITING),
        deferred=by_state.get(State.DEFERRED, 0),
        failed_today=failed.filter(finished_at__gte=midnight).count(),
        failed=by_state.get(State.FAILED, 0),
        in_doubt=by_state.get(State.IN_DOUBT, 0),
        held=by_state.get(State.HELD, 0),
        quarantined=by_state.get(State.QUARANTINED, 0),
    )


def last_failures(limit: int) -> list[Message]:
    """Return the newest messages that failed or wait for a person, with their reason in words."""
    return list(
        Message.objects.filter(state__in=(State.FAILED, State.BOUNCED, *TO_DECIDE))
        .select_related("dispatch")
        .order_by("-pk")[:limit]
    )

"""What a paid sender may still spend this month, in the company's zone; what is open counts too."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from emailketing.channels.models import Sender
from emailketing.outbox.models import Message, State

# handed over, or perhaps so: a doubt may have cost money
OPEN = (State.CLAIMED, State.TRANSMITTING, State.IN_DOUBT)


def spent(sender: Sender, zone: str, *, now: datetime) -> Decimal:
    """Return what this sender's messages of this month cost, those under way included."""
    real = Message.objects.filter(sender=sender, is_redirected=False)
    # two questions, each with an index of its own: this is asked before every claim
    gone = real.filter(accepted_at__gte=month_start(now, zone))
    under_way = real.filter(state__in=OPEN, accepted_at=None)
    return sum((_cost(some) for some in (gone, under_way)), Decimal())


def _cost(messages: QuerySet[Message]) -> Decimal:
    return messages.aggregate(total=Sum("cost"))["total"] or Decimal()


def is_used_up(sender: Sender, so_far: Decimal) -> bool:
    """Whether not even the cheapest message fits into the month's budget any more."""
    if sender.monthly_budget is None:
        return False
    left = sender.monthly_budget - so_far
    return left <= 0 or left < (sender.price or 0)


def month_start(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )


def next_month(moment: datetime, zone: str) -> datetime:
    start = month_start(moment, zone)
    is_december = start.month == 12  # noqa: PLR2004 - the last month
    return start.replace(year=start.year + is_december, month=1 if is_december else start.month + 1)

"""What paid messages cost this month, sender by sender, as the ledger says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from emailketing.channels.models import Channel, Sender
from emailketing.company.models import Company
from emailketing.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Spending:
    """One sender's month; `budget` None: no limit."""

    sender: Sender
    messages: int
    spent: Decimal
    budget: Decimal | None

    @property
    def is_used_up(self) -> bool:
        return self.budget is not None and self.spent >= self.budget


def spending(now: datetime) -> list[Spending]:
    """Return every active sender with a price or a budget; what went to the inbox costs nothing."""
    priced = Sender.objects.filter(is_active=True).exclude(price=None, monthly_budget=None)
    return [_of(sender, start_of_month(now)) for sender in priced]


def start_of_month(now: datetime) -> datetime:
    """Return the first local midnight of this month."""
    local = now.astimezone(ZoneInfo(Company.get().time_zone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _of(sender: Sender, since: datetime) -> Spending:
    sent = Message.objects.filter(sender=sender, accepted_at__gte=since, is_redirected=False)
    found = sent.aggregate(count=Count("pk"), cost=Sum("cost"))
    return Spending(sender, found["count"], found["cost"] or Decimal(0), sender.monthly_budget)


def phone_messages_since(midnight: datetime) -> int:
    """Count what left for phones, test inbox included."""
    phones = (Channel.SMS, Channel.WHATSAPP)
    return Message.objects.filter(accepted_at__gte=midnight, channel__in=phones).count()

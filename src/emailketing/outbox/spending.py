"""What paid messages cost this month, sender by sender, as the ledger says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from emailketing.channels.models import Channel, Sender
from emailketing.company.models import Company
from emailketing.outbox.budget import is_used_up, month_start, spent
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
        """Whether its messages wait: the engine asks the same question."""
        return is_used_up(self.sender, self.spent)


def spending(now: datetime) -> list[Spending]:
    """Return every active sender with a price or a budget; what went to the inbox costs nothing."""
    priced = Sender.objects.filter(is_active=True).exclude(price=None, monthly_budget=None)
    zone = Company.get().time_zone
    return [_of(sender, zone, now) for sender in priced]


def _of(sender: Sender, zone: str, now: datetime) -> Spending:
    since = month_start(now, zone)
    sent = Message.objects.filter(sender=sender, accepted_at__gte=since, is_redirected=False)
    return Spending(sender, sent.count(), spent(sender, zone, now=now), sender.monthly_budget)


def phone_messages_since(midnight: datetime) -> int:
    """Count what left for phones, test inbox included."""
    phones = (Channel.SMS, Channel.WHATSAPP)
    return Message.objects.filter(accepted_at__gte=midnight, channel__in=phones).count()

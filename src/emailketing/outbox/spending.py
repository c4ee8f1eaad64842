"""What paid messages cost this month, sender by sender, as the ledger says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from emailketing.channels.catalogue import phones
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.outbox.budget import is_used_up, spent
from emailketing.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Spending:
    """One sender's month; `budget` None: no limit."""

    sender: Sender
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
    return [
        Spending(sender, spent(sender, zone, now=now), sender.monthly_budget) for sender in priced
    ]


def phone_messages_since(midnight: datetime) -> int:
    """Count what left for phones, test inbox included."""
    return Message.objects.filter(accepted_at__gte=midnight, channel__in=phones()).count()

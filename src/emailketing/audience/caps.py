"""Not too much for one person: how many messages of one kind somebody gets in a day at most."""

from dataclasses import dataclass, field
from datetime import datetime

from emailketing.audience.hours import ASUNCION, zone_of
from emailketing.audience.models import Audience
from emailketing.company.models import Company
from emailketing.outbox.queueing.dispatch import MailClass, Recipient
from emailketing.outbox.queueing.told import told_since


@dataclass
class Capped:
    """Who may still be told today, and the names of those who had enough."""

    kept: list[Recipient] = field(default_factory=list)
    full: list[str] = field(default_factory=list)


def has_cap(audience: Audience) -> bool:
    """Say whether messages are counted; what is urgent or about security leaves however often."""
    return bool(
        audience.daily_cap and not audience.is_urgent and audience.mail_class != MailClass.SECURITY
    )


def within_cap(
    audience: Audience, recipients: list[Recipient], trigger: str, *, now: datetime
) -> Capped:
    """Leave out who had the daily number since the company's midnight."""
    if audience.daily_cap is None or not has_cap(audience):
        return Capped(list(recipients))
    by_contact, by_address = told_since(
        trigger,
        midnight(now),
        contacts={one.contact_id for one in recipients if one.contact_id is not None},
        addresses={one.address for one in recipients},
    )
    capped = Capped()
    for one in recipients:
        told = by_contact.get(one.contact_id or 0, 0) or by_address.get(one.address, 0)
        if told < audience.daily_cap:
            capped.kept.append(one)
        else:
            capped.full.append(one.name or one.address)
    return capped


def midnight(now: datetime) -> datetime:
    """Return when the company's day began."""
    local = now.astimezone(zone_of(Company.get().time_zone, ASUNCION))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)

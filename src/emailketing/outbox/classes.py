"""What the class of a message decides: order, lifetime, and what happens in doubt."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from emailketing.outbox.models import MailClass

RETRY, HOLD = "retry", "hold"


@dataclass(frozen=True)
class ClassPolicy:
    """How one class behaves.

    Attributes:
        priority: 0 = first (R11).
        lifetime: how long an attempt makes sense (§2.5); None: until the recipient's day ends.
        in_doubt: send again, or ask a person (R4).
    """

    priority: int
    lifetime: timedelta | None
    in_doubt: str = RETRY


POLICIES = {
    MailClass.SECURITY: ClassPolicy(0, timedelta(minutes=15)),
    MailClass.TRANSACTIONAL: ClassPolicy(10, timedelta(hours=24)),
    MailClass.DOCUMENT: ClassPolicy(20, timedelta(hours=48)),
    MailClass.REPORT: ClassPolicy(50, timedelta(hours=48)),
    MailClass.GREETING: ClassPolicy(70, None, HOLD),
    MailClass.MARKETING: ClassPolicy(90, timedelta(hours=24), HOLD),
}
# promotional in law: never without a way out (RFC 8058); `outbox.way_out` says where there is one
NEED_WAY_OUT = frozenset({MailClass.GREETING, MailClass.MARKETING})
OFFER_WAY_OUT = NEED_WAY_OUT | {MailClass.REPORT}
URGENT = (0, 10, 20)  # the lane that overtakes; one connection per sender is kept for it
BULK = (50, 70, 90)


def expiry(mail_class: str, start: datetime, zone: str) -> datetime:
    """Return when a message of this class, first due at `start`, is no longer worth sending."""
    lifetime = POLICIES[MailClass(mail_class)].lifetime
    if lifetime is not None:
        return start + lifetime
    return end_of_day(start, zone)


def end_of_day(moment: datetime, zone: str) -> datetime:
    """Return the next local midnight."""
    tomorrow = moment.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=ZoneInfo(zone)).astimezone(moment.tzinfo)

"""The hours of a rule and of the company, as they are for one recipient."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emailketing.audience.models import Audience
from emailketing.company.free_days import free_days
from emailketing.company.models import Company
from emailketing.company.windows import (
    Days,
    Hours,
    closing_moment,
    next_moment,
    quiet_hours,
    read_window,
)
from emailketing.contacts.models import Contact
from emailketing.outbox.queueing.dispatch import MailClass, Recipient

ASUNCION = ZoneInfo("America/Asuncion")


@dataclass(frozen=True)
class Calendar:
    """When one rule may write; made once for an event, asked for each recipient."""

    zone: ZoneInfo
    window: Hours | None = None
    quiet: Hours | None = None
    holidays: Days = field(default_factory=tuple)

    @classmethod
    def of(cls, audience: Audience, company: Company) -> "Calendar":
        """Return the rule's hours; urgent and security messages know neither (R23).

        Raises:
            WindowInvalid: the rule's window cannot be understood.
        """
        zone = zone_of(company.time_zone, ASUNCION)
        if audience.is_urgent or audience.mail_class == MailClass.SECURITY:
            return cls(zone)
        quiet = quiet_hours(company.quiet_from, company.quiet_to)
        window = read_window(audience.window)
        asks_for_holidays = window is not None and not window.on_holidays
        return cls(zone, window, quiet, free_days() if asks_for_holidays else ())

    @property
    def is_always_open(self) -> bool:
        return self.window is None and self.quiet is None

    def not_before(self, start: datetime, time_zone: str = "") -> datetime | None:
        """Return from when on, in this person's zone; None: at once.

        Raises:
            NeverOpens: never.
        """
        zone = zone_of(time_zone, self.zone)
        moment = next_moment(self.window, self.quiet, zone, self.holidays, start)
        return moment if moment > start else None

    def until(self, now: datetime, time_zone: str = "") -> datetime:
        """Return when it is too late today in this person's zone, where it is open now."""
        zone = zone_of(time_zone, self.zone)
        return closing_moment(self.window, self.quiet, zone, self.holidays, now)


def zones_of(people: Iterable[Recipient]) -> dict[int | None, str]:
    """Return contact → its time zone, of those who are contacts."""
    known = {one.contact_id for one in people if one.contact_id}
    return dict(Contact.objects.filter(pk__in=known).values_list("pk", "time_zone"))


def zone_of(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(name) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError):
        return otherwise

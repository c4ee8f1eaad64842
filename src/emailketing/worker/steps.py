"""What is done again and again, in this order; every step is idempotent and counts its work."""

from collections.abc import Callable
from datetime import datetime

from emailketing.outbox.fallback import fall_back_due
from emailketing.outbox.receipts import match_early
from emailketing.sources.audit.due import audit_due
from emailketing.sources.pull import pull_due
from emailketing.triggers.alerts.alert import alerts_due
from emailketing.triggers.alerts.morning import morning_due
from emailketing.triggers.notifications.digest import gathered_due
from emailketing.triggers.notifications.fire import fire_due
from emailketing.triggers.notifications.remind import reminders_due
from emailketing.triggers.notifications.undelivered import undelivered_due

STEPS: tuple[Callable[[datetime], int], ...] = (
    pull_due,  # what happened in the business systems?
    audit_due,  # what is to be told of changes and deletions?
    fire_due,  # which rules does it concern?
    reminders_due,  # whose day has come, and is it still so?
    gathered_due,  # which digests are to be told?
    match_early,  # which message was that receipt about?
    fall_back_due,  # whom could one channel not reach?
    undelivered_due,  # what certainly did not arrive: who stands in?
    alerts_due,  # does anything stand still?
    morning_due,  # whom did nothing reach yesterday?
)

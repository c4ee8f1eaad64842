"""What did not arrive waits for a person until somebody says that it is taken care of."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.outbox.afterwards.reached import reached_somebody
from emailketing.triggers.notifications.models import Undelivered


def to_look_after() -> QuerySet[Undelivered]:
    """Return what did not arrive and nobody has looked after yet, the newest first."""
    found = Undelivered.objects.filter(seen_at=None).exclude(rule=None)
    return found.select_related("rule", "event", "message", "instead").order_by("-pk")


@transaction.atomic
def take_care(lost: Undelivered, *, by: Who | str, now: datetime) -> bool:
    """Note that a person has taken care of it; False when somebody had already."""
    mine = Undelivered.objects.filter(pk=lost.pk, seen_at=None)
    if not mine.update(seen_at=now, seen_by=str(by)[:150]):
        return False
    note("seen", by=by, now=now, about=lost.message, changes={"detail": ["", lost.detail]})
    return True


def reached_fallback(lost: Undelivered) -> bool:
    """Say whether somebody else was written to, and that did not fail as well."""
    return lost.instead_id is not None and reached_somebody([lost.instead_id])

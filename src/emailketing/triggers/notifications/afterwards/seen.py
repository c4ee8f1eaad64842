"""What did not arrive waits for a person until somebody says that it is taken care of."""

from datetime import datetime

from django.db.models import QuerySet

from emailketing.outbox.afterwards.reached import reached_somebody
from emailketing.triggers.notifications.models import Undelivered


def to_look_after() -> QuerySet[Undelivered]:
    """Return what did not arrive and nobody has looked after yet, the newest first."""
    found = Undelivered.objects.filter(seen_at=None).exclude(rule=None)
    return found.select_related("rule", "event", "message", "instead").order_by("-pk")


def take_care(lost: QuerySet[Undelivered], *, by: str, now: datetime) -> int:
    """Note that a person has taken care of these; return how many it was."""
    return lost.filter(seen_at=None).update(seen_at=now, seen_by=by[:150])


def reached_fallback(lost: Undelivered) -> bool:
    """Say whether somebody else was written to, and that did not fail as well."""
    return lost.instead_id is not None and reached_somebody([lost.instead_id])

"""What happened and nobody heard of: no one of the rule's people has an address to use."""

from datetime import datetime

from django.db.models import QuerySet

from emailketing.common.document import Party, document_in
from emailketing.triggers.notifications.models import Outcome, Undelivered


def unreached(since: datetime, until: datetime | None = None) -> QuerySet[Outcome]:
    found = Outcome.objects.filter(result=Outcome.Result.NO_ADDRESS, at__gte=since)
    found = found.filter(at__lt=until) if until else found
    return found.select_related("rule", "event")


def undelivered(since: datetime, until: datetime | None = None) -> QuerySet[Undelivered]:
    """Return what was written and certainly did not arrive."""
    found = Undelivered.objects.filter(at__gte=since).exclude(rule=None)
    found = found.filter(at__lt=until) if until else found
    return found.select_related("rule", "event", "message")


def party_of(outcome: Outcome) -> Party:
    """Return whom the document is about, {} where it says nothing of them."""
    party = document_in(outcome.event.data).get("party")
    return party if isinstance(party, dict) else {}

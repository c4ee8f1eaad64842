"""A process that follows another is told only to those who were told of the first."""

from emailketing.events.models import Event
from emailketing.outbox.reached import reached_somebody
from emailketing.sources.connectors import ConnectorError, load
from emailketing.triggers.notifications.models import Gathered, Outcome, Rule


def was_told(rule: Rule, event: Event) -> bool:
    """Say whether a message about the document has gone out, or is about to, before this event.

    Only a process that follows another asks for it: “this order replaces the one sent” is for
    people who have that one.
    """
    try:
        process = load(rule.source.connector).processes.get(rule.process)
    except ConnectorError:
        return True
    if process is None or not process.follows:
        return True
    before = Event.objects.about(event.source, event.document_type, event.document_key).filter(
        kind=process.follows, pk__lt=event.pk
    )
    life = event.data.get("life") or 0
    told = [earlier.pk for earlier in before if (earlier.data.get("life") or 0) == life]
    dispatches = [
        *Outcome.objects.filter(event__in=told).values_list("dispatch", flat=True),
        *Gathered.objects.filter(event__in=told).values_list("dispatch", flat=True),
    ]
    return reached_somebody([pk for pk in dispatches if pk])

"""A process that follows another is told only to those who were told of the first, in that order.

Between what happened and what is told there may be a stopped worker, a flood guard, a digest or a
template that had to be mended. Whatever it is: either nothing of both is told, or both.
"""

from datetime import datetime

from emailketing.common.reading import keep, once
from emailketing.common.said import in_languages
from emailketing.common.said import say as _
from emailketing.events.models import Event, EventQuerySet
from emailketing.outbox.afterwards.reached import reached_somebody
from emailketing.outbox.afterwards.withdraw import leaves_at, withdraw
from emailketing.sources.connectors import Connector, ConnectorError, Process
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Gathered, Outcome, Reminder, Rule


def why_unheard(rule: Rule, event: Event) -> str:
    """Say that no message about the document has gone out, or is about to, before this event.

    Only a process that follows another asks for it: “this order replaces the one sent” is for
    people who have that one.
    """
    _connector, process = _process(rule)
    if process is None or not process.follows:
        return ""
    if reached_somebody(_dispatches_before(event, process)):
        return ""
    return _("nobody has been told of the document before")


def know_process(rule: Rule, event: Event) -> None:
    """The rule says which process the event is of: nobody need ask for it."""
    keep(_of(event), _process(rule)[1])


def _of(event: Event) -> tuple[str, str, str]:
    return "process", event.source, event.kind


def withdraw_what_ended(event: Event, *, now: datetime) -> None:
    """What waits for its hour and is over before it leaves is told to nobody.

    Where something of it has left already, all of it goes, and then its end.
    """
    process = once(_of(event), lambda: _process_of(event))
    if process is None or not process.ends:
        return
    label = in_languages(process.label, process.name)
    why = _("before it could be told it was over: %(process)s") % {"process": label}
    withdraw(_dispatches_before(event, process), why=why, now=now)


def not_before(rule: Rule, event: Event) -> datetime | None:
    """Return when what this event follows will have left, None when it has."""
    _connector, process = _process(rule)
    if process is None or not process.follows:
        return None
    return leaves_at(_dispatches_before(event, process))


def _dispatches_before(event: Event, process: Process) -> list[int]:
    """Return what told of the document before this event, in this life."""
    told = _of_this_life(event, _about(event).filter(kind=process.follows, pk__lt=event.pk))
    found = [
        pk
        for waiting in (Outcome, Gathered, Reminder)
        for pk in waiting.objects.filter(event__in=told).values_list("dispatch", flat=True)
    ]
    return [pk for pk in found if pk]


def why_over(rule: Rule, event: Event) -> str:
    """Return what has ended the document before this event was told, "" when it is not over."""
    connector, process = _process(rule)
    ends = {end.name: end for end in connector.ending(process)} if connector and process else {}
    if not ends or event.pk is None:
        return ""
    later = _about(event).filter(kind__in=list(ends), pk__gt=event.pk)
    found = later.values_list("kind", "data__life")
    for kind, life in once(("over", event.pk, tuple(ends)), lambda: list(found)):
        if (life or 0) == _life(event):
            label = in_languages(ends[kind].label, kind)
            return _("before it could be told it was over: %(process)s") % {"process": label}
    return ""


def judge_sequels_again(rule: Rule, event: Event) -> int:
    """What followed an event that is told only now was not told: let it be decided once more.

    Returns:
        How many rules will look at it again.
    """
    connector, process = _process(rule)
    if connector is None or process is None or process.follows:
        return 0
    sequels = [p.name for p in connector.processes.values() if p.follows == process.name]
    if not sequels:
        return 0
    later = _of_this_life(event, _about(event).filter(kind__in=sequels, pk__gt=event.pk))
    refused = Outcome.objects.filter(event__in=later, result=Outcome.Result.CONDITION)
    return refused.update(result=Outcome.Result.RELEASED)


def _process_of(event: Event) -> Process | None:
    source = Source.objects.filter(slug=event.source).first()
    try:
        return in_use(source).processes.get(event.kind) if source else None
    except ConnectorError:
        return None


def _process(rule: Rule) -> tuple[Connector | None, Process | None]:
    try:
        connector = in_use(rule.source)
    except ConnectorError:
        return None, None
    return connector, connector.processes.get(rule.process)


def _about(event: Event) -> EventQuerySet:
    return Event.objects.about(event.source, event.document_type, event.document_key)


def _of_this_life(event: Event, others: EventQuerySet) -> list[int]:
    found = others.values_list("pk", "data__life")
    return [pk for pk, life in found if (life or 0) == _life(event)]


def _life(event: Event) -> int:
    return event.data.get("life") or 0

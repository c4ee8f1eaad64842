"""A ladder of reminders: planned when it happens, one rung for each number of days."""

from datetime import date, datetime, time, timedelta

from emailketing.audience.hours import ASUNCION, zone_of
from emailketing.common.conditions import values_at
from emailketing.common.document import Document, as_json
from emailketing.common.language import active_language
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.content.formats import NotAValue, as_date, day
from emailketing.events.models import Event
from emailketing.triggers.notifications.firing.write import Written
from emailketing.triggers.notifications.keys import is_about_same
from emailketing.triggers.notifications.models import Outcome, Reminder, Rule

Result = Outcome.Result
MORNING = time(8)  # when a reminder is due, in the company's zone


def plan_ladder(rule: Rule, event: Event, document: Document, *, now: datetime) -> Written:
    """Write the rungs down; a ladder that this document climbs already stays the only one.

    Of the rungs whose day has passed already only the last one is kept: nobody gets three
    reminders at once.
    """
    if _climbs_already(rule, event):
        return Written(Result.ALREADY, _("its reminders are planned already"))
    try:
        rungs = rungs_of(rule, event, document)
    except NotAValue:
        sentence = _("The document has no date from which the reminders are counted.")
        return Written(Result.FAILED, sentence)
    passed = [days for days, due_at in rungs.items() if due_at <= now]
    kept = {days: due_at for days, due_at in rungs.items() if days not in passed[:-1]}
    Reminder.objects.bulk_create(
        [Reminder(rule=rule, event=event, days=d, due_at=due_at) for d, due_at in kept.items()],
        ignore_conflicts=True,
    )
    language = active_language()
    dates = ", ".join(day(due_at.date(), language) for due_at in kept.values())
    return Written(Result.PLANNED, _("if it is still so: %(dates)s") % {"dates": dates})


def rungs_of(rule: Rule, event: Event, document: Document) -> dict[int, datetime]:
    """Return days → when it is due.

    Raises:
        NotAValue: the date from which they are counted is missing, or no calendar goes so far.
    """
    zone = zone_of(Company.get().time_zone, ASUNCION)
    begun = _begun(rule, event, document, zone.key)
    try:
        return {
            days: datetime.combine(begun + timedelta(days=days), MORNING, tzinfo=zone)
            for days in sorted(rule.remind_days)
        }
    except OverflowError as error:  # 31/12/9999: never
        raise NotAValue(begun.isoformat()) from error


def _begun(rule: Rule, event: Event, document: Document, zone: str) -> date:
    if not rule.remind_from:
        return as_date(event.occurred_at, zone)
    values = values_at(as_json(document), rule.remind_from)
    return as_date(values[0] if values else "", zone)


def _climbs_already(rule: Rule, event: Event) -> bool:
    """Whether reminders about this document wait; where it happens once, whether any ever did."""
    reminders = Reminder.objects.all()
    if rule.repeat == Rule.Repeat.EVERY:
        reminders = reminders.filter(done_at=None)
    return is_about_same(reminders, rule, event)

"""Plan the runs of every active report whose hour has come (P1, P4)."""

from datetime import datetime

from emailketing.common.boundary import Boundary
from emailketing.common.said import sentence_of
from emailketing.company.free_days import free_days
from emailketing.company.program_errors import note_error
from emailketing.schedule.plan import MISSED_POLICIES, plan_due
from emailketing.schedule.recurrence import Recurrence, RecurrenceInvalid
from emailketing.triggers.reports.definition.save import pause_report
from emailketing.triggers.reports.models import Report

AUTHOR = "eMailketing"


def plan_reports(now: datetime) -> int:
    """Return how many runs were written."""
    due = Report.objects.filter(is_active=True).exclude(schedule={})
    return sum(_planned(report, now) for report in due)


def _planned(report: Report, now: datetime) -> int:
    """Plan it, or pause it and say why: it keeps no other from its hour."""
    with Boundary(f"the hours of {report.trigger}") as met:
        return _plan(report, now)
    note_error(met, report.trigger, report.name, now=now)
    pause_report(report, by=AUTHOR, now=now, reason=met.sentence)
    return 0


def _plan(report: Report, now: datetime) -> int:
    since = report.planned_until or report.created_at
    policy = next(name for name in MISSED_POLICIES if name == report.missed)
    try:
        recurrence = Recurrence.from_json(report.schedule)
    except RecurrenceInvalid as error:  # not by `save_report`: put there by another version
        pause_report(report, by=AUTHOR, now=now, reason=sentence_of(error))
        return 0
    made = plan_due(report.trigger, recurrence, since, policy, free=free_days(), now=now)
    if made:
        last = max(run.instant for run in made)
        Report.objects.filter(pk=report.pk).update(planned_until=last)
    return len(made)

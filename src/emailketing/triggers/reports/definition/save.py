"""Save a report after checking that it can go out; pause it, go on, delete it."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.audience.saving import (
    AudienceInvalid,
    choose_texts,
    pause,
    resume,
    save_noted,
)
from emailketing.audience.wanted import read_wanted
from emailketing.schedule.recurrence import Recurrence
from emailketing.triggers.reports.definition.checks import report_problems
from emailketing.triggers.reports.definition.right import unseen_by
from emailketing.triggers.reports.models import Report


class ReportInvalid(AudienceInvalid):
    """The report cannot go out as it is."""


@transaction.atomic
def save_report(report: Report, *, by: Who | str, now: datetime) -> Report:
    """Check, save, and note what changed; texts that nobody chose are the ready-made ones.

    Raises:
        ReportInvalid: all that is wrong.
    """
    choose_usual_texts(report, now)
    if report.owner is None and report._state.adding and isinstance(by, Who):
        report.owner = by.user
    if unseen := unseen_by(report, by):
        raise ReportInvalid(*unseen)
    check(report, now=now)
    report.recipients = [read_wanted(wanted)[0] for wanted in report.recipients]
    report.fallback = read_wanted(report.fallback)[0] if report.fallback else {}
    _read_people(report)
    if report.schedule:
        report.schedule = Recurrence.from_json(report.schedule).to_json()
    if report._state.adding:
        report.created_at, report.created_by = now, str(by)
    report.has_owner = report.has_owner or report.owner is not None
    if report.is_active:
        report.paused_reason, report.said = "", None
    known = Report.objects.filter(pk=report.pk).first()
    if known is None or known.schedule != report.schedule or not known.is_active:
        report.planned_until = now  # what lay before was of another schedule
    save_noted(report, known, by=by, now=now)
    return report


def check(report: Report, *, now: datetime) -> None:
    """Refuse a report that could not go out.

    Raises:
        ReportInvalid: with everything that is wrong.
    """
    if found := list(report_problems(report, now=now)):
        raise ReportInvalid(*found)


def resume_report(report: Report, *, by: Who | str, now: datetime) -> None:
    """Let it go out again from now on; what it missed meanwhile is not made up for.

    Raises:
        ReportInvalid: it could not.
    """
    if unseen := unseen_by(report, by):
        raise ReportInvalid(*unseen)
    resume(report, lambda: check(report, now=now), since="planned_until", by=by, now=now)


def pause_report(report: Report, *, by: Who | str, now: datetime, reason: str = "") -> None:
    """Let it rest until somebody resumes it."""
    pause(report, by=by, now=now, reason=reason)


@transaction.atomic
def delete_report(report: Report, *, by: Who | str, now: datetime) -> None:
    """Forget a report; messages already sent and the runs in the log stay."""
    note("deleted", by=by, now=now, about=report)
    report.delete()


def problem_of_report(report: Report, *, now: datetime) -> str:
    """Return why a saved report cannot go out any more, in words; nothing when it can."""
    try:
        check(report, now=now)
    except ReportInvalid as error:
        return str(error)
    return ""


def choose_usual_texts(report: Report, now: datetime) -> None:
    """Take the ready-made texts where nobody chose others."""
    choose_texts(report, "report", now=now)


def _read_people(report: Report) -> None:
    people = report.rows_by.get("people")
    if isinstance(people, dict):
        read = {value: [read_wanted(one)[0] for one in wanted] for value, wanted in people.items()}
        report.rows_by = {**report.rows_by, "people": read}

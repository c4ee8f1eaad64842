"""Save a report after checking that it can go out; pause it, go on, delete it."""

from datetime import datetime

from django.db import transaction

from emailketing.accounts.audit import note
from emailketing.accounts.changes import note_saved, snapshot
from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem
from emailketing.audience.wanted import read_wanted
from emailketing.audience.ways import WITHOUT_EMAIL, WITHOUT_PHONE, in_words
from emailketing.channels.declared import EMAIL
from emailketing.common.said import kept_with
from emailketing.content.starters import make_starter
from emailketing.schedule.recurrence import Recurrence
from emailketing.triggers.reports.definition.checks import report_problems
from emailketing.triggers.reports.definition.right import unseen_by
from emailketing.triggers.reports.models import LONGEST_REASON, Report

SMS = "sms"


class ReportInvalid(Exception):
    """The report cannot go out as it is; each of `all` says what to put right, and where."""

    def __init__(self, *problems: Problem) -> None:
        self.all = list(dict.fromkeys(problems))
        super().__init__(" ".join(self.all))


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
    before, ways = (snapshot(known), in_words(known)) if known is not None else ({}, "")
    if known is None or known.schedule != report.schedule or not known.is_active:
        report.planned_until = now  # what lay before was of another schedule
    report.save()
    now_ways = in_words(report)
    more = {"ways": [ways, now_ways]} if before and ways != now_ways else None
    note_saved(report, before, by=by, now=now, more=more)
    return report


def check(report: Report, *, now: datetime) -> None:
    """Refuse a report that could not go out.

    Raises:
        ReportInvalid: with everything that is wrong.
    """
    if found := list(report_problems(report, now=now)):
        raise ReportInvalid(*found)


@transaction.atomic
def resume_report(report: Report, *, by: Who | str, now: datetime) -> None:
    """Let it go out again from now on; what it missed meanwhile is not made up for.

    Raises:
        ReportInvalid: it could not.
    """
    if unseen := unseen_by(report, by):
        raise ReportInvalid(*unseen)
    was, report.is_active = report.is_active, True
    try:
        check(report, now=now)
    except ReportInvalid:
        report.is_active = was
        raise
    report.planned_until, report.paused_reason, report.said = now, "", None
    report.save(update_fields=["is_active", "planned_until", "paused_reason", "said"])
    note("switched", by=by, now=now, about=report, changes={"is_active": [was, True]})


@transaction.atomic
def pause_report(report: Report, *, by: Who | str, now: datetime, reason: str = "") -> None:
    """Let it rest until somebody resumes it."""
    was, report.is_active = report.is_active, False
    report.paused_reason, report.said = str(reason)[:LONGEST_REASON], kept_with(reason)
    report.save(update_fields=["is_active", "paused_reason", "said"])
    note("switched", by=by, now=now, about=report, changes={"is_active": [was, False]})


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
    if report.delivery not in WITHOUT_EMAIL and report.template is None:
        report.choose(EMAIL, template=make_starter("report", None, now=now))
    phone = report.delivery not in WITHOUT_PHONE
    if phone and not any(c.template for name, c in report.choices.items() if name != EMAIL):
        report.choose(SMS, template=make_starter("report-sms", None, now=now))


def _read_people(report: Report) -> None:
    people = report.rows_by.get("people")
    if isinstance(people, dict):
        read = {value: [read_wanted(one)[0] for one in wanted] for value, wanted in people.items()}
        report.rows_by = {**report.rows_by, "people": read}

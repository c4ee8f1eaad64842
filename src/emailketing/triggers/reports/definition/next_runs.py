"""When a report runs next, by its schedule and the free days."""

from datetime import datetime
from typing import Literal, TypeAlias

from emailketing.company.free_days import free_days
from emailketing.schedule.recurrence import Recurrence, RecurrenceInvalid, first_instants
from emailketing.triggers.reports.models import Report

Standing: TypeAlias = Literal["on", "paused", "ended", "by_hand"]


def next_runs(report: Report, after: datetime, count: int) -> list[datetime]:
    """Return its next instants; none of a report that rests, or that nobody planned."""
    return planned_runs(report, after, count) if report.is_active else []


def planned_runs(report: Report, after: datetime, count: int) -> list[datetime]:
    """Return when it would run, whether it rests or not."""
    if not report.schedule:
        return []
    try:
        recurrence = Recurrence.from_json(report.schedule)
    except RecurrenceInvalid:  # put there by another version: its next turn pauses it
        return []
    return first_instants(recurrence, after, free_days().is_free, count)


def standing_of(report: Report, now: datetime) -> Standing:
    """Say whether it goes out: paused, ended (its last day is over), only by hand."""
    if not report.is_active:
        return "paused"
    if not report.schedule:
        return "by_hand"
    return "on" if planned_runs(report, now, 1) else "ended"

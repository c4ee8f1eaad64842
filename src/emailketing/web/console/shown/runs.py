"""A run as pages show it: whose it is, in which tone, how late it began."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from emailketing.schedule.models import Run
from emailketing.schedule.work import OPEN
from emailketing.triggers.reports.models import Report

TONES = {
    Run.State.SENT: "ok",
    Run.State.FAILED: "bad",
    Run.State.HELD: "warn",
    Run.State.RUNNING: "info",
}
REPORT = "report:"


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a list; `called` and `address`: of what it runs, where that is still there."""

    run: Run
    tone: str
    late: str
    is_open: bool
    called: str = ""
    address: str = ""


def line_of(run: Run, name: str = "") -> RunLine:
    tone = TONES.get(Run.State(run.state), "muted")
    address = reverse("console:report", args=[_number(run)]) if name else ""
    called = name or _called(run)
    return RunLine(run, tone, late_words(run.late_by), run.state in OPEN, called, address)


def lines_of_runs(runs: Iterable[Run]) -> list[RunLine]:
    """Return the lines, each with the name of its report."""
    every = list(runs)
    numbers = {number for run in every if (number := _number(run)) is not None}
    names = dict(Report.objects.filter(pk__in=numbers).values_list("pk", "name"))
    return [line_of(run, names.get(_number(run) or 0, "")) for run in every]


def _called(run: Run) -> str:
    number = _number(run)
    if number is None:
        return run.trigger
    return _("report %(number)s, which was deleted") % {"number": number}


def _number(run: Run) -> int | None:
    kind, _colon, number = run.trigger.partition(":")
    return int(number) if f"{kind}:" == REPORT and number.isdigit() else None


def late_words(late: timedelta | None) -> str:
    """Say how late it began, in hours and minutes; "" where it was in time (P4)."""
    if late is None:
        return ""
    hours, minutes = divmod(int(late.total_seconds() // 60), 60)
    words = {"hours": hours, "minutes": minutes}
    return (
        _("late by %(hours)s h %(minutes)s min") if hours else _("late by %(minutes)s min")
    ) % words

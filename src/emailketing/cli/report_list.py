"""`emailketing report list`: when each report runs next, and what became of the last run."""

from collections.abc import Iterator
from datetime import datetime

import typer
from django.utils.translation import gettext as _

from emailketing.cli.show import clock, table
from emailketing.common.language import active_language
from emailketing.content import formats
from emailketing.schedule.models import Run
from emailketing.schedule.sentence import run_words
from emailketing.triggers.reports.definition.next_runs import next_runs
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.expire import disk_use
from emailketing.triggers.reports.running.read import runs_folder


def register(app: typer.Typer) -> None:
    app.command("list")(list_reports)


def list_reports() -> None:
    """List all reports: when each runs next and what became of the last run."""
    table(
        (_("No."), _("Name"), _("Listing"), _("Active"), _("Next run"), _("Last run")),
        [
            (
                report.pk,
                report.name,
                report.listing,
                "✓" if report.is_active else report.paused_in_words,
                next(next_in_words(report, clock(), 1), ""),
                _last(report),
            )
            for report in Report.objects.select_related("source")
        ],
    )
    _tell_disk()


def _tell_disk() -> None:
    used = disk_use()
    if used.runs:
        size = formats.number(round(used.bytes / 1_000_000, 1), active_language())
        sentence = _("Rows and files of %(count)s runs take %(size)s MB in %(folder)s.")
        words = {"count": used.runs, "size": size, "folder": runs_folder()}
        typer.echo(sentence % words)


def _last(report: Report) -> str:
    run = Run.objects.filter(trigger=report.trigger).first()
    if run is None:
        return ""
    return " ".join(filter(None, [str(run.get_state_display()), run.in_words]))


def next_in_words(report: Report, after: datetime, count: int) -> Iterator[str]:
    zone = zone_of_report(report)
    return (run_words(moment, zone) for moment in next_runs(report, after, count))

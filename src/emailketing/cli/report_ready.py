"""`emailketing report ready` and `report add --from`: the reports that come with a source."""

from collections.abc import Iterable

import typer
from django.utils.translation import gettext as _

from emailketing.cli.report_parts import put_words
from emailketing.cli.show import clock, refuse, table, who
from emailketing.schedule.recurrence import Recurrence
from emailketing.schedule.sentence import sentence
from emailketing.triggers.reports.definition.ready import (
    NoReadyReport,
    find_ready,
    offered_reports,
    take_ready,
)
from emailketing.triggers.reports.definition.save import ReportInvalid
from emailketing.triggers.reports.models import Report


def register(app: typer.Typer) -> None:
    app.command()(ready)


def ready() -> None:
    """List the ready reports of all sources: “report add --from NAME” makes one one's own."""
    today = clock().date()
    table(
        (_("Name"), _("Title"), _("When"), _("Text for the phone"), _("Reports")),
        [
            (
                each.name,
                each.label,
                sentence(each.recurrence, today),
                each.phone,
                ", ".join(str(report.pk) for report in each.reports),
            )
            for each in offered_reports()
        ],
    )


def take(name: str, changes: Iterable[str]) -> Report:
    """Take the ready report of this name, changed by these words."""
    said = list(changes)
    try:
        report = take_ready(
            find_ready(name), by=who(), now=clock(), change=lambda each: put_words(each, said)
        )
    except NoReadyReport as error:
        refuse(error)
    except ReportInvalid as wrong:
        refuse("\n".join(wrong.all))
    words = {"number": report.pk, "name": report.name}
    typer.echo(
        _("Report %(number)s, “%(name)s”, is yours; it rests until “report resume”.") % words
    )
    if report.schedule:
        typer.echo(sentence(Recurrence.from_json(report.schedule), clock().date()))
    return report

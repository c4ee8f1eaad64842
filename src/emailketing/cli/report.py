"""`emailketing report …`: reports from the command line."""

import secrets
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli import (
    report_list,
    report_pages,
    report_preview,
    report_readers,
    report_ready,
    report_runs,
)
from emailketing.cli import report_options as options
from emailketing.cli.report_lines import lines_of
from emailketing.cli.report_list import next_in_words
from emailketing.cli.report_parts import SCHEDULE, WORDS, put_words, report_of
from emailketing.cli.show import clock, refuse, table, who
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.schedule.recurrence import Recurrence
from emailketing.schedule.run_by_hand import SentAlready, day_begins, run_by_hand
from emailketing.schedule.sentence import sentence
from emailketing.triggers.reports.definition.save import (
    ReportInvalid,
    delete_report,
    pause_report,
    problem_of_report,
    resume_report,
    save_report,
)
from emailketing.triggers.reports.definition.zone import zone_of_report
from emailketing.triggers.reports.models import Report

app = typer.Typer(no_args_is_help=True)
for part in (
    report_list,
    report_runs,
    report_preview,
    report_pages,
    report_readers,
    report_ready,
):
    part.register(app)


@app.command()
def add(
    name: options.Name = "",
    listing: options.Listing = "",
    ready: options.Ready = "",
    to: options.To = None,
    param: options.Param = None,
    rows_by: options.RowsBy = "",
    person: options.Person = None,
    every: options.Every = "",
    at: options.At = "",
    on: options.On = "",
    zone: options.Zone = "",
    free_day: options.FreeDay = "",
    files: options.Files = "",
    figures: options.Figures = "",
    chart: options.Chart = "",
    order: options.Order = "",
    compare: options.Compare = "",
    only_if: options.OnlyIf = "",
    when_empty: options.WhenEmpty = "",
    delivery: options.Delivery = "",
    way: options.Way = None,
    owner: options.Owner = "",
    also: options.Also = None,
    active: bool = False,
) -> None:
    """Make a report, or take a ready one (--from); --also says what has no option of its own."""
    given = {word.replace("_", "-"): value for word, value in locals().items()}
    said = {word: given[word] for word in (*WORDS, *SCHEDULE) if word in given}
    changes = [f"{word}={text}" for word in said for text in _texts(word, said[word])]
    changes += also or []
    report = report_ready.take(ready, changes) if ready else _made(changes, active=active)
    if ready and active:
        resume(report.pk)
        return
    for moment in next_in_words(report, clock(), 5):
        typer.echo(f"  {moment}")


def _made(changes: list[str], *, active: bool) -> Report:
    report = Report(is_active=active, mail_class=MailClass.REPORT)
    put_words(report, changes)
    if not report.listing:
        refuse(_("Say which listing: --listing, or a ready report: --from."))
    _save(report)
    return report


def _texts(word: str, value: str | list[str] | None) -> list[str]:
    """Return each value of an option; several people are one list."""
    if isinstance(value, list):
        return [";".join(value)] if word == "to" else value
    return [value] if value else []


def _save(report: Report) -> None:
    try:
        save_report(report, by=who(), now=clock())
    except ReportInvalid as wrong:
        refuse("\n".join(wrong.all))
    typer.echo(_("Report %(number)s saved.") % {"number": report.pk})
    if report.schedule:
        recurrence = Recurrence.from_json(report.schedule)
        typer.echo(sentence(recurrence, clock().date()))
    if not report.is_active:
        hint = _("It rests. Try it with “report run %(number)s --only-to …”, then “report resume”.")
        typer.echo(hint % {"number": report.pk})


@app.command("set")
def change(
    number: int,
    changes: Annotated[
        list[str],
        typer.Argument(
            help=str(
                gettext_lazy(
                    "word=value, in the words of “add”: at=18:00, files=xlsx,csv,"
                    ' "to=role:Managers; boss@example.com"'
                )
            )
        ),
    ],
) -> None:
    """Change what a report says; what is not named stays."""
    report = report_of(number)
    put_words(report, changes)
    _save(report)


@app.command()
def show(number: int) -> None:
    """Show what a report says, its next five runs, and what keeps it from going out."""
    report = report_of(number)
    table(("", report.name), list(lines_of(report, clock())))
    for moment in next_in_words(report, clock(), 5):
        typer.echo(f"  {moment}")
    if problem := problem_of_report(report, now=clock()):
        typer.echo(f"! {problem}", err=True)


@app.command()
def run(
    number: int,
    only_to: Annotated[
        str, typer.Option(help=str(gettext_lazy("To this address alone, whatever the conditions")))
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help=str(gettext_lazy("Also when it went out today")))
    ] = False,
) -> None:
    """Run a report now; the worker does it."""
    report, now = report_of(number), clock()
    zone = zone_of_report(report)
    try:
        made = run_by_hand(
            report.trigger,
            secrets.token_hex(8),
            by=who(),
            now=now,
            only_to=only_to,
            asked=None if again else (day_begins(now, zone), zone),
        )
    except SentAlready as sent:
        refuse(f"{sent} --again")
    typer.echo(_("Run %(number)s is planned: the worker does it now.") % {"number": made.pk})


@app.command()
def pause(number: int) -> None:
    """Let a report rest."""
    pause_report(report_of(number), by=who(), now=clock())
    typer.echo(_("The report rests."))


@app.command()
def resume(number: int) -> None:
    """Let a report go out again; what it missed is not made up for."""
    report = report_of(number)
    try:
        resume_report(report, by=who(), now=clock())
    except ReportInvalid as wrong:
        refuse("\n".join(wrong.all))
    typer.echo(_("The report goes out again."))
    for moment in next_in_words(report, clock(), 5):
        typer.echo(f"  {moment}")


@app.command()
def delete(
    number: int,
    yes: Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))] = False,
) -> None:
    """Delete a report; messages already sent and its runs stay. “pause” stops it for a while."""
    report = report_of(number)
    if not yes and not typer.confirm(_("Delete the report “%(name)s”?") % {"name": report.name}):
        refuse(_("Nothing changed."))
    delete_report(report, by=who(), now=clock())
    typer.echo(_("The report was deleted."))

"""`emailketing schedule runs | cancel`: what ran, and what became of it."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import Most, clock, local, refuse, table, who
from emailketing.common.language import active_language
from emailketing.content import formats
from emailketing.schedule.models import Run
from emailketing.schedule.work import CannotCancel, cancel_run
from emailketing.web.console.shown.runs import lines_of_runs


def register(app: typer.Typer) -> None:
    app.command("runs")(list_runs)
    app.command()(cancel)


def list_runs(
    trigger: Annotated[
        str, typer.Option(help=str(gettext_lazy("Only of this one: report:12")))
    ] = "",
    state: Annotated[str, typer.Option(help=", ".join(Run.State.values))] = "",
    limit: Most = 50,
) -> None:
    """List the runs, the newest first: what each took and what became of it."""
    if state and state not in Run.State.values:
        refuse(_("There are: %(names)s.") % {"names": ", ".join(Run.State.values)})
    found = Run.objects.all()
    found = found.filter(trigger=trigger) if trigger else found
    found = found.filter(state=state) if state else found
    headings = (_("Scheduled for"), _("Missed"), _("State"), _("Began"), _("Seconds"), _("Rows"))
    table(
        ("", _("What runs"), *headings, _("Bytes"), _("Messages"), _("Reason")),
        [_line(run.run, run.called) for run in lines_of_runs(found[:limit])],
    )


def cancel(number: Annotated[int, typer.Argument(metavar="NUMBER")]) -> None:
    """Stop a run: at once, or as soon as its worker hears of it."""
    run = Run.objects.filter(pk=number).first()
    if run is None:
        refuse(_("There is no run %(number)s.") % {"number": number})
    try:
        cancel_run(run, by=who(), now=clock())
    except CannotCancel as over:
        refuse(over)
    typer.echo(_("The run is being stopped."))


def _line(run: Run, called: str) -> tuple[str | int | float, ...]:
    seconds = round(run.took.total_seconds(), 1) if run.took is not None else ""
    return (
        run.pk,
        called,
        local(run.instant),
        run.missed or "",
        run.get_state_display(),
        local(run.started_at),
        formats.number(seconds, active_language(), 1),
        run.rows,
        run.bytes,
        run.messages,
        run.in_words,
    )

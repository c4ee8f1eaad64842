"""`emailketing report runs | cancel`: what ran, and to stop what runs."""

from typing import Annotated

import typer

from emailketing.cli import schedule_runs
from emailketing.cli.report_parts import report_of
from emailketing.cli.show import Most


def register(app: typer.Typer) -> None:
    app.command()(runs)
    app.command()(cancel)


def runs(
    number: Annotated[int | None, typer.Argument()] = None,
    state: str = "",
    limit: Most = 50,
) -> None:
    """List the runs of a report, or of all."""
    trigger = report_of(number).trigger if number is not None else ""
    schedule_runs.list_runs(trigger, state, limit)


def cancel(number: Annotated[int, typer.Argument(metavar="RUN")]) -> None:
    """Stop a run: its reading is ended on the server of the source."""
    schedule_runs.cancel(number)

"""`emailketing worker`: one worker until stopped; apart, as it needs most."""

import signal
from datetime import timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext_lazy

from emailketing.cli.show import refuse
from emailketing.common.open_files import open_files, open_sentence
from emailketing.outbox.durability import LedgerUnsafe
from emailketing.worker.cannot import CannotWork
from emailketing.worker.loop import EVERYTHING, Part, Worker


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker(
    once: Annotated[
        bool, typer.Option("--once", help=str(gettext_lazy("Stop when there is nothing to do")))
    ] = False,
    only: Annotated[
        Part | None,
        typer.Option(help=str(gettext_lazy("Do this part alone; another process does the rest"))),
    ] = None,
) -> None:
    if found := open_files():  # `serve` starts this one too: said once
        typer.echo(open_sentence(found), err=True)
    process = Worker(frozenset({only}) if only else EVERYTHING)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    try:
        process.run(quiet_for=timedelta(seconds=2) if once else None)
    except (CannotWork, LedgerUnsafe) as error:
        refuse(error)

"""`emailketing serve | worker | migrate | events | steps | new-key | check`."""

import signal
from contextlib import suppress
from datetime import timedelta
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.roles import ensure_roles
from emailketing.cli.show import Most, clock, local, refuse, table
from emailketing.common.crypto import write_key
from emailketing.common.encrypted import encrypted
from emailketing.common.open_files import close_files, open_files, open_sentence
from emailketing.common.own_database import own_file
from emailketing.company.models import StepState
from emailketing.content.models import Brand
from emailketing.content.starters import make_starter_templates
from emailketing.events.models import Event
from emailketing.outbox.durability import LedgerUnsafe
from emailketing.worker.loop import CannotWork, Worker
from emailketing.worker.supervise import CannotServe
from emailketing.worker.supervise import serve as run_server

Host = Annotated[str, typer.Option(help=str(gettext_lazy("Address to listen on")))]
Port = Annotated[int, typer.Option(help=str(gettext_lazy("Port to listen on")))]


def register(app: typer.Typer) -> None:
    for command in (serve, worker, migrate, events, steps, new_key, check):
        app.command()(command)


def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the console and the worker until stopped."""

    def announce() -> None:
        typer.echo(_("Console: http://%(host)s:%(port)s/") % {"host": host, "port": port})
        invite_first_user(host, port)

    try:
        run_server(host=host, port=port, announce=announce)
    except CannotServe as error:
        refuse(error)


def invite_first_user(host: str, port: int) -> None:
    from emailketing.web.console.first_run import first_run_path

    path = first_run_path()
    if path:
        text = _("Nobody can sign in yet. Begin here: http://%(host)s:%(port)s%(path)s")
        typer.echo(text % {"host": host, "port": port, "path": path})


def worker(
    once: Annotated[
        bool, typer.Option("--once", help=str(gettext_lazy("Stop when there is nothing to do")))
    ] = False,
) -> None:
    """Run one worker: read the sources, fire the rules, hand over messages."""
    if found := open_files():  # `serve` starts this one too: said once
        typer.echo(open_sentence(found), err=True)
    process = Worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    try:
        process.run(quiet_for=timedelta(seconds=2) if once else None)
    except (CannotWork, LedgerUnsafe) as error:
        refuse(error)


def steps() -> None:
    """Show how each step of the worker is; ends with code 1 when one stands still."""
    now = clock()
    found = list(StepState.objects.all())
    table(
        (_("Step"), _("Last success"), _("At work since"), _("Errors in a row"), _("Last error")),
        [
            (
                step.get_name_display(),
                local(step.done_at),
                local(step.began_at),
                str(step.failures),
                f"{local(step.failed_at)} {step.error}".strip(),
            )
            for step in found
        ],
    )
    if any(step.stands_still_since(now) for step in found):
        raise typer.Exit(1)


def check(
    mend: Annotated[
        bool, typer.Option("--mend", help=str(gettext_lazy("Close what is open to others")))
    ] = False,
) -> None:
    """Look whether other users of this computer can read what we keep; code 1 when they can."""
    found = open_files()
    if found and mend:
        left = close_files(found)
        for path in found:
            if path not in left:
                typer.echo(_("Closed: %(path)s") % {"path": path})
        found = left
    if found:
        refuse(open_sentence(found))
    typer.echo(_("Only the user that runs eMailketing can read its files."))


def migrate() -> None:
    """Bring our own database up to date, with the roles and the ready-made templates."""
    if connection.vendor == "sqlite":
        with suppress(OSError):  # connecting says what is wrong
            own_file().touch()
    call_command("migrate", interactive=False, verbosity=0)
    ensure_roles()
    brand = Brand.objects.filter(is_default=True).first()
    make_starter_templates(brand, now=clock())
    typer.echo(_("The database is up to date."))


def new_key() -> None:
    """Make a new key when the old one is lost for good; say which passwords to enter again."""
    if not settings.KEY_IS_NEW:
        refuse(_("There is a key: nothing is to be made new."))
    lost = encrypted()
    write_key(settings.KEY_FILE)
    typer.echo(_("A new key lies in %(path)s.") % {"path": settings.KEY_FILE})
    if lost:
        typer.echo(_("Enter these passwords again: %(lost)s.") % {"lost": ", ".join(lost)})


def events(limit: Most = 20) -> None:
    """List the last events and what each caused."""
    rows = []
    for event in Event.objects.prefetch_related("outcomes__rule")[:limit]:
        outcomes = [
            ": ".join(filter(None, (o.rule.name, o.get_result_display(), o.detail)))
            for o in event.outcomes.all()
        ]
        caused = "; ".join(outcomes) or (_("no rule") if event.read_at else _("not looked at yet"))
        rows.append((event.pk, local(event.occurred_at), event.kind, event.document_label, caused))
    table((_("No."), _("When"), _("Process"), _("Document"), _("What it caused")), rows)

"""`emailketing migrate | events | steps | new-key | check`."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.roles import ensure_roles
from emailketing.cli.show import Most, clock, local, refuse, table
from emailketing.common.crypto import write_key
from emailketing.common.encrypted import encrypted
from emailketing.common.open_files import close_files, open_files, open_sentence
from emailketing.common.own_database import own_file
from emailketing.common.own_dialect import is_a_file
from emailketing.company.beat import (
    PUBLIC,
    REPORTS,
    SENDING,
    WORKER,
    is_published_alive,
    is_reporting_alive,
    is_sending_alive,
    is_worker_alive,
    last_beat,
)
from emailketing.company.models import StepState
from emailketing.content.models import Brand
from emailketing.content.starters import make_starter_templates
from emailketing.events.models import Event
from emailketing.events.readers import lags, read_at
from emailketing.triggers.notifications.firing.reader import RULES


def register(app: typer.Typer) -> None:
    for command in (migrate, events, steps, new_key, check):
        app.command()(command)


def steps() -> None:
    now = clock()
    found = list(StepState.objects.all())
    table(
        (
            *(_("Step"), _("Last success"), _("Took"), _("Did"), _("At work since")),
            *(_("Next turn"), _("Worker"), _("Errors in a row"), _("Last error")),
        ),
        [
            (
                step.get_name_display(),
                local(step.done_at),
                "" if step.took is None else f"{step.took:.3f} s",
                str(step.did),
                local(step.began_at),
                local(step.next_at),
                step.holder,
                str(step.failures),
                f"{local(step.failed_at)} {step.error}".strip(),
            )
            for step in found
        ],
    )
    rows = [(lag.title, str(lag.waiting), local(lag.since)) for lag in lags()]
    table((_("Who reads"), _("Still to read"), _("Since")), rows)
    for sentence in (not_running := _not_running(now)):
        typer.echo(sentence, err=True)
    if not_running or any(step.stands_still_since(now) for step in found):
        raise typer.Exit(1)


def _not_running(now: datetime) -> list[str]:
    """Return a sentence for each process that began once and gives no sign of life now."""
    said = {
        WORKER: _("The worker is not running: nothing is read. Last sign of life: %(seen)s"),
        SENDING: _("Sending is not running: what is queued waits. Last sign of life: %(seen)s"),
        REPORTS: _("Reports are not made: their runs wait. Last sign of life: %(seen)s"),
        PUBLIC: _("Signed pages do not answer. Last sign of life: %(seen)s"),
    }
    alive = {
        WORKER: is_worker_alive(now),
        SENDING: is_sending_alive(now),
        REPORTS: is_reporting_alive(now),
        PUBLIC: is_published_alive(now),
    }
    return [
        sentence % {"seen": local(last_beat(name))}
        for name, sentence in said.items()
        if not alive[name] and last_beat(name)
    ]


def check(
    mend: Annotated[
        bool, typer.Option("--mend", help=str(gettext_lazy("Close what is open to others")))
    ] = False,
) -> None:
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
    if is_a_file():
        with suppress(OSError):  # connecting says what is wrong
            own_file().touch()
    call_command("migrate", interactive=False, verbosity=0)
    ensure_roles()
    brand = Brand.objects.filter(is_default=True).first()
    make_starter_templates(brand, now=clock())
    typer.echo(_("The database is up to date."))


def new_key() -> None:
    if not settings.KEY_IS_NEW:
        refuse(_("There is a key: nothing is to be made new."))
    lost = encrypted()
    write_key(settings.KEY_FILE)
    typer.echo(_("A new key lies in %(path)s.") % {"path": settings.KEY_FILE})
    if lost:
        typer.echo(_("Enter these passwords again: %(lost)s.") % {"lost": ", ".join(lost)})


CAUSED = "outcomes__dispatch__messages"


def events(limit: Most = 20) -> None:
    rows = []
    for event in Event.objects.prefetch_related("readings", "outcomes__rule", CAUSED)[:limit]:
        outcomes = [
            ": ".join(filter(None, (o.rule.name, o.get_result_display(), o.in_words)))
            for o in event.outcomes.all()
        ]
        untold = _("no rule") if read_at(RULES, event) else _("not looked at yet")
        caused = "; ".join(outcomes) or untold
        rows.append((event.pk, local(event.occurred_at), event.kind, event.document_label, caused))
    table((_("No."), _("When"), _("Process"), _("Document"), _("What it caused")), rows)

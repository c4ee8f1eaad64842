"""`emailketing safe-mode …`: is this the database we know, and “yes, this is the one” (C20)."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, local, refuse, table, who
from emailketing.company.identity import confirm_safe_mode, stays
from emailketing.company.models import INSTALLATION, SafeMode
from emailketing.company.safe_mode import counts, question, sentence
from emailketing.worker.identity import check_own_identity

app = typer.Typer(no_args_is_help=True)
Scope = Annotated[
    str, typer.Argument(help=str(gettext_lazy("“installation”, or “source:” and its identifier")))
]
Yes = Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))]


@app.command()
def status() -> None:
    """Say whether a database is a copy; ends with code 1 while anything is in safe mode."""
    check_own_identity(clock())
    modes = list(SafeMode.objects.filter(confirmed_at=None).order_by("pk"))
    if not modes:
        typer.echo(_("No safe mode: every database is the one that was registered."))
        return
    table(
        (_("What"), _("Since"), _("Registered"), _("Found")),
        [
            (m.scope, local(m.since), _differing(m, m.registered), _differing(m, m.found))
            for m in modes
        ],
    )
    for mode in modes:
        typer.echo(f"! {sentence(mode)}")
        for label, value in counts(mode):
            typer.echo(f"  {label}: {value}")
    typer.echo(_("Everything goes to the built-in inbox until “safe-mode confirm”."))
    raise typer.Exit(1)


def _differing(mode: SafeMode, values: dict[str, str]) -> str:
    names = {*mode.registered, *mode.found}
    return "\n".join(
        f"{name}: {values.get(name, '—')}"
        for name in sorted(names)
        if mode.registered.get(name) != mode.found.get(name)
    )


@app.command()
def confirm(scope: Scope = INSTALLATION, yes: Yes = False) -> None:
    """Say “this is the one”: from now on messages reach their recipients again."""
    mode = SafeMode.objects.filter(scope=scope, confirmed_at=None).first()
    if mode is None:
        refuse(_("%(scope)s is not in safe mode.") % {"scope": scope})
    typer.echo(sentence(mode))
    if why := stays(mode):
        refuse(why)
    if not yes and not typer.confirm(question(mode)):
        refuse(_("Nothing changed."))
    confirm_safe_mode(mode, by=who(), now=clock())
    typer.echo(_("Confirmed: %(scope)s") % {"scope": scope})

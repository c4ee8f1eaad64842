"""`emailketing configuration …`: the whole configuration as one readable file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, refuse, who
from emailketing.common.os_errors import why
from emailketing.configuration import (
    ConfigurationInvalid,
    Difference,
    apply,
    diff,
    hand_out,
    switches,
)

app = typer.Typer(no_args_is_help=True)
STANDARD = "-"
LONGEST = 70  # characters of a value shown in a line


@app.command()
def export(
    file: Annotated[str, typer.Argument(help=str(gettext_lazy("Where to; - is the screen")))],
) -> None:
    """Write company, brands, senders, sources, roles, templates and rules down."""
    text = hand_out(by=who(), now=clock())
    if file == STANDARD:
        typer.echo(text, nl=False)
        return
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)
    except OSError as error:
        refuse(f"{file}: {why(error)}")
    typer.echo(_("Written: %(file)s. Passwords and keys are not in it.") % {"file": file})


@app.command("diff")
def show_diff(file: str) -> None:
    """Show what taking this file over would change."""
    text = _text(file)
    _show(_found(text))
    _say(switches(text))


@app.command("import")
def take_over(
    file: str,
    yes: Annotated[bool, typer.Option(help=str(gettext_lazy("Without asking")))] = False,
) -> None:
    """Take a file over: all of it or nothing; secrets and what stands only here stay."""
    text = _text(file)
    found = _found(text)
    _show(found)
    _say(switches(text))
    if not found:
        return
    if not yes and not typer.confirm(_("Take this over?")):
        raise typer.Exit(1)
    try:
        applied = apply(text, by=who(), now=clock())
    except ConfigurationInvalid as error:
        refuse(error)
    _say(applied.notices)
    typer.echo(_("Taken over: %(count)s") % {"count": len(applied.differences)})


def _say(notices: Iterable[str]) -> None:
    for notice in notices:
        typer.echo(f"! {notice}")


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError as error:
        refuse(f"{file}: {why(error)}")
    except UnicodeDecodeError:
        refuse(_("%(file)s is not a text file in UTF-8.") % {"file": file})


def _found(text: str) -> list[Difference]:
    try:
        return diff(text)
    except ConfigurationInvalid as error:
        refuse(error)


def _show(found: Iterable[Difference]) -> None:
    shown = False
    for one in found:
        shown = True
        typer.echo(f"{'+' if one.is_new else '~'} {one.kind}: {one.name}")
        for change in one.changes:
            typer.echo(f"    {change.label}: {_short(change.before)} → {_short(change.after)}")
    if not shown:
        typer.echo(_("No difference: the file says what is here."))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

"""`emailketing rule texts`: what the phone was not told while the mail left."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.cli.rule_parts import rule_of
from emailketing.cli.show import clock, refuse, who
from emailketing.triggers.notifications.firing.texts import (
    NoWayForTexts,
    leave_missing,
    missing_texts,
    write_missing,
)

WRITE = str(gettext_lazy("Write them now"))
LEAVE = str(gettext_lazy("Leave them: the mails have left"))


def register(app: typer.Typer) -> None:
    app.command("texts")(texts)


def texts(
    number: int,
    write: Annotated[bool, typer.Option("--write", help=WRITE)] = False,
    leave: Annotated[bool, typer.Option("--leave", help=LEAVE)] = False,
) -> None:
    """Show the texts that had no sender while the mail left; write them now, or leave them."""
    rule = rule_of(number)
    if write and leave:
        refuse(_("Choose one of the two: --write or --leave."))
    if write:
        try:
            count = write_missing(rule, by=who(), now=clock())
        except NoWayForTexts as error:
            refuse(error)
        typer.echo(_("Let through: %(count)s. The worker writes them now.") % {"count": count})
    elif leave:
        count = leave_missing(rule, by=who(), now=clock())
        typer.echo(_("Given up: %(count)s") % {"count": count})
    else:
        typer.echo(said(missing_texts(rule).count()))


def said(count: int) -> str:
    sentence = ngettext(
        "The text about %(count)s document was not written: there was no sender.",
        "The texts about %(count)s documents were not written: there was no sender.",
        count,
    )
    return sentence % {"count": count}

"""`emailketing rule texts`: what the phone was not told while the mail left."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.accounts.audit import note
from emailketing.cli.rule_parts import rule_of
from emailketing.cli.show import COMMAND_LINE, clock, operator, refuse
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.texts import (
    has_phone_way,
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
        if not has_phone_way(rule):
            refuse(_("There is still no sender for these texts."))
        count = write_missing(rule)
        _note("released", rule, count)
        typer.echo(_("Let through: %(count)s. The worker writes them now.") % {"count": count})
    elif leave:
        count = leave_missing(rule)
        _note("dropped", rule, count)
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


def _note(action: str, rule: Rule, count: int) -> None:
    changes = {"texts": [count, 0]}
    note(action, by=operator(), now=clock(), about=rule, changes=changes, came_from=COMMAND_LINE)

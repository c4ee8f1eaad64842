"""`emailketing report readers | reader`: what readers want of their copies."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.declared import EMAIL
from emailketing.cli.report_parts import report_of
from emailketing.cli.show import clock, local, refuse, table, who
from emailketing.common.language import active_language
from emailketing.triggers.reports.definition.readers import (
    ChoiceUnknown,
    CopyPlace,
    choose_copy,
    readers_of,
    state_sentence,
)


def register(app: typer.Typer) -> None:
    app.command()(readers)
    app.command()(reader)


def readers(number: int) -> None:
    """List the readers who want a report less often, paused it or ended it."""
    table(
        (_("Reader"), _("Wants it"), _("Since"), _("Said by")),
        [
            (
                one.address,
                state_sentence(one, active_language()),
                local(one.changed_at),
                one.changed_by,
            )
            for one in readers_of(report_of(number))
        ],
    )


def reader(
    number: int,
    address: str,
    choice: Annotated[
        str, typer.Argument(help=str(gettext_lazy("each, weekly, monthly, pause, end")))
    ],
    channel: str = EMAIL,
) -> None:
    """Say for a reader how often he gets a report."""
    report, place = report_of(number), CopyPlace(channel, address)
    try:
        made = choose_copy(report, place, choice, by=who(), now=clock())
    except ChoiceUnknown as error:
        refuse(error)
    words = {"address": made.address, "state": state_sentence(made, active_language())}
    typer.echo(_("%(address)s: %(state)s.") % words)

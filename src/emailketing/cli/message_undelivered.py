"""`emailketing message undelivered`: what did not arrive, until somebody has looked after it."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import Most, clock, local, refuse, table, who
from emailketing.triggers.notifications.afterwards.seen import take_care, to_look_after

SEEN = str(gettext_lazy("Number of a message that somebody has taken care of"))


def register(app: typer.Typer) -> None:
    app.command("undelivered")(undelivered)


def undelivered(
    seen: Annotated[int | None, typer.Option(help=SEEN)] = None, limit: Most = 50
) -> None:
    """List what did not arrive and nobody has looked after; --seen takes one off the list."""
    rows = to_look_after()
    if seen is not None:
        lost = rows.filter(message_id=seen).first()
        if lost is None:
            refuse(_("There is no message %(number)s.") % {"number": seen})
        take_care(lost, by=who(), now=clock())
        typer.echo(_("Taken care of: %(name)s") % {"name": lost.message.subject})
        return
    table(
        (_("No."), _("When"), _("Document"), _("Person"), _("Address"), _("Why")),
        [
            (
                one.message_id,
                local(one.at),
                one.event.document_label if one.event else "",
                one.message.name,
                one.message.address,
                one.message.in_words or one.in_words,
            )
            for one in rows[:limit]
        ],
    )

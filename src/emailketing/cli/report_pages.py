"""`emailketing report links | revoke | pin`: the pages that readers open without an account."""

from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.cli.report_parts import report_of
from emailketing.cli.show import Most, clock, local, refuse, table, who
from emailketing.links.models import SignedLink
from emailketing.links.public_address import why_no_links
from emailketing.triggers.reports.definition.pages import pages_of, revoke_pages
from emailketing.triggers.reports.definition.pin import PinInvalid, set_pin


def register(app: typer.Typer) -> None:
    for command in (links, revoke, pin):
        app.command()(command)


def links(number: int, limit: Most = 50) -> None:
    """List the pages of a report: whose, of which run, how often looked at, until when."""
    found = pages_of(report_of(number))[:limit]
    table(
        (
            *(_("Run"), _("Reader"), _("Looks"), _("Last look"), _("Of programs")),
            *(_("Until"), _("State")),
        ),
        [
            (
                link.detail.split("/")[0],
                link.address,
                link.looks,
                local(link.last_look_at),
                link.machine_looks,
                local(link.expires_at),
                _state(link),
            )
            for link in found
        ],
    )
    if why := why_no_links(clock()):
        typer.echo(why)


def _state(link: SignedLink) -> str:
    if link.revoked_at is not None:
        return _("revoked")
    if link.expires_at is not None and link.expires_at <= timezone.now():
        return _("over")
    return _("open")


def revoke(
    number: int,
    run: Annotated[
        int | None, typer.Option(help=str(gettext_lazy("Only the pages of this run")))
    ] = None,
    reader: Annotated[
        str, typer.Option(help=str(gettext_lazy("Only the pages of this address")))
    ] = "",
) -> None:
    """End pages that were sent: all of a report, of one run, or of one reader."""
    count = revoke_pages(report_of(number), run=run, reader=reader, by=who(), now=clock())
    sentence = ngettext("%(count)s page was ended.", "%(count)s pages were ended.", count)
    typer.echo(sentence % {"count": count})


def pin(
    number: int,
    without: Annotated[
        bool, typer.Option("--none", help=str(gettext_lazy("Ask for none any more")))
    ] = False,
) -> None:
    """Ask for a PIN before the pages of a report are shown."""
    given = "" if without else typer.prompt(_("PIN"), hide_input=True)
    try:
        set_pin(report_of(number), given, by=who(), now=clock())
    except PinInvalid as error:
        refuse(error)
    typer.echo(_("No PIN is asked for.") if without else _("The PIN is asked for from now on."))

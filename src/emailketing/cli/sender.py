"""`emailketing sender …`: the accounts we send with."""

import asyncio
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.email.account import account_of
from emailketing.channels.email.smtp import check_account
from emailketing.channels.models import Sender
from emailketing.cli.show import COMMAND_LINE, clock, operator, refuse, table

app = typer.Typer(help=str(gettext_lazy("Senders: the accounts we send with")))


@app.command("list")
def list_senders() -> None:
    """List all senders."""
    table(
        (_("Name"), _("Sent from"), _("Server"), _("Encryption"), _("State")),
        [
            (s.name, s.from_address, f"{s.host}:{s.port}", s.security, s.paused_reason)
            for s in Sender.objects.all()
        ],
    )


@app.command()
def add(
    name: str,
    from_address: Annotated[str, typer.Option()],
    host: Annotated[str, typer.Option()],
    port: int = 587,
    security: str = "starttls",
    username: str = "",
    from_name: str = "",
    default: bool = False,
) -> None:
    """Make an SMTP sender; the password is asked for, never given on the command line (S22)."""
    sender = Sender(
        name=name,
        from_address=from_address,
        from_name=from_name,
        host=host,
        port=port,
        security=security,
        username=username,
        is_default=default or not Sender.objects.exists(),
    )
    if username:
        sender.password = typer.prompt(_("Password"), hide_input=True)
    sender.save()
    note("created", by=operator(), now=clock(), about=sender, came_from=COMMAND_LINE)
    typer.echo(_("Sender saved: %(name)s") % {"name": name})


@app.command()
def test(name: str) -> None:
    """Connect and sign in, sending nothing."""
    sender = Sender.objects.filter(name=name).first()
    if sender is None:
        refuse(_("There is no sender “%(name)s”.") % {"name": name})
    try:
        reply = asyncio.run(check_account(account_of(sender)))
    except (AccountFailure, ChannelFailure) as error:
        refuse(error)
    typer.echo(_("It works: %(reply)s") % {"reply": reply.text})

"""`emailketing sender …`: the accounts we send with."""

import asyncio
import os
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.channels import senders
from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.email.account import account_of
from emailketing.channels.email.address import AddressInvalid
from emailketing.channels.email.smtp import check_account
from emailketing.channels.models import Sender
from emailketing.cli.show import COMMAND_LINE, ask_password, clock, local, operator, refuse, table
from emailketing.common.crypto import SecretUnreadable
from emailketing.outbox.test_mail import send_test

app = typer.Typer(help=str(gettext_lazy("Senders: the accounts we send with")))

PASSWORD = "EMAILKETING_SENDER_PASSWORD"  # noqa: S105 - the name of the variable
FromAddress = Annotated[str, typer.Option(help=str(gettext_lazy("Address shown as From")))]
FromName = Annotated[str, typer.Option(help=str(gettext_lazy("Name shown as From")))]
ReplyTo = Annotated[str, typer.Option(help=str(gettext_lazy("Address for answers")))]
Server = Annotated[str, typer.Option(help=str(gettext_lazy("Name of the SMTP server")))]
Security = Annotated[str, typer.Option(help=str(gettext_lazy("starttls, tls or plain")))]
Limit = Annotated[int, typer.Option(help=str(gettext_lazy("Messages a day at most; 0: no limit")))]


def _sender(name: str) -> Sender:
    sender = Sender.objects.filter(name=name).first()
    if sender is None:
        refuse(_("There is no sender “%(name)s”.") % {"name": name})
    return sender


def _save(sender: Sender, *, password: str | None, action: str, changes: Any = None) -> None:
    try:
        senders.save_sender(sender, password=password)
    except senders.SenderInvalid as error:
        refuse(f"{error.field}: {error}")
    _note(sender, action, changes)
    typer.echo(_("Sender saved: %(name)s") % {"name": sender.name})


def _note(sender: Sender, action: str, changes: Any = None) -> None:
    note(
        action,
        by=operator(),
        now=clock(),
        about=sender,
        changes=changes or {},
        came_from=COMMAND_LINE,
    )


@app.command("list")
def list_senders() -> None:
    """List all senders with their state."""
    table(
        (_("Name"), _("Sent from"), _("Server"), _("Encryption"), _("A day"), _("State")),
        [
            (
                s.name + (" *" if s.is_default else ""),
                s.from_address,
                f"{s.host}:{s.port}",
                s.security,
                s.daily_limit or "",
                _state(s),
            )
            for s in Sender.objects.all()
        ],
    )


def _state(sender: Sender) -> str:
    if not sender.is_active:
        return f"{_('switched off')} {sender.paused_reason}".strip()
    if sender.paused_until and sender.paused_until > clock():
        return f"{_('paused until')} {local(sender.paused_until)}: {sender.paused_reason}"
    return _("active")


@app.command()
def add(
    name: str,
    from_address: FromAddress,
    host: Server,
    port: int = 587,
    security: Security = "starttls",
    username: str = "",
    from_name: FromName = "",
    reply_to: ReplyTo = "",
    daily_limit: Limit = 0,
    connections: int = 4,
    default: bool = False,
) -> None:
    """Make an SMTP sender; the password is asked for, never given on the command line (S22)."""
    sender = Sender(
        name=name,
        from_address=from_address,
        from_name=from_name,
        reply_to=reply_to,
        host=host,
        port=port,
        security=security,
        username=username,
        daily_limit=daily_limit or None,
        connections=connections,
        is_default=default,
    )
    _save(sender, password=_ask() if username else None, action="created")


def _ask() -> str:
    return os.environ.get(PASSWORD) or ask_password(PASSWORD)


@app.command()
def edit(
    name: str,
    from_address: FromAddress = "",
    host: Server = "",
    port: int = 0,
    security: Security = "",
    username: str = "",
    password: bool = False,
    from_name: FromName = "",
    reply_to: ReplyTo = "",
    daily_limit: Annotated[int, typer.Option()] = -1,
    connections: int = 0,
    default: bool = False,
) -> None:
    """Change what is given; --password asks for a new one."""
    sender = _sender(name)
    given: dict[str, Any] = {
        "from_address": from_address,
        "host": host,
        "port": port,
        "security": security,
        "username": username,
        "from_name": from_name,
        "reply_to": reply_to,
        "connections": connections,
        "is_default": default,
    }
    wanted = {field: value for field, value in given.items() if value}
    if daily_limit >= 0:
        wanted["daily_limit"] = daily_limit or None
    changes = {
        field: [getattr(sender, field), value]
        for field, value in wanted.items()
        if getattr(sender, field) != value
    }
    for field, value in wanted.items():
        setattr(sender, field, value)
    _save(sender, password=_ask() if password else None, action="changed", changes=changes)


@app.command()
def test(
    name: str,
    to: Annotated[str, typer.Option(help=str(gettext_lazy("Queue a test mail as well")))] = "",
) -> None:
    """Connect and sign in, sending nothing; with --to queue a test mail, too."""
    sender = _sender(name)
    try:
        reply = asyncio.run(check_account(account_of(sender)))
    except (AccountFailure, ChannelFailure, SecretUnreadable) as error:
        refuse(error)
    typer.echo(_("It works: %(reply)s") % {"reply": f"{reply.code} {reply.text}"})
    if to:
        _queue_test(sender, to)


def _queue_test(sender: Sender, to: str) -> None:
    try:
        message = send_test(sender, to, by=operator(), now=clock())
    except AddressInvalid as error:
        refuse(error)
    text = _("Test mail queued as message %(number)s; “emailketing message show %(number)s”.")
    typer.echo(text % {"number": message.pk})


@app.command()
def pause(name: str, reason: str = "") -> None:
    """Switch a sender off: its messages wait."""
    sender = _sender(name)
    senders.pause(sender, reason=reason)
    _note(sender, "paused", {"paused_reason": ["", reason]})
    typer.echo(_("“%(name)s” is switched off; its messages wait.") % {"name": name})


@app.command()
def resume(name: str) -> None:
    """Switch a sender on again, and end an automatic rest."""
    sender = _sender(name)
    before = sender.paused_reason
    senders.resume(sender)
    _note(sender, "resumed", {"paused_reason": [before, ""]})
    typer.echo(_("“%(name)s” sends again.") % {"name": name})

"""`emailketing mailbox …`: where a sender's answers arrive, and what reading them came to."""

import os
from typing import Annotated

import typer
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.mailboxes import PORTS, begun, forget_mailbox, save_mailbox, try_mailbox
from emailketing.channels.models import Mailbox, MailTaken, Sender
from emailketing.cli.show import ask_password, clock, local, refuse, table, who

app = typer.Typer(no_args_is_help=True)
PASSWORD = "EMAILKETING_MAILBOX_PASSWORD"  # noqa: S105 - the name of the variable
Text = Annotated[str, typer.Option()]
Protocol = Annotated[str, typer.Option(help=str(gettext_lazy("imap or pop3")))]
Security = Annotated[str, typer.Option(help=str(gettext_lazy("starttls, tls or plain")))]
Every = Annotated[int | None, typer.Option(help=str(gettext_lazy("Seconds between two looks")))]
Active = Annotated[
    bool | None, typer.Option(help=str(gettext_lazy("Read it, or leave it for now")))
]
AskPassword = Annotated[bool, typer.Option(help=str(gettext_lazy("Ask for a new password")))]


@app.command("list")
def list_mailboxes() -> None:
    """List the mailboxes: when each was read last, how many mails were ours, what is wrong."""
    rows = Mailbox.objects.select_related("sender").order_by("sender__name")
    table(
        (_("Sender"), _("Mailbox"), _("Read last"), _("Ours"), _("Left alone"), _("State")),
        [
            (
                row.sender.name,
                str(row),
                local(row.read_at) if row.read_at else "—",
                row.taken.filter(result=MailTaken.Result.ENDED).count(),
                row.left_alone,
                _state(row),
            )
            for row in rows
        ],
    )


def _state(mailbox: Mailbox) -> str:
    if not mailbox.is_active:
        return _("switched off")
    return mailbox.problem_in_words or (_("read") if mailbox.read_at else _("not read yet"))


@app.command("set")
def set_mailbox(
    sender: str,
    protocol: Protocol = "",
    host: Text = "",
    port: Annotated[int | None, typer.Option()] = None,
    security: Security = "",
    username: Text = "",
    folder: Text = "",
    every: Every = None,
    active: Active = None,
    password: AskPassword = False,
) -> None:
    """Set up the mailbox of a sender, or change what is given; the password is asked for (S22)."""
    mailbox = begun(_sender(sender))
    given = {
        "protocol": protocol,
        "host": host,
        "security": security,
        "username": username,
        "folder": folder,
        "every": every,
        "is_active": active,
    }
    for field, value in given.items():
        if value not in ("", None):
            setattr(mailbox, field, value)
    if port is not None or protocol or security:
        usual = PORTS.get((mailbox.protocol, mailbox.security), mailbox.port)
        mailbox.port = usual if port is None else port
    secret = _ask() if password or not mailbox.pk else None
    try:
        save_mailbox(mailbox, by=who(), now=clock(), password=secret)
    except SenderInvalid as wrong:
        refuse("\n".join(f"{one.field}: {one}" for one in wrong.all))
    typer.echo(_("Mailbox saved: %(name)s") % {"name": mailbox})


def _ask() -> str:
    return os.environ.get(PASSWORD) or ask_password(PASSWORD)


@app.command("try")
def try_it(sender: str) -> None:
    """Sign in and count the mails, changing nothing."""
    works, sentence = try_mailbox(_mailbox(sender))
    if not works:
        refuse(sentence)
    typer.echo(sentence)


@app.command("show")
def show_mailbox(sender: str) -> None:
    """Show what reading a mailbox came to, and who asked by a link that is over."""
    mailbox = _mailbox(sender)
    counts = dict(mailbox.taken.order_by().values_list("result").annotate(Count("pk")))
    rows = [(label, counts.get(value, 0)) for value, label in MailTaken.Result.choices]
    table(
        (_("Mails"), _("How many")),
        [*rows, (_("not about this: left as it was"), mailbox.left_alone)],
    )
    typer.echo(_state(mailbox))
    refused = mailbox.taken.filter(result=MailTaken.Result.REFUSED)[:20]
    if refused:
        typer.echo(_("These asked by a link that is over or not ours. End it for them by hand:"))
    for mail in refused:
        typer.echo(f"{local(mail.at)} {mail.from_address}")


@app.command("forget")
def forget(sender: str) -> None:
    """Forget the mailbox of a sender and its password; its mails stay where they are."""
    forget_mailbox(_mailbox(sender), by=who(), now=clock())
    typer.echo(_("The mailbox of “%(name)s” is forgotten.") % {"name": sender})


def _sender(name: str) -> Sender:
    found = Sender.objects.filter(name=name).first()
    if found is None:
        refuse(_("There is no sender “%(name)s”.") % {"name": name})
    return found


def _mailbox(name: str) -> Mailbox:
    found = begun(_sender(name))
    if not found.pk:
        refuse(
            _("“%(name)s” has no mailbox: “emailketing mailbox set” makes one.") % {"name": name}
        )
    return found

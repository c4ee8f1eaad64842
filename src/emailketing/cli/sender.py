"""`emailketing sender …`: the accounts we send with, of every kind."""

import asyncio
import os
from decimal import Decimal
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels import senders
from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.catalogue import kind_of
from emailketing.channels.catalogue import kinds as kinds_of_senders
from emailketing.channels.http.adapter import hook_url_of
from emailketing.channels.models import Sender
from emailketing.channels.registry import adapter
from emailketing.channels.senders import begun
from emailketing.channels.tried import ConnectionStanding, note_trial, standing_of
from emailketing.cli.show import ask_password, clock, local, refuse, table, who
from emailketing.common.crypto import SecretUnreadable
from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.outbox.queueing.test_mail import SenderTestFailed, send_test
from emailketing.triggers.notifications.rules.numerals import NotUnderstood, read_number

app = typer.Typer(no_args_is_help=True)

PASSWORD = "EMAILKETING_SENDER_PASSWORD"  # noqa: S105 - the name of the variable
HOOK_SECRET = "EMAILKETING_SENDER_HOOK_SECRET"  # noqa: S105 - the name of the variable
FromAddress = Annotated[
    str, typer.Option(help=str(gettext_lazy("Address, number or name that people see")))
]
FromName = Annotated[str, typer.Option(help=str(gettext_lazy("Name shown as From")))]
ReplyTo = Annotated[str, typer.Option(help=str(gettext_lazy("Address for answers")))]
Server = Annotated[str, typer.Option(help=str(gettext_lazy("Name of the server")))]
Security = Annotated[str, typer.Option(help=str(gettext_lazy("starttls, tls or plain")))]
LIMIT = str(gettext_lazy("Messages a day at most; 0: no limit"))
PER_SECOND = str(gettext_lazy("Messages a second at most"))
Limit = Annotated[int, typer.Option(help=LIMIT)]
Number = Annotated[int | None, typer.Option()]
Kind = Annotated[str, typer.Option(help=str(gettext_lazy("What it speaks; see “sender kinds”")))]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option", help=str(gettext_lazy("name=value, see “sender kinds”; again for each"))
    ),
]
Price = Annotated[str, typer.Option(help=str(gettext_lazy("Price of one SMS or message")))]
Budget = Annotated[str, typer.Option(help=str(gettext_lazy("Budget a month")))]
PerSecond = Annotated[int, typer.Option(help=PER_SECOND)]
AskHook = Annotated[
    bool, typer.Option(help=str(gettext_lazy("Ask for the secret that signs receipts")))
]

Given = dict[str, JSON | Decimal]  # field → its new value


def _sender(name: str) -> Sender:
    sender = Sender.objects.filter(name=name).first()
    if sender is None:
        refuse(_("There is no sender “%(name)s”.") % {"name": name})
    return sender


def _save(sender: Sender, *, password: str | None, hook_secret: str | None) -> None:
    by, now = who(), clock()
    try:
        senders.save_sender(sender, by=by, now=now, password=password, hook_secret=hook_secret)
    except senders.SenderInvalid as wrong:
        refuse("\n".join(f"{one.field.removeprefix('option_')}: {one}" for one in wrong.all))
    typer.echo(_("Sender saved: %(name)s") % {"name": sender.name})
    if url := hook_url_of(sender):
        typer.echo(_("Address for its receipts: %(url)s") % {"url": url})


@app.command("list")
def list_senders() -> None:
    """List all senders with their state."""
    table(
        (_("Name"), _("Kind"), _("Sent from"), _("Server"), _("A day"), _("State")),
        [
            (
                s.name + (" *" if s.is_default else ""),
                s.kind,
                s.from_address,
                s.where,
                s.daily_limit or "",
                _state(s),
            )
            for s in Sender.objects.all()
        ],
    )


def _state(sender: Sender) -> str:
    if not sender.is_active:
        return f"{_('switched off')} {sender.paused_in_words}".strip()
    if sender.paused_until and sender.paused_until > clock():
        return f"{_('paused until')} {local(sender.paused_until)}: {sender.paused_in_words}"
    standing = standing_of(sender)
    if standing == ConnectionStanding.UNTRIED or sender.tried_at is None:
        return _("active, untried")
    if standing == ConnectionStanding.FAILED:
        words = {"when": local(sender.tried_at), "why": sender.tried_why}
        return _("active, failed when tried on %(when)s: %(why)s") % words
    return _("active, tried on %(when)s") % {"when": local(sender.tried_at)}


@app.command()
def kinds(kind: str = "") -> None:
    """List the kinds of senders; of one kind (--kind), its options."""
    if not kind:
        rows = [(name, str(about.title)) for name, about in kinds_of_senders().items()]
        table((_("Kind"), _("What it is")), rows)
        return
    if kind not in kinds_of_senders():
        refuse(_("The kind is one of: %s.") % ", ".join(kinds_of_senders()))
    about = kind_of(kind)
    table(
        (_("Option"), _("What it is"), _("Usual value")),
        [
            (
                o.name + (" *" if o.required else ""),
                f"{o.label}. {o.help}".strip(". "),
                o.default,
            )
            for o in about.options
        ],
    )


@app.command()
def add(
    name: str,
    from_address: FromAddress = "",
    host: Server = "",
    kind: Kind = "smtp",
    port: int | None = None,
    security: Security = "",
    username: str = "",
    from_name: FromName = "",
    reply_to: ReplyTo = "",
    daily_limit: Limit = 0,
    connections: Number = None,
    default: bool = False,
    option: Options = None,
    price: Price = "",
    monthly_budget: Budget = "",
    per_second: PerSecond = 0,
    hook_secret: AskHook = False,
) -> None:
    """Make a sender; secrets are asked for, never given on the command line (S22)."""
    if kind not in kinds_of_senders():
        refuse(_("The kind is one of: %s.") % ", ".join(kinds_of_senders()))
    sender = begun(kind)
    sender.name = name
    given: Given = {
        "from_address": from_address,
        "from_name": from_name,
        "reply_to": reply_to,
        "host": host,
        "port": port,
        "security": security,
        "username": username,
        "daily_limit": daily_limit or None,
        "connections": connections,
        "is_default": default,
        "price": _amount(price),
        "monthly_budget": _amount(monthly_budget),
        "per_second": per_second or None,
    }
    _fill(sender, given)
    sender.options = {**sender.options, **_options(option)}
    about = kind_of(kind)
    asks = senders.uses_password(sender)
    _save(
        sender,
        password=_ask(PASSWORD, may_be_empty=about.may_lack_password) if asks else None,
        hook_secret=_ask(HOOK_SECRET) if hook_secret else None,
    )


def _fill(sender: Sender, given: Given) -> None:
    for field, value in given.items():
        if value is not None and value != "":
            setattr(sender, field, value)


def _options(given: list[str] | None) -> dict[str, str]:
    found = {}
    for entry in given or []:
        name, equals, value = entry.partition("=")
        if not equals:
            refuse(_("Write an option as name=value."))
        found[name.strip()] = value.replace("\\n", "\n")
    return found


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(read_number(text, active_language(), label=_("An amount")).number)
    except NotUnderstood as error:
        if any(sign.isdigit() for sign in text):
            refuse(error)  # a number with two readings: asked about by example
        return Decimal("NaN")  # the one check refuses it, beside everything else that is wrong


def _ask(variable: str, *, may_be_empty: bool = False) -> str:
    return os.environ.get(variable) or ask_password(variable, may_be_empty=may_be_empty)


@app.command()
def edit(
    name: str,
    from_address: FromAddress = "",
    host: Server = "",
    port: Number = None,
    security: Security = "",
    username: str = "",
    password: bool = False,
    from_name: FromName = "",
    reply_to: ReplyTo = "",
    daily_limit: Annotated[int | None, typer.Option(help=LIMIT)] = None,
    connections: Number = None,
    default: bool = False,
    option: Options = None,
    price: Price = "",
    monthly_budget: Budget = "",
    per_second: Annotated[int | None, typer.Option(help=PER_SECOND)] = None,
    hook_secret: AskHook = False,
) -> None:
    """Change what is given; --password asks for a new one."""
    sender = _sender(name)
    about = kind_of(sender.kind)
    given: Given = {
        "from_address": from_address,
        "host": host,
        "port": port,
        "security": security,
        "username": username,
        "from_name": from_name,
        "reply_to": reply_to,
        "connections": connections,
        "is_default": default or None,
        "price": _amount(price),
        "monthly_budget": _amount(monthly_budget),
    }
    wanted: Given = {field: value for field, value in given.items() if value not in ("", None)}
    for field, limit in (("daily_limit", daily_limit), ("per_second", per_second)):
        if limit is not None:
            wanted[field] = limit or None
    if entered := _options(option):
        wanted["options"] = {**sender.options, **entered}
    for field, value in wanted.items():
        setattr(sender, field, value)
    _save(
        sender,
        password=_ask(PASSWORD, may_be_empty=about.may_lack_password) if password else None,
        hook_secret=_ask(HOOK_SECRET) if hook_secret else None,
    )


@app.command()
def test(
    name: str,
    to: Annotated[str, typer.Option(help=str(gettext_lazy("Queue a test message as well")))] = "",
) -> None:
    """Connect and sign in, sending nothing; with --to queue a test message, too."""
    sender = _sender(name)
    try:
        wire = adapter(sender.kind)
        reply = asyncio.run(wire.check(wire.account_of(sender)))
    except (AccountFailure, ChannelFailure, SecretUnreadable) as error:
        note_trial(sender, works=False, sentence=str(error), now=clock())
        refuse(error)
    note_trial(sender, works=True, sentence="", now=clock())
    typer.echo(_("It works: %(reply)s") % {"reply": f"{reply.code or ''} {reply.text}".strip()})
    if to:
        _queue_test(sender, to)


def _queue_test(sender: Sender, to: str) -> None:
    try:
        message = send_test(sender, to, by=who(), now=clock())
    except SenderTestFailed as error:
        refuse(error)
    text = _("Test queued as message %(number)s; “emailketing message show %(number)s”.")
    typer.echo(text % {"number": message.pk})


@app.command()
def pause(name: str, reason: str = "") -> None:
    """Switch a sender off: its messages wait."""
    sender = _sender(name)
    senders.pause(sender, by=who(), now=clock(), reason=reason)
    typer.echo(_("“%(name)s” is switched off; its messages wait.") % {"name": name})


@app.command()
def resume(name: str) -> None:
    """Switch a sender on again, and end an automatic rest."""
    sender = _sender(name)
    try:
        senders.resume(sender, by=who(), now=clock())
    except senders.SenderInvalid as error:
        refuse(error)
    typer.echo(_("“%(name)s” sends again.") % {"name": name})

"""`emailketing message …`: the ledger from the command line."""

import sys
from json import dumps
from typing import Annotated, Any

import typer
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.email.compose import MailInvalid
from emailketing.cli.show import Most, clock, local, refuse, table, who
from emailketing.common.plain import Entry
from emailketing.company.models import Company
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreMissing
from emailketing.outbox.afterwards import resolve
from emailketing.outbox.models import TAKEN, Message
from emailketing.outbox.queueing.preview import preview
from emailketing.outbox.queueing.targets import Unusable, address_as_kept
from emailketing.search.find import narrowed
from emailketing.search.models import Kind
from emailketing.triggers.notifications.afterwards.seen import take_care, to_look_after

app = typer.Typer(no_args_is_help=True)
TEST_INBOX = "test_inbox"  # no state of the ledger: what it took was sent to nobody
Reason = Annotated[str, typer.Option(help=str(gettext_lazy("Why, for the record")))]
SEEN = str(gettext_lazy("Number of a message that somebody has taken care of"))
AsJson = Annotated[bool, typer.Option("--json", help=str(gettext_lazy("For programs")))]


def _message(number: int) -> Message:
    message = Message.objects.filter(pk=number).select_related("dispatch").first()
    if message is None:
        refuse(_("There is no message %(number)s.") % {"number": number})
    return message


@app.command("list")
def list_messages(
    state: Annotated[str, typer.Option(help=str(gettext_lazy("A state, or test_inbox")))] = "",
    to: Annotated[str, typer.Option(help=str(gettext_lazy("E-mail address or phone")))] = "",
    document: Annotated[
        str, typer.Option(help=str(gettext_lazy("Number or name of a business document")))
    ] = "",
    limit: Most = 20,
    json: AsJson = False,
) -> None:
    """List the last messages, newest first."""
    rows = Message.objects.select_related("dispatch")
    if state == TEST_INBOX:
        rows = rows.filter(is_redirected=True, state__in=TAKEN)
    elif state:
        # what the test inbox took is in no state that means “sent”
        rows = rows.filter(state=state).exclude(is_redirected=True, state__in=TAKEN)
    if to:
        rows = rows.filter(address=_kept(to))
    rows = narrowed(rows, Kind.MESSAGE, document)
    if json:
        typer.echo(dumps([_plain(m) for m in rows[:limit]], cls=DjangoJSONEncoder, indent=1))
        return
    table(
        (_("No."), _("Queued"), _("To"), _("Subject"), _("State"), _("In words")),
        [
            (m.pk, local(m.created_at), m.address, m.subject, m.get_state_display(), m.in_words)
            for m in rows[:limit]
        ],
    )


def _kept(written: str) -> str:
    try:
        return address_as_kept(written, Company.get().country)[0]
    except Unusable as error:
        refuse(error)


def _plain(message: Message) -> Entry:
    columns = ("id", "address", "name", "language", "subject", "state", "reason", "detail")
    times = ("created_at", "accepted_at", "message_id", "attempt", "is_redirected")
    about = ("trigger", "document_type", "document_key", "document_label")
    return {
        **{name: getattr(message, name) for name in (*columns, *times)},
        **({"state": TEST_INBOX, "accepted_at": None} if message.is_in_test_inbox else {}),
        **{name: getattr(message.dispatch, name) for name in about},
    }


@app.command()
def show(number: int) -> None:
    """Show one message with everything that happened to it."""
    message = _message(number)
    typer.echo(f"{message.subject}\n→ {message.name} <{message.address}>  {message.why_in_words}")
    typer.echo(f"{message.dispatch.trigger_label}: {message.dispatch.document_label}")
    typer.echo(f"{message.get_state_display()}  {message.in_words}")
    if message.note_on_file:
        typer.echo(message.note_on_file)
    table(
        (_("Attempt"), _("Began"), _("How far"), _("Outcome"), _("Reply of the server")),
        [
            (
                a.number,
                local(a.started_at),
                a.get_phase_display(),
                a.get_outcome_display(),
                f"{a.code or ''} {a.enhanced} {a.reply_in_words}",
            )
            for a in message.attempts.all()
        ],
    )
    for decision in message.decisions.all():
        typer.echo(f"{local(decision.at)}  {decision.by}: {decision.action}  {decision.note}")


@app.command()
def source(number: int) -> None:
    """Print the mail exactly as it goes over the wire."""
    try:
        sys.stdout.buffer.write(preview(_message(number)).source)
    except (RenderFailed, StoreMissing, MailInvalid) as error:
        refuse(error)


def _decide(number: int, action: str, reason: str) -> None:
    verbs: dict[str, Any] = {
        "sent": resolve.mark_sent,
        "again": resolve.send_again,
        "give-up": resolve.give_up,
        "release": resolve.release,
        "cancel": resolve.cancel,
        "resend": resolve.resend,
    }
    message = _message(number)
    try:
        new = verbs[action](message, by=who(), note=reason, now=clock())
    except resolve.LacksReason as error:
        refuse(f"--reason: {error}")
    except resolve.CannotResolve as error:
        refuse(error)
    message.refresh_from_db()
    if isinstance(new, Message):
        typer.echo(_("Queued as message %(number)s.") % {"number": new.pk})
        return
    typer.echo(f"{message.pk}: {message.get_state_display()}")


@app.command()
def sent(number: int, reason: Reason = "") -> None:
    """In doubt, or put aside: somebody made sure that it was sent."""
    _decide(number, "sent", reason)


@app.command()
def again(number: int, reason: Reason = "") -> None:
    """In doubt: send it again."""
    _decide(number, "again", reason)


@app.command("give-up")
def give_up(number: int, reason: Reason = "") -> None:
    """In doubt: let it go."""
    _decide(number, "give-up", reason)


@app.command()
def release(number: int, reason: Reason = "") -> None:
    """Let a held message go out; one that may have arrived already wants a reason."""
    _decide(number, "release", reason)


@app.command()
def cancel(number: int, reason: Reason = "") -> None:
    """Stop a message that has not left yet."""
    _decide(number, "cancel", reason)


@app.command()
def resend(number: int, reason: Reason) -> None:
    """Write the same once more, as a new message with the reason noted."""
    _decide(number, "resend", reason)


@app.command()
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

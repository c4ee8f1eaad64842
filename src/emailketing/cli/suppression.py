"""`emailketing suppression …`: addresses that must not be used."""

from typing import Annotated, NoReturn

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import Most, clock, local, refuse, table, who
from emailketing.contacts.models import Suppression
from emailketing.outbox.models import MailClass
from emailketing.outbox.stop_writing import (
    SuppressionInvalid,
    noted_against,
    stop_writing,
    write_again,
)

app = typer.Typer(no_args_is_help=True)
Written = Annotated[
    str, typer.Argument(metavar="ADDRESS", help=str(gettext_lazy("E-mail address or phone number")))
]
Reason = Annotated[str, typer.Option(help=str(gettext_lazy("Why, for the record")))]


@app.command("list")
def list_suppressions(words: str = "", limit: Most = 50) -> None:
    """List the addresses nothing is written to, the newest first."""
    found = Suppression.objects.filter(value__contains=words.lower()).order_by("-pk")
    table(
        (_("Address"), _("Class"), _("Reason"), _("Note"), _("Since"), _("By")),
        [
            (
                one.value,
                one.mail_class or _("all messages"),
                one.get_reason_display(),
                one.note,
                local(one.at),
                one.by,
            )
            for one in found[:limit]
        ],
    )


@app.command()
def add(address: Written, reason: Reason) -> None:
    """Write to this address no more, whatever a rule says."""
    try:
        made = stop_writing(address, why=reason, by=who(), now=clock())
    except SuppressionInvalid as wrong:
        _refuse(wrong)
    typer.echo(_("Nothing is written to %(address)s any more.") % {"address": made.value})


@app.command()
def lift(
    address: Written,
    reason: Reason,
    mail_class: Annotated[
        str,
        typer.Option("--class", help=", ".join(MailClass.values)),
    ] = "",
) -> None:
    """Allow an address again, when the reason is gone."""
    try:
        found = noted_against(address, mail_class, why=reason)
        write_again(found, why=reason, by=who(), now=clock())
    except SuppressionInvalid as wrong:
        _refuse(wrong)
    typer.echo(_("The address may be used again."))


def _refuse(error: SuppressionInvalid) -> NoReturn:
    """Say which option it is about; an address is named by its sentence."""
    sentences = error.problems.items()
    refuse(
        "\n".join(said if word == "address" else f"--{word}: {said}" for word, said in sentences)
    )

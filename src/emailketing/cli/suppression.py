"""`emailketing suppression …`: addresses that must not be used."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import Most, clock, local, refuse, table, who
from emailketing.common.os_errors import why
from emailketing.outbox.models import MailClass
from emailketing.outbox.stop_writing import (
    SuppressionInvalid,
    noted_against,
    stop_writing,
)
from emailketing.preferences.listed import suppressions, suppressions_csv
from emailketing.preferences.resume import resume

app = typer.Typer(no_args_is_help=True)
Written = Annotated[
    str, typer.Argument(metavar="ADDRESS", help=str(gettext_lazy("E-mail address or phone number")))
]
OfClass = Annotated[str, typer.Option("--class", help=", ".join(MailClass.values))]
Reason = Annotated[str, typer.Option(help=str(gettext_lazy("Why, for the record")))]


@app.command("list")
def list_suppressions(words: str = "", limit: Most = 50) -> None:
    """List the addresses nothing is written to, the newest first."""
    headings = (_("Address"), _("Class"), _("Reason"), _("Where from"), _("Note"), _("Since"))
    table(
        (*headings, _("By"), _("Message")),
        [
            (
                one.value,
                one.about or one.mail_class or _("all messages"),
                one.get_reason_display(),
                one.get_via_display(),
                one.note,
                local(one.at),
                one.by,
                one.message,
            )
            for one in suppressions(words)[:limit]
        ],
    )


@app.command()
def export(file: Path, words: str = "") -> None:
    """Write the list as CSV: who ended what, where from, when, by whom."""
    lines = suppressions_csv(suppressions(words), by=who(), now=clock())
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(lines)
    except OSError as error:
        refuse(_("%(file)s cannot be written: %(why)s.") % {"file": file, "why": why(error)})
    typer.echo(_("Written: %(file)s") % {"file": file})


@app.command()
def add(address: Written, reason: Reason, mail_class: OfClass = "") -> None:
    """Write to this address no more, whatever a rule says; or no more messages of a class."""
    try:
        made = stop_writing(address, why=reason, mail_class=mail_class, by=who(), now=clock())
    except SuppressionInvalid as wrong:
        _refuse(wrong)
    sentence = _("Nothing is written to %(address)s any more.")
    if made.mail_class:
        sentence = _("No messages of the class “%(name)s” are written to %(address)s any more.")
    typer.echo(sentence % {"address": made.value, "name": made.mail_class})


@app.command()
def lift(
    address: Written,
    reason: Reason,
    mail_class: OfClass = "",
    about: Annotated[
        str, typer.Option(help=str(gettext_lazy("Only one reason to write, for example report:12")))
    ] = "",
) -> None:
    """Allow an address again, when the reason is gone."""
    try:
        found = noted_against(address, mail_class, why=reason, about=about)
        resume(found, why=reason, by=who(), now=clock())
    except SuppressionInvalid as wrong:
        _refuse(wrong)
    typer.echo(_("The address may be used again."))


def _refuse(error: SuppressionInvalid) -> NoReturn:
    """Say which option it is about; an address is named by its sentence."""
    sentences = error.problems.items()
    refuse(
        "\n".join(said if word == "address" else f"--{word}: {said}" for word, said in sentences)
    )

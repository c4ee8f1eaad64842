"""`emailketing suppression …`: addresses that must not be used."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.cli.show import (
    COMMAND_LINE,
    Most,
    clock,
    local,
    operator,
    refuse,
    refuse_all,
    table,
)
from emailketing.company.models import Company
from emailketing.contacts import suppress
from emailketing.contacts.models import Suppression
from emailketing.outbox.models import MailClass
from emailketing.outbox.targets import Unusable, address_as_kept

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
    value, kind = _kept(address, reason)
    operators = Suppression.Reason.OPERATOR
    made = suppress.suppress(value, operators, now=clock(), kind=kind, by=operator(), note=reason)
    _note("suppressed", made, ["", reason])
    typer.echo(_("Nothing is written to %(address)s any more.") % {"address": value})


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
    value, kind = _kept(address, reason)
    known = suppress.suppressed_among([value], kind=kind).get(value.lower(), [])
    found = next((one for one in known if one.mail_class == mail_class), None)
    if found is None:
        refuse(_("Nothing is noted against %(address)s.") % {"address": value})
    _note("lifted", found, [found.note, reason])
    suppress.lift(value, kind=kind, mail_class=mail_class)
    typer.echo(_("The address may be used again."))


def _kept(written: str, reason: str) -> tuple[str, str]:
    """Return the address as it is kept, and its kind; refuse at once all that is wrong."""
    wrong = [f"--reason: {said}" for said in suppress.wrong_with_note(reason)]
    try:
        kept = address_as_kept(written, Company.get().country)
    except Unusable as error:
        refuse("\n".join([str(error), *wrong]))
    refuse_all(wrong)
    return kept


def _note(action: str, about: Suppression, change: list[str]) -> None:
    note(
        action,
        by=operator(),
        now=clock(),
        about=about,
        changes={"note": change},
        came_from=COMMAND_LINE,
    )

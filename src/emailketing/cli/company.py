"""`emailketing setup | live | sandbox | stop | go-on | alerts`: the company, its brakes."""

import re
from datetime import time
from typing import Annotated

import typer
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, local, refuse, refuse_all, table, who
from emailketing.company.check import CompanyInvalid
from emailketing.company.live import set_live, set_stopped
from emailketing.company.models import Company
from emailketing.company.save import save_company
from emailketing.content.brand import first_brand
from emailketing.outbox.go_live import go_live, not_tried
from emailketing.outbox.leaving import leaving

NEVER = "never"
_HOUR = r"((?:[01]?\d|2[0-3]):[0-5]\d)"
HOURS = re.compile(rf"{_HOUR}\s*[-–]\s*{_HOUR}", re.ASCII)
# how a field is called where it is typed, when not by its own name
OPTIONS = {
    "base_url": "--address",
    "public_url": "--public-address",
    "quiet_from": "--quiet",
    "quiet_to": "--quiet",
}
Given = Annotated[str | None, typer.Option()]
PublicUrl = Annotated[
    str | None,
    typer.Option(help=str(gettext_lazy("Where people without an account open links: https://…"))),
]


def register(app: typer.Typer) -> None:
    for command in (setup, live, sandbox, stop, go_on, alerts):
        app.command()(command)


@transaction.atomic
def setup(
    name: Annotated[
        str, typer.Option(help=str(gettext_lazy("Name of the company; the first time required")))
    ] = "",
    language: Given = None,
    country: Given = None,
    tax_id: Given = None,
    time_zone: Given = None,
    currency: Given = None,
    quiet: Annotated[
        str | None,
        typer.Option(help=str(gettext_lazy("Hours nobody is disturbed: 21:00-07:00, or never"))),
    ] = None,
    address: Annotated[
        str | None, typer.Option(help=str(gettext_lazy("How this console is reached")))
    ] = None,
    public_address: PublicUrl = None,
) -> None:
    company = Company.get()
    given = {
        "name": name.strip() or company.name,
        "language": language,
        "country": country.upper() if country else None,
        "tax_id": tax_id,
        "time_zone": time_zone,
        "currency": currency.upper() if currency else None,
        "base_url": address,
        "public_url": public_address,
    }
    for field, value in given.items():
        if value is not None:
            setattr(company, field, value)
    wrong: dict[str, str] = {}
    if quiet is not None:
        try:
            company.quiet_from, company.quiet_to = _hours(quiet)
        except ValueError as error:
            wrong["quiet_to"] = str(error)
    company.setup_at = company.setup_at or clock()
    try:
        save_company(company, by=who(), now=clock())
    except CompanyInvalid as error:
        wrong = {**error.problems, **wrong}
    # which undoes what was well; each by the option it was given with
    refuse_all(f"{_option(field)}: {said}" for field, said in wrong.items())
    first_brand(company.name, tax_id=company.tax_id, by=who(), now=clock())
    typer.echo(_("Saved: %(name)s") % {"name": company.name})


def _option(field: str) -> str:
    return OPTIONS.get(field) or "--" + field.replace("_", "-")


def _hours(text: str) -> tuple[time | None, time | None]:
    """Read “21:00-7:00” or “never”.

    Raises:
        ValueError: with one sentence.
    """
    if text.strip().lower() == NEVER:
        return None, None
    found = HOURS.fullmatch(text.strip())
    if not found:
        raise ValueError(_("“%s” are no hours; write for example 21:00-07:00, or never.") % text)
    start, end = (time.fromisoformat(part.zfill(5)) for part in found.groups())
    return start, end


def live(
    yes: Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))] = False,
    untried: Annotated[
        bool, typer.Option("--untried", help=str(gettext_lazy("Also when no sender was tried")))
    ] = False,
) -> None:
    if not untried and (said := not_tried()):
        refuse(said)
    waiting = leaving(clock())
    sentence = _("Waiting now and leaving at once: %(count)s messages to %(addresses)s addresses.")
    typer.echo(sentence % {"count": waiting.messages, "addresses": waiting.addresses})
    if not yes and not typer.confirm(_("Messages will reach real customers. Go live?")):
        refuse(_("Nothing changed."))
    go_live(is_untried_well=untried, by=who(), now=clock())
    typer.echo(_("Live: messages reach their recipients."))


def sandbox() -> None:
    set_live(is_live=False, by=who(), now=clock())
    typer.echo(_("Sandbox: everything lands in the built-in inbox."))


def stop() -> None:
    set_stopped(is_stopped=True, by=who(), now=clock())
    typer.echo(_("Everything is stopped."))


def go_on() -> None:
    set_stopped(is_stopped=False, by=who(), now=clock())
    typer.echo(_("Messages leave again."))


def alerts() -> None:
    from emailketing.web.console.dashboard.alerts import open_alerts

    found = open_alerts()
    if not found:
        typer.echo(_("Nothing is wrong."))
        return
    table(
        (_("Since"), _("What"), _("In words"), _("What to do")),
        [(local(line.at), line.title, line.said, line.text) for line in found],
    )
    raise typer.Exit(1)

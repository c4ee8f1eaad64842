"""`emailketing setup | live | sandbox | stop | go-on | alerts`: the company, its brakes."""

import re
from datetime import time
from typing import Annotated

import typer
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.channels.tried import tried_senders
from emailketing.cli.show import COMMAND_LINE, clock, local, operator, refuse, table
from emailketing.common.plain import Values
from emailketing.company.check import clean_company
from emailketing.company.live import set_live, set_stopped
from emailketing.company.models import Company
from emailketing.content.brand import first_brand
from emailketing.outbox.leaving import leaving

NEVER = "never"
_HOUR = r"((?:[01]?\d|2[0-3]):[0-5]\d)"
HOURS = re.compile(rf"{_HOUR}\s*[-–]\s*{_HOUR}", re.ASCII)
# how a field is called where it is typed, when not by its own name
OPTIONS = {"base_url": "--address", "quiet_from": "--quiet", "quiet_to": "--quiet"}
Given = Annotated[str | None, typer.Option()]


def register(app: typer.Typer) -> None:
    for command in (setup, live, sandbox, stop, go_on, alerts):
        app.command()(command)


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
    }
    if not given["name"]:
        refuse(_("Say what the company is called: --name."))
    wanted: dict[str, str | time | None] = {
        field: value for field, value in given.items() if value is not None
    }
    wrong: dict[str, list[str]] = {}
    if quiet is not None:
        try:
            wanted["quiet_from"], wanted["quiet_to"] = _hours(quiet)
        except ValueError as error:
            wrong["quiet_to"] = [str(error)]
    changes = _apply(company, wanted, wrong)
    company.setup_at = company.setup_at or clock()
    company.save()
    first_brand(company.name, tax_id=company.tax_id, by=operator(), now=clock())
    _note("changed", company, changes)
    typer.echo(_("Saved: %(name)s") % {"name": company.name})


def _apply(
    company: Company, wanted: dict[str, str | time | None], wrong: dict[str, list[str]]
) -> Values:
    """Give the company what is wanted, and return what that changes; refuse what cannot be.

    Everything that is wrong is told at once, each by the option it was given with.
    """
    changes = {
        field: [str(getattr(company, field) or ""), str(value or "")]
        for field, value in wanted.items()
        if getattr(company, field) != value
    }
    for field, value in wanted.items():
        setattr(company, field, value)
    try:
        clean_company(company)
    except ValidationError as error:
        wrong = {**error.message_dict, **wrong}
    if wrong:
        refuse("\n".join(f"{_option(field)}: {' '.join(said)}" for field, said in wrong.items()))
    return changes


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


def _note(action: str, company: Company, changes: Values) -> None:
    note(
        action,
        by=operator(),
        now=clock(),
        about=company,
        changes=changes,
        came_from=COMMAND_LINE,
    )


def live(
    yes: Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))] = False,
    untried: Annotated[
        bool, typer.Option("--untried", help=str(gettext_lazy("Also when no sender was tried")))
    ] = False,
) -> None:
    if not untried and not tried_senders():
        refuse(_("No sender has been tried as it is now: “emailketing sender test NAME” first."))
    waiting = leaving(clock())
    sentence = _("Waiting now and leaving at once: %(count)s messages to %(addresses)s addresses.")
    typer.echo(sentence % {"count": waiting.messages, "addresses": waiting.addresses})
    if not yes and not typer.confirm(_("Messages will reach real customers. Go live?")):
        refuse(_("Nothing changed."))
    _set_live(is_live=True)
    typer.echo(_("Live: messages reach their recipients."))


def sandbox() -> None:
    _set_live(is_live=False)
    typer.echo(_("Sandbox: everything lands in the built-in inbox."))


def _set_live(*, is_live: bool) -> None:
    before = Company.get().is_live
    company = set_live(is_live=is_live, by=operator(), now=clock())
    _note("went_live" if is_live else "went_sandbox", company, {"is_live": [before, is_live]})


def stop() -> None:
    _set_stopped(is_stopped=True)
    typer.echo(_("Everything is stopped."))


def go_on() -> None:
    _set_stopped(is_stopped=False)
    typer.echo(_("Messages leave again."))


def _set_stopped(*, is_stopped: bool) -> None:
    before = Company.get().is_stopped
    company = set_stopped(is_stopped=is_stopped)
    _note("stopped" if is_stopped else "resumed", company, {"is_stopped": [before, is_stopped]})


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

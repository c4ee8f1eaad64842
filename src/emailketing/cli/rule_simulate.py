"""`emailketing rule simulate`: what a rule would have written in the last days."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.rule_parts import rule_of
from emailketing.cli.show import clock, refuse, table
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.triggers.notifications.trying.simulate import Simulation
from emailketing.triggers.notifications.trying.simulate import simulate as run

LONGEST = 366


def register(app: typer.Typer) -> None:
    app.command()(simulate)


def simulate(
    number: int,
    days: Annotated[
        int, typer.Option(help=str(gettext_lazy("How far back")), min=1, max=LONGEST)
    ] = 30,
) -> None:
    """Show what a rule would have written in the last days, sending nothing."""
    try:
        found = run(rule_of(number), days=days, now=clock())
    except (CaptureError, ConnectorError) as error:
        refuse(error)
    if found.problem:
        refuse(found.problem)
    words = {"messages": found.messages, "cases": len(found.cases), "days": days}
    typer.echo(_("%(messages)s messages about %(cases)s cases in %(days)s days") % words)
    for note in notes(found):
        typer.echo(f"! {note}")
    if found.readers:
        headings = (_("Name"), _("Address"), _("Channel"), _("Messages"))
        table(headings, [(r.name, r.address, r.channel, r.count) for r in found.readers])
    if found.by_day:
        table(
            (_("Day"), _("Messages")),
            [(day.strftime("%d/%m/%Y"), count) for day, count in found.by_day.items()],
        )
    if found.why_not:
        table((_("Why not"), _("Cases")), found.why_not)


def past_sentence(found: Simulation) -> str:
    sentence = _("The documents from before could not be asked: %(why)s")
    return sentence % {"why": found.past_problem}


def notes(found: Simulation) -> list[str]:
    """Return what has to be known to read the numbers."""
    said = []
    if found.from_past:
        words = {"count": found.from_past}
        said.append(_("%(count)s of the cases are documents from before it was noticed.") % words)
    if found.past_problem:
        said.append(past_sentence(found))
    if found.is_cut:
        said.append(_("There is more than this: the newest were asked."))
    if found.is_at_most:
        said.append(_("At most: before each reminder the document is asked again."))
    if found.would_be_held:
        words = {"count": found.most_in_an_hour}
        said.append(_("%(count)s in one hour: the flood guard would have held them.") % words)
    return said

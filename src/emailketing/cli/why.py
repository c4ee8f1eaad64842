"""`emailketing why`: why somebody did not get something, as the console's page answers it."""

from datetime import date, datetime
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, refuse
from emailketing.company.models import Company
from emailketing.outbox.afterwards.finding import Finding
from emailketing.triggers.notifications.explain import (
    Answer,
    Paper,
    Somebody,
    explain_day,
    explain_paper,
    find_papers,
    find_people,
)
from emailketing.triggers.notifications.explain.papers import only_one


def register(app: typer.Typer) -> None:
    app.command()(why)


def why(
    person: Annotated[str, typer.Argument(help=str(gettext_lazy("Name, e-mail or phone")))],
    document: Annotated[
        str, typer.Argument(help=str(gettext_lazy("Its number; empty for a whole day")))
    ] = "",
    day: Annotated[
        str, typer.Option(help=str(gettext_lazy("Without a document: YYYY-MM-DD; empty: today")))
    ] = "",
) -> None:
    now = clock()
    somebody = _person(person)
    if document:
        paper = _paper(document)
        typer.echo(f"{somebody.name} · {paper.label}\n")
        _show(explain_paper(somebody, paper, now=now))
        return
    asked = _day(day, now)
    typer.echo(f"{somebody.name} · {asked:%d/%m/%Y}\n")
    _show(explain_day(somebody, asked, now=now))


def _person(text: str) -> Somebody:
    found = find_people(text)
    if not found:
        sentence = _(
            "Nobody called “%(who)s” is known. Write less of the name, or the e-mail address."
        )
        refuse(sentence % {"who": text})
    if len(found) > 1:
        names = "\n".join(f"  {one.name}  {', '.join(one.places[:2])}" for one in found)
        refuse(_("“%(who)s” may be several; write more of it:") % {"who": text} + f"\n{names}")
    return found[0]


def _paper(text: str) -> Paper:
    found = find_papers(text)
    paper = only_one(found, text)
    if paper is None:
        _refuse_paper(text, found)
    return paper


def _refuse_paper(text: str, found: list[Paper]) -> NoReturn:
    if found:
        names = "\n".join(f"  {one.label}" for one in found)
        refuse(_("“%(who)s” may be several; write more of it:") % {"who": text} + f"\n{names}")
    sentence = _(
        "No document with “%(what)s” has been seen: check the number. What was confirmed before"
        " the source was connected is not told to anybody."
    )
    refuse(sentence % {"what": text})


def _day(written: str, now: datetime) -> date:
    if not written:
        return now.astimezone(ZoneInfo(Company.get().time_zone)).date()
    try:
        return date.fromisoformat(written)
    except ValueError:
        refuse(_("“%(value)s” is not a date.") % {"value": written})


def _show(answer: Answer) -> None:
    _line(answer.first, "")
    for finding in answer.happened:
        _line(finding, "· ")
    if answer.besides:
        typer.echo(_("What stands in the way in any case"))
    for finding in answer.besides:
        _line(finding, "! ")


def _line(finding: Finding, mark: str) -> None:
    typer.echo(f"{mark}{finding.what}")
    if finding.needed:
        typer.echo(f"  → {finding.needed}")
    if finding.place and finding.place.args:
        place = f"{finding.place.label} ({finding.place.args[0]})"
        typer.echo(f"  {place}")

"""The options of `emailketing report add`: one for everything a report can say."""

from typing import Annotated

import typer
from django.utils.translation import gettext_lazy as _

from emailketing.schedule.choices import FREQUENCIES
from emailketing.schedule.recurrence import POLICIES
from emailketing.triggers.reports.definition.checks import FILES
from emailketing.triggers.reports.models import Report

Name = Annotated[str, typer.Argument(help=str(_("What it is called; a ready one has a name")))]
Ready = Annotated[
    str, typer.Option("--from", help=str(_("A ready report, as “report ready” shows it")))
]
Listing = Annotated[str, typer.Option(help=str(_("Name, as “listing list” shows it")))]
Param = Annotated[list[str] | None, typer.Option(help=str(_("What it is asked with: x=y")))]
To = Annotated[
    list[str] | None,
    typer.Option(
        help=str(_("role:Name, contact:Name, an e-mail address or a phone; they get all rows"))
    ),
]
RowsBy = Annotated[
    str,
    typer.Option(
        help=str(
            _(
                "Column that says whose row it is: “branch” with --person, “seller:address”,"
                " “customer:contact:payments”"
            )
        )
    ),
]
Person = Annotated[
    list[str] | None,
    typer.Option(help=str(_("Who gets the rows with this value: “Casa Central=role:Managers”"))),
]
Every = Annotated[str, typer.Option(help=", ".join(FREQUENCIES))]
At = Annotated[str, typer.Option(help=str(_("Times of the day: 07:00,18:00")))]
On = Annotated[str, typer.Option(help=str(_("Days of the week: mon,fri")))]
Zone = Annotated[str, typer.Option(help=str(_("Else the company's")))]
FreeDay = Annotated[str, typer.Option(help=", ".join(POLICIES))]
Files = Annotated[str, typer.Option(help=", ".join(FILES))]
Figures = Annotated[str, typer.Option(help=str(_("Columns whose totals are told first")))]
Chart = Annotated[str, typer.Option(help=str(_("bars, line or share: “bars:branch:total”")))]
Order = Annotated[str, typer.Option(help=str(_("Columns to sort by: “total:desc,branch”")))]
Compare = Annotated[str, typer.Option(help=", ".join(filter(None, Report.Compare.values)))]
WhenEmpty = Annotated[str, typer.Option(help=", ".join(Report.Empty.values))]
OnlyIf = Annotated[
    str, typer.Option(help=str(_("“total gt 1000” of the sum, “any total lt 0” of one row")))
]
Delivery = Annotated[str, typer.Option(help=", ".join(Report.Delivery.values))]
Way = Annotated[
    list[str] | None,
    typer.Option(help=str(_("Text of a channel: channel:template or channel:template:sender"))),
]
Owner = Annotated[
    str, typer.Option(help=str(_("User who owns it: hears of failures, and whose right counts")))
]
Also = Annotated[
    list[str] | None,
    typer.Option(help=str(_("word=value, as in “report set”: day=5, missed=each, top=20"))),
]

"""`emailketing listing …`: questions to a source whose answer is a table."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, refuse, table
from emailketing.common.language import active_language
from emailketing.common.os_errors import why
from emailketing.common.plain import Values
from emailketing.company.models import Company
from emailketing.content.sheet.cells import heading, shown
from emailketing.content.sheet.csv import write_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.listings.answer import ListingAnswer
from emailketing.listings.ask import ask, parameters_of
from emailketing.listings.errors import ListingError
from emailketing.listings.known import Known, find_listing, known_listings
from emailketing.listings.reading.limits import MOST_ROWS, MOST_SECONDS, Limits
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError

app = typer.Typer(no_args_is_help=True)
SHOWN = 20
Name = Annotated[str, typer.Argument(help=str(gettext_lazy("Name, as “listing list” shows it")))]
Given = Annotated[
    list[str] | None, typer.Option("--param", help=str(gettext_lazy("What it is asked with: x=y")))
]


@app.command("list")
def list_listings() -> None:
    """List all listings, and what each may be asked with."""
    table(
        (_("Name"), _("Title"), _("Source"), _("Parameters")),
        [
            (each.name, each.label, each.listing.source.name, _parameters(each))
            for each in known_listings()
        ],
    )


def _parameters(known: Known) -> str:
    found = parameters_of(known.listing)
    return ", ".join(f"{p.name}={p.default if p.default is not None else '…'}" for p in found)


@app.command()
def show(
    name: Name,
    param: Given = None,
    csv: Annotated[
        Path | None, typer.Option(help=str(gettext_lazy("Write all rows into this file")))
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=MOST_ROWS)] = None,
    seconds: Annotated[
        float, typer.Option(min=1, help=str(gettext_lazy("Give up after so many seconds")))
    ] = MOST_SECONDS,
) -> None:
    """Ask a listing and show its first rows, or write all of them into a file."""
    most = limit or (MOST_ROWS if csv else SHOWN)
    try:
        known = find_listing(name)
        with ask(
            known.listing, _given(param or []), now=clock(), limits=Limits(most, seconds)
        ) as answer:
            if csv:
                _write(answer, csv, _frame(known.label))
            else:
                _show(answer, _frame(known.label))
    except (ListingError, CaptureError, ConnectorError) as error:
        refuse(error)


def _given(words: list[str]) -> Values:
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            refuse(_("“%(word)s” is not name=value.") % {"word": word})
        values[name.strip()] = value
    return values


def _frame(title: str) -> SheetFrame:
    company = Company.get()
    return SheetFrame(
        title=title,
        zone=company.time_zone,
        language=active_language(),
        currency=company.currency,
    )


def _show(answer: ListingAnswer, frame: SheetFrame) -> None:
    rows = [
        [shown(cell, column, frame) for cell, column in zip(row, answer.columns, strict=True)]
        for row in answer.rows
    ]
    table([heading(column, frame) for column in answer.columns], rows)
    if answer.was_cut:
        sentence = _("Only the first %(count)s rows: --limit shows more, --csv writes all of them.")
        typer.echo(sentence % {"count": len(rows)})
    elif not rows:
        typer.echo(_("No row fits."))


def _write(answer: ListingAnswer, file: Path, frame: SheetFrame) -> None:
    lines = write_csv(answer.columns, answer.rows, frame)
    try:
        with file.open("w", encoding="utf-8", newline="") as opened:
            opened.writelines(lines)
    except OSError as error:
        refuse(_("%(file)s cannot be written: %(why)s.") % {"file": file, "why": why(error)})
    typer.echo(_("Written: %(file)s (%(count)s rows)") % {"file": file, "count": answer.count})
    if answer.was_cut:
        typer.echo(_("There are more rows than that: the file was cut at --limit."))

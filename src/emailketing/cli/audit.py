"""`emailketing audit …`: who changed or deleted what in the business systems."""

from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emailketing.cli.show import clock, local, refuse, table, who
from emailketing.common.language import active_language
from emailketing.common.os_errors import why
from emailketing.company.models import Company
from emailketing.content.sheet.csv import write_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.xlsx import write_xlsx
from emailketing.sources.audit.export import rows_to_take
from emailketing.sources.audit.search import (
    OPERATIONS,
    ChangeTeller,
    Filters,
    columns,
    operation,
)
from emailketing.sources.gaps import said
from emailketing.sources.models import CapturedChange

app = typer.Typer(no_args_is_help=True)
MOST_GAPS = 10
Day = Annotated[str, typer.Option(help=str(gettext_lazy("Day: 2026-11-24")))]
Text = Annotated[str, typer.Option(help=str(gettext_lazy("Words of the record, or its key")))]
File = Annotated[
    Path | None, typer.Option(help=str(gettext_lazy("Write everything into this file")))
]


@app.command()
def search(
    record: Text = "",
    source: str = "",
    in_table: Annotated[str, typer.Option("--table")] = "",
    actor: str = "",
    field: str = "",
    what: Annotated[str, typer.Option(help=", ".join(OPERATIONS))] = "",
    since: Day = "",
    until: Day = "",
    most: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    csv: File = None,
    xlsx: File = None,
) -> None:
    """Search all changes that were captured, the newest first; write them into a file."""
    if what and what not in OPERATIONS:
        refuse(_("There are: %(names)s.") % {"names": ", ".join(OPERATIONS)})
    filters = Filters(
        source=source,
        table=in_table,
        actor=actor,
        field=field,
        operation=what,
        text=record,
        since=_day(since),
        until=_day(until),
    )
    if csv and xlsx and csv.absolute() == xlsx.absolute():
        refuse(_("Two files of one name: give each its own."))
    if csv is None and xlsx is None:
        _show(filters, most)
    for file in filter(None, (csv, xlsx)):
        _write(filters, file, is_csv=file is csv)


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        refuse(_("“%(value)s” is not a date.") % {"value": written})


def _show(filters: Filters, most: int) -> None:
    for gap in filters.gaps()[:MOST_GAPS]:
        typer.echo(f"! {_('Not everything was noted:')} {said(gap)}", err=True)
    teller = ChangeTeller()
    found = list(filters.changes()[: most + 1])
    table(
        (_("When"), _("Who"), _("Record"), _("What was done"), _("Before → after")),
        [_row(change, teller) for change in found[:most]],
    )
    if len(found) > most:
        typer.echo(_("There are more: ask for fewer, or write them into a file with --xlsx."))


def _row(change: CapturedChange, teller: ChangeTeller) -> tuple[Any, ...]:
    values = "; ".join(
        f"{label}: {before or '—'} → {after or '—'}"
        for label, before, after in islice(teller.fields(change), 4)
        if change.operation == "U"
    )
    return (
        local(change.at),
        change.actor or _("unknown"),
        teller.record(change),
        operation(change),
        values,
    )


def _write(filters: Filters, file: Path, *, is_csv: bool) -> None:
    zone = Company.get().time_zone
    frame = SheetFrame(title=_("Changes"), zone=zone, language=active_language())
    rows = rows_to_take(filters, "csv" if is_csv else "xlsx", by=who(), now=clock())
    try:
        with file.open("wb") as opened:
            if is_csv:
                count = -2  # the mark of the encoding and the heading
                for text in write_csv(columns(), rows, frame):
                    opened.write(text.encode())
                    count += 1
            else:
                count = write_xlsx(opened, columns(), rows, frame)
    except OSError as error:
        words = {"file": file, "why": why(error)}
        refuse(_("%(file)s cannot be written: %(why)s.") % words)
    sentence = ngettext(
        "%(count)s row written into %(file)s.", "%(count)s rows written into %(file)s.", count
    )
    typer.echo(sentence % {"count": count, "file": file})

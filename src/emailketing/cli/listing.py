"""`emailketing listing …`: questions to a source whose answer is a table."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli import listing_list, listing_right
from emailketing.cli.rule_parts import find
from emailketing.cli.show import ask_password, clock, refuse, table, who
from emailketing.common.language import active_language
from emailketing.common.os_errors import why
from emailketing.common.plain import Entry, Values
from emailketing.company.models import Company
from emailketing.content.sheet.cells import heading, shown
from emailketing.content.sheet.csv import write_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.levels import indented, level_reader, shown_places
from emailketing.listings.answer import ListingAnswer
from emailketing.listings.ask import ask
from emailketing.listings.errors import ListingError
from emailketing.listings.known import find_listing
from emailketing.listings.models import Listing
from emailketing.listings.offered import offered_columns, offered_tables
from emailketing.listings.reading.limits import MOST_ROWS, MOST_SECONDS, Limits
from emailketing.listings.save import (
    ListingInUse,
    ListingInvalid,
    delete_listing,
    save_listing,
)
from emailketing.listings.sql.account import forget_account, grants_for, set_account
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source

app = typer.Typer(no_args_is_help=True)
for part in (listing_list, listing_right):
    part.register(app)

SHOWN = 20
PASSWORD = "EMAILKETING_SQL_PASSWORD"  # noqa: S105 - the name of the variable
SourceName = Annotated[str, typer.Argument(metavar="SOURCE")]
FromFile = Annotated[
    Path, typer.Option("--from", help=str(gettext_lazy("A TOML file that says what it is")))
]
Name = Annotated[str, typer.Argument(help=str(gettext_lazy("Name, as “listing list” shows it")))]
Given = Annotated[
    list[str] | None, typer.Option("--param", help=str(gettext_lazy("What it is asked with: x=y")))
]


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
    given, limits = _given(param or []), Limits(most, seconds)
    with one_sentence():
        known = find_listing(name)
        with ask(known.listing, given, now=clock(), limits=limits, by=who()) as answer:
            if csv:
                _write(answer, csv, _frame(known.label))
            else:
                _show(answer, _frame(known.label))


@app.command()
def tables(source: SourceName) -> None:
    """List the tables and views that a listing may be made of."""
    with one_sentence():
        found = offered_tables(find(Source, source))
    table((_("Table"), _("Title")), [(each.name, each.label) for each in found])


@app.command()
def columns(source: SourceName, of: Annotated[str, typer.Argument(metavar="TABLE")]) -> None:
    """List the columns of a table, and the tables that its keys lead to."""
    with one_sentence():
        found = offered_columns(find(Source, source), of)
    table(
        (_("Column"), _("Title"), _("Kind"), _("Leads to")),
        [(each.name, each.label, each.kind, each.leads_to) for each in found],
    )


@app.command()
def add(file: FromFile) -> None:
    """Make a listing out of a file: name, source and definition (docs/reference/listings.md)."""
    values = _read(file)
    _save(Listing(), values)


@app.command("set")
def change(name: Name, file: FromFile) -> None:
    """Change a listing; what the file does not say stays."""
    _save(_own(name), _read(file))


@app.command()
def account(
    source: SourceName,
    username: Annotated[str, typer.Option(help=str(gettext_lazy("Name of the account")))] = "",
    grants: Annotated[
        bool, typer.Option("--grants", help=str(gettext_lazy("Only show what makes it")))
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help=str(gettext_lazy("Ask no SQL here any more")))
    ] = False,
    password: Annotated[str, typer.Option(envvar=PASSWORD, hidden=True)] = "",
) -> None:
    """Name the account that SQL is run with: it can only read, and no secret (S28)."""
    found = find(Source, source)
    with one_sentence():
        if forget:
            forget_account(found, by=who(), now=clock())
            typer.echo(_("Forgotten."))
            return
        if not username:
            refuse(_("Say which account: --username."))
        if grants:
            typer.echo(grants_for(found, username))
            return
        password = password or ask_password(PASSWORD)
        set_account(found, username, password, by=who(), now=clock())
    typer.echo(_("Saved: %(name)s") % {"name": username})


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help=str(gettext_lazy("Do not ask")))] = False,
) -> None:
    """Delete a listing that was made here."""
    listing = _own(name)
    if not yes and not typer.confirm(_("Delete the listing “%(name)s”?") % {"name": listing.name}):
        refuse(_("Nothing changed."))
    try:
        delete_listing(listing, by=who(), now=clock())
    except ListingInUse as error:
        refuse(error)
    typer.echo(_("The listing was deleted."))


def _own(name: str) -> Listing:
    listing = Listing.objects.filter(slug=name).first()
    if listing is None:
        refuse(_("There is no listing “%(name)s” that was made here.") % {"name": name})
    return listing


def _read(file: Path) -> Entry:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        refuse(_("%(file)s cannot be read: %(why)s.") % {"file": file, "why": why(error)})
    except ValueError as error:  # neither TOML nor text
        refuse(_("The file is not well formed: %s") % error)
    unknown = values.keys() - {"name", "slug", "source", "kind", "definition"}
    for word in sorted(unknown):
        refuse(_("The file names something unknown: [%s].") % word)
    return values


def _save(listing: Listing, values: Entry) -> None:
    for word in ("name", "slug", "kind", "definition"):
        if word in values:
            setattr(listing, word, values[word])
    if "source" in values or listing.source_id is None:
        listing.source = find(Source, str(values.get("source", "")))
    try:
        notices = save_listing(listing, by=who(), now=clock())
    except ListingInvalid as wrong:
        refuse(wrong)
    for notice in notices:
        typer.echo(f"! {notice}")
    typer.echo(_("Saved: %(name)s") % {"name": listing.slug})


@contextmanager
def one_sentence() -> Iterator[None]:
    """Whatever is wrong ends the command with one sentence."""
    try:
        yield
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
    places, level = shown_places(answer.columns), level_reader(answer.columns)
    columns = [answer.columns[place] for place in places]
    rows = []
    for row in answer.rows:
        cells = [shown(row[p], answer.columns[p], frame) for p in places]
        rows.append([indented(cells[0], level(row)), *cells[1:]])
    table([heading(column, frame) for column in columns], rows)
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

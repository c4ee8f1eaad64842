"""A statement: a row for each line, a column for each period."""

from collections.abc import Iterator, Mapping, Sequence

from emailketing.common.plain import Cell, Values
from emailketing.common.said import LANGUAGES
from emailketing.content.kinds import local
from emailketing.content.sheet.cells import exact
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.levels import LEVEL, LINE_NAME
from emailketing.content.words import Words, said_in
from emailketing.listings.asked import AskedListing, Described, Moment, Question
from emailketing.listings.cells import described_by, reader_of
from emailketing.listings.clicked.schema import Schema
from emailketing.listings.parameters import read_values
from emailketing.listings.reading.read import Read
from emailketing.listings.statement.definition import Statement, StatementColumn
from emailketing.listings.statement.figures import Figuring, StatementRow
from emailketing.listings.statement.parse import parse
from emailketing.listings.statement.read_sums import SumsReader
from emailketing.sources.connectors.audit import spelled
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source

LINE = {"es": "Concepto", "en": "Line", "pt": "Conceito"}
OF_NOBODY = "—"
PERCENT = frozenset({"change", "share"})


def parameters(listing: AskedListing) -> tuple[Parameter, ...]:
    return parse(listing.definition).parameters


def question(listing: AskedListing, values: Values, moment: Moment, read: Read) -> Question:
    """Return the statement, its sums read.

    Raises:
        ListingError: it is not understood, or does not fit the database or the values.
        CaptureError: the database cannot be read now.
    """
    return asked(parse(listing.definition), listing.source, values, moment, read)


def asked(
    statement: Statement, source: Source, values: Values, moment: Moment, read: Read
) -> Question:
    """Return a statement that is understood, its sums read."""
    given = read_values(statement.parameters, values, now=moment.now, zone=moment.zone)
    schema = Schema(read.connection, in_use(source))
    reader = SumsReader(statement, schema, given, moment)
    figuring = Figuring(statement, reader.read(read))
    levels = exact(given.get(statement.levels))
    rows = [row for row in figuring.rows() if levels is None or row.level < levels]
    described = _described(statement, {_written(row): said for row in rows if (said := _said(row))})
    return Question(
        "statement",
        lambda _names: described,
        names=[column.name for column, _reader in described],
        rows=_rows(rows, statement),
    )


def _rows(rows: Sequence[StatementRow], statement: Statement) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        figures = (row.figures.get(column.name) for column in statement.columns)
        yield _written(row), row.level, row.name, *figures


def _written(row: StatementRow) -> str:
    """Return what stands in front of a row for all readers; what each reads is said of it."""
    return f"={row.name}" if _said(row) else row.part or OF_NOBODY


def _said(row: StatementRow) -> Mapping[str, str]:
    """Return what the row is called in each language; nothing where it is a name."""
    if row.part is not None:
        return said_in(row.words, row.part)
    label = row.line.label or spelled(row.line.name)
    return {language: local(label, language) for language in LANGUAGES}


def _described(statement: Statement, words: Words) -> Sequence[Described]:
    return [
        described_by(Column("line", LINE, width=36), words),
        (Column(LEVEL, LEVEL, "number"), reader_of("number")),
        (Column(LINE_NAME, LINE_NAME), reader_of("text")),
        *(_column(column, statement) for column in statement.columns),
    ]


def _column(column: StatementColumn, statement: Statement) -> Described:
    kind = "percent" if column.work in PERCENT else "money"
    label = column.label or spelled(column.name)
    currency = statement.currency if kind == "money" else ""
    return Column(column.name, label, kind, currency=currency), reader_of(kind)

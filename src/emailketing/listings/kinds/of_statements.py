"""A statement: a row for each line, a column for each period."""

from collections.abc import Iterator, Sequence

from emailketing.common.plain import Cell, Values
from emailketing.content.kinds import local
from emailketing.content.sheet.cells import exact
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.levels import LEVEL, LINE_NAME
from emailketing.listings.asked import AskedListing, Described, Moment, Question
from emailketing.listings.cells import reader_of
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
    described = _described(statement)
    levels = exact(given.get(statement.levels))
    rows = (row for row in figuring.rows() if levels is None or row.level < levels)
    return Question(
        "statement",
        lambda _names: described,
        names=[column.name for column, _reader in described],
        rows=_rows(rows, statement, moment.language),
    )


def _rows(
    rows: Iterator[StatementRow], statement: Statement, language: str
) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        label = local(row.line.label, language) or local(spelled(row.line.name), language)
        text = label if row.part is None else row.part or OF_NOBODY
        figures = (row.figures.get(column.name) for column in statement.columns)
        yield text, row.level, row.name, *figures


def _described(statement: Statement) -> Sequence[Described]:
    first = Column("line", LINE, width=36)
    return [
        (first, reader_of("text")),
        (Column(LEVEL, LEVEL, "number"), reader_of("number")),
        (Column(LINE_NAME, LINE_NAME), reader_of("text")),
        *(_column(column, statement) for column in statement.columns),
    ]


def _column(column: StatementColumn, statement: Statement) -> Described:
    kind = "percent" if column.work in PERCENT else "money"
    label = column.label or spelled(column.name)
    currency = statement.currency if kind == "money" else ""
    return Column(column.name, label, kind, currency=currency), reader_of(kind)

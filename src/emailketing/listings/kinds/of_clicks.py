"""A listing made by clicking."""

from emailketing.common.plain import Values
from emailketing.content.sheet.column import NUMERIC, Column, Labels, Total
from emailketing.listings.asked import AskedListing, Described, Moment, Question
from emailketing.listings.cells import described_by
from emailketing.listings.clicked.build import Builder
from emailketing.listings.clicked.definition import Clicked, ClickedColumn
from emailketing.listings.clicked.fields import words_of
from emailketing.listings.clicked.parse import parse
from emailketing.listings.clicked.schema import Schema
from emailketing.listings.parameters import read_values
from emailketing.listings.reading.read import Read
from emailketing.sources.connectors.audit import spelled
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.in_use import in_use


def parameters(listing: AskedListing) -> tuple[Parameter, ...]:
    return parse(listing.definition).parameters


def question(listing: AskedListing, values: Values, moment: Moment, read: Read) -> Question:
    """Return the question.

    Raises:
        ListingError: it is not understood, or does not fit the database or the values.
    """
    clicked = parse(listing.definition)
    given = read_values(clicked.parameters, values, now=moment.now, zone=moment.zone)
    schema = Schema(read.connection, in_use(listing.source))
    builder = Builder(clicked, schema, given, moment)
    statement = builder.build()
    described = [_described(column, builder) for column in clicked.columns]
    return Question(
        clicked.table,
        lambda _names: described,
        statement.limit(0) if moment.is_trial else statement,
        notices=tuple(builder.fields.notices),
    )


def _described(column: ClickedColumn, builder: Builder) -> Described:
    made = builder.made[column.name]
    kind = column.kind or made.kind
    shown = Column(
        name=column.name,
        label=column.label or _label(column, builder),
        kind=kind,
        width=column.width,
        total=_total(column, kind, builder.clicked) if column.total is None else column.total,
        currency=column.currency,
        decimals=column.decimals,
        thresholds=column.thresholds,
    )
    return described_by(shown, words_of(made.field, builder.schema) if made.field else {})


def _label(column: ClickedColumn, builder: Builder) -> Labels:
    if column.field and not column.by and column.aggregate in {"", "sum"}:
        return builder.fields.field(column.field).label or spelled(column.name)
    return spelled(column.name)


def _total(column: ClickedColumn, kind: str, clicked: Clicked) -> Total:
    """Sums of groups come to a sum; of single rows nobody knows whether that means anything."""
    is_sum = column.aggregate in {"sum", "count"} or bool(column.share_of)
    return "sum" if is_sum and kind in NUMERIC and clicked.is_grouped else ""

"""A listing that the connector brings: a query of its folder."""

from dataclasses import dataclass

from sqlalchemy import text

from emailketing.common.plain import Values
from emailketing.content.sheet.column import Column
from emailketing.content.words import Words, with_means
from emailketing.listings.asked import CONNECTOR, AskedListing, Described, Moment, Question
from emailketing.listings.cells import choice_words, described_by
from emailketing.listings.errors import NotThere
from emailketing.listings.kinds import of_statements
from emailketing.listings.parameters import read_values
from emailketing.listings.reading.read import Read
from emailketing.listings.statement.parse import parse
from emailketing.sources.connectors import Connector, ConnectorListing, Field
from emailketing.sources.connectors.audit import spelled
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


@dataclass(frozen=True, slots=True)
class OfConnector:
    """A listing of a connector, not saved here."""

    source: Source
    name: str
    kind: str = CONNECTOR

    @property
    def definition(self) -> Values:
        return {"listing": self.name}


def parameters(listing: AskedListing) -> tuple[Parameter, ...]:
    return described(listing)[1].parameters


def question(listing: AskedListing, values: Values, moment: Moment, read: Read) -> Question:
    """Return the query with its values.

    Raises:
        NotThere: the connector has no such listing.
        ListingError: a value does not fit.
    """
    connector, found = described(listing)
    if found.query is None:
        statement = parse(found.statement, found.parameters)
        return of_statements.asked(statement, listing.source, values, moment, read)
    dialect = listing.source.dialect
    words = {field.path: _words(field, connector) for field in found.fields}

    def describe(names: list[str]) -> list[Described]:
        columns = (found.columns.get(name) or Column(name, spelled(name)) for name in names)
        return [described_by(column, words.get(column.name, {})) for column in columns]

    return Question(
        found.query.file_for(dialect),
        describe,
        text(found.query.sql(dialect)),
        read_values(found.parameters, values, now=moment.now, zone=moment.zone),
    )


def described(listing: AskedListing) -> tuple[Connector, ConnectorListing]:
    connector = in_use(listing.source)
    name = str(listing.definition.get("listing", ""))
    if name not in connector.listings:
        raise NotThere(source=listing.source.name, name=name)
    return connector, connector.listings[name]


def _words(field: Field, connector: Connector) -> Words:
    if field.choices:
        return choice_words(field.choices)
    return with_means(connector.words[field.words]) if field.words else {}

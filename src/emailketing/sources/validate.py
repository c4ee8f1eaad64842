"""Does a connector fit this database? Every query is run for no rows; each problem one sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from emailketing.common.language import active_language
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import CaptureError, ColumnNotFound, UnsuitableTable
from emailketing.sources.connectors import (
    Connector,
    ConnectorListing,
    DocumentType,
    PartyType,
    Query,
    in_language,
)
from emailketing.sources.connectors.model import TAXES
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.link import QueryFailed, snapshot, translated
from emailketing.sources.validate_audit import audit_problems
from emailketing.sources.validate_keys import few_columns, key_problems, party_columns
from emailketing.sources.validate_listings import listing_problems

NEEDED_OF_CONTACT = ("name",)
NEEDED_OF_ADDRESS = NEEDED_OF_DATE = ("kind", "value")


class KeyDoesNotFit(CaptureError):
    sentence = gettext_noop("%(sentence)s")


@dataclass(frozen=True, slots=True)
class ConnectorProblem:
    """What does not fit, and which processes cannot work without it (none: only a warning)."""

    sentence: str
    processes: tuple[str, ...] = ()
    forbids: bool = False  # nothing is installed with it: it would write the wrong mail, or none


def validate(connector: Connector, connection: Connection) -> list[ConnectorProblem]:
    """Return every problem; an empty list means that all can work.

    Raises:
        ConnectionFailed, DatabaseBusy: the database does not answer right now.
    """
    return list(dict.fromkeys(_problems(connector, connection)))


def paused(problems: list[ConnectorProblem]) -> dict[str, str]:
    """Return process → why it is paused: the first problem of each."""
    found: dict[str, str] = {}
    for problem in problems:
        for process in problem.processes:
            found.setdefault(process, problem.sentence)
    return found


def refuse_bad_keys(problems: list[ConnectorProblem]) -> None:
    """Stop before anything is touched.

    Raises:
        KeyDoesNotFit: the sentence says which key, and what the primary key is.
    """
    for problem in problems:
        if problem.forbids:
            raise KeyDoesNotFit(sentence=problem.sentence)


def usable_watches(
    connector: Connector, connection: Connection
) -> tuple[list[WatchedTable], list[str]]:
    """Return the tables that can be watched, and a sentence for each that cannot."""
    dialect = dialect_of(connection)
    usable, sentences = [], []
    for watch in connector.watches(dialect.name):
        try:
            dialect.describe(connection, watch)
        except ColumnNotFound as error:  # who did it is not known then; what was done is
            sentences.append(str(error))
            usable.append(replace(watch, actor=None))
        except UnsuitableTable as error:
            sentences.append(str(error))
        else:
            usable.append(watch)
    return usable, sentences


def _problems(connector: Connector, connection: Connection) -> Iterator[ConnectorProblem]:
    yield from _tables(connector, connection)
    yield from (ConnectorProblem(sentence) for sentence in audit_problems(connector, connection))
    for document in connector.papers.values():
        processes = tuple(
            p.name for p in connector.edges.values() if p.document_type == document.type
        )
        yield from _key(connector, connection, document, f"documents.{document.type}", processes)
        yield from _document(connector, document, processes, connection)
    for party in connector.parties.values():
        processes = tuple(
            p.name
            for p in connector.edges.values()
            if connector.documents[p.document_type].party == party.kind
        )
        yield from _key(connector, connection, party, f"parties.{party.kind}", processes)
        yield from _party(party, processes, connection)
    for process in connector.edges.values():
        document = connector.documents[process.document_type]
        yield from _keys_of(process.past, document.key, (process.name,), connection)
    others = [
        connector.actor.name,
        connector.actor.deleted,
        connector.products,
        *(p.choices for each in connector.listings.values() for p in each.parameters),
    ]
    for query in others:
        yield from _only_runs(query, (), connection)
    for listing in connector.listings.values():
        yield from _listing(listing, connection)


def _tables(connector: Connector, connection: Connection) -> Iterator[ConnectorProblem]:
    dialect = dialect_of(connection)
    for name, watch in connector.named_watches(dialect.name).items():
        try:
            dialect.describe(connection, watch)
        except ColumnNotFound as error:
            yield ConnectorProblem(sentence_of(error))
        except UnsuitableTable as error:
            yield ConnectorProblem(sentence_of(error), _needing(connector, name))


def _needing(connector: Connector, table: str) -> tuple[str, ...]:
    """Return the processes whose document or party has this table."""
    found = []
    for process in connector.edges.values():
        document = connector.documents[process.document_type]
        owners: list[DocumentType | PartyType] = [document]
        owners += [connector.parties[document.party]] if document.party else []
        tables = {owner.table for owner in owners}
        tables |= {child.table for owner in owners for child in owner.children}
        if table in tables:
            found.append(process.name)
    return tuple(found)


def _key(
    connector: Connector,
    connection: Connection,
    owner: DocumentType | PartyType,
    place: str,
    processes: tuple[str, ...],
) -> Iterator[ConnectorProblem]:
    try:
        for sentence in key_problems(connector, connection, owner, place):
            yield ConnectorProblem(sentence, processes, forbids=True)
    except QueryFailed as error:
        yield ConnectorProblem(sentence_of(error), processes)
    for child in owner.children:
        yield from _keys_of(child.parents, owner.key, processes, connection)


def _keys_of(
    query: Query | None, key: Sequence[str], processes: tuple[str, ...], connection: Connection
) -> Iterator[ConnectorProblem]:
    """A query that gives keys."""
    if query is None:
        return
    try:
        columns = columns_of(connection, query)
    except QueryFailed as error:
        yield ConnectorProblem(sentence_of(error), processes)
        return
    for sentence in few_columns(query, columns, key, connection):
        yield ConnectorProblem(sentence, processes, forbids=True)


def _document(
    connector: Connector,
    document: DocumentType,
    processes: tuple[str, ...],
    connection: Connection,
) -> Iterator[ConnectorProblem]:
    queries = {
        "lines.": document.lines,
        f"{TAXES}.": document.taxes,
        **{f"{name}.": query for name, query in document.lists.items()},
        "": document.header,  # last: every path begins with it
    }
    paths: dict[str, set[str]] = {}
    for prefix, query in queries.items():
        if query is None:
            continue
        try:
            columns = columns_of(connection, query)
        except QueryFailed as error:
            yield ConnectorProblem(sentence_of(error), processes)
            continue
        paths[prefix] = {prefix + document.names.get(column, column) for column in columns}
    if document.party and "" in paths:
        party = connector.parties[document.party]
        for sentence in party_columns(document, party, paths[""], connection):
            yield ConnectorProblem(sentence, processes, forbids=True)
    for field in document.fields:
        prefix = next(prefix for prefix in queries if field.path.startswith(prefix))
        query = queries[prefix]
        if query is None or prefix not in paths or field.path in paths[prefix]:
            continue
        sentence = _("%(file)s: gives no column “%(column)s”, which the field %(field)s needs")
        words = {
            "file": query.file_for(dialect_of(connection).name),
            "column": field.path.removeprefix(prefix),
            "field": in_language(field.label, active_language()),
        }
        yield ConnectorProblem(sentence % words, processes)


def _party(
    party: PartyType, processes: tuple[str, ...], connection: Connection
) -> Iterator[ConnectorProblem]:
    for query, needed in (
        (party.contact, NEEDED_OF_CONTACT),
        (party.addresses, NEEDED_OF_ADDRESS),
        (party.dates, NEEDED_OF_DATE),
    ):
        if query is None:
            continue
        try:
            columns = columns_of(connection, query)
        except QueryFailed as error:
            yield ConnectorProblem(sentence_of(error), processes)
            continue
        for name in needed:
            if name not in columns:
                sentence = _("%(file)s: gives no column “%(column)s”")
                words = {"file": query.file_for(dialect_of(connection).name), "column": name}
                yield ConnectorProblem(sentence % words, processes)


def _only_runs(
    query: Query | None, processes: tuple[str, ...], connection: Connection
) -> Iterator[ConnectorProblem]:
    if query is None:
        return
    try:
        columns_of(connection, query)
    except QueryFailed as error:
        yield ConnectorProblem(sentence_of(error), processes)


def _listing(listing: ConnectorListing, connection: Connection) -> Iterator[ConnectorProblem]:
    if listing.query is None:  # a statement: asked where listings are
        return
    try:
        columns = columns_of(connection, listing.query)
    except QueryFailed as error:
        yield ConnectorProblem(sentence_of(error))
        return
    for sentence in listing_problems(listing, columns, connection):
        yield ConnectorProblem(sentence)


def columns_of(connection: Connection, query: Query) -> list[str]:
    """Run the query for no rows and return its columns.

    Raises:
        QueryFailed: it cannot run.
    """
    dialect = dialect_of(connection)
    statement = text(dialect.for_no_rows(query.sql(dialect.name)))
    nothing = dict.fromkeys(statement.compile().params)
    try:
        with snapshot(connection):
            found = connection.execute(statement, nothing, execution_options=dialect.query_options)
            return list(found.keys())
    except DBAPIError as error:
        raise translated(error, query.file_for(dialect.name), connection) from error

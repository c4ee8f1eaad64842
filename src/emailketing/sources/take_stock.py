"""Note every existing document as it is: the past causes no message."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from emailketing.sources.connectors import Connector, Process
from emailketing.sources.gather import Hand, gather_unnoticed
from emailketing.sources.judge import save_states, write_down
from emailketing.sources.link import ask, snapshot
from emailketing.sources.models import DocumentState, Source
from emailketing.sources.read_document import all_keys, is_so, read_document
from emailketing.sources.read_fresh import read_documents
from emailketing.sources.roll_up import Touched

BLOCK = 200
NEWEST = 1_000


def take_stock(
    source: Source,
    connector: Connector,
    connection: Connection,
    *,
    now: datetime,
    skip: frozenset[Touched] = frozenset(),
) -> int:
    """Store for which documents each process has happened already; return how many.

    Documents in `skip` were made after capture began: they are judged from their changes.
    """
    stored = 0
    for process in connector.processes.values():
        keys = _true_keys(connector, connection, process)
        while block := list(islice(keys, BLOCK)):
            touched = [Touched.of(process.document_type, key) for key in block]
            states = [
                DocumentState(
                    source=source,
                    process=process.name,
                    document_key=t.name,
                    is_true=True,
                    seen_at=now,
                )
                for t in touched
                if t not in skip
            ]
            save_states(states)
            stored += len(states)
    return stored


def _true_keys(connector: Connector, connection: Connection, process: Process) -> Iterator[Any]:
    if process.past is not None:
        with snapshot(connection):
            rows = ask(connection, process.past)
        yield from (next(iter(row.values())) for row in rows)
        return
    document = connector.documents[process.document_type]
    keys = all_keys(connection, connector, document)
    while block := [Touched.of(document.type, key) for key in islice(keys, BLOCK)]:
        found, _failed = read_documents(connection, connector, block, language="es")
        for touched, read in found.items():
            if read is not None and is_so(process, read, connector):
                yield touched.key


def catch_up(hand: Hand) -> int:
    """After a blind time: what has become so meanwhile happens now, for the newest documents.

    Returns:
        How many events were written.
    """
    events = 0
    for document in hand.connector.documents.values():
        keys = all_keys(hand.connection, hand.connector, document, newest=NEWEST)
        while block := [Touched.of(document.type, key) for key in islice(keys, BLOCK)]:
            work = gather_unnoticed(hand, block)
            events += write_down(hand.source, hand.connector, work, now=hand.now)
    return events


def past_keys(
    connector: Connector, connection: Connection, process: Process, *, most: int
) -> list[Any]:
    document = connector.documents[process.document_type]
    return list(all_keys(connection, connector, document, newest=most))


def newest_documents(
    connector: Connector, connection: Connection, process: Process, *, limit: int, language: str
) -> list[dict[str, Any]]:
    """Return the newest documents for which the process has happened, newest first."""
    found: list[dict[str, Any]] = []
    for key in past_keys(connector, connection, process, most=max(limit * 20, 200)):
        with snapshot(connection):
            read = read_document(
                connection, connector, process.document_type, key, language=language
            )
        if read is not None and is_so(process, read, connector):
            found.append(read)
            if len(found) == limit:
                break
    return found

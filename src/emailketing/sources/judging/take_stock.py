"""Note every existing document as it is: the past causes no message."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from emailketing.common.document import Document
from emailketing.common.said import sentence_of
from emailketing.sources.connectors import Connector, DocumentType, Process, Query
from emailketing.sources.documents.catalogue import key_from
from emailketing.sources.documents.read_document import all_keys, has_become, is_so, read_document
from emailketing.sources.documents.read_fresh import read_documents
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.edges import save_states
from emailketing.sources.judging.gather import SourceSession, gather_unnoticed
from emailketing.sources.judging.judge import read_and_write_down
from emailketing.sources.judging.pending import ReadAttempt, keep_pending
from emailketing.sources.keys import Key
from emailketing.sources.link import QueryFailed, ask, snapshot
from emailketing.sources.models import DocumentState
from emailketing.sources.visit import Visit

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)
BLOCK = 200
NEWEST = 1_000


def take_stock(
    visit: Visit,
    processes: Iterable[Process],
    *,
    waiting: Callable[[Visit], frozenset[Touched]],
    failed: dict[str, str] | None = None,
) -> list[str]:
    """Store for which documents each process has happened already.

    A document that cannot be read counts as past, and waits to be read: no mail is written of what
    may have happened long ago, and what happens to it from then on is told.

    Args:
        visit: the source and the connection.
        processes: which ones.
        waiting: says whose changes wait; they are judged from their changes. It is asked after
            the documents are read: what is confirmed while we read is not the past.
        failed: takes why the past of a process could not be read.

    Returns:
        The processes whose past is noted now; one whose queries cannot run is left out.
    """
    past: list[tuple[Process, list[Key]]] = []
    unread: dict[Touched, QueryFailed] = {}
    for process in processes:
        try:
            keys = list(true_keys(visit.connector, visit.connection, process, unread))
            past.append((process, keys))
        except QueryFailed as error:
            logger.warning("source %s: %s", visit.source.slug, error)
            if failed is not None:
                failed[process.name] = sentence_of(error)
    skip = waiting(visit) if past else frozenset()
    for process, keys in past:
        _note_past(visit, process, keys, skip)
    attempts = [ReadAttempt(one, visit.now, why) for one, why in unread.items() if one not in skip]
    keep_pending(visit.source, attempts, (), now=visit.now)
    return [process.name for process, _keys in past]


def _note_past(
    visit: Visit, process: Process, keys: Iterable[Key], skip: frozenset[Touched]
) -> None:
    remaining = iter(keys)
    while block := list(islice(remaining, BLOCK)):
        touched = [Touched.of(process.document_type, key) for key in block]
        save_states(
            [
                DocumentState(
                    source=visit.source,
                    process=process.name,
                    document_key=one.name,
                    is_true=True,
                    seen_at=visit.now,
                )
                for one in touched
                if one not in skip
            ]
        )


def true_keys(
    connector: Connector,
    connection: "Connection",
    process: Process,
    unread: dict[Touched, QueryFailed],
) -> Iterator[Key]:
    if process.changed:  # it compares with what was told: there is no past
        return
    document = connector.documents[process.document_type]
    if process.past is not None:
        yield from _said_keys(connector, connection, document, process.past)
        return
    keys = all_keys(connection, connector, document)
    is_readable = False
    while block := [Touched.of(document.type, key) for key in islice(keys, BLOCK)]:
        found, failed = read_documents(connection, connector, block, language="es")
        is_readable = is_readable or bool(found)
        if not is_readable and len(block) > 1:  # not one document but the query
            raise next(iter(failed.values()))
        unread |= failed
        yield from (touched.key for touched in failed)
        for touched, read in found.items():
            if read is not None and is_past(process, read, connector):
                yield touched.key


def _said_keys(
    connector: Connector, connection: "Connection", document: DocumentType, past: Query
) -> Iterator[Key]:
    with snapshot(connection):
        rows = ask(connection, past)
    for row in rows:
        parts = tuple(row.values())[: len(document.key)]
        key = key_from(connector, connection, document.table, document.key, parts)
        if None not in key:
            yield key


def is_past(process: Process, document: Document, connector: Connector) -> bool:
    """An old document confirmed without a total is past too, though it was never complete."""
    judge = has_become if process.becomes else is_so
    return judge(process, document, connector)


def catch_up(session: SourceSession) -> int:
    """After a blind time: what has become so meanwhile happens now, for the newest documents.

    Returns:
        How many events were written.
    """
    events = 0
    for document in session.connector.papers.values():
        keys = all_keys(session.connection, session.connector, document, newest=NEWEST)
        while block := [Touched.of(document.type, key) for key in islice(keys, BLOCK)]:
            read = partial(gather_unnoticed, session, block)
            events += read_and_write_down(session.source, session.connector, read, now=session.now)
    return events


def past_keys(
    connector: Connector, connection: "Connection", process: Process, *, most: int
) -> list[Key]:
    document = connector.documents[process.document_type]
    return list(all_keys(connection, connector, document, newest=most))


def newest_documents(
    connector: Connector,
    connection: "Connection",
    process: Process,
    *,
    most: int,
    language: str,
    skip: Collection[str] = (),
) -> Iterator[Document]:
    """Yield the documents for which the process has happened, newest first.

    Args:
        connector: describes them.
        connection: to the source's database; it stands in no snapshot between two documents.
        process: what has happened.
        most: how many keys are looked at.
        language: of the labels.
        skip: names of keys that are left out unread.
    """
    for key in past_keys(connector, connection, process, most=most):
        if Touched.of(process.document_type, key).name in skip:
            continue
        with snapshot(connection):
            read = read_document(
                connection, connector, process.document_type, key, language=language
            )
        if read is not None and is_so(process, read, connector):
            yield read

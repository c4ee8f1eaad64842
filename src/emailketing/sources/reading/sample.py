"""Real documents from the past, to try rules and templates with."""

from collections.abc import Callable, Collection

from django.utils.translation import gettext_noop

from emailketing.common.document import Document
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError, DocumentType
from emailketing.sources.documents.read_document import has_become, read_document
from emailketing.sources.documents.read_fresh import read_documents
from emailketing.sources.documents.touched import Touched
from emailketing.sources.in_use import in_use
from emailketing.sources.judging.take_stock import newest_documents
from emailketing.sources.keys import SEPARATOR, parts_of
from emailketing.sources.link import connected_to, snapshot
from emailketing.sources.models import Source

KEYS_A_DOCUMENT, LEAST_KEYS = 20, 200  # looked at for one that has happened; at least


class KeyNotUnderstood(CaptureError):
    sentence = gettext_noop("“%(key)s” is not the key of such a document: %(parts)s are needed.")


def past_documents(
    source: Source,
    process: str,
    limit: int,
    *,
    skip: Collection[str] = (),
    is_enough: Callable[[Document], bool] = lambda _document: False,
) -> list[Document]:
    """Return the newest documents for which the process has happened, newest first.

    Args:
        source: where they are.
        process: what has happened.
        limit: how many.
        skip: names of keys that are left out unread.
        is_enough: told each document; True ends the reading after it.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    connector = in_use(source)
    if process not in connector.processes:
        raise ConnectorError(f"{connector.name}: {process}")
    if process not in connector.edges:
        return _past_changes(source, process, limit)
    found: list[Document] = []
    with connected_to(source) as (connection, _dialect):
        for document in newest_documents(
            connector,
            connection,
            connector.processes[process],
            most=max(limit * KEYS_A_DOCUMENT, LEAST_KEYS),
            language=Company.get().language,
            skip=skip,
        ):
            found.append(document)
            if len(found) == limit or is_enough(document):
                break
    return found


def _past_changes(source: Source, process: str, limit: int) -> list[Document]:
    """A change of a record cannot be read again: it is what was told of it then."""
    events = Event.objects.filter(source=source.slug, kind=process).order_by("-pk")[:limit]
    return [event.data["document"] for event in events if event.data.get("document")]


def one_document(source: Source, document_type: str, key: str) -> Document | None:
    """Return this document as it is now, None when there is none.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    connector = in_use(source)
    if document_type not in connector.papers:
        raise ConnectorError(f"{connector.name}: {document_type}")
    document = connector.papers[document_type]
    with connected_to(source) as (connection, _dialect), snapshot(connection):
        parts = _parts(key, document)
        return read_document(
            connection, connector, document_type, parts, language=Company.get().language
        )


def _parts(key: str, document: DocumentType) -> tuple[str, ...]:
    """Take a key apart as it is written in names and addresses.

    Raises:
        KeyNotUnderstood: it does not have the parts of such a document's key.
    """
    try:
        return parts_of(key, len(document.key))
    except ValueError as error:
        raise KeyNotUnderstood(key=key, parts=SEPARATOR.join(document.key)) from error


def documents_now(
    source: Source, wanted: Collection[tuple[str, str]]
) -> tuple[dict[tuple[str, str], Document | None], dict[tuple[str, str], str]]:
    """Read several documents (type, key) over one connection, as they are now.

    Returns:
        The documents, None for one that is gone (or of a kind the connector does not know); and
        for what could not be read, why.

    Raises:
        CaptureError, ConnectorError: none could be read; one sentence.
    """
    connector = in_use(source)
    touched: dict[Touched, tuple[str, str]] = {}
    problems: dict[tuple[str, str], str] = {}
    documents: dict[tuple[str, str], Document | None] = {}
    for kind, key in wanted:
        if kind not in connector.papers:
            documents[kind, key] = None
            continue
        try:
            parts = _parts(key, connector.papers[kind])
        except KeyNotUnderstood as error:
            problems[kind, key] = str(error)
        else:
            touched[Touched(kind, parts, key)] = (kind, key)
    with connected_to(source) as (connection, _dialect):
        found, failed = read_documents(
            connection, connector, list(touched), language=Company.get().language
        )
    documents |= {pair: found.get(one) for one, pair in touched.items() if one not in failed}
    return documents, problems | {touched[one]: str(error) for one, error in failed.items()}


def still_so(source: Source, process: str, document: Document) -> bool:
    """Say whether what the process waits for is still true of this document.

    Raises:
        ConnectorError: the connector is gone, or does not know the process any more.
    """
    connector = in_use(source)
    if process not in connector.processes:
        raise ConnectorError(f"{connector.name}: {process}")
    return has_become(connector.processes[process], document, connector)

"""Real documents from the past, to try rules and templates with."""

from typing import Any

from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.sources.connectors import ConnectorError, load
from emailketing.sources.link import connected_to, snapshot
from emailketing.sources.models import Source
from emailketing.sources.read_document import read_document
from emailketing.sources.take_stock import newest_documents


def past_documents(source: Source, process: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest documents for which the process has happened, newest first.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    connector = load(source.connector)
    if process not in connector.processes:
        raise ConnectorError(f"{connector.name}: {process}")
    if process not in connector.edges:
        return _past_changes(source, process, limit)
    with connected_to(source) as (connection, _dialect):
        return newest_documents(
            connector,
            connection,
            connector.processes[process],
            limit=limit,
            language=Company.get().language,
        )


def _past_changes(source: Source, process: str, limit: int) -> list[dict[str, Any]]:
    """A change of a record cannot be read again: it is what was told of it then."""
    events = Event.objects.filter(source=source.slug, kind=process).order_by("-pk")[:limit]
    return [event.data["document"] for event in events if event.data.get("document")]


def one_document(source: Source, document_type: str, key: str) -> dict[str, Any] | None:
    """Return this document as it is now, None when there is none.

    Raises:
        CaptureError, ConnectorError: one sentence.
    """
    connector = load(source.connector)
    if document_type not in connector.papers:
        raise ConnectorError(f"{connector.name}: {document_type}")
    with connected_to(source) as (connection, _dialect), snapshot(connection):
        return read_document(
            connection, connector, document_type, key, language=Company.get().language
        )

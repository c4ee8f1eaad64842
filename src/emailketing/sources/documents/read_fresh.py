"""Read a block's documents and parties as they are now; what cannot be read is named, not lost."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError

from emailketing.common.boundary import Boundary
from emailketing.common.document import Document
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector
from emailketing.sources.documents.contacts import PartyRead, read_party
from emailketing.sources.documents.read_document import read_document
from emailketing.sources.documents.touched import Touched
from emailketing.sources.link import QueryFailed, ValuesNotUnderstood, snapshot, translated

if TYPE_CHECKING:
    from sqlalchemy import Connection

Item = TypeVar("Item", bound=Hashable)
Found = TypeVar("Found")


def read_documents(
    connection: "Connection", connector: Connector, wanted: Sequence[Touched], *, language: str
) -> tuple[dict[Touched, Document | None], dict[Touched, QueryFailed]]:
    """Return the documents, and what could not be read with the reason."""
    return each(
        connection,
        wanted,
        lambda t: read_document(connection, connector, t.owner, t.key, language=language),
    )


def read_parties(
    connection: "Connection", connector: Connector, wanted: Sequence[Touched]
) -> tuple[dict[Touched, PartyRead], dict[Touched, QueryFailed]]:
    return each(connection, wanted, lambda t: read_party(connection, connector, t.owner, t.key))


def each(
    connection: "Connection", wanted: Iterable[Item], read: Callable[[Item], Found]
) -> tuple[dict[Item, Found], dict[Item, QueryFailed]]:
    """Read all in one snapshot; after a failure the rest in a new one (PostgreSQL aborts it)."""
    found: dict[Item, Found] = {}
    failed: dict[Item, QueryFailed] = {}
    remaining = deque(wanted)
    while remaining:
        with Boundary("reading from a business database", passing=(CaptureError,)) as met:
            try:
                with snapshot(connection):
                    while remaining:
                        found[remaining[0]] = read(remaining[0])
                        remaining.popleft()
            except QueryFailed as error:
                failed[remaining.popleft()] = error
            except DBAPIError as error:  # the transaction itself
                raise translated(error, "connector.toml", connection) from error
        if met.error is not None:
            failed[remaining.popleft()] = ValuesNotUnderstood(file="", why=met.sentence)
    return found, failed

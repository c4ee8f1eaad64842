"""Read one document fresh from the business database: header, lists, label (frozen)."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from emailketing.common.conditions import holds
from emailketing.sources.connectors import Connector, DocumentType, Process, Query, in_language
from emailketing.sources.freeze import freeze, nest, rows_without_blanks, write_label
from emailketing.sources.link import ask, data_version, table_of, translated

USUAL = ("number", "date", "state", "currency", "conditions", "notes")
USUAL_OF_PARTY = ("key", "name", "tax_id", "address", "city", "phone", "email", "language")
USUAL_OF_TOTALS = ("untaxed", "tax", "total")
REREADS = 3


def read_document(
    connection: Connection, connector: Connector, document_type: str, key: Any, *, language: str
) -> dict[str, Any] | None:
    """Return the document as it is now, None when there is none (any more).

    Raises:
        QueryFailed: a query cannot run; the sentence names the file and the column.
    """
    document = connector.documents[document_type]
    version = data_version(connection)
    found = _read(connection, document, key)
    for _attempt in range(REREADS):
        before, version = version, data_version(connection)
        if version == before:
            break
        found = _read(connection, document, key)
    return None if found is None else _finish(found, document, key, language)


def _read(connection: Connection, document: DocumentType, key: Any) -> dict[str, Any] | None:
    headers = ask(connection, document.header, key=key)
    if not headers:
        return None
    types = document.field_types()
    found = nest(headers[0], names=document.names, types=types)
    found["lines"] = _rows(connection, document.lines, document, key, "lines.")
    totals = found.setdefault("totals", {})
    if isinstance(totals, dict):
        totals["taxes"] = _rows(connection, document.taxes, document, key, "taxes.")
    for name, query in document.lists.items():
        found[name] = _rows(connection, query, document, key, f"{name}.")
    return found


def _rows(
    connection: Connection, query: Query | None, document: DocumentType, key: Any, prefix: str
) -> list[dict[str, Any]]:
    if query is None:
        return []
    types = document.field_types()
    rows = (
        nest(row, names=document.names, types=types, prefix=prefix)
        for row in ask(connection, query, key=key)
    )
    return rows_without_blanks(rows)


def _finish(
    found: dict[str, Any], document: DocumentType, key: Any, language: str
) -> dict[str, Any]:
    """Add what every document has, so that templates may name it."""
    for name in USUAL:
        found.setdefault(name, "")
    _with(found, "party", USUAL_OF_PARTY)
    _with(found, "totals", USUAL_OF_TOTALS)
    if document.party and found["party"]["key"]:
        found["party"]["key"] = party_key(document.party, found["party"]["key"])
    found |= {"type": document.type, "key": freeze(key)}
    found["label"] = write_label(in_language(document.text, language), found)
    return found


def _with(found: dict[str, Any], part: str, names: Sequence[str]) -> None:
    there = found.get(part)
    found[part] = dict.fromkeys(names, "") | (there if isinstance(there, dict) else {})


def party_key(kind: str, key: Any) -> str:
    """What a contact is called: parties of different kinds may have the same number."""
    return f"{kind}:{freeze(key)}"


def has_become(process: Process, document: dict[str, Any], connector: Connector) -> bool:
    """Say whether it has happened and is not over: an annulled order is no confirmed one."""
    types = connector.documents[process.document_type].field_types()
    return holds(process.becomes, document, types) and not any(
        holds(end.becomes, document, types) for end in connector.ending(process)
    )


def is_so(process: Process, document: dict[str, Any], connector: Connector) -> bool:
    """Say whether the process has happened to this document and the document is complete."""
    return has_become(process, document, connector) and is_complete(process, document, connector)


def was_so(process: Process, document: dict[str, Any], connector: Connector) -> bool:
    """Say whether it had happened to this complete document, also when it is over by now."""
    types = connector.documents[process.document_type].field_types()
    return holds(process.becomes, document, types) and is_complete(process, document, connector)


def is_complete(process: Process, document: dict[str, Any], connector: Connector) -> bool:
    types = connector.documents[process.document_type].field_types()
    return holds(process.sendable, document, types)


def all_keys(
    connection: Connection, connector: Connector, owner: Any, *, newest: int | None = None
) -> Iterator[Any]:
    """Yield the keys of all documents or parties of a kind, or of the newest ones."""
    known = table_of(connector, owner.table, connection, owner.key)
    query = select(known.c[owner.key])
    if newest is not None:
        query = query.order_by(known.c[owner.key].desc()).limit(newest)
    try:
        found = connection.execute(query).scalars().all()
    except DBAPIError as error:
        raise translated(error, "connector.toml") from error
    finally:
        connection.rollback()
    yield from found

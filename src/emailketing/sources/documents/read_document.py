"""Read one document fresh from the business database: header, lists, label (frozen)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, func, select
from sqlalchemy.exc import DBAPIError

from emailketing.common.conditions import Condition, asks_amount, holds, leaves
from emailketing.common.document import Document, as_document, as_json
from emailketing.common.plain import Cell, Entry, Row
from emailketing.company.models import Company
from emailketing.sources.connectors import (
    Connector,
    DocumentType,
    PartyType,
    Process,
    Query,
    in_language,
)
from emailketing.sources.connectors.model import TAXES
from emailketing.sources.connectors.words import declared_of
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.documents.catalogue import key_from, known
from emailketing.sources.freeze import nest, rows_without_blanks, write_label
from emailketing.sources.keys import (
    Key,
    as_key,
    is_shortened,
    parameters,
    plain,
    shortened,
    spellings,
    text_of,
)
from emailketing.sources.link import ask, data_version, table_of, translated

USUAL = ("number", "date", "state", "currency", "conditions", "notes")
USUAL_OF_PARTY = ("key", "name", "tax_id", "address", "city", "phone", "email", "language")
USUAL_OF_TOTALS = ("untaxed", "tax", "total")
REREADS = 3


def read_document(
    connection: Connection, connector: Connector, document_type: str, key: Any, *, language: str
) -> Document | None:
    """Return the document as it is now, None when there is none (any more).

    Raises:
        QueryFailed: a query cannot run; the sentence names the file and the column.
    """
    document = connector.documents[document_type]
    parts = key_from(connector, connection, document.table, document.key, key)
    version = data_version(connection)
    found = _read(connection, connector, document, parts)
    for _attempt in range(REREADS):
        before, version = version, data_version(connection)
        if version == before:
            break
        found = _read(connection, connector, document, parts)
    if found is None:
        return None
    _name_party(found, connector, connection, document)
    found["declared"] = declared_of(found, connector, document)
    return _finish(found, document, parts, language)


def _read(
    connection: Connection, connector: Connector, document: DocumentType, key: Key
) -> dict[str, Any] | None:
    headers, asked = ask_by_key(connection, connector, document, document.header, key)
    if not headers:
        return None
    types = document.field_types()
    found = nest(headers[0], names=document.names, types=types)
    found["lines"] = _rows(connection, document.lines, document, asked, "lines.")
    totals = found.setdefault("totals", {})
    if isinstance(totals, dict):
        totals["taxes"] = _rows(connection, document.taxes, document, asked, f"{TAXES}.")
    for name, query in document.lists.items():
        found[name] = _rows(connection, query, document, asked, f"{name}.")
    return found


def ask_by_key(
    connection: Connection,
    connector: Connector,
    owner: DocumentType | PartyType,
    query: Query,
    key: Key,
) -> tuple[list[Row], Row]:
    """Return the rows, and the parameters that found them: what other queries are asked with.

    Where nobody pads, a CHAR column holds what the program wrote, filled up with blanks or not.
    """
    asked = parameters(owner.key, key)
    rows = ask(connection, query, **asked)
    kinds = known(connector, connection, owner.table).of(owner.key)
    is_vague = not dialect_of(connection).pads_char and any(k.name == "fixed" for k in kinds)
    if rows or not is_vague:
        return rows, asked
    for spelling in [*spellings(key, kinds)[1:], *_stored(connection, connector, owner, key)]:
        padded = parameters(owner.key, spelling)
        if rows := ask(connection, query, **padded):
            return rows, padded
    return [], asked


def _stored(
    connection: Connection, connector: Connector, owner: DocumentType | PartyType, key: Key
) -> Iterator[Key]:
    """Yield how the key stands in its table, whatever blanks are behind it."""
    columns = _key_columns(connection, connector, owner)
    query = select(*columns)
    for column, part in zip(columns, key, strict=True):
        query = query.where(func.rtrim(column) == part if isinstance(part, str) else column == part)
    try:
        found = connection.execute(query.limit(1)).all()
    except DBAPIError as error:
        raise translated(error, "connector.toml", connection) from error
    yield from (tuple(row) for row in found)


def _rows(
    connection: Connection,
    query: Query | None,
    document: DocumentType,
    asked: Row,
    prefix: str,
) -> list[Entry]:
    if query is None:
        return []
    types = document.field_types()
    rows = (
        nest(row, names=document.names, types=types, prefix=prefix)
        for row in ask(connection, query, **asked)
    )
    return rows_without_blanks(rows)


def _name_party(
    found: dict[str, Any], connector: Connector, connection: Connection, document: DocumentType
) -> None:
    """Write the party's key as its contact is called; "" where the document names none."""
    _with(found, "party", USUAL_OF_PARTY)
    if not document.party:
        return
    party, said = connector.parties[document.party], found["party"]["key"]
    parts = [said.get(column, "") for column in party.key] if isinstance(said, dict) else [said]
    found["party"]["key"] = ""
    if len(parts) == len(party.key) and all(part != "" for part in parts):
        key = key_from(connector, connection, party.table, party.key, tuple(parts))
        found["party"]["key"] = party_key(document.party, key)
        if is_shortened(found["party"]["key"]):
            found["party"]["key_parts"] = plain(key)


def _finish(found: dict[str, Any], document: DocumentType, key: Key, language: str) -> Document:
    """Add what every document has, so that templates may name it."""
    for name in USUAL:
        found.setdefault(name, "")
    _with(found, "totals", USUAL_OF_TOTALS)
    found |= {"type": document.type, "key": text_of(key)}
    found["label"] = write_label(in_language(document.text, language), found)
    return as_document(found)


def _with(found: dict[str, Any], part: str, names: Sequence[str]) -> None:
    there = found.get(part)
    found[part] = dict.fromkeys(names, "") | (there if isinstance(there, dict) else {})


def party_key(kind: str, key: Any) -> str:
    """What a contact is called: parties of different kinds may have the same number."""
    return shortened(f"{kind}:{text_of(as_key(key))}")


def has_become(process: Process, document: Document, connector: Connector) -> bool:
    """Say whether it has happened and is not over: an annulled order is no confirmed one."""
    types = connector.documents[process.document_type].field_types()
    return _holds(process.becomes, document, types) and not any(
        _holds(end.becomes, document, types) for end in connector.ending(process)
    )


def _holds(tree: Condition, document: Document, types: Mapping[str, str]) -> bool:
    """Judge it; a document that names no currency is in the company's."""
    asks = any(asks_amount(leaf, types.get(str(leaf["field"]), "")) for leaf in leaves(tree))
    return holds(tree, as_json(document), types, Company.get().currency if asks else "")


def is_so(process: Process, document: Document, connector: Connector) -> bool:
    """Say whether the process has happened to this document and the document is complete."""
    return has_become(process, document, connector) and is_complete(process, document, connector)


def was_so(process: Process, document: Document, connector: Connector) -> bool:
    """Say whether it had happened to this complete document, also when it is over by now."""
    types = connector.documents[process.document_type].field_types()
    return _holds(process.becomes, document, types) and is_complete(process, document, connector)


def is_complete(process: Process, document: Document, connector: Connector) -> bool:
    types = connector.documents[process.document_type].field_types()
    return _holds(process.sendable, document, types)


def all_keys(
    connection: Connection,
    connector: Connector,
    owner: DocumentType | PartyType,
    *,
    newest: int | None = None,
) -> Iterator[Key]:
    """Yield the keys of all documents or parties of a kind, or of the newest ones."""
    columns = _key_columns(connection, connector, owner)
    query = select(*columns)
    if newest is not None:
        # the number stands behind company and kind
        query = query.order_by(*(column.desc() for column in reversed(columns))).limit(newest)
    return _keys(connection, connector, owner, query)


def next_keys(
    connection: Connection,
    connector: Connector,
    owner: DocumentType | PartyType,
    *,
    behind: int,
    most: int,
) -> Iterator[Key]:
    """Yield the keys behind the first so many: in their order all come by, block by block."""
    columns = _key_columns(connection, connector, owner)
    query = select(*columns).where(*(column.is_not(None) for column in columns))
    query = query.order_by(*columns).offset(behind).limit(most)
    return _keys(connection, connector, owner, query)


def _key_columns(
    connection: Connection, connector: Connector, owner: DocumentType | PartyType
) -> list[ColumnElement[Cell]]:
    there = table_of(connector, owner.table, connection, *owner.key)
    return [there.c[name] for name in owner.key]


def _keys(
    connection: Connection,
    connector: Connector,
    owner: DocumentType | PartyType,
    query: Executable,
) -> Iterator[Key]:
    try:
        found = connection.execute(query).all()
    except DBAPIError as error:
        raise translated(error, "connector.toml", connection) from error
    finally:
        connection.rollback()
    for row in found:
        key = key_from(connector, connection, owner.table, owner.key, tuple(row))
        if None not in key:
            yield key

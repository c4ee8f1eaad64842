"""From captured rows to the documents and parties they belong to (child rows roll up)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE

from emailketing.common.plain import Cell, Entry, Values
from emailketing.sources.capture.base import RowChange
from emailketing.sources.connectors import Connector, DocumentType, PartyType
from emailketing.sources.connectors.model import ChildTable
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.documents.catalogue import key_from, known
from emailketing.sources.documents.touched import Touched
from emailketing.sources.keys import Key, text_of
from emailketing.sources.link import ask, table_of, translated

Row = Values


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table stands: the root of an owner, or a child of one."""

    owner: DocumentType | PartyType
    child: ChildTable | None

    @property
    def name(self) -> str:
        return self.owner.type if isinstance(self.owner, DocumentType) else self.owner.kind

    @property
    def way(self) -> tuple[str, tuple[str, ...]]:
        """Return the table, and its columns that hold the owner's key."""
        if self.child is None:
            return self.owner.table, self.owner.key
        return self.child.table, self.child.columns


class RollUp:
    """Says for each change which documents and parties it concerns."""

    def __init__(self, connector: Connector, connection: Connection) -> None:
        self._connection = connection
        self._connector = connector
        watches = connector.named_watches(dialect_of(connection).name)
        labels = {name: watch.label for name, watch in watches.items()}
        self._tables = {label: table for table, label in labels.items()}
        self._places: dict[str, list[TablePlace]] = {}
        owners: list[DocumentType | PartyType] = [
            *connector.papers.values(),
            *connector.parties.values(),
        ]
        for owner in owners:
            known(connector, connection, owner.table)  # asked before any snapshot begins
            self._places.setdefault(labels[owner.table], []).append(TablePlace(owner, None))
            for child in owner.children:
                self._places.setdefault(labels[child.table], []).append(TablePlace(owner, child))

    def table(self, change: RowChange) -> str:
        return self.table_named(change.table)

    def table_named(self, label: str) -> str:
        return self._tables.get(label, label)

    def is_root(self, change: RowChange, owner: str) -> bool:
        places = self._places.get(change.table, ())
        return any(place.child is None and place.name == owner for place in places)

    def leads_to_a_document(self, change: RowChange) -> bool:
        places = self._places.get(change.table, ())
        return any(isinstance(place.owner, DocumentType) for place in places)

    def roots(self, change: RowChange) -> list[str]:
        """Return the document types whose documents are rows of this table."""
        return [
            place.name
            for place in self._places.get(change.table, ())
            if place.child is None and isinstance(place.owner, DocumentType)
        ]

    def record_key(self, change: RowChange) -> str:
        """Write the key of the row itself, in the order people know (JSON has forgotten it)."""
        table = self.table(change)
        columns = key_order(self._connector, self._connection, table, change.key)
        values = [change.key[column] for column in columns]
        return text_of(key_from(self._connector, self._connection, table, columns, tuple(values)))

    def is_nameless(self, change: RowChange) -> bool:
        """Say whether the row goes by its columns: another one may be the same in all of them."""
        is_whole = len(change.key) > 1 or "rowid" not in change.key
        return is_whole and not known(self._connector, self._connection, self.table(change)).unique

    def owners(self, change: RowChange) -> list[Touched]:
        """Return what the change concerns, without repeats.

        Raises:
            QueryFailed: the way to the parent cannot be read.
        """
        found = [
            Touched.of(place.name, key)
            for place in self._places.get(change.table, ())
            for key in self._keys(place, change)
        ]
        return list(dict.fromkeys(found))

    def _keys(self, place: TablePlace, change: RowChange) -> Iterator[Key]:
        owner = place.owner
        if place.child is not None and place.child.parents is not None:
            rows = ask(self._connection, place.child.parents, **_whole(change))
            found: Iterable[Sequence[Cell]] = [list(r.values())[: len(owner.key)] for r in rows]
        else:
            found = self._unpadded(self._said(change, *place.way), *place.way)
        for values in found:
            key = key_from(self._connector, self._connection, owner.table, owner.key, tuple(values))
            if None not in key:  # NULL leads nowhere
                yield key

    def _unpadded(
        self, found: list[list[Cell]], table: str, columns: Sequence[str]
    ) -> list[list[Cell]]:
        """A CHAR column that leads to a key without fixed length fills it up with blanks."""
        kinds = known(self._connector, self._connection, table).of(columns)
        return [
            [
                value.rstrip(" ") if kind.name == "fixed" and isinstance(value, str) else value
                for value, kind in zip(values, kinds, strict=True)
            ]
            for values in found
        ]

    def _said(self, change: RowChange, table: str, columns: Sequence[str]) -> list[list[Cell]]:
        """The change itself says it, before and after; what an update left alone the row says."""
        before, after = {**change.key, **(change.old or {})}, {**(change.new or {}), **change.key}
        rows = [before] * (change.op != "I") + [after] * (change.op != "D")
        if change.op == "U" and any(column not in after for column in columns):
            asked = self._looked_up(change, table, columns)
            rows = [{**row, **side} for row in asked for side in (before, after)]
        return [[row[c] for c in columns] for row in rows if all(c in row for c in columns)]

    def _looked_up(self, change: RowChange, table: str, columns: Sequence[str]) -> list[Row]:
        """An update that left columns alone does not note them: ask the row."""
        if not change.key:
            return []
        there = table_of(self._connector, table, self._connection, *columns, *change.key)
        query = select(*(there.c[column] for column in columns))
        for number, (name, value) in enumerate(change.key.items()):
            # without a type: the database decides, also for uuid and the like
            query = query.where(there.c[name] == bindparam(f"k{number}", value, type_=NULLTYPE))
        try:
            return [dict(row) for row in self._connection.execute(query).mappings()]
        except DBAPIError as error:
            raise translated(error, "connector.toml", self._connection) from error


def key_order(
    connector: Connector, connection: Connection, table: str, names: Iterable[str]
) -> list[str]:
    """Return these key columns as the connector orders them, else as the catalogue does."""
    there = set(names)
    owners: list[DocumentType | PartyType] = [
        *connector.papers.values(),
        *connector.parties.values(),
    ]
    for owner in owners:
        if owner.table == table and set(owner.key) == there:
            return list(owner.key)
    if len(there) < 2:  # noqa: PLR2004 - nothing to order
        return list(there)
    about = known(connector, connection, table)
    if set(about.primary) == there:
        return list(about.primary)
    return [*(name for name in about.kinds if name in there), *sorted(there - about.kinds.keys())]


def _whole(change: RowChange) -> Entry:
    return {**(change.old or {}), **(change.new or {}), **change.key}

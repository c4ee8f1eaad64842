"""From captured rows to the documents and parties they belong to (child rows roll up)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE

from emailketing.sources.capture.base import Change
from emailketing.sources.connectors import Connector, DocumentType, Party
from emailketing.sources.connectors.model import Child
from emailketing.sources.link import ask, table_of, translated


@dataclass(frozen=True, slots=True)
class Touched:
    """A document or party that a change concerns; `key` is as the database has it."""

    owner: str  # document type or kind of party
    key: Any = field(compare=False)
    name: str  # the key as text

    @classmethod
    def of(cls, owner: str, key: Any) -> "Touched":
        return cls(owner, key, str(key)[:200])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands: the root of an owner, or a child of one."""

    owner: DocumentType | Party
    child: Child | None

    @property
    def name(self) -> str:
        return self.owner.type if isinstance(self.owner, DocumentType) else self.owner.kind


class RollUp:
    """Says for each change which documents and parties it concerns."""

    def __init__(self, connector: Connector, connection: Connection) -> None:
        self._connection = connection
        self._connector = connector
        labels = {w.table: w.label for w in connector.watches(connection.dialect.name)}
        self._tables = {label: table for table, label in labels.items()}
        self._places: dict[str, list[Place]] = {}
        owners: list[DocumentType | Party] = [
            *connector.papers.values(),
            *connector.parties.values(),
        ]
        for owner in owners:
            self._places.setdefault(labels[owner.table], []).append(Place(owner, None))
            for child in owner.children:
                self._places.setdefault(labels[child.table], []).append(Place(owner, child))

    def table(self, change: Change) -> str:
        return self._tables.get(change.table, change.table)

    def is_root(self, change: Change, owner: str) -> bool:
        places = self._places.get(change.table, ())
        return any(place.child is None and place.name == owner for place in places)

    def roots(self, change: Change) -> list[str]:
        """Return the document types whose documents are rows of this table."""
        return [
            place.name
            for place in self._places.get(change.table, ())
            if place.child is None and isinstance(place.owner, DocumentType)
        ]

    def owners(self, change: Change) -> list[Touched]:
        """Return what the change concerns, without repeats.

        Raises:
            QueryFailed: the way to the parent cannot be read.
        """
        found = [
            Touched.of(place.name, key)
            for place in self._places.get(change.table, ())
            for key in self._keys(place, change)
            if key is not None
        ]
        return list(dict.fromkeys(found))

    def _keys(self, place: Place, change: Change) -> Iterable[Any]:
        if place.child is None:
            return self._noted(change, place.owner.key) or self._looked_up(
                change, place.owner.table, place.owner.key
            )
        if place.child.parents is not None:
            rows = ask(self._connection, place.child.parents, **_whole(change))
            return [next(iter(row.values())) for row in rows]
        return self._noted(change, place.child.column) or self._looked_up(
            change, place.child.table, place.child.column
        )

    def _noted(self, change: Change, column: str) -> list[Any]:
        """The change itself says it: the key, or a column of the row, before and after."""
        rows = (change.old, change.new, change.key)
        values = [row[column] for row in rows if row and row.get(column) is not None]
        return list({str(value): value for value in values}.values())

    def _looked_up(self, change: Change, table: str, column: str) -> list[Any]:
        """An update that left the column alone does not note it: ask the row."""
        if not change.key or change.op != "U":
            return []
        known = table_of(self._connector, table, self._connection, column, *change.key)
        query = select(known.c[column])
        for number, (name, value) in enumerate(change.key.items()):
            # without a type: the database decides, also for uuid and the like
            query = query.where(known.c[name] == bindparam(f"k{number}", value, type_=NULLTYPE))
        try:
            return list(self._connection.execute(query).scalars())
        except DBAPIError as error:
            raise translated(error, "connector.toml") from error


def _whole(change: Change) -> dict[str, Any]:
    return {**(change.old or {}), **(change.new or {}), **change.key}

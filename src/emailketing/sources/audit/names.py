"""Records in words, read from the business database: “Producto 00123 Yerba Ñandutí”."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, TableClause, bindparam, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE

from emailketing.common.plain import JSON, Values
from emailketing.sources.audit.values import MOMENTS, ValueWords
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector
from emailketing.sources.connectors.audit import PLACE, Audit, Lookup
from emailketing.sources.documents.catalogue import key_from, key_from_text, known
from emailketing.sources.documents.roll_up import key_order
from emailketing.sources.freeze import freeze
from emailketing.sources.keys import Key, spellings, text_of
from emailketing.sources.link import snapshot, table_of, translated
from emailketing.sources.models import CapturedChange

logger = logging.getLogger(__name__)
AT_ONCE = 500
MOST_KEPT = 5_000
LONGEST = 200
Row = Values
Columns = tuple[str, ...]


@dataclass(slots=True)
class Names:
    """What is asked for while a block is told; without a connection records go by their key."""

    connector: Connector
    words: ValueWords
    connection: Connection | None = None
    keys: dict[str, Columns] = field(default_factory=dict)  # table → its key columns
    _rows: dict[tuple[str, Columns, str], Row] = field(default_factory=dict)

    @property
    def audit(self) -> Audit:
        return self.words.audit

    def learn(self, changes: Iterable[CapturedChange]) -> None:
        """Note what the key columns are called, in the order in which records are named by them."""
        for change in changes:
            if change.key and change.table not in self.keys:
                self.keys[change.table] = tuple(self._order(change.table, change.key))

    def _order(self, table: str, names: Iterable[str]) -> list[str]:
        """Nothing for a table without a key: its rows cannot be asked for again."""
        there = set(names)
        said = (key for key in self._said(table) if set(key) == there)
        if self.connection is None or len(there) == 1:
            return list(next(said, sorted(there)))
        order = key_order(self.connector, self.connection, table, there)
        primary = known(self.connector, self.connection, table).primary
        return list(next(said, order)) if primary else []

    def _said(self, table: str) -> list[Columns]:
        """Return the keys by which other tables name the records of this one."""
        parents = (described.parent for described in self.audit.tables.values())
        return [parent.key for parent in parents if parent and parent.table == table]

    def key_of(self, table: str) -> Columns:
        said = self.keys.get(table) or next(iter(self._said(table)), ())
        return said or self._primary(table) or ("id",)

    def _primary(self, table: str) -> Columns:
        if self.connection is None:
            return ()
        return known(self.connector, self.connection, table).primary

    def key_behind(self, lookup: Lookup) -> Columns:
        """Return the columns that its values are looked up by."""
        primary = self._primary(lookup.table)
        fits = len(primary) == max(len(lookup.columns), 1)
        return lookup.key or (primary if fits else ("id",))

    def text(self, table: str, key: Columns, values: Iterable[JSON]) -> str:
        """Write a key of this table as its records are named; "" where a part is missing."""
        parts = tuple(values)
        if len(parts) != len(key) or any(part in (None, "") for part in parts):
            return ""
        if self.connection is None:
            return text_of(parts)
        return text_of(key_from(self.connector, self.connection, table, key, parts))

    def fetch(self, table: str, key: Columns, keys: Iterable[str], columns: Iterable[str]) -> None:
        """Read these records at once; what cannot be read goes by its key."""
        wanted = list(dict.fromkeys(k for k in keys if k and (table, key, k) not in self._rows))
        if self.connection is None or not wanted:
            return
        names = list(dict.fromkeys([*key, *columns]))
        there = table_of(self.connector, table, self.connection, *names)
        for start in range(0, len(wanted), AT_ONCE):
            block = wanted[start : start + AT_ONCE]
            self._rows |= {(table, key, k): {} for k in block}
            asked = _asked(there, key, self._parts(table, key, block))
            query = select(*(there.c[name] for name in names)).where(asked)
            try:
                with snapshot(self.connection):
                    found = self.connection.execute(query).mappings().all()
            except DBAPIError as error:
                why = _why(error, table, self.connection)
                logger.warning("a record's name cannot be read: %s", why)
                return
            for row in found:
                called = self.text(table, key, (row[name] for name in key))
                self._rows[table, key, called] = {name: freeze(row[name]) for name in names}

    def _parts(self, table: str, key: Columns, texts: Iterable[str]) -> Iterator[Key]:
        """Yield the keys, also as a program that fills a CHAR up with blanks writes them."""
        if self.connection is None:
            return
        kinds = known(self.connector, self.connection, table).of(key)
        for text in texts:
            with suppress(ValueError):  # too long to be taken apart: it goes by its key
                found = key_from_text(self.connector, self.connection, table, key, text)
                yield from spellings(found, kinds)

    def know(self, change: CapturedChange) -> None:
        """Keep what a whole row says of itself: of a deleted record nobody else knows it."""
        values = change.old if change.operation == "D" else change.new
        if not self.keys.get(change.table):  # a row without a key says all of itself
            values = {**(values or {}), **change.key}
        if (change.operation in {"I", "D"} or not self.keys.get(change.table)) and values:
            place = (change.table, self.key_of(change.table), change.record_key)
            self._rows[place] = {name: freeze(value) for name, value in values.items()}

    def forget_many(self) -> None:
        if len(self._rows) > MOST_KEPT:
            self._rows.clear()

    def row(self, table: str, key: Columns, value: str) -> Row:
        return self._rows.get((table, key, value)) or {}

    def columns_of(self, table: str) -> list[str]:
        """Return the columns a record's text and amounts need."""
        described = self.audit.table(table)
        more = [described.currency] if described.currency else []
        return [*(PLACE.findall(described.record) or self._all_of(table)), *more]

    def _all_of(self, table: str) -> list[str]:
        """Return every column of a table whose rows have only SQLite's number, which says nothing.

        It is given to another row by the next VACUUM.
        """
        if self.connection is None:
            return []
        about = known(self.connector, self.connection, table)
        key = self.keys.get(table, ())
        is_number = bool(key) and not about.primary and key[0] not in about.kinds
        return list(about.kinds) if is_number else []

    def record(self, table: str, values: Row, key: str) -> str:
        """Write a record from its values, or by its key where they say nothing."""
        described = self.audit.table(table)
        label = self.words.table(table)
        text = PLACE.sub(
            lambda place: str(freeze(self._shown(table, place.group(1), values))), described.record
        )
        if columns := [] if described.record else self._all_of(table):
            text = text_of([freeze(values[name]) for name in columns if name in values])
        text = " ".join(text.split()) or key
        return f"{label} {text}".strip()[:LONGEST]

    def _shown(self, table: str, column: str, values: Row) -> Any:
        value = values.get(column)
        if isinstance(value, Mapping) or self.audit.table(table).hides(column):
            return ""
        is_moment = self.audit.column(table, column).type in MOMENTS
        return self.words.value(table, column, value, {}) if is_moment else value


def _asked(table: TableClause, key: Columns, parts: Iterable[Key]) -> ColumnElement[bool]:
    """Without types: the database decides, also for uuid and the like."""
    if len(key) == 1:
        values = [part for (part,) in parts]
        return table.c[key[0]].in_(bindparam("keys", values, expanding=True, type_=NULLTYPE))
    columns = tuple_(*(table.c[name] for name in key), types=[NULLTYPE] * len(key))
    return columns.in_(bindparam("keys", list(parts), expanding=True))


def _why(error: DBAPIError, table: str, connection: Connection) -> CaptureError:
    return translated(error, f"[audit.tables.{table}]", connection)

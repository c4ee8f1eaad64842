"""Records in words, read from the business database: “Producto 00123 Gasoil Podium”."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE

from emailketing.sources.audit.values import MOMENTS, Words
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector
from emailketing.sources.connectors.audit import PLACE, Audit
from emailketing.sources.freeze import freeze
from emailketing.sources.link import snapshot, table_of, translated
from emailketing.sources.models import CapturedChange

logger = logging.getLogger(__name__)
AT_ONCE = 500
MOST_KEPT = 5_000
LONGEST = 200
Row = Mapping[str, Any]


@dataclass(slots=True)
class Names:
    """What is asked for while a block is told; without a connection records go by their key."""

    connector: Connector
    words: Words
    connection: Connection | None = None
    keys: dict[str, str] = field(default_factory=dict)  # table → its key column
    _rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)

    @property
    def audit(self) -> Audit:
        return self.words.audit

    def learn(self, changes: Iterable[CapturedChange]) -> None:
        """Note what the key columns are called."""
        for change in changes:
            if len(change.key) == 1:
                self.keys[change.table] = next(iter(change.key))

    def key_of(self, table: str) -> str:
        parents = (described.parent for described in self.audit.tables.values())
        said = (parent.key for parent in parents if parent and parent.table == table)
        return self.keys.get(table) or next(said, "id")

    def fetch(self, table: str, key: str, keys: Iterable[str], columns: Iterable[str]) -> None:
        """Read these records at once; what cannot be read goes by its key."""
        wanted = list(dict.fromkeys(k for k in keys if k and (table, key, k) not in self._rows))
        if self.connection is None or not wanted:
            return
        names = list(dict.fromkeys([key, *columns]))
        known = table_of(self.connector, table, self.connection, *names)
        asked = bindparam("keys", expanding=True, type_=NULLTYPE)
        query = select(*(known.c[name] for name in names)).where(known.c[key].in_(asked))
        for start in range(0, len(wanted), AT_ONCE):
            block = wanted[start : start + AT_ONCE]
            self._rows |= {(table, key, k): {} for k in block}
            try:
                with snapshot(self.connection):
                    found = self.connection.execute(query, {"keys": block}).mappings().all()
            except DBAPIError as error:
                logger.warning("a record's name cannot be read: %s", _why(error, table))
                return
            for row in found:
                values = {name: freeze(row[name]) for name in names}
                self._rows[table, key, str(values[key])] = values

    def know(self, change: CapturedChange) -> None:
        """Keep what a whole row says of itself: of a deleted record nobody else knows it."""
        values = change.old if change.operation == "D" else change.new
        if change.operation in {"I", "D"} and values:
            place = (change.table, self.key_of(change.table), change.record_key)
            self._rows[place] = {name: freeze(value) for name, value in values.items()}

    def forget_many(self) -> None:
        if len(self._rows) > MOST_KEPT:
            self._rows.clear()

    def row(self, table: str, key: str, value: str) -> Row:
        return self._rows.get((table, key, value)) or {}

    def columns_of(self, table: str) -> list[str]:
        """Return the columns a record's text and amounts need."""
        described = self.audit.table(table)
        more = [described.currency] if described.currency else []
        return [*PLACE.findall(described.record), *more]

    def record(self, table: str, values: Row, key: str) -> str:
        """Write a record from its values, or by its key where they say nothing."""
        described = self.audit.table(table)
        label = self.words.table(table)
        text = PLACE.sub(
            lambda place: str(freeze(self._shown(table, place.group(1), values))), described.record
        )
        text = " ".join(text.split()) or key
        return f"{label} {text}".strip()[:LONGEST]

    def _shown(self, table: str, column: str, values: Row) -> Any:
        value = values.get(column)
        if isinstance(value, Mapping) or self.audit.table(table).hides(column):
            return ""
        is_moment = self.audit.column(table, column).type in MOMENTS
        return self.words.value(table, column, value, {}) if is_moment else value


def _why(error: DBAPIError, table: str) -> CaptureError:
    return translated(error, f"[audit.tables.{table}]")

"""What a connector says of changes: how records and columns are called, what is a secret."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from emailketing.common.plain import Entry, Values
from emailketing.sources.capture.base import MASK, matches

Labels = Mapping[str, str]  # language → text
PLACE = re.compile(r"\{([^{}]+)\}")  # of a column in the text of a record
COLUMN_TYPES = ("text", "money", "number", "quantity", "date", "datetime", "boolean")
DOCUMENT_TYPE = "change"
CHANGED, DELETED = "record_changed", "record_deleted"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column that holds the key of another record, shown by that record's text.

    Where that key has several columns, `columns` are those of the row, in the same order.
    """

    table: str
    text: str  # a column of that table
    key: tuple[str, ...] = ()  # empty: the primary key
    columns: tuple[str, ...] = ()  # empty: the column itself


@dataclass(frozen=True, slots=True)
class AuditColumn:
    """How a column is called and its values written."""

    label: Labels = field(default_factory=dict)
    type: str = ""  # "" : as the values are
    choices: Mapping[str, Labels] = field(default_factory=dict)
    lookup: Lookup | None = None
    words: str = ""  # the set in [words.…] that says what its values are called


@dataclass(frozen=True, slots=True)
class Parent:
    """The record a row stands under. `together`: only when that changes in the same transaction."""

    table: str
    columns: tuple[str, ...]  # in the order of `key`
    key: tuple[str, ...] = ("id",)
    together: bool = False


@dataclass(frozen=True, slots=True)
class AuditTable:
    """One table as people call it; `record` is the pattern of a record's text."""

    table: str
    label: Labels = field(default_factory=dict)
    record: str = ""
    currency: str = ""  # the column that says in which currency the amounts of a row are
    parent: Parent | None = None
    columns: Mapping[str, AuditColumn] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    inserts: bool = False
    updates: bool = True
    is_told: bool = True  # False: noted and searchable, but no message tells of it

    def hides(self, column: str) -> bool:
        return matches(column, self.secret)

    def ignores(self, column: str) -> bool:
        return matches(column, self.ignore)

    def masked(self, row: Values | None) -> Entry | None:
        """Return the row without its secrets; an empty secret stays empty."""
        if row is None:
            return None
        return {
            name: MASK if value not in (None, "") and self.hides(name) else value
            for name, value in row.items()
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """All tables the connector describes, and what columns are called wherever they stand."""

    tables: Mapping[str, AuditTable] = field(default_factory=dict)
    columns: Mapping[str, AuditColumn] = field(default_factory=dict)
    sets: Mapping[frozenset[str], Labels] = field(default_factory=dict)  # tables → what they are
    words: Mapping[str, Mapping[str, Labels]] = field(default_factory=dict)  # the connector's

    def table(self, name: str) -> AuditTable:
        """Return what is said of this table; of one that nobody described nobody is told."""
        return self.tables.get(name) or AuditTable(name, is_told=False)

    def column(self, table: str, name: str) -> AuditColumn:
        described = self.table(table).columns.get(name) or AuditColumn()
        general = self.columns.get(name) or AuditColumn()
        label = described.label or general.label or spelled(name)
        if described.type or described.choices or described.lookup or described.words:
            return replace(described, label=label)
        return replace(general, label=label)

    def describes(self, table: str, name: str) -> bool:
        return name in self.table(table).columns or name in self.columns

    def root(self, table: str) -> str:
        """Return the table whose records the rows of this one stand under, or itself."""
        seen = {table}
        while (parent := self.table(table).parent) and not parent.together:
            if parent.table in seen:
                break
            table = parent.table
            seen.add(table)
        return table

    @property
    def joined(self) -> frozenset[str]:
        """Return the tables whose records take others along when they change together."""
        parents = (table.parent for table in self.tables.values())
        return frozenset(parent.table for parent in parents if parent and parent.together)

    def table_label(self, name: str) -> Labels:
        return self.table(name).label or spelled(name)


_OURS: dict[str, Labels] = {"_contact": {"es": "Contacto", "en": "Contact", "pt": "Contato"}}


def spelled(name: str) -> Labels:
    """Spell the name of a column or table: “precio_venta” → “Precio venta”."""
    if ours := _OURS.get(name):
        return ours
    words = " ".join(name.replace("_", " ").split())
    return dict.fromkeys(("es", "en", "pt"), words[:1].upper() + words[1:])

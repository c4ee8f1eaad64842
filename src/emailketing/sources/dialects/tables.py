"""What is known of a table of the business, whatever database it is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from emailketing.sources.keys import TEXT, KeyKind


@dataclass(frozen=True, slots=True)
class KnownTable:
    """One table; nothing is known of one that is not there."""

    kinds: Mapping[str, KeyKind] = field(default_factory=dict)  # column → what it holds
    primary: tuple[str, ...] = ()
    unique: tuple[frozenset[str], ...] = ()  # the primary key too
    is_view: bool = False

    def of(self, columns: Iterable[str]) -> tuple[KeyKind, ...]:
        return tuple(self.kinds.get(column, TEXT) for column in columns)


Stored = Literal["text", "number", "date", "moment", "instant", "boolean", "bytes", "other"]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as listings ask for it: how its database keeps it (`moment`: without a zone)."""

    name: str
    stored: Stored = "text"


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: these columns hold the key of a record of another table."""

    columns: tuple[str, ...]
    schema: str | None
    table: str
    key: tuple[str, ...]

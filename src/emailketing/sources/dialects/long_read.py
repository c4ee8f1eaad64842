"""A read that may take long: what is asked of a dialect so that it delays nobody (C12, P5)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class ReadBounds:
    """How long it may take, and where a copy may lie meanwhile."""

    seconds: float
    folder: Path
    # (table, column) that is read as nothing, where the database can do that: secrets
    hides: Callable[[str, str], bool] = field(default=lambda _table, _column: False)


@dataclass(slots=True)
class LongRead:
    """An open connection for reading only; `stop` ends what it is at, from any thread."""

    connection: "Connection"
    stop: Callable[[], None]

"""What is asked: a listing saved here, or one that a connector brings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from emailketing.common.plain import Cell, Values
from emailketing.common.said import Said
from emailketing.content.sheet.column import Column
from emailketing.listings.cells import Reader
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Executable

    from emailketing.listings.reading.read import Read

CONNECTOR, CLICKED, STATEMENT, SQL = "connector", "clicked", "statement", "sql"


class AskedListing(Protocol):
    """A listing of any kind; `definition` is what the kind makes of it."""

    @property
    def source(self) -> Source: ...
    @property
    def kind(self) -> str: ...
    @property
    def definition(self) -> Values: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for whom: periods are reckoned from `now` in `zone` (P2)."""

    now: datetime
    zone: str
    language: str
    is_trial: bool = False  # no row is wanted, only whether it works


Described: TypeAlias = tuple[Column, Reader]


@dataclass(frozen=True, slots=True)
class Question:
    """A listing as its source understands it, ready to be run.

    `describe` says of the names that come what each column is, and what reads its values.
    """

    file: str  # what a mistake is named after
    describe: Callable[[list[str]], Sequence[Described]]
    statement: "Executable | None" = None
    values: Mapping[str, Cell] = field(default_factory=dict)
    notices: tuple[Said, ...] = ()  # what whoever makes it should know
    noted: str = ""  # the text that the audit trail keeps of each run (S33)
    # instead of a statement: rows that were worked out of what was read
    names: list[str] = field(default_factory=list)
    rows: Iterator[tuple[Cell, ...]] | None = None


class ListingKind(Protocol):
    """How one kind of listing is asked."""

    def parameters(self, listing: AskedListing) -> tuple[Parameter, ...]: ...
    def question(
        self, listing: AskedListing, values: Values, moment: Moment, read: "Read"
    ) -> Question: ...

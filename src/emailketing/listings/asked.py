"""What is asked: a listing saved here, or one that a connector brings."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Executable

from emailketing.common.plain import Cell, Values
from emailketing.content.sheet.column import Column
from emailketing.listings.cells import Reader
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.models import Source

CONNECTOR = "connector"


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


@dataclass(frozen=True, slots=True)
class Question:
    """A listing as its source understands it, ready to be run.

    `columns` and `readers` are by name; a column of the answer that is not there is text.
    """

    statement: Executable
    values: dict[str, Cell]
    file: str  # what a mistake is named after
    columns: dict[str, Column] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)


class ListingKind(Protocol):
    """How one kind of listing is asked."""

    def parameters(self, listing: AskedListing) -> tuple[Parameter, ...]: ...
    def question(self, listing: AskedListing, values: Values, moment: Moment) -> Question: ...

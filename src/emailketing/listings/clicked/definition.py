"""What clicking makes: the definition as values; whatever is not understood is one sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from emailketing.common.conditions import Condition
from emailketing.content.sheet.column import Labels, Threshold, Total
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.dialects.expressions import Operation

Aggregate = Literal["", "sum", "count", "distinct", "average", "min", "max"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
Bucket = Literal["", "day", "week", "month", "quarter", "year", "hour", "weekday"]
BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
AGE = "age"  # in days, of a date: the word of a definition
NAME = re.compile(r"\w[\w .-]{0,59}")
MOST_COLUMNS = 100
MOST_JOINS = 20
MOST_TOP = 100_000


@dataclass(frozen=True, slots=True)
class Join:
    """A table picked by hand: `on` is a column met so far → a column of it."""

    name: str
    table: str
    on: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Formula:
    """What is calculated: of columns of the listing, of fields, of numbers written down."""

    operation: Operation
    of: tuple[str, ...]
    is_age: bool = False  # how many days ago the one field was


@dataclass(frozen=True, slots=True)
class ClickedColumn:
    """One column: a field, a formula, a share of the total or a running total of another column."""

    name: str
    field: str = ""
    by: Bucket = ""
    aggregate: Aggregate = ""
    formula: Formula | None = None
    share_of: str = ""
    running: str = ""
    label: Labels = ""
    kind: str = ""  # "" : what is known of the field
    total: Total | None = None
    width: int = 0
    decimals: int | None = None
    currency: str = ""
    thresholds: tuple[Threshold, ...] = ()

    @property
    def is_window(self) -> bool:
        return bool(self.share_of or self.running)


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What is known better than by the schema: a text that is a date, and how it is written."""

    kind: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class SortOrder:
    column: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Clicked:
    table: str
    columns: tuple[ClickedColumn, ...]
    joins: tuple[Join, ...] = ()
    fields: Mapping[str, FieldChoice] = field(default_factory=dict)
    filter: Condition = field(default_factory=Condition)
    having: Condition = field(default_factory=Condition)  # of columns of the listing
    order: tuple[SortOrder, ...] = ()
    top: int = 0  # 0: all
    parameters: tuple[Parameter, ...] = ()

    @property
    def is_grouped(self) -> bool:
        return any(column.aggregate for column in self.columns)

    def column(self, name: str) -> ClickedColumn | None:
        return next((each for each in self.columns if each.name == name), None)

"""What a statement is: sums from tables, lines of sums and formulas, columns of periods."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from emailketing.common.conditions import Condition
from emailketing.content.sheet.column import Labels
from emailketing.listings.clicked.definition import Clicked, Formula
from emailketing.listings.periods import Unit
from emailketing.sources.connectors.model import Parameter

Side = Literal["", "below", "above"]
Work = Literal["", "difference", "change", "share"]


@dataclass(frozen=True, slots=True)
class Base:
    """Where amounts come from: rows of a table, their amount and their day."""

    rows: Clicked  # table, joins, fields and filter; it has no columns
    date: str
    amount: str = ""
    formula: Formula | None = None  # instead of an amount: quantity × price


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line: a sum with a condition, a formula of lines, what the lines beside it come to.

    `by`: one line more for each value of this field, a level deeper, in the order of its values;
    `shows`: the field that says what each is called, where that is another.
    """

    name: str
    label: Labels
    level: int = 0
    base: str = ""
    where: Condition = field(default_factory=Condition)
    by: str = ""
    shows: str = ""
    formula: Formula | None = None
    adds: Side = ""
    is_negative: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class StatementColumn:
    """A column: a period, perhaps so much earlier, or what comes of two columns."""

    name: str
    label: Labels
    period: str = ""
    asked: str = ""  # the parameter that says the period
    earlier: Unit | None = None  # the same period of the month, quarter, year before
    work: Work = ""
    of: tuple[str, ...] = ()
    line: str = ""  # whose share

    @property
    def is_period(self) -> bool:
        return bool(self.period or self.asked)


@dataclass(frozen=True, slots=True)
class Statement:
    sums: Mapping[str, Base]
    lines: tuple[StatementLine, ...]
    columns: tuple[StatementColumn, ...]
    currency: str = ""
    parameters: tuple[Parameter, ...] = ()
    levels: str = ""  # the parameter that says how many levels are shown

    @property
    def periods(self) -> tuple[StatementColumn, ...]:
        return tuple(column for column in self.columns if column.is_period)

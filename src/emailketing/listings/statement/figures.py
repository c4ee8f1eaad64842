"""The figures of a statement out of sums that were read: plain arithmetic, exact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal

from emailketing.common.conditions import as_number
from emailketing.common.said import say as _
from emailketing.content.words import Words
from emailketing.listings.errors import DefinitionWrong
from emailketing.listings.statement.definition import Statement, StatementColumn, StatementLine

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
PLACE = Decimal("0.000001")
ZERO = Decimal()
Figures = dict[str, Decimal]  # period's column → figure


@dataclass(slots=True)
class LineSums:
    """What was read for a line: its sum in each period, and of each value of `by`."""

    whole: Figures = field(default_factory=dict)
    parts: dict[str, Figures] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=dict)  # what those values are called in each language


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A row of the statement: line, what stands in front, level, figures of all columns."""

    line: StatementLine
    part: str | None  # what a value of `by` is called
    level: int
    figures: Mapping[str, Decimal | None]
    key: str = ""  # the value of `by`
    words: Words = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.line.name if self.part is None else f"{self.line.name}.{self.key}"


class Figuring:
    """Works the lines out, each once."""

    def __init__(self, statement: Statement, read: Mapping[str, LineSums]) -> None:
        self.statement = statement
        self._read = read
        self._lines = {line.name: line for line in statement.lines}
        self._places = {line.name: n for n, line in enumerate(statement.lines)}
        self._known: dict[str, Figures] = {}
        self._under_way: set[str] = set()
        self._periods = [column.name for column in statement.periods]

    def rows(self) -> Iterator[StatementRow]:
        for line in self.statement.lines:
            if line.is_hidden:
                continue
            has_figures = bool(line.base or line.formula or line.adds)
            figures = self._all(self.of(line.name)) if has_figures else {}
            yield StatementRow(line, None, line.level, figures)
            read = self._read.get(line.name, LineSums())
            for key, its_own in sorted(read.parts.items(), key=lambda item: item[0].casefold()):
                own = self._all(self._signed(line, its_own))
                called = read.called.get(key, key)
                yield StatementRow(line, called, line.level + 1, own, key, read.words)

    def of(self, name: str) -> Figures:
        """Return the figures of a line in each period.

        Raises:
            DefinitionWrong: it is calculated of itself.
        """
        if name not in self._known:
            if name in self._under_way:
                raise DefinitionWrong(place=name, why=_("it is calculated of itself."))
            self._under_way.add(name)
            self._known[name] = self._figured(self._lines[name])
            self._under_way.discard(name)
        return self._known[name]

    def _figured(self, line: StatementLine) -> Figures:
        if line.formula is not None:
            parts = [self._value(name) for name in line.formula.of]
            figures = {
                period: _calculated(line.formula.operation, [part[period] for part in parts])
                for period in self._periods
            }
        elif line.adds:
            others = [self.of(name) for name in self._beside(line)]
            figures = {p: sum((other[p] for other in others), ZERO) for p in self._periods}
        else:
            whole = self._read.get(line.name, LineSums()).whole
            figures = {period: whole.get(period, ZERO) for period in self._periods}
        return self._signed(line, figures)

    def _signed(self, line: StatementLine, figures: Figures) -> Figures:
        sign = -1 if line.is_negative else 1
        return {period: figures.get(period, ZERO) * sign for period in self._periods}

    def _value(self, name: str) -> Figures:
        if name in self._lines:
            return self.of(name)
        return dict.fromkeys(self._periods, as_number(name) or ZERO)

    def _beside(self, line: StatementLine) -> Iterator[str]:
        """Yield the lines one level deeper that follow (or stand before) without a break."""
        place = self._places[line.name]
        lines = self.statement.lines
        following = lines[place + 1 :] if line.adds == "below" else lines[:place][::-1]
        for other in following:
            if other.level <= line.level:
                return
            if other.level == line.level + 1:
                yield other.name

    def _all(self, figures: Figures) -> dict[str, Decimal | None]:
        return {
            column.name: figures[column.name] if column.is_period else self._worked(column, figures)
            for column in self.statement.columns
        }

    def _worked(self, column: StatementColumn, figures: Figures) -> Decimal | None:
        first = figures[column.of[0]]
        if column.work == "share":
            return divided(first, self.of(column.line)[column.of[0]])
        second = figures[column.of[1]]
        if column.work == "change":
            return divided(first - second, abs(second))
        return first - second


def _calculated(operation: str, parts: list[Decimal]) -> Decimal:
    found = parts[0]
    for part in parts[1:]:
        if operation == "sum":
            found = EXACT.add(found, part)
        elif operation == "difference":
            found = EXACT.subtract(found, part)
        else:
            found = EXACT.multiply(found, part)
    return found


def divided(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return the share; nothing of nought."""
    if not whole:
        return None
    return EXACT.divide(part, whole).quantize(PLACE, context=EXACT)

"""The sums of a statement, read: each table once, grouped by what its conditions ask.

Amounts are added up in the database by the values of those fields and by period; the conditions
are asked of the groups, which are few, and not of each row for each line.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, case, false, or_, select

from emailketing.common import conditions
from emailketing.common.conditions import as_number
from emailketing.common.plain import Cell
from emailketing.common.said import say as _
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.asked import Moment
from emailketing.listings.cells import as_written, reader_of
from emailketing.listings.clicked.fields import Fields, ListedField, number_of, words_of
from emailketing.listings.clicked.filters import RowFilters
from emailketing.listings.clicked.schema import Schema
from emailketing.listings.errors import DefinitionWrong, ParameterMissing
from emailketing.listings.periods import Period, earlier, period_of, today_of
from emailketing.listings.reading.read import Read
from emailketing.listings.statement.definition import (
    Base,
    Statement,
    StatementColumn,
    StatementLine,
)
from emailketing.listings.statement.figures import ZERO, LineSums
from emailketing.sources.dialects.expressions import Expression


class SumsReader:
    """Reads the sums of one statement."""

    def __init__(
        self, statement: Statement, schema: Schema, values: Mapping[str, Cell], moment: Moment
    ) -> None:
        self.statement, self.schema, self.moment = statement, schema, moment
        self.say = schema.dialect.expressions
        self._values = values
        self._number = reader_of("number")

    def read(self, reading: Read) -> dict[str, LineSums]:
        found: dict[str, LineSums] = {}
        for name in self.statement.sums:
            lines = [line for line in self.statement.lines if line.base == name]
            if lines:
                found |= self._base(self.statement.sums[name], lines, reading)
        return found

    def _base(
        self, base: Base, lines: Sequence[StatementLine], reading: Read
    ) -> dict[str, LineSums]:
        fields = Fields(self.schema, base.rows, self.moment)
        paths = list(dict.fromkeys(p for line in lines for p in _asked(line)))
        known = {path: fields.field(path) for path in paths}
        statement = self._statement(base, lines, fields, known)
        words = {path: words_of(known[path], self.schema) for path in _parted(lines)}
        readers = {
            path: as_written if words[path] else reader_of(known[path].kind) for path in words
        }
        found = {line.name: LineSums(words=words.get(line.shows or line.by, {})) for line in lines}
        _names, rows = reading.stream(statement, {}, file=base.rows.table)
        for row in rows:
            cells = iter(row)
            amount = self._number(next(cells))
            if not isinstance(amount, int | Decimal):
                continue
            periods = [column.name for column in self.statement.periods if next(cells)]
            by = {path: readers[path](next(cells)) for path in readers}
            for line in lines:
                if next(cells):
                    _add(found[line.name], periods, Decimal(amount), by, line)
        return found

    def _statement(
        self,
        base: Base,
        lines: Sequence[StatementLine],
        fields: Fields,
        known: Mapping[str, ListedField],
    ) -> Select[tuple[Cell, ...]]:
        day = fields.field(base.date)
        if day.kind not in {"date", "datetime"}:
            why = _("“%(field)s” is no date.") % {"field": base.date}
            raise DefinitionWrong(place=base.rows.table, why=why)
        tests = [
            self.say.within(day.value, day.stored, period.instants(self.moment.zone), day.written)
            for period in map(self.period, self.statement.periods)
        ]
        flags = [case((test, 1), else_=0) for test in tests]
        where = RowFilters(fields.field, self.say, self._values, self.moment)
        wanted = where.test(base.rows.filter)  # may join tables, as what is asked below
        amount = self.say.sum(self._amount(base, fields))
        keys = [field.value for field in known.values()]
        inside = select(
            amount.label("amount"),
            *(flag.label(f"p{n}") for n, flag in enumerate(flags)),
            *(key.label(f"f{n}") for n, key in enumerate(keys)),
        ).select_from(fields.source())
        inside = inside.where(or_(*tests), wanted).group_by(*flags, *keys)
        if self.moment.is_trial:
            inside = inside.where(false())
        groups = inside.subquery("g")
        held = {
            path: ListedField(groups.c[f"f{n}"], field.stored, field.kind, "", field.written)
            for n, (path, field) in enumerate(known.items())
        }
        asked = RowFilters(held.__getitem__, self.say, self._values, self.moment)
        by = _parted(lines)
        return select(
            groups.c.amount,
            *(groups.c[f"p{n}"] for n in range(len(flags))),
            *(held[path].value for path in by),
            *(case((asked.test(line.where), 1), else_=0) for line in lines),
        )

    def _amount(self, base: Base, fields: Fields) -> Expression:
        if base.formula is None:
            return self._numeric(base.amount, base, fields)
        parts = [
            self.say.literal_number(name)
            if as_number(name) is not None
            else self._numeric(name, base, fields)
            for name in base.formula.of
        ]
        return self.say.calculated(base.formula.operation, parts)

    def _numeric(self, path: str, base: Base, fields: Fields) -> Expression:
        field = fields.field(path)
        if field.kind not in NUMERIC:
            why = _("only numbers can be calculated with; choose another field.")
            raise DefinitionWrong(place=f"{base.rows.table}.{path}", why=why)
        return number_of(field, self.schema)

    def period(self, column: StatementColumn) -> Period:
        today = today_of(self.moment.now, self.moment.zone)
        period = self._given(column.asked) or period_of(column.period, today=today)
        return earlier(period, column.earlier) if column.earlier else period

    def _given(self, parameter: str) -> Period | None:
        """Return the period that was asked for."""
        start, until = (self._values.get(f"{parameter}_{part}") for part in ("from", "until"))
        if isinstance(start, date) and isinstance(until, date):
            return Period(start, until)
        if parameter:
            raise ParameterMissing(name=parameter, label=parameter)
        return None


def _asked(line: StatementLine) -> list[str]:
    return [*conditions.paths(line.where), *filter(None, (line.by, line.shows))]


def _parted(lines: Sequence[StatementLine]) -> list[str]:
    """Return the fields that part lines, and those that say what the parts are called."""
    return list(dict.fromkeys(path for line in lines for path in (line.by, line.shows) if path))


def _add(
    read: LineSums,
    periods: Sequence[str],
    amount: Decimal,
    by: Mapping[str, Cell],
    line: StatementLine,
) -> None:
    part, called = by.get(line.by), by.get(line.shows or line.by)
    named = "" if part is None else str(part)
    for period in periods:
        read.whole[period] = read.whole.get(period, ZERO) + amount
        if line.by:
            read.called.setdefault(named, "" if called is None else str(called))
            own = read.parts.setdefault(named, {})
            own[period] = own.get(period, ZERO) + amount

"""One SELECT of a definition: rows joined, filtered and grouped inside, the rest around them.

Inside: fields, what is calculated row by row, sums. Around it: what is calculated of columns,
shares, running totals, order, the first N. So a share is one of all rows, not of those shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, func, literal_column, select

from emailketing.common.conditions import as_number
from emailketing.common.plain import Cell
from emailketing.common.said import say as _
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.asked import Moment
from emailketing.listings.clicked.definition import Clicked, ClickedColumn, Formula
from emailketing.listings.clicked.fields import Fields, ListedField, number_of
from emailketing.listings.clicked.filters import RowFilters
from emailketing.listings.clicked.schema import Schema
from emailketing.listings.errors import DefinitionWrong
from emailketing.listings.periods import today_of
from emailketing.sources.dialects.expressions import (
    Expression,
    Operation,
    Unit,
)

OF_DAYS: Mapping[str, Unit] = {
    unit: unit for unit in ("day", "week", "month", "quarter", "year")
}  # fmt: skip
PERCENTAGES = frozenset({"percentage", "change"})


@dataclass(frozen=True, slots=True)
class Made:
    """A column inside: what it is, and the field it comes from where it shows one."""

    value: Expression
    kind: str
    field: ListedField | None = None


class Builder:
    """Builds one question; use it once."""

    def __init__(
        self, clicked: Clicked, schema: Schema, values: Mapping[str, Cell], moment: Moment
    ) -> None:
        self.clicked = clicked
        self.schema = schema
        self.moment = moment
        self.say = schema.dialect.expressions
        self.fields = Fields(schema, clicked, moment)
        self._values = values
        self.made: dict[str, Made] = {}
        self._under_way: list[str] = []

    def build(self) -> Select[tuple[Cell, ...]]:
        inside = self._inside()
        outside = {column.name: self._outside(column, inside) for column in self.clicked.columns}
        order = self._order(outside)
        shown = [
            self._window(column, outside, order) if column.is_window else outside[column.name]
            for column in self.clicked.columns
        ]
        statement = select(*(value.label(f"c{n}") for n, value in enumerate(shown)))
        statement = statement.select_from(inside)
        if self.clicked.having:
            statement = statement.where(self._having(outside))
        if order:
            statement = statement.order_by(*order)
        return statement.limit(self.clicked.top) if self.clicked.top else statement

    # --- inside

    def _inside(self) -> Subquery:
        columns = [c for c in self.clicked.columns if not c.is_window and not self._is_around(c)]
        keys = []
        for column in columns:
            made = self.made[column.name] = self._column(column)
            if not column.aggregate:
                keys.append(made.value)
        where = RowFilters(self.fields.field, self.say, self._values, self.moment)
        test = where.test(self.clicked.filter)  # may join tables
        named = [self.made[c.name].value.label(f"c{n}") for n, c in enumerate(columns)]
        statement = select(*named).select_from(self.fields.source())
        if self.clicked.filter:
            statement = statement.where(test)
        if self.clicked.is_grouped:
            statement = statement.group_by(*keys)
        self._numbers = {column.name: f"c{n}" for n, column in enumerate(columns)}
        return statement.subquery("g")

    def _is_around(self, column: ClickedColumn) -> bool:
        """Whether it is calculated of columns: what is added up is always of rows."""
        if column.formula is None or column.aggregate:
            return False
        others = [name for name in column.formula.of if self._other(column, name)]
        fields = [n for n in column.formula.of if n not in others and as_number(n) is None]
        if others and fields:
            why = _("it calculates with columns of the listing or with fields, not with both.")
            raise DefinitionWrong(place=column.name, why=why)
        if self.clicked.is_grouped and not others:
            why = _("where rows are grouped it calculates with columns, or is itself added up.")
            raise DefinitionWrong(place=column.name, why=why)
        return bool(others)

    def _other(self, column: ClickedColumn, name: str) -> bool:
        return name != column.name and self.clicked.column(name) is not None

    def _column(self, column: ClickedColumn) -> Made:
        if column.aggregate == "count" and not column.field:
            return Made(func.count(), "number")
        made = self._of_rows(column)
        return self._aggregated(column, made) if column.aggregate else made

    def _of_rows(self, column: ClickedColumn) -> Made:
        if column.formula is not None:
            return self._calculated(column.formula, column.name)
        field = self.fields.field(column.field)
        if column.by:
            return self._bucket(column, field)
        kind = column.kind or field.kind
        if kind in NUMERIC and self._is_calculated_with(column):
            return Made(number_of(field, self.schema), kind, field)
        if kind == "date" and (field.written or field.stored not in {"date", "text"}):
            return Made(self._day(field), kind, field)
        return Made(field.value, kind, field)

    def _bucket(self, column: ClickedColumn, field: ListedField) -> Made:
        if column.by == "hour":
            return Made(self.say.hour(field.value, field.stored, self.moment.zone), "number")
        if column.by == "weekday":
            return Made(self.say.weekday(self._day(field)), "number")
        return Made(self.say.bucket(self._day(field), OF_DAYS[column.by]), "date")

    def _is_calculated_with(self, column: ClickedColumn) -> bool:
        if column.aggregate:
            return column.aggregate not in {"count", "distinct"}
        field = self.fields.field(column.field)
        used = {name for c in self.clicked.columns for name in (c.share_of, c.running)}
        used |= {name for c in self.clicked.columns if c.formula for name in c.formula.of}
        return column.name in used or field.stored != "number" or bool(field.written)

    def _day(self, field: ListedField) -> Expression:
        return self.say.day(field.value, field.stored, self.moment.zone, field.written)

    def _calculated(self, formula: Formula, name: str) -> Made:
        if formula.is_age:
            day = self._day(self.fields.field(formula.of[0]))
            return Made(self.say.days_since(day, self._today), "number")
        fields = [self.fields.field(n) for n in formula.of if as_number(n) is None]
        for field in fields:
            self._refuse_text(field.kind, name)
        parts = [
            self.say.literal_number(n)
            if as_number(n) is not None
            else number_of(self.fields.field(n), self.schema)
            for n in formula.of
        ]
        value = self.say.calculated(formula.operation, parts)
        return Made(value, _kind_of(formula.operation, [field.kind for field in fields]))

    @property
    def _today(self) -> date:
        return today_of(self.moment.now, self.moment.zone)

    def _refuse_text(self, kind: str, name: str) -> None:
        if kind not in NUMERIC and kind != "boolean":
            why = _("only numbers can be calculated with; choose another field.")
            raise DefinitionWrong(place=name, why=why)

    def _aggregated(self, column: ClickedColumn, made: Made) -> Made:
        if column.aggregate == "count":
            return Made(func.count(made.value), "number")
        if column.aggregate == "distinct":
            return Made(func.count(made.value.distinct()), "number")
        if column.aggregate in {"sum", "average"}:
            self._refuse_text(made.kind, column.name)
            add = self.say.sum if column.aggregate == "sum" else self.say.average
            return Made(add(made.value), made.kind)
        return Made(self._end(column, made), made.kind, made.field)

    def _end(self, column: ClickedColumn, made: Made) -> Expression:
        """Return the first or the last of all; numbers exactly."""
        if made.kind not in NUMERIC:
            return func.min(made.value) if column.aggregate == "min" else func.max(made.value)
        if column.aggregate == "min":
            return self.say.least(made.value)
        return self.say.greatest(made.value)

    # --- around it

    def _outside(self, column: ClickedColumn, inside: Subquery) -> Expression:
        if column.is_window:
            return literal_column("0")  # made when the others are known
        if column.name in self._numbers:
            return inside.c[self._numbers[column.name]]
        return self._of_columns(column, inside)

    def _of_columns(self, column: ClickedColumn, inside: Subquery) -> Expression:
        formula = column.formula
        if formula is None or column.name in self._under_way:
            why = _("it is calculated of itself.")
            raise DefinitionWrong(place=column.name, why=why)
        self._under_way.append(column.name)
        parts, kinds = [], []
        for name in formula.of:
            other = self.clicked.column(name) if name != column.name else None
            if other is None:
                parts.append(self.say.literal_number(name))
                continue
            if other.is_window:
                why = _("it is calculated of a share or a running total.")
                raise DefinitionWrong(place=column.name, why=why)
            parts.append(self._outside(other, inside))
            kinds.append(self.made[name].kind)
        self._under_way.pop()
        if formula.is_age:
            made = Made(self.say.days_since(parts[0], self._today), "number")
        else:
            for kind in kinds:
                self._refuse_text(kind, column.name)
            value = self.say.calculated(formula.operation, parts)
            made = Made(value, _kind_of(formula.operation, kinds))
        self.made[column.name] = made
        return made.value

    def _window(
        self,
        column: ClickedColumn,
        outside: Mapping[str, Expression],
        order: Sequence[ColumnElement[Cell]],
    ) -> Expression:
        name = column.share_of or column.running
        kind = self.made[name].kind
        self._refuse_text(kind, column.name)
        value = outside[name]
        if column.share_of:
            self.made[column.name] = Made(value, "percent")
            whole: Expression = self.say.sum(value).over()
            return self.say.calculated("percentage", [value, whole])
        self.made[column.name] = Made(value, kind)
        so_far: Expression = self.say.sum(value).over(order_by=list(order), rows=(None, 0))
        return so_far

    def _order(self, outside: Mapping[str, Expression]) -> list[ColumnElement[Cell]]:
        """What is asked for, then every other key: the same rows come in the same order."""
        clicked = self.clicked
        needs = clicked.order or clicked.top or clicked.is_grouped
        needs = needs or any(column.running for column in clicked.columns)
        if not needs:
            return []
        found = []
        for order in clicked.order:
            column = clicked.column(order.column)
            if column is None or column.is_window:
                if column is None or not column.share_of:
                    why = _("rows cannot be ordered by a running total.")
                    raise DefinitionWrong(place=order.column, why=why)
                value = outside[column.share_of]  # shares have the order of what they are of
                value = self._sorted(value, column.share_of)
            else:
                value = self._sorted(outside[order.column], order.column)
            found.append(value.desc().nulls_last() if order.is_descending else _first(value))
        named = {order.column for order in clicked.order}
        found += [
            _first(self._sorted(outside[column.name], column.name))
            for column in clicked.columns
            if column.name not in named and not column.is_window and not column.aggregate
        ]
        return found

    def _sorted(self, value: Expression, name: str) -> Expression:
        kind = self.made[name].kind
        if kind in NUMERIC:
            return self.say.sortable(value)
        return self.say.alphabetical(value) if kind == "text" else value

    def _having(self, outside: Mapping[str, Expression]) -> ColumnElement[bool]:
        def field(name: str) -> ListedField:
            column = self.clicked.column(name)
            if column is None or column.is_window:
                why = _("it is no column that can be asked for.")
                raise DefinitionWrong(place=name, why=why)
            made = self.made[name]
            is_number = made.kind in NUMERIC
            return ListedField(outside[name], "number" if is_number else "text", made.kind)

        return RowFilters(field, self.say, self._values, self.moment).test(self.clicked.having)


def _first(value: Expression) -> ColumnElement[Cell]:
    return value.asc().nulls_last()


def _kind_of(operation: Operation | str, kinds: Sequence[str]) -> str:
    if operation in PERCENTAGES:
        return "percent"
    if "money" in kinds and not (operation == "quotient" and kinds.count("money") > 1):
        return "money"
    return kinds[0] if len(set(kinds)) == 1 and operation in {"sum", "difference"} else "number"

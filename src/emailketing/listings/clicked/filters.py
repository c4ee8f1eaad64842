"""Conditions as SQL: what `common.conditions` says of a document is said of each row."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import and_, case, func, literal, not_, or_, true

from emailketing.common.conditions import COMPARE, MEMBERSHIP, Condition, as_number, is_empty
from emailketing.common.plain import JSON, Cell
from emailketing.common.said import say as _
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.asked import Moment
from emailketing.listings.clicked.fields import ListedField
from emailketing.listings.errors import DefinitionWrong
from emailketing.listings.periods import (
    FORMS,
    NotAPeriod,
    Period,
    period_of,
    today_of,
)
from emailketing.sources.dialects.expressions import Expression, Expressions, Test

DATES = frozenset({"date", "datetime"})
TRUE = frozenset({"true", "1", "yes", "si", "sí", "sim", "t", "s", "y"})
LIKE_TRUE = ("true", "1", "yes", "si", "sí", "sim", "t", "s", "y", "-1")


class RowFilters:
    """Makes tests of conditions; `values`: what the listing was asked with."""

    def __init__(
        self,
        field: Callable[[str], ListedField],
        say: Expressions,
        values: Mapping[str, Cell],
        moment: Moment,
    ) -> None:
        self._field, self._say, self._values, self._moment = field, say, values, moment

    def test(self, tree: Condition) -> Test:
        if not tree:
            return true()
        if "all" in tree:
            return and_(true(), *(self.test(member) for member in tree["all"]))
        if "any" in tree:
            # nothing of nothing is true, as in Python
            return or_(~true(), *(self.test(member) for member in tree["any"]))
        return self._leaf(tree)

    def _leaf(self, leaf: Condition) -> Test:
        path, operator, wanted = str(leaf["field"]), str(leaf["op"]), leaf.get("value")
        field = self._field(path)
        if isinstance(wanted, Mapping):
            name = str(wanted.get("param", ""))
            if operator == "period":
                return self._given_period(field, name)
            if self._given(path, name) is None:
                return true()  # nothing was chosen: all
            wanted = _plain(self._given(path, name))
        if operator == "period":
            return self._within(field, self._period(path, str(wanted)))
        return self._compare(field, operator, wanted)

    def _given(self, path: str, name: str) -> Cell:
        if name not in self._values:
            why = _("there is no parameter “%(name)s”.") % {"name": name}
            raise DefinitionWrong(place=path, why=why)
        return self._values[name]

    def _given_period(self, field: ListedField, name: str) -> Test:
        start = self._given(name, f"{name}_from")
        until = self._given(name, f"{name}_until")
        if not isinstance(start, date) or not isinstance(until, date):
            return true()
        return self._within(field, Period(start, until))

    def _period(self, path: str, words: str) -> Period:
        try:
            return period_of(words, today=today_of(self._moment.now, self._moment.zone))
        except NotAPeriod as error:
            why = _("“%(value)s” is no period; there are: %(words)s.")
            why = why % {"value": words, "words": ", ".join(FORMS)}
            raise DefinitionWrong(place=path, why=why) from error

    def _within(self, field: ListedField, period: Period) -> Test:
        bounds = period.instants(self._moment.zone)
        return self._say.within(field.value, field.stored, bounds, field.written)

    def _compare(self, field: ListedField, operator: str, wanted: JSON) -> Test:
        say = self._say
        empty = say.is_empty(field.value, field.stored)
        if operator in {"empty", "filled"}:
            return empty if operator == "empty" else not_(empty)
        if operator in MEMBERSHIP:
            members = wanted if isinstance(wanted, list) else str(wanted or "").split(",")
            found = or_(~true(), *(self._compare(field, "eq", member) for member in members))
            return found if operator == "in" else case((found, 0), else_=1) == 1
        if operator == "contains":
            return say.contains(field.value, str(wanted or ""))
        if operator == "starts":
            begin = str(wanted).strip().casefold()
            return _test("eq", func.substr(say.folded(field.value), 1, len(begin)), literal(begin))
        if operator not in COMPARE:
            why = _("“%(operator)s” cannot be asked of rows.") % {"operator": operator}
            raise DefinitionWrong(place=str(operator), why=why)
        if is_empty(wanted) and operator in {"eq", "ne"}:
            return empty if operator == "eq" else not_(empty)
        found = and_(not_(empty), self._compare_filled(field, operator, wanted))
        return or_(empty, found) if operator == "ne" else found

    def _compare_filled(self, field: ListedField, operator: str, wanted: JSON) -> Test:
        say = self._say
        if field.kind in NUMERIC:
            number = as_number(str(wanted))
            if number is None:
                return ~true()
            left = say.sortable(say.number(field.value, field.stored, field.written))
            return _test(operator, left, say.sortable(say.literal_number(format(number, "f"))))
        if field.kind in DATES:
            return self._compare_days(field, operator, wanted)
        if field.kind == "boolean":
            is_true = str(wanted).strip().casefold() in TRUE
            left = case((say.folded(field.value).in_(LIKE_TRUE), 1), else_=0)
            return _test(operator, left, literal(int(is_true)))
        return _test(operator, say.folded(field.value), literal(str(wanted).strip().casefold()))

    def _compare_days(self, field: ListedField, operator: str, wanted: JSON) -> Test:
        """A day or its word is compared with the day; a moment with the moment."""
        day = self._day(str(wanted))
        say = self._say
        left = say.day(field.value, field.stored, self._moment.zone, field.written)
        return _test(operator, left, say.given_day(day))

    def _day(self, wanted: str) -> date:
        try:
            return period_of(wanted, today=today_of(self._moment.now, self._moment.zone)).start
        except NotAPeriod:
            pass
        try:
            return datetime.fromisoformat(wanted).date()
        except ValueError as error:
            why = _("“%(value)s” is no day (2026-01-31, or “today”).") % {"value": wanted}
            raise DefinitionWrong(place=wanted, why=why) from error


def _test(operator: str, left: Expression, right: Expression) -> Test:
    found: Test = COMPARE[operator](left, right)
    return found


def _plain(value: Cell) -> JSON:
    if isinstance(value, bool | int | str | list):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)

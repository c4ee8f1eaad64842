"""From JSON to a statement: the one place where its words are checked."""

from collections.abc import Iterable

from emailketing.common.conditions import as_number
from emailketing.common.plain import Values
from emailketing.common.said import say as _
from emailketing.listings.clicked.definition import Clicked, Formula
from emailketing.listings.clicked.parse import (
    ROW_OPERATORS,
    fields_of,
    join,
    name_of,
    parameters_of,
)
from emailketing.listings.errors import DefinitionWrong
from emailketing.listings.periods import FORMS, UNITS, Unit, is_period
from emailketing.listings.plain_reader import PlainReader
from emailketing.listings.statement.definition import (
    Base,
    Side,
    Statement,
    StatementColumn,
    StatementLine,
    Work,
)
from emailketing.sources.connectors.model import PERIOD, Parameter
from emailketing.sources.dialects.expressions import Operation

OF_LINES: tuple[Operation, ...] = ("sum", "difference", "product")
WORKS: tuple[Work, ...] = ("difference", "change", "share")
MOST_LINES = 200
MOST_COLUMNS = 24
SIDES: tuple[Side, ...] = ("", "below", "above")
DEEPEST = 6


def parse(definition: Values, parameters: tuple[Parameter, ...] = ()) -> Statement:
    """Return the statement.

    Args:
        definition: what it is made of.
        parameters: those it has besides its own: of a connector's listing.

    Raises:
        DefinitionWrong: one sentence with its place.
    """
    top = PlainReader(definition, "")
    found = Statement(
        sums={name: _base(each) for name, each in top.named("sums")},
        lines=tuple(_line(each) for each in top.several("lines", MOST_LINES)),
        columns=tuple(_column(each) for each in top.several("columns", MOST_COLUMNS)),
        currency=top.text("currency"),
        parameters=(*parameters_of(top), *parameters),
        levels=top.text("levels"),
    )
    top.done()
    _check(found, top)
    return found


def _base(reader: PlainReader) -> Base:
    rows = Clicked(
        table=reader.text("table", needed=True),
        columns=(),
        joins=tuple(join(each) for each in reader.several("joins")),
        fields=fields_of(reader),
        filter=reader.condition("filter", ROW_OPERATORS),
    )
    formula = _formula(reader.inner("formula")) if reader.has("formula") else None
    base = Base(rows, reader.text("date", needed=True), reader.text("amount"), formula)
    if bool(base.amount) == bool(base.formula):
        raise reader.wrong(_("it needs one of these: %(words)s.") % {"words": "amount, formula"})
    return base


def _formula(reader: PlainReader) -> Formula:
    operation = reader.one_of("operation", OF_LINES)
    of = reader.names("of")
    reader.done()
    if len(of) < 2 or (operation == "difference" and len(of) > 2):  # noqa: PLR2004
        raise reader.wrong(_("it is calculated of %(count)s values.") % {"count": 2})
    return Formula(operation, of)


def _line(reader: PlainReader) -> StatementLine:
    line = StatementLine(
        name=name_of(reader),
        label=reader.labels("label"),
        level=reader.whole("level", most=DEEPEST) or 0,
        base=reader.text("sum"),
        where=reader.condition("where", ROW_OPERATORS),
        by=reader.text("by"),
        shows=reader.text("shows"),
        formula=_formula(reader.inner("formula")) if reader.has("formula") else None,
        adds=reader.one_of("adds", SIDES),
        is_negative=reader.flag("negative"),
        is_hidden=reader.flag("hidden"),
    )
    if sum(map(bool, (line.base, line.formula, line.adds))) > 1:
        raise reader.wrong(_("it needs one of these: %(words)s.") % {"words": "sum, formula, adds"})
    if ((line.where or line.by) and not line.base) or (line.shows and not line.by):
        raise reader.wrong(_("a condition belongs to a sum."))
    return line


def _column(reader: PlainReader) -> StatementColumn:
    name, label = name_of(reader), reader.labels("label")
    if reader.has_table("period"):
        asked = reader.inner("period")
        parameter = asked.text("param", needed=True)
        asked.done()
        unit = _unit(reader.one_of("earlier", ("", *UNITS)))
        return StatementColumn(name, label, asked=parameter, earlier=unit)
    if reader.has("period"):
        period = reader.text("period")
        if not is_period(period):
            sentence = _("“%(value)s” is no period; there are: %(words)s.")
            raise reader.wrong(sentence % {"value": period, "words": ", ".join(FORMS)})
        unit = _unit(reader.one_of("earlier", ("", *UNITS)))
        return StatementColumn(name, label, period, earlier=unit)
    work = reader.one_of("work", WORKS)
    of = reader.names("of")
    wanted = 1 if work == "share" else 2
    if len(of) != wanted:
        raise reader.wrong(_("it is calculated of %(count)s values.") % {"count": wanted})
    line = reader.text("line", needed=work == "share")
    return StatementColumn(name, label, work=work, of=of, line=line)


def _unit(word: str) -> Unit | None:
    return next((unit for unit in UNITS if unit == word), None)


def _check(found: Statement, top: PlainReader) -> None:
    """Refuse what names nothing, or what comes later than it is needed."""
    if not found.lines or not found.periods:
        raise top.wrong(_("a statement needs a line and a column with a period."))
    top.refuse_twice(line.name for line in found.lines)
    top.refuse_twice(column.name.casefold() for column in found.columns)
    lines = {line.name for line in found.lines}
    periods = {column.name for column in found.periods}
    for line in found.lines:
        if line.base and line.base not in found.sums:
            raise _nobody(top, line.name, line.base)
        of = line.formula.of if line.formula else ()
        _refuse_unknown(line.name, (n for n in of if as_number(n) is None), lines, top)
    asked = {each.name for each in found.parameters}
    _refuse_unknown("levels", filter(None, [found.levels]), asked, top)
    spans = {each.name for each in found.parameters if each.type == PERIOD}
    for column in found.columns:
        _refuse_unknown(column.name, filter(None, [column.asked]), spans, top)
        _refuse_unknown(column.name, column.of, periods, top)
        _refuse_unknown(column.name, filter(None, [column.line]), lines, top)


def _refuse_unknown(owner: str, names: Iterable[str], known: set[str], top: PlainReader) -> None:
    for name in names:
        if name not in known:
            raise _nobody(top, owner, name)


def _nobody(top: PlainReader, owner: str, name: str) -> DefinitionWrong:
    sentence = _("“%(owner)s” names “%(name)s”, which is not there.")
    return top.wrong(sentence % {"owner": owner, "name": name})

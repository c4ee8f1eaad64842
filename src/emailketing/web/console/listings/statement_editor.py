"""What the editor of statements offers: sums, lines and columns, each a row."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.offered_fields import offered_fields
from emailketing.listings.period_words import compared_in_words
from emailketing.listings.periods import UNITS
from emailketing.listings.statement.parse import DEEPEST
from emailketing.sources.models import Source
from emailketing.web.console.forms.period_field import PeriodWidget
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.listings import statement
from emailketing.web.console.listings.clicked_editor import picked, tables_of
from emailketing.web.console.listings.clicked_shown import (
    Conditions,
    Groups,
    Options,
    condition_rows,
    field_groups,
)
from emailketing.web.console.listings.conditions import DATES, Known, parameter_of
from emailketing.web.console.listings.draft import (
    ListingDraft,
    Part,
    Posted,
    label_in,
    part,
    parts,
    texts,
)
from emailketing.web.console.listings.views import REFUSALS


@dataclass(frozen=True, slots=True)
class BaseRow:
    """Where amounts come from."""

    number: int
    name: str
    table: str
    problem: str
    date: str
    dates: Groups
    how: str
    first: str
    second: str
    amounts: Groups
    conditions: Conditions
    fields: Groups


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line; `what`: what makes its figures."""

    number: int
    name: str
    label: str
    what: str
    level: int
    is_negative: bool
    is_hidden: bool
    by: str
    conditions: Conditions
    fields: Groups
    operation: str
    of: list[str]
    others: Options

    @property
    def is_sum(self) -> bool:
        return self.what.startswith(statement.SUM)

    @property
    def indent(self) -> range:
        return range(self.level)


@dataclass(frozen=True, slots=True)
class ColumnOfPeriods:
    """One column: a period, or what is worked out of two."""

    number: int
    name: str
    label: str
    period: SafeString | str
    is_asked: bool
    earlier: str
    work: str
    of: list[str]
    line: str


class StatementEditor:
    """Sums, lines, columns."""

    template = "console/listings/statement_fields.html"

    def edited(self, draft: ListingDraft, data: Posted) -> Part:
        known, _problems = _known(draft.source, draft.definition)
        found = statement.edited(draft.definition, data, known)
        sums = {str(name): part(value) for name, value in part(found.get("sums")).items()}
        if new := set(sums) - set(known):
            fresh, _problems = _known(draft.source, found)
            for name in new:
                statement.fit_base(sums[name], fresh[name])
            found["sums"] = sums
        return found

    def context(self, draft: ListingDraft) -> Context:
        definition = draft.definition
        known, problems = _known(draft.source, definition)
        sums = {str(name): part(value) for name, value in part(definition.get("sums")).items()}
        lines, columns = parts(definition.get("lines")), parts(definition.get("columns"))
        named = [(str(each.get("name")), _title(each)) for each in lines]
        return {
            "tables": tables_of(draft.source),
            "currency": str(definition.get("currency") or ""),
            "bases": [
                _base(number, name, base, known[name], problems.get(name, ""))
                for number, (name, base) in enumerate(sums.items())
            ],
            "lines": [_line(number, each, known, named) for number, each in enumerate(lines)],
            "named_lines": named,
            "columns": [_column(number, each, definition) for number, each in enumerate(columns)],
            "periods": [
                (str(each.get("name")), _title(each)) for each in columns if each.get("period")
            ],
            "levels": range(DEEPEST + 1),
            "line_kinds": _line_kinds(sums),
            "units": _units(),
            "works": _works(),
        }


def _known(source: Source, definition: Part) -> tuple[dict[str, Known], dict[str, str]]:
    """Return the fields of each sum's table, and why there are none."""
    found, problems = {}, {}
    for name, value in part(definition.get("sums")).items():
        base = part(value)
        try:
            fields = offered_fields(
                source, str(base.get("table", "")), picked(base.get("joins")), timezone.now()
            )
        except REFUSALS as error:
            fields, problems[str(name)] = [], str(error)
        found[str(name)] = Known({each.path: each for each in fields})
    return found, problems


def _of_kinds(known: Known, kinds: frozenset[str]) -> Groups:
    return field_groups(each for each in known.fields.values() if each.kind in kinds)


def _base(number: int, name: str, base: Part, known: Known, problem: str) -> BaseRow:
    formula = part(base.get("formula"))
    of = [*texts(formula.get("of")), "", ""]
    return BaseRow(
        number,
        name,
        str(base.get("table", "")),
        problem,
        str(base.get("date", "")),
        _of_kinds(known, DATES),
        str(formula.get("operation", "")),
        of[0] if formula else str(base.get("amount", "")),
        of[1],
        _of_kinds(known, NUMERIC),
        condition_rows(base, "filter", f"s{number}f", known, drop=f"base-drop:{number}."),
        field_groups(known.fields.values()),
    )


def _line(number: int, line: Part, known: dict[str, Known], named: Options) -> LineRow:
    own = known.get(str(line.get("sum")), Known({}))
    formula = part(line.get("formula"))
    of = texts(formula.get("of"))
    is_open = formula.get("operation") in {"sum", "product"}
    level = line.get("level")
    return LineRow(
        number,
        str(line.get("name", "")),
        label_in(line.get("label"), active_language()),
        statement.what_of(line),
        level if isinstance(level, int) and 0 <= level <= DEEPEST else 0,
        bool(line.get("negative")),
        bool(line.get("hidden")),
        str(line.get("by", "")),
        condition_rows(line, "where", f"l{number}w", own, drop=f"where-drop:{number}."),
        field_groups(own.fields.values()),
        str(formula.get("operation", "")),
        [*of, *[""] * max(2 - len(of), 1 if is_open else 0)],
        [each for each in named if each[0] != line.get("name")],
    )


def _column(number: int, column: Part, definition: Part) -> ColumnOfPeriods:
    asked, name = statement.asked_period(column), f"c{number}-period"
    period = str(column.get("period") or "")
    if asked:
        period = str(parameter_of(dict(definition), asked).get("default") or "")
    of = [*texts(column.get("of")), "", ""][:2]
    return ColumnOfPeriods(
        number,
        str(column.get("name", "")),
        label_in(column.get("label"), active_language()),
        PeriodWidget().render(name, period, {"id": f"id_{name}"}) if column.get("period") else "",
        bool(asked),
        str(column.get("earlier", "")),
        str(column.get("work", "")),
        of,
        str(column.get("line", "")),
    )


def _title(each: Part) -> str:
    return label_in(each.get("label"), active_language()) or str(each.get("name", ""))


def _line_kinds(sums: dict[str, Part]) -> Options:
    several = len(sums) > 1
    return [
        *(
            (
                f"{statement.SUM}{name}",
                _("sum of %(name)s") % {"name": name} if several else _("sum"),
            )
            for name in sums
        ),
        (statement.BELOW, _("adds the lines below")),
        (statement.ABOVE, _("adds the lines above")),
        (statement.FORMULA, _("calculated of lines")),
        (statement.HEADING, _("a heading")),
    ]


def _units() -> Options:
    return [
        ("", _("as it is")),
        *((unit, compared_in_words(unit)) for unit in UNITS),
    ]


def _works() -> Options:
    return [
        ("difference", _("difference")),
        ("change", _("change in percent")),
        ("share", _("share in a line")),
    ]

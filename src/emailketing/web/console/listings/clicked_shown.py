"""The clicking editor as a page shows it: a row for each column, condition, order and join."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.content.sheet.column import KINDS, NUMERIC
from emailketing.listings.clicked.definition import AGE
from emailketing.listings.offered_fields import OfferedField
from emailketing.triggers.notifications.conditions import OPERATORS
from emailketing.web.console.forms.period_field import PeriodWidget
from emailketing.web.console.listings.clicked import THRESHOLDS
from emailketing.web.console.listings.conditions import (
    DATES,
    Known,
    asked_name,
    is_leaf,
    parameter_of,
    rows_of,
)
from emailketing.web.console.listings.draft import Part, label_in, part, parts, texts

Options = list[tuple[str, str]]
Groups = list[tuple[str, Options]]
TEXT = ("eq", "ne", "contains", "starts", "in", "not_in", "empty", "filled")
NUMBER = ("gt", "gte", "lt", "lte", "eq", "ne", "empty", "filled")
DATE = ("period", "gte", "lte", "eq", "ne", "empty", "filled")


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold: beyond which value a cell is shown how."""

    side: str = "below"
    limit: str = ""
    tone: str = "bad"


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the listing in the editor."""

    number: int
    name: str
    what: str
    hows: Options
    how: str
    label: str
    said: Part
    limits: list[Limit]
    is_numeric: bool
    is_text: bool
    written: str
    operation: str = ""
    of: list[str] = field(default_factory=list)
    operands: Groups = field(default_factory=list)
    about: str = ""  # share_of or running
    about_of: str = ""


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition; `kept`: a tree that only a file can change."""

    number: int
    what: str
    op: str
    operators: Options
    control: str  # which kind of field its value has
    value: str
    choices: Options
    period: SafeString | str
    is_asked: bool
    can_be_asked: bool
    kept: bool = False

    @property
    def place(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions, and how they are joined."""

    prefix: str
    joint: str
    rows: list[ConditionRow]
    drop: str  # what is clicked to take one away, without its number


def field_groups(fields: Iterable[OfferedField]) -> Groups:
    """Return the fields by the table they stand in."""
    grouped = groupby(fields, key=lambda each: each.group)
    return [(group, [(each.path, each.label) for each in members]) for group, members in grouped]


def column_rows(definition: Part, known: Known) -> list[ColumnRow]:
    columns = parts(definition.get("columns"))
    return [_column(number, each, definition, known) for number, each in enumerate(columns)]


def kind_of(column: Part, known: Known) -> str:
    """Say what a column probably is; the source knows it better."""
    if said := str(column.get("kind", "")):
        return said
    if column.get("aggregate") in {"count", "distinct"}:
        return "number"
    if column.get("share_of"):
        return "percent"
    if column.get("by"):
        return "number" if column["by"] in {"hour", "weekday"} else "date"
    if column.get("formula") or column.get("running"):
        return "number"
    return known.kind(str(column.get("field", "")))


def column_title(column: Part, known: Known) -> str:
    """Say what a column is called in the editor: its label, else its field."""
    if label := label_in(column.get("label"), active_language()):
        return label
    path = str(column.get("field", ""))
    return known.full(path) if path else str(column.get("name", ""))


def _column(number: int, column: Part, definition: Part, known: Known) -> ColumnRow:
    path, formula = str(column.get("field", "")), part(column.get("formula"))
    fields = part(definition.get("fields"))
    choice = part(fields.get(path))
    written = ":".join(str(choice.get(word, "")) for word in ("kind", "written"))
    word = next((each for each in ("share_of", "running") if column.get(each)), "")
    kind = kind_of(column, known)
    said = [
        Limit(str(each.get("side")), str(each.get("limit", "")), str(each.get("tone")))
        for each in parts(column.get("thresholds"))
    ]
    return ColumnRow(
        number,
        str(column.get("name", "")),
        known.full(path) if path else _calculated_words(column),
        _hows(path, known) if path else [],
        str(column.get("by") or column.get("aggregate") or ""),
        label_in(column.get("label"), active_language()),
        column,
        [*said, *(Limit() for _each in range(THRESHOLDS - len(said)))],
        kind in NUMERIC,
        bool(path) and known.kind(path) in {"text", "date", "number"},
        "" if written == ":" else written,
        str(formula.get("operation", "")),
        texts(formula.get("of")),
        _operands(column, definition, known) if formula else [],
        word,
        str(column.get(word, "")) if word else "",
    )


def _calculated_words(column: Part) -> str:
    if column.get("share_of"):
        return _("Share of the total")
    if column.get("running"):
        return _("Running total")
    if column.get("formula"):
        return _("Calculated")
    return _("How many rows")


def _hows(path: str, known: Known) -> Options:
    """Return what may be made of a field: itself, by month, added up."""
    kind = known.kind(path)
    found = [("", _("each value"))]
    if kind in DATES:
        found += [
            ("day", _("by day")),
            ("week", _("by week")),
            ("month", _("by month")),
            ("quarter", _("by quarter")),
            ("year", _("by year")),
            ("weekday", _("by weekday")),
        ]
    if kind == "datetime":
        found.append(("hour", _("by hour")))
    if kind in NUMERIC:
        found += [("sum", _("sum")), ("average", _("average"))]
    if kind != "boolean":
        found += [("min", _("least")), ("max", _("greatest"))]
    return [*found, ("count", _("how many")), ("distinct", _("how many different ones"))]


def _operands(column: Part, definition: Part, known: Known) -> Groups:
    """Return what can be calculated with: columns of the listing, and fields row by row."""
    others = [
        (str(each.get("name")), column_title(each, known))
        for each in parts(definition.get("columns"))
        if each.get("name") != column.get("name")
        and not (each.get("share_of") or each.get("running"))
        and kind_of(each, known) in NUMERIC
    ]
    wanted = DATES if part(column.get("formula")).get("operation") == AGE else NUMERIC
    fields = [each for each in known.fields.values() if each.kind in wanted]
    groups = [] if wanted is DATES else [(_("Columns of this listing"), others)]
    return [*groups, *field_groups(fields)]


def condition_rows(
    owner: Part, word: str, prefix: str, known: Known, *, drop: str, can_be_asked: bool = False
) -> Conditions:
    """Return the conditions that stand under a word of a definition."""
    joint, rows = rows_of(owner.get(word))
    shown = [
        _condition(number, each, prefix, owner if can_be_asked else None, known)
        for number, each in enumerate(rows)
    ]
    return Conditions(prefix, joint, shown, drop)


def having(definition: Part, known: Known) -> Conditions:
    """The conditions on sums: their fields are the columns of the listing."""
    columns = {str(c.get("name")): c for c in parts(definition.get("columns"))}
    as_fields = {
        name: OfferedField(name, column_title(column, known), kind_of(column, known), "")
        for name, column in columns.items()
    }
    return condition_rows(definition, "having", "h", Known(as_fields), drop="having-drop:")


def _condition(
    number: int, row: Part, prefix: str, asks: Part | None, known: Known
) -> ConditionRow:
    """`asks`: the definition with the parameters, where values can be asked for each time."""
    if not is_leaf(row):
        several = len(rows_of(row)[1])
        words = _("%(count)s conditions together, as they were written") % {"count": several}
        return ConditionRow(number, words, "", [], "", "", [], "", False, False, kept=True)
    path, op = str(row.get("field", "")), str(row.get("op", ""))
    kind, asked = known.kind(path), asked_name(row)
    if asked and asks is None:
        words = _("%(field)s, asked with “%(name)s”") % {"field": known.full(path), "name": asked}
        return ConditionRow(number, words, "", [], "", "", [], "", False, False, kept=True)
    value = parameter_of(dict(asks or {}), asked).get("default", "") if asked else row.get("value")
    text = _text(value)
    name = f"{prefix}{number}-value"
    offered = known.fields.get(path)
    control = _control(op, kind, has_choices=bool(offered and offered.choices))
    period = PeriodWidget().render(name, text, {"id": f"id_{name}"}) if control == "period" else ""
    return ConditionRow(
        number,
        known.full(path),
        op,
        _operators(kind, op),
        control,
        text,
        list(offered.choices) if offered else [],
        period,
        bool(asked),
        asks is not None and control not in {"", "list"},
    )


def _text(value: JSON) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _control(op: str, kind: str, *, has_choices: bool) -> str:
    if op in {"empty", "filled"}:
        return ""
    if op in {"in", "not_in"}:
        return "list"
    if op == "period":
        return "period"
    if has_choices and op in {"eq", "ne"}:
        return "choices"
    if kind == "boolean":
        return "boolean"
    return "date" if kind in DATES else "number" if kind in NUMERIC else "text"


def _operators(kind: str, op: str) -> Options:
    names: Sequence[str] = TEXT
    if kind in NUMERIC:
        names = NUMBER
    elif kind in DATES:
        names = DATE
    elif kind == "boolean":
        names = ("eq", "empty", "filled")
    names = names if op in names else [*names, op]
    own = {"period": _("is in"), "starts": _("begins with")}
    return [(name, own.get(name) or str(OPERATORS.get(name, name))) for name in names]


def kinds() -> Options:
    words = {
        "text": _("text"),
        "money": _("amount of money"),
        "number": _("number"),
        "quantity": _("quantity"),
        "percent": _("percentage"),
        "date": _("date"),
        "datetime": _("date and time"),
        "boolean": _("yes or no"),
    }
    return [("", _("as the source says")), *((name, words[name]) for name in KINDS)]


def totals() -> Options:
    return [
        ("", _("as usual")),
        ("sum", _("sum")),
        ("average", _("average")),
        ("count", _("how many")),
        ("min", _("least")),
        ("max", _("greatest")),
    ]


def operations() -> Options:
    return [
        ("sum", "+"),
        ("difference", "−"),
        ("product", "×"),
        ("quotient", "÷"),
        ("percentage", _("% of")),
        ("change", _("change against, in %")),
        (AGE, _("age in days of")),
    ]


def writings() -> Options:
    return [
        ("", _("as the database says")),
        ("date:dmy", _("a date such as 30/11/2026")),
        ("date:mdy", _("a date such as 11/30/2026")),
        ("date:compact", _("a date such as 20261130")),
        ("date:", _("a date such as 2026-11-30")),
        ("number:comma", _("a number such as 1.234,50")),
    ]


def tones() -> Options:
    return [("good", _("good")), ("warning", _("attention")), ("bad", _("bad"))]

"""The statement's editor: from what was sent to its sums, lines and columns, click by click."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.content.models import LANGUAGES
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.period_words import compared_in_words, period_in_words
from emailketing.sources.connectors.model import PERIOD
from emailketing.web.console.forms.period_field import word_of_parts
from emailketing.web.console.listings.conditions import (
    DATES,
    Known,
    drop_condition,
    drop_parameter,
    new_leaf,
    parameter_of,
    read_conditions,
    rows_of,
)
from emailketing.web.console.listings.draft import (
    Part,
    Posted,
    action,
    free_name,
    moved,
    part,
    parts,
    place,
    put,
    read_label,
    read_text,
    read_whole,
    texts,
)

SUM, BELOW, ABOVE, FORMULA, HEADING = "sum:", "below", "above", "formula", ""
KnownOf: TypeAlias = Mapping[str, Known]  # name of a sum → its fields
USUAL = "month_to_date"
ASKED, ASK = "period", "ask"
WORKED = {
    "difference": {"es": "Diferencia", "en": "Difference", "pt": "Diferença"},
    "change": {"es": "Variación", "en": "Change", "pt": "Variação"},
    "share": {"es": "Parte", "en": "Share", "pt": "Parte"},
}


def edited(definition: Part, data: Posted, known: KnownOf) -> Part:
    """Return the definition with what the fields say, and what was clicked."""
    found = dict(definition)
    read_text(found, "currency", data, "currency")
    sums = {str(name): part(value) for name, value in part(found.get("sums")).items()}
    for number, (name, base) in enumerate(sums.items()):
        _read_base(base, data, f"s{number}", known.get(name, Known({})))
    put(found, "sums", sums)
    lines = parts(found.get("lines"))
    for number, line in enumerate(lines):
        _read_line(line, data, f"l{number}", known)
    put(found, "lines", lines)
    _read_columns(found, data)
    _act(found, data, known)
    return found


def _read_base(base: Part, data: Posted, prefix: str, known: Known) -> None:
    read_text(base, "date", data, f"{prefix}-date")
    if f"{prefix}-how" in data:
        how, first, second = (
            data.get(f"{prefix}-{word}", "") for word in ("how", "first", "second")
        )
        put(base, "amount", first if how == "" else "")
        formula: JSON = {"operation": how, "of": [each for each in (first, second) if each]}
        put(base, "formula", formula if how else {})
    read_conditions(base, "filter", data, f"{prefix}f", known)


def _read_line(line: Part, data: Posted, prefix: str, known: KnownOf) -> None:
    if f"{prefix}-what" not in data:
        return
    what = data[f"{prefix}-what"]
    read_label(line, data, f"{prefix}-label", active_language())
    read_whole(line, "level", data, f"{prefix}-level")
    put(line, "negative", data.get(f"{prefix}-negative") == "1")
    put(line, "hidden", data.get(f"{prefix}-hidden") == "1")
    if what != what_of(line):
        become(line, what)
        return
    if what.startswith(SUM):
        if data.get(f"{prefix}-by", line.get("by", "")) != line.get("by", ""):
            line.pop("shows", None)  # it says what the parts are called
        read_text(line, "by", data, f"{prefix}-by")
        read_conditions(
            line, "where", data, f"{prefix}w", known.get(str(line.get("sum")), Known({}))
        )
    elif what == FORMULA:
        formula = part(line.get("formula"))
        read_text(formula, "operation", data, f"{prefix}-operation")
        of = texts(formula.get("of"))
        given = [
            data.get(f"{prefix}-of{n}", of[n] if n < len(of) else "").strip()
            for n in range(len(of) + 3)
        ]
        formula["of"] = [each for each in given if each]
        line["formula"] = formula


def what_of(line: Part) -> str:
    """Return what makes the figures of a line, as the editor's select has it."""
    if line.get("sum"):
        return f"{SUM}{line['sum']}"
    if line.get("formula"):
        return FORMULA
    return str(line.get("adds") or HEADING)


def become(line: Part, what: str) -> None:
    """Make its figures of something else; what belonged to the old way is gone."""
    for word in ("sum", "where", "by", "shows", "formula", "adds"):
        line.pop(word, None)
    if what.startswith(SUM):
        line["sum"] = what.removeprefix(SUM)
    elif what == FORMULA:
        line["formula"] = {"operation": "difference", "of": []}
    elif what:
        line["adds"] = what


def _read_columns(found: Part, data: Posted) -> None:
    columns = parts(found.get("columns"))
    before = {asked_period(column) for column in columns}
    was = {str(each.get("name")): each.get("default") for each in parts(found.get("parameters"))}
    for number, column in enumerate(columns):
        prefix = f"c{number}"
        own = own_label(column)
        is_own = column.get("label") == own
        if f"{prefix}-period_0" in data:
            _read_period(found, column, data, prefix, was)
        if f"{prefix}-work" in data:
            _read_work(column, data, prefix)
        fresh = own_label(column)
        read_label(column, data, f"{prefix}-label", active_language())
        if is_own and column.get("label") == own:
            put(column, "label", fresh)
    put(found, "columns", columns)
    for name in before - {asked_period(column) for column in columns}:
        drop_parameter(found, name)


def _read_period(
    found: Part, column: Part, data: Posted, prefix: str, was: Mapping[str, JSON]
) -> None:
    """A period stands in the column, or is asked for each time: one question for all columns."""
    word = word_of_parts(*(data.get(f"{prefix}-period_{n}", "").strip() for n in range(4)))
    read_text(column, "earlier", data, f"{prefix}-earlier")
    if data.get(f"{prefix}-{ASK}") != "1":
        put(column, "period", word)
        return
    name = asked_period(column) or ASKED
    column["period"] = {"param": name}
    parameter = parameter_of(found, name)
    if not parameter:
        label = {"es": "Período", "en": "Period", "pt": "Período"}
        new: Part = {"name": name, "label": label, "type": PERIOD, "default": word}
        found["parameters"] = [*parts(found.get("parameters")), new]
    elif word != was.get(name, word):  # what another column says is still the old one
        parameter["default"] = word


def asked_period(column: Part) -> str:
    """Return the parameter that says the period of a column; "" where it stands in it."""
    return str(part(column.get("period")).get("param", ""))


def _read_work(column: Part, data: Posted, prefix: str) -> None:
    read_text(column, "work", data, f"{prefix}-work")
    of = [data.get(f"{prefix}-of{n}", "") for n in range(2)]
    is_share = column.get("work") == "share"
    column["of"] = [each for each in of if each][: 1 if is_share else 2]
    read_text(column, "line", data, f"{prefix}-line")
    if not is_share:
        column.pop("line", None)


def own_label(column: Part) -> JSON:
    """Return what a column is called where nobody named it, in every language."""
    if work := str(column.get("work", "")):
        return WORKED.get(work, "")
    return {language: _said(column, language) for language, _name in LANGUAGES}


def _said(column: Part, language: str) -> str:
    with translation.override(language):
        is_asked = bool(asked_period(column))
        words = _("period") if is_asked else period_in_words(str(column.get("period", "")))
        earlier = str(column.get("earlier", ""))
        said = f"{words}, {compared_in_words(earlier)}" if earlier else words
    return said[:1].upper() + said[1:]


# ---- what was clicked ----


def _act(found: Part, data: Posted, known: KnownOf) -> None:
    name, about = action(data)
    for word in ("add_sum", "add_line", "add_column"):
        if not name and data.get(word):
            name, about = word, data[word]
    wheres = [key for key in data if key.startswith("add_where_") and data[key]]
    if not name and wheres:
        _add_where(found, wheres[0].removeprefix("add_where_"), data[wheres[0]], known)
    filters = [key for key in data if key.startswith("add_filter_") and data[key]]
    if not name and filters:
        _add_base_filter(found, filters[0].removeprefix("add_filter_"), data[filters[0]], known)
    if name in ACTIONS:
        ACTIONS[name](found, about, known)


def _names(found: Part, word: str) -> list[str]:
    return [str(each.get("name", "")) for each in parts(found.get(word))]


def _add_sum(found: Part, about: str, _known: KnownOf) -> None:
    sums = part(found.get("sums"))
    sums[free_name(about.rpartition(".")[2], map(str, sums))] = {"table": about}
    found["sums"] = sums


def fit_base(base: Part, known: Known) -> None:
    """Choose the first date and the first amount of a table that was just picked."""
    dates = [path for path in known.fields if known.kind(path) in DATES]
    amounts = [path for path in known.fields if known.kind(path) in NUMERIC]
    money = [path for path in amounts if known.kind(path) == "money"]
    if dates and not base.get("date"):
        base["date"] = dates[0]
    if amounts and not base.get("amount") and not base.get("formula"):
        base["amount"] = (money or amounts)[0]


def _drop_sum(found: Part, about: str, _known: KnownOf) -> None:
    sums = part(found.get("sums"))
    number = place(about, len(sums))
    if number is None:
        return
    name = list(sums)[number]
    del sums[name]
    put(found, "sums", sums)
    lines = parts(found.get("lines"))
    for line in lines:
        if line.get("sum") == name:
            become(line, HEADING)
    put(found, "lines", lines)


def _add_line(found: Part, about: str, _known: KnownOf) -> None:
    lines = parts(found.get("lines"))
    line: Part = {"name": free_name(f"line_{len(lines) + 1}", _names(found, "lines"))}
    become(line, about if about != "heading" else HEADING)
    if about.startswith(SUM):
        put(line, "level", 1)
    if about == FORMULA:
        sums = [str(each.get("name")) for each in lines if not each.get("level")]
        line["formula"] = {"operation": "difference", "of": sums[-2:]}
    found["lines"] = [*lines, line]


def _drop_line(found: Part, about: str, _known: KnownOf) -> None:
    lines = parts(found.get("lines"))
    number = place(about, len(lines))
    if number is not None:
        lines.pop(number)
        put(found, "lines", lines)


def _move(word: str, step: int) -> Callable[[Part, str, KnownOf], None]:
    def move(found: Part, about: str, _known: KnownOf) -> None:
        rows = parts(found.get(word))
        number = place(about, len(rows))
        if number is not None:
            moved(rows, number, step)
            found[word] = rows

    return move


def _add_where(found: Part, about: str, path: str, known: KnownOf) -> None:
    lines = parts(found.get("lines"))
    number = place(about, len(lines))
    if number is not None:
        fields = known.get(str(lines[number].get("sum")), Known({}))
        _put_leaf(lines[number], "where", path, fields)
        found["lines"] = lines


def _add_base_filter(found: Part, about: str, path: str, known: KnownOf) -> None:
    sums = {str(name): part(value) for name, value in part(found.get("sums")).items()}
    number = place(about, len(sums))
    if number is not None:
        name = list(sums)[number]
        _put_leaf(sums[name], "filter", path, known.get(name, Known({})))
        found["sums"] = sums


def _put_leaf(target: Part, word: str, path: str, known: Known) -> None:
    if path in known.fields:
        joint, rows = rows_of(target.get(word))
        target[word] = {joint: [*rows, new_leaf(path, known)]}


def _drop_where(found: Part, about: str, _known: KnownOf) -> None:
    """`about`: line.condition."""
    first, _point, second = about.partition(".")
    lines = parts(found.get("lines"))
    number = place(first, len(lines))
    if number is not None:
        drop_condition("where")(lines[number], second, Known({}))
        found["lines"] = lines


def _drop_base_filter(found: Part, about: str, _known: KnownOf) -> None:
    first, _point, second = about.partition(".")
    sums = {str(name): part(value) for name, value in part(found.get("sums")).items()}
    number = place(first, len(sums))
    if number is not None:
        drop_condition("filter")(sums[list(sums)[number]], second, Known({}))
        found["sums"] = sums


def _add_column(found: Part, about: str, _known: KnownOf) -> None:
    columns = parts(found.get("columns"))
    periods = [each for each in columns if each.get("period")]
    first = periods[0].get("period") if periods else USUAL
    name = free_name(about.replace(":", "_"), _names(found, "columns"))
    column: Part = {"name": name}
    word, _colon, unit = about.partition(":")
    if word == "period":
        column["period"] = unit or first
    elif word == "earlier":
        column |= {"period": first, "earlier": unit}
    elif word in WORKED and periods:
        named = [str(each.get("name")) for each in periods]
        column |= {"work": word, "of": named[:1] if word == "share" else named[:1] + named[-1:]}
        lines = _names(found, "lines")
        if word == "share" and lines:
            column["line"] = lines[0]
    else:
        return
    column["label"] = own_label(column)
    found["columns"] = [*columns, column]


def _drop_column(found: Part, about: str, _known: KnownOf) -> None:
    """Take a column away, with those that are worked out of it."""
    columns = parts(found.get("columns"))
    number = place(about, len(columns))
    if number is not None:
        name = columns.pop(number).get("name")
        put(found, "columns", [each for each in columns if name not in texts(each.get("of"))])


ACTIONS: dict[str, Callable[[Part, str, KnownOf], None]] = {
    "add_sum": _add_sum,
    "sum-drop": _drop_sum,
    "add_line": _add_line,
    "line-drop": _drop_line,
    "line-up": _move("lines", -1),
    "line-down": _move("lines", 1),
    "where-drop": _drop_where,
    "base-drop": _drop_base_filter,
    "add_column": _add_column,
    "column-drop": _drop_column,
    "column-up": _move("columns", -1),
    "column-down": _move("columns", 1),
}

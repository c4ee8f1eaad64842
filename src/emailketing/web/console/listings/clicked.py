"""The clicking editor: from what was sent to the definition of a listing, click by click."""

from collections.abc import Callable, Iterable, Sequence

from emailketing.common.language import active_language
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.clicked.definition import AGE
from emailketing.web.console.listings.conditions import (
    Known,
    add_filter,
    drop_condition,
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

BUCKETS = ("day", "week", "month", "quarter", "year", "hour", "weekday")
THRESHOLDS = 2  # rows of limits that are offered
LABELS = {
    "count": {"es": "Cantidad", "en": "Count", "pt": "Quantidade"},
    "share": {"es": "Parte del total", "en": "Share of the total", "pt": "Parte do total"},
    "running": {"es": "Acumulado", "en": "Running total", "pt": "Acumulado"},
    "calculation": {"es": "Cálculo", "en": "Calculation", "pt": "Cálculo"},
}
GROUPED = frozenset({"sum", "count", "distinct", "average", "min", "max"})


def edited(definition: Part, data: Posted, known: Known) -> Part:
    """Return the definition with what the fields say, and what was clicked."""
    found = dict(definition)
    columns = [_column(each, data, f"c{n}") for n, each in enumerate(parts(found.get("columns")))]
    columns = [each for each in columns if each]
    _read_written(found, columns, data)
    put(found, "columns", columns)
    read_conditions(found, "filter", data, "f", known)
    read_conditions(found, "having", data, "h", known)
    order = parts(found.get("order"))
    for number, each in enumerate(order):
        read_text(each, "column", data, f"o{number}-column")
        if f"o{number}-way" in data:
            put(each, "descending", data[f"o{number}-way"] == "down")
    put(found, "order", order)
    read_whole(found, "top", data, "top")
    joins = parts(found.get("joins"))
    for number, each in enumerate(joins):
        _read_join(each, data, f"j{number}")
    put(found, "joins", joins)
    _act(found, data, known)
    return found


def _column(column: Part, data: Posted, prefix: str) -> Part:
    if f"{prefix}-how" in data:
        how = data[f"{prefix}-how"]
        put(column, "by", how if how in BUCKETS else "")
        put(column, "aggregate", how if how in GROUPED else "")
    language = active_language()
    read_label(column, data, f"{prefix}-label", language)
    for word in ("kind", "total", "currency"):
        read_text(column, word, data, f"{prefix}-{word}")
    for word in ("decimals", "width"):
        read_whole(column, word, data, f"{prefix}-{word}")
    for word in ("share_of", "running"):
        read_text(column, word, data, f"{prefix}-{word}")
    if f"{prefix}-operation" in data:
        formula = part(column.get("formula"))
        formula["operation"] = data[f"{prefix}-operation"]
        of = texts(formula.get("of"))
        given = [
            data.get(f"{prefix}-of{n}", of[n] if n < len(of) else "").strip()
            for n in range(max(len(of), 2))
        ]
        formula["of"] = [name for name in given if name][: 1 if _is_age(formula) else None]
        column["formula"] = formula
    _read_thresholds(column, data, prefix)
    return column


def _is_age(formula: Part) -> bool:
    return formula.get("operation") == AGE


def _read_thresholds(column: Part, data: Posted, prefix: str) -> None:
    if f"{prefix}-t0-limit" not in data:
        return
    known = parts(column.get("thresholds"))
    found: list[Part] = []
    for number in range(max(len(known), THRESHOLDS)):
        limit = data.get(f"{prefix}-t{number}-limit", "").strip()
        if limit:
            side = data.get(f"{prefix}-t{number}-side", "below")
            tone = data.get(f"{prefix}-t{number}-tone", "bad")
            found.append({"limit": limit, "side": side, "tone": tone})
    put(column, "thresholds", found)


def _read_written(found: Part, columns: Sequence[Part], data: Posted) -> None:
    """How a text that is a date or a number is written: said of the field, not of the column."""
    fields = part(found.get("fields"))
    for number, column in enumerate(columns):
        name, path = f"c{number}-written", str(column.get("field", ""))
        if name not in data or not path:
            continue
        kind, _colon, written = data[name].partition(":")
        choice = part(fields.get(path))
        put(choice, "kind", kind)
        put(choice, "written", written)
        put(fields, path, choice)
    put(found, "fields", fields)


def _read_join(join: Part, data: Posted, prefix: str) -> None:
    if f"{prefix}-from" in data:
        ours, theirs = data[f"{prefix}-from"], data.get(f"{prefix}-to", "")
        put(join, "on", {ours: theirs} if ours and theirs else {})
    read_text(join, "table", data, f"{prefix}-table")


# ---- what was clicked ----


def _act(found: Part, data: Posted, known: Known) -> None:
    name, about = action(data)
    if name == "" and data.get("add"):
        name, about = "add", data["add"]
    if name == "" and data.get("add_filter"):
        name, about = "filter", data["add_filter"]
    if name == "" and data.get("add_join"):
        name, about = "join", data["add_join"]
    if name in ACTIONS:
        ACTIONS[name](found, about, known)


def _columns(found: Part) -> list[Part]:
    columns = parts(found.get("columns"))
    found["columns"] = columns
    return columns


def _names(found: Part) -> list[str]:
    return [str(each.get("name", "")) for each in parts(found.get("columns"))]


def _is_grouped(columns: Iterable[Part]) -> bool:
    return any(each.get("aggregate") for each in columns)


def add_column(found: Part, about: str, known: Known) -> None:
    """Add what was chosen: a field, or one of the words of what is calculated."""
    columns, names = _columns(found), _names(found)
    numbers = [str(each.get("name")) for each in columns if _is_number(each, known)]
    first = numbers[0] if numbers else ""
    if about == "=count":
        columns.append({"name": free_name("count", names), "aggregate": "count"})
    elif about in ("=share", "=running") and first:
        word = "share_of" if about == "=share" else "running"
        columns.append({"name": free_name(f"{first}_{about[1:]}", names), word: first})
    elif about == "=calculation":
        of = [numbers[0], numbers[1]] if len(numbers) > 1 else [first, "1"]
        formula: Part = {"operation": "quotient", "of": of}
        columns.append({"name": free_name("calculation", names), "formula": formula})
    elif about in known.fields:
        column: Part = {"name": free_name(known.label(about), names), "field": about}
        if known.kind(about) in NUMERIC and _is_grouped(columns):
            column["aggregate"] = "sum"
        columns.append(column)
    if (word := about[1:]) in LABELS and len(columns) > len(names):
        columns[-1]["label"] = LABELS[word]


def _is_number(column: Part, known: Known) -> bool:
    if column.get("aggregate") in {"count", "distinct"} or column.get("formula"):
        return True
    return known.kind(str(column.get("field", ""))) in NUMERIC


def drop_column(found: Part, about: str, _known: Known) -> None:
    """Take a column away, and what only it was needed for."""
    columns = _columns(found)
    number = place(about, len(columns))
    if number is None:
        return
    name = columns.pop(number).get("name")
    found["columns"] = [
        each for each in columns if name not in (each.get("share_of"), each.get("running"))
    ]
    put(found, "order", [each for each in parts(found.get("order")) if each.get("column") != name])


def _move(step: int) -> Callable[[Part, str, Known], None]:
    def move(found: Part, about: str, _known: Known) -> None:
        columns = _columns(found)
        number = place(about, len(columns))
        if number is not None:
            moved(columns, number, step)

    return move


def add_having(found: Part, _about: str, known: Known) -> None:
    numbers = [each for each in parts(found.get("columns")) if _is_number(each, known)]
    joint, rows = rows_of(found.get("having"))
    if numbers:
        rows.append({"field": str(numbers[0].get("name")), "op": "gt", "value": "0"})
        found["having"] = {joint: rows}


def add_order(found: Part, _about: str, known: Known) -> None:
    taken = {each.get("column") for each in parts(found.get("order"))}
    columns = [each for each in parts(found.get("columns")) if each.get("name") not in taken]
    columns = [each for each in columns if not each.get("running")]
    columns.sort(key=lambda each: not _is_number(each, known))
    if columns:
        is_down = _is_number(columns[0], known)
        new: Part = {"column": str(columns[0].get("name"))}
        put(new, "descending", is_down)
        found["order"] = [*parts(found.get("order")), new]


def _drop(word: str) -> Callable[[Part, str, Known], None]:
    def drop(found: Part, about: str, _known: Known) -> None:
        rows = parts(found.get(word))
        number = place(about, len(rows))
        if number is not None:
            rows.pop(number)
            put(found, word, rows)

    return drop


def add_join(found: Part, about: str, _known: Known) -> None:
    joins = parts(found.get("joins"))
    name = free_name(about.rpartition(".")[2], [str(each.get("name", "")) for each in joins])
    joins.append({"name": name, "table": about})
    found["joins"] = joins


ACTIONS: dict[str, Callable[[Part, str, Known], None]] = {
    "add": add_column,
    "drop": drop_column,
    "up": _move(-1),
    "down": _move(1),
    "filter": add_filter,
    "filter-drop": drop_condition("filter"),
    "having": add_having,
    "having-drop": drop_condition("having"),
    "order": add_order,
    "order-drop": _drop("order"),
    "join": add_join,
    "join-drop": _drop("joins"),
}

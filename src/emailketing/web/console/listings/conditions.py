"""Conditions in an editor: rows that are joined, and values that are asked for each time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emailketing.common.plain import JSON
from emailketing.content.sheet.column import NUMERIC
from emailketing.listings.offered_fields import OfferedField
from emailketing.listings.periods import is_period
from emailketing.sources.connectors.model import PARAMETER_TYPES, PERIOD
from emailketing.web.console.forms.period_field import word_of_parts
from emailketing.web.console.listings.draft import Part, Posted, free_name, part, parts, place, put

DATES = frozenset({"date", "datetime"})
USUAL_PERIOD = "this_month"
LISTS = frozenset({"in", "not_in"})
WITHOUT_VALUE = frozenset({"empty", "filled"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the fields that may be clicked, by path."""

    fields: Mapping[str, OfferedField]

    def kind(self, path: str) -> str:
        return self.fields[path].kind if path in self.fields else "text"

    def label(self, path: str) -> str:
        return self.fields[path].label.removesuffix(" #") if path in self.fields else path

    def full(self, path: str) -> str:
        """Say the field with where it stands: “Cliente › Nombre”."""
        if path not in self.fields:
            return path
        field = self.fields[path]
        _table, _arrow, way = field.group.partition(" › ")
        return f"{way} › {self.label(path)}" if way else self.label(path)


def rows_of(tree: JSON) -> tuple[str, list[Part]]:
    """Return how the conditions are joined, and each: a leaf, or a tree that is kept as it is."""
    known = part(tree)
    for joint in ("all", "any"):
        if joint in known:
            return joint, parts(known[joint])
    return "all", [known] if known else []


def is_leaf(row: Part) -> bool:
    return "field" in row


def asked_name(leaf: Part) -> str:
    """Return the parameter whose value a condition takes; "" where its value stands in it."""
    value = leaf.get("value")
    return str(value.get("param", "")) if isinstance(value, Mapping) else ""


def read_conditions(found: Part, word: str, data: Posted, prefix: str, known: Known) -> None:
    tree = part(found.get(word))
    joint, rows = rows_of(tree)
    joint = data.get(f"{prefix}-joint", joint)
    for number, row in enumerate(rows):
        if is_leaf(row) and f"{prefix}{number}-op" in data:
            _read_leaf(found, row, data, f"{prefix}{number}", known)
    if rows and not tree.keys() & {"all", "any"}:  # one condition, without a list around it
        found[word] = rows[0]
    else:
        put(found, word, {"any" if joint == "any" else "all": rows} if rows else {})


def _read_leaf(found: Part, leaf: Part, data: Posted, name: str, known: Known) -> None:
    was, operator = str(leaf.get("op", "")), data[f"{name}-op"]
    value = _value(data, name, operator)
    asked = asked_name(leaf)
    if (was == "period") != (operator == "period"):  # what was said means nothing any more
        value = USUAL_PERIOD if operator == "period" else ""
        if asked:
            drop_parameter(found, asked)
            asked = ""
    leaf["op"] = operator
    wants = data.get(f"{name}-ask") == "1" and operator not in WITHOUT_VALUE | LISTS
    if wants:
        kind = PERIOD if operator == "period" else known.kind(str(leaf.get("field")))
        asked = asked or _new_parameter(found, leaf, kind, known)
        parameter = parameter_of(found, asked)
        parameter["default"] = value
        leaf["value"] = {"param": asked}
        return
    if asked:
        drop_parameter(found, asked)
    put(leaf, "value", "" if operator in WITHOUT_VALUE else _listed(value, operator))
    leaf.setdefault("value", "")


def _value(data: Posted, name: str, operator: str) -> str:
    if operator == "period" or f"{name}-value_0" in data:
        given = [data.get(f"{name}-value_{n}", "").strip() for n in range(4)]
        word = word_of_parts(*given)
        return word if is_period(word) or operator == "period" else ""
    return data.get(f"{name}-value", "").strip()


def _listed(value: str, operator: str) -> JSON:
    if operator in LISTS:
        return [each.strip() for each in value.split(",") if each.strip()]
    return value


def _new_parameter(found: Part, leaf: Part, kind: str, known: Known) -> str:
    field = str(leaf.get("field", ""))
    parameters = parts(found.get("parameters"))
    taken = [str(each.get("name", "")) for each in parameters]
    wanted = "period" if kind == PERIOD else known.label(field)
    name = free_name(wanted if wanted[:1].isalpha() else "value", taken)
    kind = kind if kind in PARAMETER_TYPES else "text"
    parameters.append({"name": name, "label": known.label(field), "type": kind, "default": ""})
    found["parameters"] = parameters
    return name


def parameter_of(found: Part, name: str) -> Part:
    """Return one of its parameters, to be changed; an empty one where there is none."""
    parameters = parts(found.get("parameters"))
    found["parameters"] = parameters
    return next((each for each in parameters if each.get("name") == name), {})


def drop_parameter(found: Part, name: str) -> None:
    kept = [each for each in parts(found.get("parameters")) if each.get("name") != name]
    put(found, "parameters", kept)


def new_leaf(path: str, known: Known) -> Part:
    """Return the condition that is likely meant for a field."""
    leaf: Part = {"field": path, "op": "eq", "value": ""}
    if choices := known.fields[path].choices:
        leaf["value"] = choices[0][0]
    elif known.kind(path) == "boolean":
        leaf["value"] = "yes"
    elif known.kind(path) in NUMERIC:
        leaf |= {"op": "gt", "value": "0"}
    elif known.kind(path) in DATES:
        leaf |= {"op": "period", "value": USUAL_PERIOD}
    else:
        leaf["op"] = "starts"
    return leaf


def add_filter(found: Part, about: str, known: Known) -> None:
    """Add a condition: of a date the period, which may be chosen each time."""
    if about not in known.fields:
        return
    joint, rows = rows_of(found.get("filter"))
    leaf = new_leaf(about, known)
    if leaf["op"] == "period":
        name = _new_parameter(found, leaf, PERIOD, known)
        parameter_of(found, name)["default"] = USUAL_PERIOD
        leaf["value"] = {"param": name}
    found["filter"] = {joint: [*rows, leaf]}


def drop_condition(word: str) -> Callable[[Part, str, Known], None]:
    """Return what takes one condition away, and the parameter it alone was asked with."""

    def drop(found: Part, about: str, _known: Known) -> None:
        joint, rows = rows_of(found.get(word))
        number = place(about, len(rows))
        if number is not None:
            if asked := asked_name(rows.pop(number)):
                drop_parameter(found, asked)
            put(found, word, {joint: rows} if rows else {})

    return drop

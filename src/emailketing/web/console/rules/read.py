"""Read what the editor's script sends (JSON) into a rule's condition and recipients, strictly."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emailketing.audience.wanted import read_wanted
from emailketing.common.conditions import MEMBERSHIP, Condition
from emailketing.common.language import active_language
from emailketing.common.plain import JSON, Entry
from emailketing.triggers.notifications.conditions import (
    NUMBERS,
    WITHOUT_VALUE,
    ConditionInvalid,
    FieldInfo,
    check_condition,
)
from emailketing.triggers.notifications.rules.numerals import NotUnderstood
from emailketing.triggers.notifications.rules.written import read_leaf


@dataclass
class ReadCondition:
    """What was read, and for each wrong row (“0”, or “1.2” inside a group) what to put right."""

    value: Any
    errors: dict[str, str] = field(default_factory=dict)


def loads(text: Any) -> Any:
    """Return what the JSON says, or None."""
    try:
        return json.loads(str(text) or "null")
    except ValueError:
        return None


def _loads(text: str, kind: type) -> Any:
    value = loads(text)
    return value if isinstance(value, kind) else kind()


def read_condition(text: str, fields: Mapping[str, FieldInfo], own: str = "") -> ReadCondition:
    """Read the tree: one level of “all” or “any”, whose members may be such groups themselves.

    `own`: the currency of amounts that name none.
    """
    reading = ReadCondition({})
    take = _Taking(fields, own, reading.errors)
    tree = _loads(text, dict)
    joint = "any" if "any" in tree else "all"
    members = [take.member(node, str(place)) for place, node in enumerate(_rows(tree.get(joint)))]
    kept = [member for member in members if member]
    reading.value = {joint: kept} if kept else {}
    return reading


def _rows(value: JSON) -> list[Entry]:
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


@dataclass(frozen=True)
class _Taking:
    """Reads members of the tree one by one and notes what is wrong with each."""

    fields: Mapping[str, FieldInfo]
    own: str
    errors: dict[str, str]

    def member(self, node: Entry, place: str) -> Condition:
        for joint in ("all", "any"):
            if joint in node:
                rows = enumerate(_rows(node[joint]))
                leaves = [self._leaf(row, f"{place}.{number}") for number, row in rows]
                if not leaves:
                    return {}
                return {"all": leaves} if joint == "all" else {"any": leaves}
        return self._leaf(node, place)

    def _leaf(self, row: Entry, place: str) -> Condition:
        path, operator = str(row.get("field") or ""), str(row.get("op") or "")
        leaf: Condition = {"field": path, "op": operator}
        if row.get("when") == "before":
            leaf["when"] = "before"
        try:
            if operator not in WITHOUT_VALUE:
                leaf = self._with_value(leaf, row)
        except NotUnderstood as error:
            self.errors[place] = str(error)
            return leaf
        if problem := _leaf_problem(leaf, self.fields):
            self.errors[place] = problem
        return leaf

    def _with_value(self, leaf: Condition, row: Entry) -> Condition:
        value = str(row.get("value") or "").strip()[:300]
        info = self.fields.get(leaf["field"])
        if value and info is not None and info.type in NUMBERS:
            leaf["value"], leaf["currency"] = value, str(row.get("currency") or "")[:3]
            return read_leaf(leaf, info, own=self.own, language=active_language())
        leaf["value"] = _wanted(value, leaf["op"])
        return leaf


def _wanted(value: str, operator: str) -> str | list[str]:
    """What is compared with: one value, or several with commas between them."""
    if operator in MEMBERSHIP:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        return parts or ""
    return value


def _leaf_problem(leaf: Condition, fields: Mapping[str, FieldInfo]) -> str:
    try:
        check_condition(leaf, fields)
    except ConditionInvalid as error:
        return str(error)
    return ""


def read_recipients(text: str) -> ReadCondition:
    reading = ReadCondition([])
    for place, row in enumerate(_rows(_loads(text, list))):
        wanted, problem = read_wanted(row)
        reading.value.append(wanted)
        if problem:
            reading.errors[str(place)] = problem
    return reading


def read_fallback(text: str) -> ReadCondition:
    row = _loads(text, dict)
    if not row.get("kind"):
        return ReadCondition({})
    wanted, problem = read_wanted(row)
    return ReadCondition(wanted, {"0": problem} if problem else {})

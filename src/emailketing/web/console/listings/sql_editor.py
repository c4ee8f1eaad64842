"""The editor of SQL: tables and columns at hand, parameters, the text, the rows beside it (S33)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.plain import JSON
from emailketing.listings.errors import AccountMissing, AccountUnfit
from emailketing.listings.models import ReadingAccount
from emailketing.listings.offered import OfferedColumn
from emailketing.listings.offered_fields import remembered_columns
from emailketing.listings.sql.account import grants_for
from emailketing.sources.connectors.model import PARAMETER_TYPES, PERIOD, PERIOD_PARTS
from emailketing.sources.models import Source
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.listings.clicked_editor import tables_of
from emailketing.web.console.listings.clicked_shown import Options, kinds, totals
from emailketing.web.console.listings.draft import (
    ListingDraft,
    Part,
    Posted,
    action,
    free_name,
    label_in,
    parts,
    place,
    put,
    read_label,
    read_text,
)
from emailketing.web.console.listings.views import REFUSALS

USUAL_ACCOUNT = "emailketing_lector"


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """What the SQL is asked with; `places`: how it is written there."""

    number: int
    name: str
    label: str
    type: str
    default: str
    places: list[str]


@dataclass(frozen=True, slots=True)
class SqlColumnRow:
    """How a column is shown, where the database does not say it well."""

    number: int
    name: str
    label: str
    kind: str
    total: str


class SqlEditor:
    """One SELECT with its parameters."""

    template = "console/listings/sql_fields.html"

    def edited(self, draft: ListingDraft, data: Posted) -> Part:
        found = dict(draft.definition)
        if "sql" in data:
            put(found, "sql", data["sql"].replace("\r\n", "\n").strip())
        parameters = [
            _parameter(each, data, f"p{number}")
            for number, each in enumerate(parts(found.get("parameters")))
        ]
        columns = [
            _sql_column(each, data, f"k{number}")
            for number, each in enumerate(parts(found.get("columns")))
        ]
        name, about = action(data)
        if name == "parameter":
            parameters.append(_new(about, [str(each.get("name", "")) for each in parameters]))
        if name == "column":
            columns.append({"name": free_name("column", (str(c.get("name")) for c in columns))})
        rows = {"parameter-drop": parameters, "column-drop": columns}.get(name, [])
        number = place(about, len(rows))
        if number is not None:
            rows.pop(number)
        put(found, "parameters", parameters)
        put(found, "columns", columns)
        return found

    def context(self, draft: ListingDraft) -> Context:
        account = ReadingAccount.objects.filter(source=draft.source).first()
        problem, grants = ("", "") if account else _without_account(draft.source)
        return {
            "sql": str(draft.definition.get("sql") or ""),
            "parameters": [
                _row(number, each)
                for number, each in enumerate(parts(draft.definition.get("parameters")))
            ],
            "columns": [
                SqlColumnRow(
                    number,
                    str(each.get("name", "")),
                    label_in(each.get("label"), active_language()),
                    str(each.get("kind", "")),
                    str(each.get("total", "")),
                )
                for number, each in enumerate(parts(draft.definition.get("columns")))
            ],
            "kinds": kinds(),
            "totals": totals(),
            "types": _types(),
            "tables": tables_of(draft.source),
            "look_at": draft.look_at,
            "table_columns": _columns(draft.source, draft.look_at),
            "account": account.username if account else "",
            "problem": problem,
            "grants": grants,
        }


def _parameter(parameter: Part, data: Posted, prefix: str) -> Part:
    read_text(parameter, "name", data, f"{prefix}-name")
    read_label(parameter, data, f"{prefix}-label", active_language())
    read_text(parameter, "type", data, f"{prefix}-type")
    if f"{prefix}-default" in data:
        parameter["default"] = data[f"{prefix}-default"].strip()
    return parameter


def _sql_column(column: Part, data: Posted, prefix: str) -> Part:
    read_label(column, data, f"{prefix}-label", active_language())
    for word in ("name", "kind", "total"):
        read_text(column, word, data, f"{prefix}-{word}")
    return column


def _new(about: str, names: list[str]) -> Part:
    if about == PERIOD:
        label: JSON = {"es": "Período", "en": "Period", "pt": "Período"}
        return {"name": free_name("period", names), "label": label, "type": PERIOD,
                "default": "this_month"}  # fmt: skip
    return {"name": free_name("value", names), "type": "text", "default": ""}


def _row(number: int, parameter: Part) -> ParameterRow:
    name, kind = str(parameter.get("name", "")), str(parameter.get("type", ""))
    places = [f":{name}_{each}" for each in PERIOD_PARTS] if kind == PERIOD else [f":{name}"]
    default = parameter.get("default")
    label = label_in(parameter.get("label"), active_language())
    return ParameterRow(number, name, label, kind, str(default or ""), places)


def _types() -> Options:
    words = {
        "text": _("text"),
        "money": _("amount of money"),
        "number": _("number"),
        "quantity": _("quantity"),
        "date": _("date"),
        "datetime": _("date and time"),
        "boolean": _("yes or no"),
        PERIOD: _("period"),
    }
    return [(name, words[name]) for name in PARAMETER_TYPES]


def _columns(source: Source, table: str) -> list[OfferedColumn]:
    if not table:
        return []
    try:
        return remembered_columns(source, table)
    except REFUSALS:
        return []


def _without_account(source: Source) -> tuple[str, str]:
    """Return why no SQL is asked here, and what the database's administrator runs."""
    try:
        return str(AccountMissing(source=source.name)), grants_for(source, USUAL_ACCOUNT)
    except AccountUnfit as error:
        return str(error), ""
    except REFUSALS as error:
        return str(error), ""

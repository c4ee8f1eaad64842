"""What the clicking editor offers: tables, fields, and the rows of what was clicked."""

from dataclasses import dataclass

from django.utils import timezone

from emailketing.common.plain import JSON
from emailketing.listings.clicked.definition import Join
from emailketing.listings.offered import OfferedTable
from emailketing.listings.offered_fields import (
    offered_fields,
    remembered_columns,
    remembered_tables,
)
from emailketing.sources.models import Source
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.listings import clicked_shown
from emailketing.web.console.listings.clicked import edited
from emailketing.web.console.listings.conditions import DATES, Known
from emailketing.web.console.listings.draft import ListingDraft, Part, Posted, part, parts
from emailketing.web.console.listings.views import REFUSALS


@dataclass(frozen=True, slots=True)
class OrderRow:
    number: int
    column: str
    is_down: bool


@dataclass(frozen=True, slots=True)
class JoinRow:
    """A table picked by hand, and what may be joined by."""

    number: int
    name: str
    table: str
    ours: str
    theirs: str
    columns: list[tuple[str, str]]


class ClickedEditor:
    """Columns, conditions, order: of one table and of what its keys lead to."""

    template = "console/listings/clicked_fields.html"

    def edited(self, draft: ListingDraft, data: Posted) -> Part:
        """Another table begins anew; else the fields say what they say."""
        table = data.get("table", "")
        if table != draft.definition.get("table"):
            return {"table": table} if table else {}
        return edited(draft.definition, data, known_fields(draft)[0])

    def context(self, draft: ListingDraft) -> Context:
        definition = draft.definition
        known, problem = known_fields(draft)
        columns = clicked_shown.column_rows(definition, known)
        fields = clicked_shown.field_groups(known.fields.values())
        return {
            "tables": tables_of(draft.source),
            "table": str(definition.get("table", "")),
            "problem": problem,
            "columns": columns,
            "fields": fields,
            "date_fields": [each for each in known.fields.values() if each.kind in DATES],
            "has_number": any(row.is_numeric and not row.about for row in columns),
            "numbers": [row for row in columns if row.is_numeric and not row.about],
            "conditions": clicked_shown.condition_rows(
                definition, "filter", "f", known, drop="filter-drop:", can_be_asked=True
            ),
            "having": clicked_shown.having(definition, known),
            "orders": [
                OrderRow(number, str(each.get("column")), bool(each.get("descending")))
                for number, each in enumerate(parts(definition.get("order")))
            ],
            "joins": [
                _join(number, each, draft.source)
                for number, each in enumerate(parts(definition.get("joins")))
            ],
            "top": str(definition.get("top") or ""),
            "kinds": clicked_shown.kinds(),
            "totals": clicked_shown.totals(),
            "operations": clicked_shown.operations(),
            "writings": clicked_shown.writings(),
            "tones": clicked_shown.tones(),
        }


def known_fields(draft: ListingDraft) -> tuple[Known, str]:
    """Return the fields that may be clicked, or why there are none."""
    table = str(draft.definition.get("table", ""))
    if not table:
        return Known({}), ""
    try:
        found = offered_fields(
            draft.source, table, picked(draft.definition.get("joins")), timezone.now()
        )
    except REFUSALS as error:
        return Known({}), str(error)
    return Known({each.path: each for each in found}), ""


def picked(value: JSON) -> tuple[Join, ...]:
    """Return the joins that say by which columns."""
    found = []
    for each in parts(value):
        on = {str(ours): str(theirs) for ours, theirs in part(each.get("on")).items()}
        if on:
            found.append(Join(str(each.get("name", "")), str(each.get("table", "")), on))
    return tuple(found)


def tables_of(source: Source) -> list[OfferedTable]:
    try:
        return remembered_tables(source)
    except REFUSALS:
        return []


def _join(number: int, join: Part, source: Source) -> JoinRow:
    table = str(join.get("table", ""))
    try:
        columns = [
            (each.name, f"{each.label} ({each.name})") for each in remembered_columns(source, table)
        ]
    except REFUSALS:
        columns = []
    on = list(part(join.get("on")).items())
    ours, theirs = on[0] if on else ("", "")
    return JoinRow(number, str(join.get("name", "")), table, ours, str(theirs), columns)

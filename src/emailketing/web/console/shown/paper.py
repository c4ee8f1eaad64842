"""A frozen business document laid out for the screen: heads, party, lines, totals, the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from emailketing.common.document import Document, as_json
from emailketing.common.language import active_language
from emailketing.common.plain import JSON, Values
from emailketing.company.models import Company
from emailketing.content.kinds import kind_of, typed
from emailketing.sources.connectors.audit import DOCUMENT_TYPE
from emailketing.sources.labels import Labels, spelled
from emailketing.web.console.shown.words import tax_word

STRUCTURE = {"type", "key", "label", "party", "lines", "totals", "currency"} | {
    "line_count",
    "declared",
}
USUAL_TOTALS = {"untaxed", "taxes", "tax", "total"}
AMOUNTS = {"money", "number", "quantity"}
Fields = Mapping[str, tuple[str, str]]  # path → (label, type)


@dataclass(frozen=True)
class PaperColumn:
    label: str
    is_amount: bool


@dataclass(frozen=True)
class List:
    """A list of the document besides its lines: the invoices a payment settles."""

    columns: list[PaperColumn]
    rows: list[list[tuple[PaperColumn, str]]]


@dataclass(frozen=True)
class PaperView:
    label: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    party: list[tuple[str, str]] = field(default_factory=list)
    lines: list[dict[str, str]] = field(default_factory=list)
    totals: list[tuple[str, str]] = field(default_factory=list)
    lists: list[List] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # what, before, after
    all_changes: str = ""  # where the audit shows every one of them


def lay_out(document: Document, source: str, labels: Labels) -> PaperView | None:
    """Write every value as the user's language does; of the lists what the connector describes."""
    if not document:
        return None
    if document.get("type") == DOCUMENT_TYPE:
        return _of_a_change(document)
    writer = Writer(str(document.get("currency") or "PYG"))
    fields = labels.fields(source, str(document.get("type", "")))
    whole = as_json(document)
    header = {name: value for name, value in whole.items() if name not in STRUCTURE}
    lines = [_line(line, writer) for line in _rows(whole.get("lines"))]
    totals = _totals(whole.get("totals") or {}, fields, writer)
    return PaperView(
        label=str(document.get("label", "")),
        # totals stand under the lines; where there are none, with the other facts
        facts=_facts(header, fields, writer) + ([] if lines else totals),
        party=_facts({"party": whole.get("party") or {}}, fields, writer),
        lines=lines,
        totals=totals,
        lists=list(_lists(document, fields, writer)),
    )


def _of_a_change(document: Document) -> PaperView:
    """A change of records: who, when, and every value before and after."""
    at = parse_datetime(str(document.get("at", "")))
    facts = [
        (_("Who"), str(document.get("actor") or _("unknown"))),
        (_("When"), timezone.localtime(at).strftime("%d/%m/%Y %H:%M:%S") if at else ""),
        (_("The session said it was"), str(document.get("claim") or "")),
        (_("From where"), str(document.get("origin") or "")),
        (_("How many records"), str(document.get("records") or "")),
    ]
    key = str(document.get("key", ""))
    return PaperView(
        label=str(document.get("label", "")),
        facts=[(label, value) for label, value in facts if value],
        changes=list(_changes(document)),
        all_changes=f"{reverse('console:audit')}?{urlencode({'told_in': key, 'since': ''})}",
    )


def _changes(document: Document) -> Iterator[tuple[str, str, str]]:
    if document.get("is_mass"):
        for row in document.get("rows") or []:
            yield f"{row['record']} · {row['field']}".strip(" ·"), row["before"], row["after"]
        return
    for field_ in document.get("fields") or []:
        yield field_["label"], field_["before"], field_["after"]
    for child in document.get("children") or []:
        for field_ in child["fields"] or [{"label": "", "before": "", "after": ""}]:
            what = f"{child['label']} · {field_['label']}".strip(" ·")
            if (by := child.get("actor", document["actor"])) != document["actor"]:
                what += f" ({by or _('unknown')})"
            yield what, field_["before"], field_["after"]


class Writer:
    """Writes values as the user's language does; what is not what it should be, as it is."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._language = active_language()
        self._zone = Company.get().time_zone

    def write(self, value: JSON, kind: str = "text") -> str:
        """Return the value as text, "" for none."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return typed(
            value, kind, currency=self._currency, language=self._language, zone=self._zone
        )[:500]


def _common() -> dict[str, tuple[str, str]]:
    """The names every frozen document has."""
    return {
        "sent_at": (_("Written about on"), "datetime"),
        "edition": (_("Version"), "text"),
        "number": (_("Number"), "text"),
        "date": (_("Date"), "date"),
        "state": (_("State"), "text"),
        "conditions": (_("Conditions"), "text"),
        "notes": (_("Notes"), "text"),
        "delivery_date": (_("Delivery"), "date"),
        "valid_until": (_("Valid until"), "date"),
        "party.name": (_("Name"), "text"),
        "party.tax_id": (tax_word(), "text"),
        "party.address": (_("Address"), "text"),
        "party.city": (_("City"), "text"),
        "party.phone": (_("Phone"), "text"),
        "party.email": (_("E-mail"), "text"),
        "party.language": (_("Language"), "text"),
    }


def _facts(part: Values, fields: Fields, writer: Writer) -> list[tuple[str, str]]:
    known = {**_common(), **fields}
    rows = []
    for path, found in _values(part):
        value = found
        label, kind = known.get(path, (spelled(path.rpartition(".")[2]), kind_of(path)))
        if path == "party.language":
            value = str(dict(settings.LANGUAGES).get(str(value), value))
        if text := writer.write(value, kind):
            rows.append((label, text))
    return rows


def _values(part: Values, prefix: str = "") -> Iterator[tuple[str, JSON]]:
    """Yield dotted path and value, down into the parts (“till.number”), without their keys."""
    for name, value in part.items():
        if isinstance(value, Mapping):
            yield from _values(value, f"{prefix}{name}.")
        elif name != "key" and not isinstance(value, list):
            yield f"{prefix}{name}", value


def _lists(document: Document, fields: Fields, writer: Writer) -> Iterator[List]:
    """Yield each list with the columns that are described and filled somewhere."""
    for name, rows in document.items():
        if name in STRUCTURE or not isinstance(rows, list):
            continue
        start = f"{name}."
        filled = {c for row in rows for c, value in row.items() if value not in (None, "")}
        paths = {
            c: f for p, f in fields.items() if (c := p.removeprefix(start)) in filled and c != p
        }
        columns = {c: PaperColumn(label, kind in AMOUNTS) for c, (label, kind) in paths.items()}
        written = [
            [(column, writer.write(row.get(c), paths[c][1])) for c, column in columns.items()]
            for row in rows
        ]
        if columns:
            yield List(list(columns.values()), written)


def _line(line: Values, writer: Writer) -> dict[str, str]:
    kinds = {"quantity": "quantity", "unit_price": "money", "total": "money"}
    names = ("code", "description", "quantity", "unit", "unit_price", "total")
    return {name: writer.write(line.get(name), kinds.get(name, "text")) for name in names}


def _rows(value: JSON) -> list[Values]:
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, Mapping)]


def _totals(totals: Any, fields: Fields, writer: Writer) -> list[tuple[str, str]]:
    rows = []
    if totals.get("untaxed") not in (None, ""):
        rows.append((_("Without taxes"), writer.write(totals["untaxed"], "money")))
    rows += [
        (str(tax.get("name", "")), writer.write(tax.get("amount"), "money"))
        for tax in totals.get("taxes") or []
        if isinstance(tax, Mapping)
    ]
    if not totals.get("taxes") and totals.get("tax") not in (None, ""):
        rows.append((_("Taxes"), writer.write(totals["tax"], "money")))
    others = {name: value for name, value in totals.items() if name not in USUAL_TOTALS}
    rows += _facts({"totals": others}, fields, writer)
    if totals.get("total") not in (None, ""):
        rows.append((_("Total"), writer.write(totals["total"], "money")))
    return rows

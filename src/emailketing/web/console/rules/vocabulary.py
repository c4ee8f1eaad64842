"""What the editor may offer: each source's processes and fields, comparisons, usages, roles."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.contacts.models import Role
from emailketing.content.formats import currency_name
from emailketing.content.models import LANGUAGES, Template
from emailketing.sources.connectors import Connector, Field
from emailketing.sources.models import Source
from emailketing.triggers.notifications.conditions import (
    EDGES,
    NUMBERS,
    OPERATORS,
    WITHOUT_VALUE,
)
from emailketing.triggers.notifications.rules.fitting import fits
from emailketing.web.console.company.forms import USUAL_CURRENCIES
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.shown.connector_words import connector_of, said

TEXT = ("eq", "ne", "becomes", "in", "not_in", "contains", "empty", "filled", "changed")
NUMBER = (
    *("gte", "gt", "lte", "lt", "eq", "ne", "crosses_above", "crosses_below"),
    *("empty", "filled", "changed"),
)
DATE = ("gte", "lte", "gt", "lt", "eq", "ne", "empty", "filled", "changed")
BOOLEAN = ("eq", "becomes", "changed")
# what an address in a document is called, in the last part of its path
WHERE = re.compile(r"phone|mail|telefono|celular|movil|cel$|tel$", re.IGNORECASE)


def operators_of(kind: str) -> tuple[str, ...]:
    """Which comparisons make sense for a type of field."""
    if kind in NUMBERS:
        return NUMBER
    return {"date": DATE, "datetime": DATE, "boolean": BOOLEAN}.get(kind, TEXT)


def what_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return “source → its processes” for the select; values are “source:process”."""
    groups = []
    for source in Source.objects.all():
        connector = connector_of(source)
        processes = connector.processes.values() if connector else []
        choices = [
            (f"{source.pk}:{process.name}", said(process.label, process.name))
            for process in processes
        ]
        if choices:
            groups.append((source.name, choices))
    return groups


def vocabulary() -> Context:
    """Gather the words of the editor, as plain data for its script."""
    return {
        "what": _all_processes(),
        "operators": {name: str(label) for name, label in OPERATORS.items()},
        "operatorsOf": {
            kind: operators_of(kind)
            for kind in ("text", "date", "datetime", "boolean", *sorted(NUMBERS))
        },
        "roles": [[role.pk, role.name] for role in Role.objects.all()],
        "languages": [[code, name] for code, name in LANGUAGES],
        "numbers": sorted(NUMBERS),
        "own": Company.get().currency,
        "currencies": _currencies(),
        "edges": ["changed", *EDGES],
        "without": sorted(WITHOUT_VALUE),
    }


def _currencies() -> list[list[str]]:
    """The company's own first, then the usual ones; the script adds what a rule names besides."""
    own, language = Company.get().currency, active_language()
    codes = dict.fromkeys((own, *USUAL_CURRENCIES))
    return [[code, f"{code} · {currency_name(code, language)}"] for code in codes]


def _all_processes() -> Context:
    found: Context = {}
    templates = list(Template.objects.all())
    for source in Source.objects.all():
        connector = connector_of(source)
        for process in connector.processes.values() if connector else ():
            document = connector.documents[process.document_type] if connector else None
            fields = document.fields if document else ()
            found[f"{source.pk}:{process.name}"] = {
                "documentType": process.document_type,
                "fields": _grouped(fields),
                "choices": {f.path: _choices(f) for f in fields if f.choices},
                "dates": [
                    [f.path, said(f.label, f.path)]
                    for f in fields
                    if f.type in {"date", "datetime"}
                ],
                "addresses": [
                    [f.path, said(f.label, f.path)]
                    for f in fields
                    if WHERE.search(f.path.rpartition(".")[2])
                ],
                "usages": usages(connector) if connector else [],
                "templates": [t.pk for t in templates if document is None or fits(t, document)],
            }
    return found


def _choices(field: Field) -> list[list[str]]:
    return [[value, said(label, value)] for value, label in field.choices.items()]


def usages(connector: Connector) -> list[list[str]]:
    """The usages of addresses the connector knows; the first means “whichever there is”."""
    return [
        ["", _("any address")],
        *([name, said(label, name)] for name, label in connector.usages.items()),
    ]


def _grouped(fields: Iterable[Field]) -> list[list[Any]]:
    """Return [group, [[path, label, type, has a before]…]]…; only columns have a before."""
    groups: dict[str, list[list[Any]]] = {}
    for field in fields:
        row = [field.path, said(field.label, field.path), field.type, bool(field.column)]
        groups.setdefault(_group(field.path), []).append(row)
    return [[name, members] for name, members in groups.items()]


def _group(path: str) -> str:
    head = path.partition(".")[0] if "." in path else ""
    return {
        "party": _("Customer or supplier"),
        "lines": _("Any of the lines"),
        "totals": _("Totals"),
    }.get(head, _("Document"))

"""The processes and fields every connector with an `[audit]` has, without declaring them."""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from emailketing.sources.connectors.audit import CHANGED, DELETED, DOCUMENT_TYPE, Audit, Labels
from emailketing.sources.connectors.model import DocumentType, Field, Process, Query

OPERATIONS = {
    "changed": gettext_noop("record changed"),
    "deleted": gettext_noop("record deleted"),
    "inserted": gettext_noop("record added"),
}
FIELDS = (
    ("table", gettext_noop("Table"), "text"),
    ("operation", gettext_noop("What was done"), "text"),
    ("record", gettext_noop("Record"), "text"),
    ("actor", gettext_noop("Who did it"), "text"),
    ("origin", gettext_noop("From where (program and account)"), "text"),
    ("hour", gettext_noop("Hour of the day (22.5 is half past ten)"), "number"),
    ("weekday", gettext_noop("Day of the week (1 is Monday)"), "number"),
    ("date", gettext_noop("Date"), "date"),
    ("fields.label", gettext_noop("Field that changed"), "text"),
    ("fields.name", gettext_noop("Field that changed, as the database calls it"), "text"),
    ("fields.before", gettext_noop("Value before"), "text"),
    ("fields.after", gettext_noop("Value after"), "text"),
    ("percent", gettext_noop("Largest change of a number (%)"), "number"),
    ("fields.percent", gettext_noop("Change of a field (%)"), "number"),
    ("children.label", gettext_noop("Line or detail that changed"), "text"),
    ("children.fields.label", gettext_noop("Field of a line that changed"), "text"),
    ("records", gettext_noop("How many records"), "number"),
    ("is_mass", gettext_noop("Many records at once"), "boolean"),
)


def audit_documents(audit: Audit) -> dict[str, DocumentType]:
    label = said(gettext_noop("Change of a record"))
    return {
        DOCUMENT_TYPE: DocumentType(
            type=DOCUMENT_TYPE,
            label=label,
            table="",  # nothing to read: the change itself is the document
            key=(),
            text=dict.fromkeys(label, "{label}"),
            header=Query("", ""),
            fields=tuple(_fields(audit)),
        )
    }


def audit_processes() -> dict[str, Process]:
    labels = {
        CHANGED: gettext_noop("Record changed"),
        DELETED: gettext_noop("Record deleted"),
    }
    return {name: Process(name, said(label), DOCUMENT_TYPE) for name, label in labels.items()}


def _fields(audit: Audit) -> Iterator[Field]:
    roots = {audit.root(name) for name in audit.tables}
    choices = {
        "table": {name: audit.table_label(name) for name in audit.tables if name in roots},
        "operation": {name: said(label) for name, label in OPERATIONS.items()},
    }
    for path, label, kind in FIELDS:
        sets = audit.sets if path == "table" else {}
        yield Field(path, said(label), kind, choices=choices.get(path, {}), sets=sets)


def said(text: str) -> Labels:
    """Say it in all three languages, as the labels of a connector are."""
    labels = {}
    for language in ("es", "en", "pt"):
        with translation.override(language):
            labels[language] = gettext(text)
    return labels

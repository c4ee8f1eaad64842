"""The fields a rule's condition may name: what the connector says of the document."""

from collections.abc import Mapping
from typing import Any

from emailketing.common.said import in_languages
from emailketing.company.models import Company
from emailketing.sources.connectors import ConnectorError, DocumentType
from emailketing.sources.in_use import in_use
from emailketing.triggers.notifications.conditions import Facts, FieldInfo
from emailketing.triggers.notifications.models import Rule


def facts_of(rule: Rule, document: Mapping[str, Any], before: Mapping[str, Any]) -> Facts:
    """Gather what the rule's condition may look at."""
    return Facts(document, before, fields_of(rule), Company.get().currency)


def fields_of(rule: Rule) -> dict[str, FieldInfo]:
    """Return path → field, labelled in the active language; empty when the connector is gone."""
    try:
        connector = in_use(rule.source)
        document_type = connector.documents[connector.processes[rule.process].document_type]
    except (ConnectorError, KeyError):
        return {}
    return fields_of_document(document_type)


def fields_of_document(document: DocumentType) -> dict[str, FieldInfo]:
    """Return path → field, labelled in the active language."""
    return {
        field.path: FieldInfo(
            field.path,
            in_languages(field.label, field.path),
            field.type,
            {value: in_languages(label) for value, label in field.choices.items()},
            {values: in_languages(label) for values, label in field.sets.items()},
        )
        for field in document.fields
    }

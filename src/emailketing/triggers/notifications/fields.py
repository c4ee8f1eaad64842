"""The fields a rule's condition may name: what the connector says of the document."""

from collections.abc import Mapping
from typing import Any

from emailketing.common.said import in_languages
from emailketing.company.models import Company
from emailketing.contacts.models import Address
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


def knows_usage(rule: Rule, usage: str) -> bool:
    """Whether the rule's source has addresses for this usage: declared, or seen at a contact."""
    try:
        if usage in in_use(rule.source).usages:
            return True
    except ConnectorError:
        return True  # that the connector is gone is said of the rule itself
    return Address.objects.filter(contact__source=rule.source.slug, usage=usage).exists()


def usages_of(rule: Rule) -> list[str]:
    """Return the usages that the connector declares."""
    try:
        return sorted(in_use(rule.source).usages)
    except ConnectorError:
        return []


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

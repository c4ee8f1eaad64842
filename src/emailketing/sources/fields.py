"""The fields of a document and the usages of an address, as the connector describes them."""

from django.utils.translation import gettext as _

from emailketing.common.said import in_languages
from emailketing.contacts.models import Address
from emailketing.sources.connectors import ConnectorError, DocumentType
from emailketing.sources.field_info import FieldInfo
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


def fields_of_process(source: Source, process: str) -> dict[str, FieldInfo]:
    """Return path → field, labelled in the active language; empty when the connector is gone."""
    try:
        connector = in_use(source)
        document_type = connector.documents[connector.processes[process].document_type]
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


def knows_usage(source: Source, usage: str) -> bool:
    """Whether the source has addresses for this usage: declared, or seen at a contact."""
    try:
        if usage in in_use(source).usages:
            return True
    except ConnectorError:
        return True  # that the connector is gone is said of the rule itself
    return Address.objects.filter(contact__source=source.slug, usage=usage).exists()


def usage_problem(source: Source, usage: str) -> str:
    """Return a sentence when nobody of this source has an address for the usage, else ""."""
    if knows_usage(source, usage):
        return ""
    message = _("Nobody has an address for “%(usage)s”. There are: %(known)s.")
    return message % {"usage": usage, "known": ", ".join(usages_of(source)) or "–"}


def usages_of(source: Source) -> list[str]:
    """Return the usages that the connector declares."""
    try:
        return sorted(in_use(source).usages)
    except ConnectorError:
        return []

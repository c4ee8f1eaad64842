"""Names given by a connector, in the language of whoever looks at the page."""

from collections.abc import Mapping

from emailketing.common.language import active_language
from emailketing.content.models import Template
from emailketing.sources.connectors import (
    Connector,
    ConnectorError,
    DocumentType,
    in_language,
)
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


def said(label: Mapping[str, str] | None, otherwise: str = "") -> str:
    """Return the label in the active language, else in Spanish, else in any."""
    return in_language(label or {}, active_language()) or otherwise


def connector_of(source: Source) -> Connector | None:
    """Return the source's connector; None when its folder is gone or broken."""
    try:
        return in_use(source)
    except ConnectorError:
        return None


def process_label(source: Source, process: str) -> str:
    connector = connector_of(source)
    found = connector.processes.get(process) if connector else None
    return said(found.label, process) if found else process


def is_for(template: Template, document: DocumentType) -> bool:
    """Whether a template speaks of this kind of document: same kind, or made for its layout."""
    if template.document_type.replace("-", "_") == document.type.replace("-", "_"):
        return True
    return bool(document.layout) and template.layout == document.layout

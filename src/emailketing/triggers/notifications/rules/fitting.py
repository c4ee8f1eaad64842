"""Which texts speak of the documents of a process, and which of another kind of document."""

from emailketing.content.models import Template
from emailketing.sources.connectors import ConnectorError, DocumentType
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


def is_for(template: Template, document: DocumentType) -> bool:
    """Whether a template speaks of this kind of document: same kind, or made for its layout."""
    if template.document_type.replace("-", "_") == document.type.replace("-", "_"):
        return True
    return bool(document.layout) and template.layout == document.layout


def fits(template: Template, document: DocumentType) -> bool:
    """Whether it can be chosen for such documents: it is for them, or for any."""
    return not template.document_type or is_for(template, document)


def templates_for(source: Source, process: str) -> list[Template]:
    """Return the templates that fit a process of a source; none when the process is gone."""
    try:
        connector = in_use(source)
        document = connector.documents[connector.processes[process].document_type]
    except (ConnectorError, KeyError):
        return []
    return [one for one in Template.objects.order_by("name") if fits(one, document)]

"""What a document is called in the reader's language: “Purchase order OC-0017”."""

from emailketing.common.document import Document, as_json
from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.sources.connectors import ConnectorError, in_language, load
from emailketing.sources.freeze import write_label
from emailketing.sources.models import Source


def label_in(event: Event, document: Document, language: str) -> str:
    """Return what an event's document is called in this language."""
    source = Source.objects.filter(slug=event.source).first()
    return label_by(source.connector if source else "", document, language)


def label_by(connector: str, document: Document, language: str) -> str:
    """Return the connector's label in this language; where it has none, as it was noted."""
    noted = str(document.get("label") or "")
    if not connector or language == Company.get().language:
        return noted
    try:
        paper = load(connector).documents.get(str(document.get("type") or ""))
    except ConnectorError:
        return noted
    if paper is None or language not in paper.text:
        return noted
    return write_label(in_language(paper.text, language), as_json(document)) or noted

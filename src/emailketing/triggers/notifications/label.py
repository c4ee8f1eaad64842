"""What a document is called in the reader's language: “Purchase order OC-0017”."""

from collections.abc import Mapping
from typing import Any

from emailketing.company.models import Company
from emailketing.events.models import Event
from emailketing.sources.connectors import ConnectorError, in_language, load
from emailketing.sources.freeze import write_label
from emailketing.sources.models import Source


def label_in(event: Event, document: Mapping[str, Any], language: str) -> str:
    """Return the connector's label in this language; where it has none, as it was noted."""
    noted = str(document.get("label") or "")
    if language == Company.get().language:
        return noted
    source = Source.objects.filter(slug=event.source).first()
    try:
        paper = load(source.connector).documents.get(event.document_type) if source else None
    except ConnectorError:
        return noted
    if paper is None or language not in paper.text:
        return noted
    return write_label(in_language(paper.text, language), document) or noted

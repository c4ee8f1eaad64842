"""With what a text is tried: an invented document, or a real past one of an attached source."""

from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from emailketing.audience.template_data import template_data
from emailketing.common.document import Document
from emailketing.content.models import Template
from emailketing.content.samples import sample_data
from emailketing.content.shape import complete
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.models import Source
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.rules.fitting import is_for
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.shown.connector_words import connector_of

OFFERED = 15
KEPT = 300  # seconds: a preview is asked for at every pause of the typing


def past_choices(template: Template) -> list[tuple[str, str]]:
    """Return (value, label) of past documents of the template's kind; none if unreachable."""
    found = [("", _("an invented document"))]
    for source in Source.objects.exclude(status=Source.Status.NEW):
        connector = connector_of(source)
        for process in connector.processes.values() if connector else ():
            if connector and is_for(template, connector.documents[process.document_type]):
                found += [
                    (f"{source.pk}:{process.name}:{document['key']}", str(document.get("label")))
                    for document in _past(source, process.name)
                ]
    return list(dict(reversed(found)).items())[::-1]


def _past(source: Source, process: str) -> list[Document]:
    name = f"past:{source.pk}:{process}"
    documents: list[Document] | None = cache.get(name)
    if documents is None:
        try:
            documents = past_documents(source, process, limit=OFFERED)
        except (CaptureError, ConnectorError):
            documents = []
        cache.set(name, documents, KEPT)
    return documents


def chosen_document(choice: str) -> Document | None:
    """Return the past document chosen by `past_choices`, None for the invented one."""
    number, _colon, rest = choice.partition(":")
    process, _colon, key = rest.partition(":")
    pk = whole(number)
    source = Source.objects.filter(pk=pk).first() if pk else None
    if source is None:
        return None
    return next((d for d in _past(source, process) if str(d.get("key")) == key), None)


def data_for(template: Template, language: str, choice: str) -> dict[str, Any]:
    """Everything the template may name, with the company as it is, where it is known."""
    data = complete(sample_data(template.document_type, language))
    ours = template_data({})["company"]
    data["company"] = {name: ours.get(name) or value for name, value in data["company"].items()}
    document = chosen_document(choice)
    if document is not None:
        data = complete(data | template_data(document))
    return data

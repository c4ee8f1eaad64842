"""The connector's own words: sources, processes, kinds of documents, fields; by language."""

from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.contacts.dates import BIRTH
from emailketing.sources.connectors import Connector, ConnectorError, in_language
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


class Labels:
    """Made once for a page or an answer; unknown names are shown as they are."""

    def __init__(self) -> None:
        self._language = active_language()
        self._sources = {source.slug: source for source in Source.objects.all()}
        self._connector = cache(self._load)

    def _load(self, slug: str) -> Connector | None:
        source = self._sources.get(slug)
        try:
            return in_use(source) if source else None
        except ConnectorError:
            return None

    def source(self, slug: str) -> str:
        return self._sources[slug].name if slug in self._sources else slug

    def sources(self) -> list[tuple[str, str]]:
        return [(slug, source.name) for slug, source in self._sources.items()]

    def process(self, slug: str, name: str) -> str:
        return self._word(slug, "processes", name)

    def processes(self) -> list[tuple[str, str]]:
        """Every process of every source, by name: for filters."""
        found: dict[str, str] = {}
        for slug in self._sources:
            connector = self._connector(slug)
            for name in connector.processes if connector else ():
                found[name] = self.process(slug, name)
        return sorted(found.items(), key=lambda pair: pair[1])

    def document_type(self, slug: str, name: str) -> str:
        return self._word(slug, "documents", name)

    def date(self, slug: str, name: str) -> str:
        connector = self._connector(slug)
        declared = connector.dates.get(name) if connector else None
        if declared is not None:
            return in_language(declared.label, self._language) or spelled(name)
        return _("Birthday") if name == BIRTH else spelled(name)

    def trait(self, slug: str, name: str) -> str:
        connector = self._connector(slug)
        label = connector.traits.get(name) if connector else None
        return in_language(label, self._language) if label else spelled(name)

    def fields(self, slug: str, document_type: str) -> dict[str, tuple[str, str]]:
        """Return path → (label, type) of what the connector says of this kind of document."""
        connector = self._connector(slug)
        described = connector.documents.get(document_type) if connector else None
        return {
            field.path: (in_language(field.label, self._language) or field.path, field.type)
            for field in (described.fields if described else ())
        }

    def columns(self, slug: str, document_type: str) -> dict[str, tuple[str, str]]:
        """Return column of the document's table → (label, type), for “before → after”."""
        connector = self._connector(slug)
        described = connector.documents.get(document_type) if connector else None
        return {
            field.column: (in_language(field.label, self._language) or field.path, field.type)
            for field in (described.fields if described else ())
            if field.column
        }

    def number_column(self, slug: str, document_type: str) -> str:
        """Return the column of the document's own table that holds its number; "" for none."""
        connector = self._connector(slug)
        described = connector.documents.get(document_type) if connector else None
        fields = described.fields if described else ()
        return next((field.column for field in fields if field.path == "number"), "")

    def _word(self, slug: str, kind: str, name: str) -> str:
        connector = self._connector(slug)
        entry: Any = getattr(connector, kind).get(name) if connector else None
        return (
            in_language(entry.label, self._language)
            if entry
            else name.replace("_", " ").capitalize()
        )


def spelled(name: str) -> str:
    """A technical name as a word, where nobody gave it a better one."""
    return name.replace("_", " ").strip().capitalize()

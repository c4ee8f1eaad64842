"""What connectors declare of their documents, for whoever writes texts: `content` asks here."""

from collections.abc import Iterable, Iterator, Mapping

from emailketing.common.plain import Entry
from emailketing.common.reading import once
from emailketing.content.declared import Layout, Starter
from emailketing.content.kinds import Kind, Kinds
from emailketing.content.words import Words
from emailketing.sources.connectors import Connector, ConnectorError, DocumentType, available
from emailketing.sources.connectors.texts import spoken
from emailketing.sources.connectors.words import sets_of
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source


def kinds_of(document_type: str) -> Kinds:
    """Return path → kind; where two connectors declare a field, the attached one is believed."""
    return _kinds(_attached_first(), document_type)


def kinds_on_shelf(document_type: str) -> Kinds:
    """Return path → kind of the connectors on this machine, without asking a database."""
    return _kinds(_on_shelf(), document_type)


def _kinds(connectors: Iterable[Connector], document_type: str) -> Kinds:
    kinds: dict[str, Kind] = {}
    for connector in connectors:
        if document := connector.documents.get(document_type):
            kinds = {**document.kinds(), **kinds}
    return kinds


def words_of(document_type: str) -> Words:
    """Return the words of such documents, without asking a database; all of a kind nobody has."""
    return once(("words", document_type), lambda: _words_of(document_type))


def _words_of(document_type: str) -> Words:
    shelf = _on_shelf()
    several = [
        connector.words[name]
        for connector in shelf
        if (document := connector.documents.get(document_type))
        for name in sets_of(document)
    ]
    if not any(document_type in connector.documents for connector in shelf):
        several = [words for connector in shelf for words in connector.words.values()]
    found: dict[str, Mapping[str, str]] = {}
    for words in several:
        found = {**words, **found}
    return found


def starters() -> Mapping[str, Starter]:
    """Return the starter texts of the connectors on this machine."""
    return {slug: one for connector in _on_shelf() for slug, one in connector.starters.items()}


def layouts() -> Mapping[str, Layout]:
    """Return the papers of the connectors on this machine."""
    return {name: one for connector in _on_shelf() for name, one in connector.layouts.items()}


def labels() -> Words:
    """Return what their papers call things."""
    return {name: said for connector in _on_shelf() for name, said in connector.labels.items()}


def sample(document_type: str, language: str) -> Entry | None:
    """Return an invented document; where several connectors bring one, the installation's own."""
    for connector in reversed(_on_shelf()):
        described = connector.documents.get(document_type)
        if described and described.sample:
            return {name: spoken(value, language) for name, value in described.sample.items()}
    return None


def document_types() -> dict[str, DocumentType]:
    """Every kind of document a source or a shipped connector knows; sources come first."""
    return once("kinds of documents", _document_types)


def _document_types() -> dict[str, DocumentType]:
    found: dict[str, DocumentType] = {}
    for connector in _attached_first():
        for name, document in connector.documents.items():
            found.setdefault(name, document)
    return found


def _attached_first() -> Iterator[Connector]:
    for source in Source.objects.all():
        try:
            yield in_use(source)
        except ConnectorError:  # said where the source is looked at
            continue
    yield from _on_shelf()


def _on_shelf() -> list[Connector]:
    return once("connectors on this machine", available)

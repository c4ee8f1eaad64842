"""`[words.<name>]`: what a business system keeps as words or codes, said to each reader."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

from django.utils.translation import gettext as _

from emailketing.common.conditions import values_at
from emailketing.common.document import Declared
from emailketing.common.plain import JSON, Values
from emailketing.content.words import PLACE, said_in
from emailketing.sources.connectors.audit import Audit, AuditColumn, Labels
from emailketing.sources.connectors.model import Connector, DocumentType
from emailketing.sources.connectors.section import Section

OURS = "means"  # the means of payment, which the product itself knows


def read_words(section: Section) -> dict[str, Labels]:
    """Read one set: each word with what it is called."""
    return {word: section.labels(word) for word in section.words()}


def check_words(connector: Connector, top: Section) -> None:
    """Refuse a field or column whose words nobody wrote down."""
    known = connector.words
    _check_places(known, top)
    for where, words in _named_words(connector):
        if words and words not in known:
            raise top.at(where).wrong(_("there is no [words.%(name)s].") % {"name": words})
    for document in connector.documents.values():
        _check_agree(connector, document, top.at(f"documents.{document.type}.fields"))


def _named_words(connector: Connector) -> Iterator[tuple[str, str]]:
    """Yield (place in the file, set of words) of each field and column."""
    for document in connector.documents.values():
        place = f"documents.{document.type}.fields"
        yield from ((place, f.words) for f in document.fields)
    for listing in connector.listings.values():
        yield from ((f"listings.{listing.name}.fields", f.words) for f in listing.fields)
    for place, columns in _described(connector.audit):
        yield from ((place, column.words) for column in columns.values())


def _described(audit: Audit | None) -> Iterator[tuple[str, Mapping[str, AuditColumn]]]:
    """Yield where columns are described, and those that are described there."""
    if audit:
        yield "audit.columns", audit.columns
        for name, table in audit.tables.items():
            yield f"audit.tables.{name}.columns", table.columns


def _check_places(known: Mapping[str, Mapping[str, Labels]], top: Section) -> None:
    """Refuse a label with a place that its word does not fill: a person would read “{days}”."""
    for name, words in known.items():
        for word, labels in words.items():
            filled = set(PLACE.findall(word))
            for label in labels.values():
                for place in set(PLACE.findall(label)) - filled:
                    message = _("“%(label)s” names {%(place)s}, which is not in “%(word)s”.")
                    values = {"label": label, "place": place, "word": word}
                    raise top.at(f"words.{name}").wrong(message % values)


def _check_agree(connector: Connector, document: DocumentType, place: Section) -> None:
    """Refuse a word that two sets of one kind of document call otherwise: frozen, it has one name.

    `{days}` stands for any number.
    """
    sets = {name: connector.words[name] for name in sets_of(document)}
    for (one, words), (other, others) in permutations(sets.items(), 2):
        for word in words:
            text = PLACE.sub("1", word)
            called = said_in(others, text)
            if called and called != said_in(words, text):
                message = _(
                    "[words.%(one)s] and [words.%(other)s] call “%(word)s” otherwise: one kind of "
                    "document cannot use both."
                )
                raise place.wrong(message % {"word": word, "one": one, "other": other})


def sets_of(document: DocumentType) -> list[str]:
    """Return the sets of words that its fields name, each once."""
    return list(dict.fromkeys(field.words for field in document.fields if field.words))


def declared_of(document: Values, connector: Connector, described: DocumentType) -> Declared:
    """Return what is frozen with a document: what its values are, and the words in it."""
    kinds: dict[str, str] = {
        path: kind for path, kind in described.kinds().items() if kind != "text"
    }
    found: dict[str, dict[str, str]] = {}
    for field in described.fields:
        if field.words in connector.words:
            found |= _called(connector.words[field.words], values_at(document, field.path))
    return {"kinds": kinds, "words": found}


def _called(words: Mapping[str, Labels], values: Iterable[JSON]) -> dict[str, dict[str, str]]:
    texts = {str(value) for value in values if value not in (None, "")}
    return {text: dict(labels) for text in sorted(texts) if (labels := said_in(words, text))}

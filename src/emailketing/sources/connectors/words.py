"""`[words.<name>]`: what a business system keeps as words or codes, said to each reader."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from emailketing.common.conditions import values_at
from emailketing.common.document import Declared
from emailketing.common.plain import JSON, Values
from emailketing.content.words import PLACE, said_in
from emailketing.sources.connectors.audit import Labels
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
    for document in connector.documents.values():
        for field in document.fields:
            if field.words and field.words not in known:
                place = top.at(f"documents.{document.type}.fields")
                raise place.wrong(_("there is no [words.%(name)s].") % {"name": field.words})
    audit = connector.audit
    tables = audit.tables.values() if audit else ()
    columns = [*(table.columns for table in tables), *([audit.columns] if audit else [])]
    for column in (column for those in columns for column in those.values()):
        if column.words and column.words not in known:
            place = top.at("audit.columns")
            raise place.wrong(_("there is no [words.%(name)s].") % {"name": column.words})


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

"""The same change in the words of everybody in the house who reads another language."""

from collections.abc import Callable
from dataclasses import replace

from django.utils import translation

from emailketing.common.document import Document, as_document, as_json
from emailketing.contacts.models import Contact
from emailketing.content.models import LANGUAGES
from emailketing.sources.audit.document import DocumentTeller

WORDED = ("label", "record", "table_label", "fields", "children", "rows")
CODES = frozenset(code for code, _name in LANGUAGES)


def readers_languages(own: str) -> list[str]:
    """Return the languages other than the company's that people with a duty read."""
    read = Contact.objects.filter(is_active=True, roles__isnull=False).order_by()
    return sorted({*read.values_list("language", flat=True)} & CODES - {own})


def told_in(
    languages: list[str], teller: DocumentTeller, tell: Callable[[DocumentTeller], Document]
) -> Document:
    """Tell it in the company's language, and under `in_language` what reads otherwise."""
    document = tell(teller)
    for language in languages if document else ():
        with translation.override(language):
            other = tell(_speaking(teller, language))
        told = as_json(other)
        worded = as_document({name: told[name] for name in WORDED})
        document.setdefault("in_language", {})[language] = worded
    return document


def _speaking(teller: DocumentTeller, language: str) -> DocumentTeller:
    """What was read from the business database is shared, not read again."""
    words = replace(teller.words, language=language)
    return DocumentTeller(words, replace(teller.names, words=words))

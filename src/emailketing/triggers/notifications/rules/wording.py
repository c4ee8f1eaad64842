"""Do a rule's texts name only what the documents of its process have?"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from emailketing.audience.problem import Problem, place_of
from emailketing.audience.ways import templates_of
from emailketing.common.language import active_language
from emailketing.content.models import LANGUAGES, Revision, Template
from emailketing.content.names import ANYTHING
from emailketing.content.samples import sample_document
from emailketing.content.shape import NAMES, merged
from emailketing.content.unknown_names import unknown_names
from emailketing.sources.connectors import ConnectorError, DocumentType, Process, in_language
from emailketing.sources.connectors.given import given_by
from emailketing.sources.in_use import in_use
from emailketing.triggers.notifications.models import Rule

MOST_NAMED = 3
MOST_KEPT = 500


def wording_problems(rule: Rule) -> Iterator[Problem]:
    """Yield, text by text, what it names in vain; the rule may be unsaved."""
    try:
        connector = in_use(rule.source)
        process = connector.processes[rule.process]
        document = connector.documents[process.document_type]
    except (ConnectorError, KeyError):
        return
    known = _known(document)
    if known["document"] is ANYTHING:
        return
    for channel, template in templates_of(rule).items():
        if rule.digest and not tells_many(template):  # the digest has words of its own
            continue
        unknown = _unknown(template, known, repr(known))
        if unknown:
            place = place_of(channel, "template")
            yield Problem(_sentence(template, unknown, process), place)


def tells_many(template: Template) -> bool:
    """Say whether a text goes through the documents of a digest."""
    revision = template.current("es")
    return revision is not None and "documents" in revision.body


def _sentence(template: Template, unknown: list[str], process: Process) -> str:
    sentence = _(
        "The template “%(template)s” names %(names)s, which “%(process)s” does not have: no"
        " message could be written. Choose another template, or take it out of the text."
    )
    names = ", ".join(f"“{name}”" for name in unknown[:MOST_NAMED])
    words = {
        "template": template.name,
        "names": names + (" …" if len(unknown) > MOST_NAMED else ""),
        "process": in_language(process.label, active_language()) or process.name,
    }
    return sentence % words


def _known(document: DocumentType) -> dict[str, Any]:
    given = given_by(document) if document.table else sample_document(document.type, "en")
    if given is ANYTHING:
        return {**NAMES, "document": ANYTHING}
    whole = merged(NAMES["document"], given)
    told = {name: value for name, value in whole.items() if not isinstance(value, list)}
    told |= {"link": "", "actor": "", "at": ""}
    return {**NAMES, "document": whole, "documents": [told]}


def _unknown(template: Template, known: dict[str, Any], mark: str) -> list[str]:
    found: dict[str, None] = {}
    for language, _name in LANGUAGES:
        revision = template.current(language)
        if revision is not None:
            found |= dict.fromkeys(_of_revision(_Texts(revision, known, mark)))
    return list(found)


class _Texts:
    """A revision never changes: what it names in vain is looked for once."""

    def __init__(self, revision: Revision, known: dict[str, Any], mark: str) -> None:
        self.sources = (revision.subject, revision.html, revision.text)
        self.known = known
        self._key = (*self.sources, mark)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Texts) and other._key == self._key


@lru_cache(maxsize=MOST_KEPT)
def _of_revision(texts: _Texts) -> tuple[str, ...]:
    return tuple(unknown_names(texts.sources, texts.known))

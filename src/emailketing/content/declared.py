"""What connectors declare of the documents that texts are written for, and bring for it.

A document is frozen with what is declared of it (`declared`: kinds, words). Of one that has none,
an invented one or one of an older version, the connectors are asked; the package above tells us
where (`learn_from`): we know no connectors. Starter texts, layouts, their labels and invented
documents of a trade of its own come from there, too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emailketing.common.plain import JSON, Values
from emailketing.content.kinds import NAMED, Kinds
from emailketing.content.words import Words

LAYOUTS = Path(__file__).with_name("layouts")  # the product's own papers


@dataclass(frozen=True, slots=True)
class Starter:
    """A template that comes with the product, or with a connector: then its texts stand there."""

    name: str
    document_type: str
    description: str
    layout: str | None = None  # None: the layout of the same name
    folder: Path | None = None
    file: str = ""  # what its texts are called, where that is not its own name


@dataclass(frozen=True, slots=True)
class Layout:
    """A paper that a connector brings."""

    title: Mapping[str, str]
    path: Path


class Declares(Protocol):
    """Where declarations are asked for."""

    def kinds_of(self, document_type: str) -> Kinds:
        """Return path → kind of such documents; of the attached connectors first."""

    def kinds_on_shelf(self, document_type: str) -> Kinds:
        """Return the same of the connectors on this machine, without asking a database."""

    def words_of(self, document_type: str) -> Words:
        """Return the words of such documents, as the connectors on this machine say them."""

    def starters(self) -> Mapping[str, Starter]:
        """Return the starter texts of the connectors on this machine."""

    def layouts(self) -> Mapping[str, Layout]:
        """Return their papers."""

    def labels(self) -> Words:
        """Return what their papers call things: name → by language."""

    def sample(self, document_type: str, language: str) -> Values | None:
        """Return an invented document of this kind, None where nobody brings one."""


_where: list[Callable[[], Declares]] = []


def learn_from(where: Callable[[], Declares]) -> None:
    """Remember whom to ask; called once, when the program starts."""
    _where[:] = [where]


def kinds_of(document_type: str) -> Kinds:
    """Return path → kind of what is declared of such documents, for who writes a text for them."""
    return _where[0]().kinds_of(document_type) if _where and document_type else {}


def kinds_in(document: Values) -> Kinds:
    """Return path → kind as they were frozen with this document."""
    kinds = _frozen(document, "kinds")
    if kinds is not None:
        return {path: NAMED.get(str(kind), "text") for path, kind in kinds.items()}
    document_type = str(document.get("type") or "")
    return _where[0]().kinds_on_shelf(document_type) if _where and document_type else {}


def words_in(document: JSON) -> Words:
    """Return the words that were frozen with this document."""
    words = _frozen(document, "words")
    if words is not None:
        return {
            word: {language: str(label) for language, label in labels.items()}
            for word, labels in words.items()
            if isinstance(labels, Mapping)
        }
    if not _where or not isinstance(document, Mapping) or not document:
        return {}
    return _where[0]().words_of(str(document.get("type") or ""))


def words_told(values: Values) -> Words:
    """Return the words of the document, or the documents, that a template is written out with."""
    documents = values.get("documents")
    several = documents if isinstance(documents, list) else []
    told = (values.get("document"), *several)
    return {word: labels for one in told for word, labels in words_in(one).items()}


def starters_brought() -> Mapping[str, Starter]:
    """Return the starter texts that connectors bring."""
    return _where[0]().starters() if _where else {}


def layouts_brought() -> Mapping[str, Layout]:
    """Return the papers that connectors bring."""
    return _where[0]().layouts() if _where else {}


def labels_brought(language: str) -> dict[str, str]:
    """Return what the papers of connectors call things, in this language."""
    labels = _where[0]().labels() if _where else {}
    return {name: said.get(language) or next(iter(said.values())) for name, said in labels.items()}


def sample_brought(document_type: str, language: str) -> Values | None:
    """Return the invented document a connector brings for this kind, if any."""
    return _where[0]().sample(document_type, language) if _where else None


def _frozen(document: JSON, name: str) -> Values | None:
    declared = document.get("declared") if isinstance(document, Mapping) else None
    found = declared.get(name) if isinstance(declared, Mapping) else None
    return found if isinstance(found, Mapping) else None

"""Which document the question is about, found by its number as people say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max

from emailketing.common.folded import bare
from emailketing.events.models import Event
from emailketing.search.find import best
from emailketing.search.models import Kind
from emailketing.sources.labels import Labels
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.explain.people import LITTLE_WORDS

MOST_FOUND = 20
MOST_HITS = 1_000  # events that have the words somewhere, the newest
MOST_CHANGES = 3_000  # the newest, looked at for a document that no event tells of
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Paper:
    """One document of a business system."""

    source: str
    document_type: str
    key: str
    label: str

    @property
    def place(self) -> tuple[str, str, str]:
        return self.source, self.document_type, self.key


def paper_at(source: str, document_type: str, key: str) -> Paper | None:
    """Return a document that was heard of."""
    events = Event.objects.about(source, document_type, key).exclude(document_label="")
    if (event := events.last()) is not None:
        return Paper(source, document_type, key, event.document_label)
    changes = CapturedChange.objects.filter(
        source__slug=source, document_type=document_type, document_key=key
    )
    if not changes.exists():
        return None
    return Paper(
        source, document_type, key, f"{Labels().document_type(source, document_type)} {key}"
    )


def find_papers(text: str) -> list[Paper]:
    """Return the documents these words may mean, the best first.

    “la factura 123” is “Factura 001-001-0000123” before it is one with 1234 in it.
    """
    words = [word for word in text.split() if word.casefold() not in LITTLE_WORDS]
    if not words:
        return []
    found = [*_told(words)] or [*_saved(words)]
    found.sort(key=lambda paper: not _is_exact(paper, words))  # keeps the newest in front
    return found[:MOST_FOUND]


def only_one(papers: list[Paper], text: str) -> Paper | None:
    """Return the one that is meant without a doubt."""
    exact = [paper for paper in papers if _is_exact(paper, text.split())]
    if len(papers) == 1:
        return papers[0]
    return exact[0] if len(exact) == 1 else None


def _is_exact(paper: Paper, words: list[str]) -> bool:
    numbers = [word for word in words if _DIGITS.search(word)]
    return bool(numbers) and all(
        word.casefold() == paper.key.casefold() or is_number(paper.label, word) for word in numbers
    )


def is_number(label: str, word: str) -> bool:
    """Whether the word is the number in a label: “123” of “OC-0123”, not of “OC-1234”."""
    if word.casefold() in label.casefold().split():
        return True
    digits = _DIGITS.findall(label)
    return word.isdigit() and bool(digits) and digits[-1].lstrip("0") == word.lstrip("0")


def _told(words: list[str]) -> Iterator[Paper]:
    """Yield those an event tells of; a word may also be what the kind of document is called."""
    named = [word for word in words if _DIGITS.search(word)] or words
    hits = best(Kind.EVENT, " ".join(named), MOST_HITS)
    rows = Event.objects.exclude(document_key="").filter(pk__in=hits)
    for word in named:  # in the label: an amount or a date of another document may be the same
        rows = rows.filter(document_label__icontains=word)
    grouped = (
        rows.values("source", "document_type", "document_key")
        .annotate(last=Max("pk"), label=Max("document_label"))
        .order_by("-last")[: MOST_FOUND * 5]
    )
    others = [bare(word) for word in words if word not in named]
    papers = [
        Paper(row["source"], row["document_type"], row["document_key"], row["label"])
        for row in grouped
    ]
    labels = Labels()
    fitting = [paper for paper in papers if _is_called(paper, others, labels)]
    yield from fitting or papers  # “la factura 123” is perhaps called a sale there


def _is_called(paper: Paper, words: list[str], labels: Labels) -> bool:
    called = bare(f"{paper.label} {labels.document_type(paper.source, paper.document_type)}")
    return all(word in called for word in words)


def _saved(words: list[str]) -> Iterator[Paper]:
    """Yield those that were saved and of which nothing has been told."""
    numbers = [word for word in words if _DIGITS.search(word)]
    if not numbers:
        return
    rows = CapturedChange.objects.exclude(document_key="").order_by("-pk")
    columns = ("source__slug", "document_type", "document_key", "new", "old")
    seen: set[tuple[str, str, str]] = set()
    labels = Labels()
    for slug, kind, key, new, old in rows.values_list(*columns)[:MOST_CHANGES]:
        if (slug, kind, key) in seen:
            continue
        named = str({**(old or {}), **(new or {})}.get(labels.number_column(slug, kind)) or "")
        if key.casefold() == numbers[0].casefold() or (named and is_number(named, numbers[0])):
            seen.add((slug, kind, key))
            yield Paper(slug, kind, key, f"{labels.document_type(slug, kind)} {named or key}")

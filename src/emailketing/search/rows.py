"""The rows of each kind: their numbers, and the folded text of some."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Manager

from emailketing.common.folded import folded
from emailketing.contacts.searchable import words_of_contacts
from emailketing.events.searchable import words_of_events
from emailketing.outbox.searchable import words_of_messages
from emailketing.search.models import Kind

Words = Callable[[Iterable[int]], Iterator[tuple[int, list[str]]]]

_MODELS = {
    Kind.MESSAGE: "outbox.Message",
    Kind.EVENT: "events.Event",
    Kind.CONTACT: "contacts.Contact",
}
_WORDS: Mapping[Kind, Words] = {
    Kind.MESSAGE: words_of_messages,
    Kind.EVENT: words_of_events,
    Kind.CONTACT: words_of_contacts,
}


def rows_of(kind: Kind) -> "Manager[Any]":
    """Only their numbers are asked here: what a row says is its own package's affair."""
    manager: Manager[Any] = apps.get_model(_MODELS[kind])._default_manager
    return manager


def texts_of(kind: Kind, numbers: Iterable[int]) -> dict[int, str]:
    """Return the folded text of the rows that (still) exist."""
    wanted = list(numbers)
    if not wanted:
        return {}
    return {number: folded(*words) for number, words in _WORDS[kind](wanted)}

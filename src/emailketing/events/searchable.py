"""What a search finds an event by: its document's name, number, people and amounts."""

from collections.abc import Iterable, Iterator
from typing import Any

from emailketing.events.models import Event

DEEPEST = 2  # document → party → name; lines and other lists are left out
LONGEST_WORD = 200  # a note of pages is none that somebody looks for


def words_of_events(numbers: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
    columns = ("pk", "document_label", "actor", "data")
    for number, label, actor, data in Event.objects.filter(pk__in=numbers).values_list(*columns):
        document = data.get("document") if isinstance(data, dict) else None
        yield number, [label, actor, *_texts(document, DEEPEST)]


def _texts(found: Any, depth: int) -> Iterator[str]:
    if isinstance(found, dict) and depth:
        for value in found.values():
            yield from _texts(value, depth - 1)
    elif isinstance(found, str | int | float) and not isinstance(found, bool):
        yield str(found)[:LONGEST_WORD]

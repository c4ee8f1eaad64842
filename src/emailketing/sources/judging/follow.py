"""Processes that follow another: what was told of a document last, and what there is to add."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emailketing.common.document import Declared, Document, as_json, document_in
from emailketing.common.plain import Values
from emailketing.events.models import Event
from emailketing.sources.connectors import Connector, Process
from emailketing.sources.judging.compare import differences
from emailketing.sources.models import DocumentState, Source

States = Mapping[tuple[str, str], DocumentState]  # by process and key


@dataclass(frozen=True, slots=True)
class ToldDocument:
    """A document as the last event about it froze it."""

    document: Document
    at: datetime


TellsOf = Mapping[tuple[str, str], ToldDocument]  # by the process that is followed, and key


def last_told(source: Source, connector: Connector, keys: Iterable[str], was: States) -> TellsOf:
    """Return what was told of these documents by the processes that others follow.

    What was told of another document that had the same key before is forgotten with its life.
    """
    found: dict[tuple[str, str], ToldDocument] = {}
    wanted = list(keys)
    for leader in {process.follows for process in connector.processes.values()} - {""}:
        lives = {key: was[leader, key].life for key in wanted if (leader, key) in was}
        if not lives:
            continue
        events = Event.objects.filter(
            source=source.slug,
            document_type=connector.processes[leader].document_type,
            document_key__in=list(lives),
            kind__in=_tellers(connector, leader),
        )
        for event in events.order_by("pk"):
            if (event.data.get("life") or 0) == lives[event.document_key]:
                document = document_in(event.data)
                found[leader, event.document_key] = ToldDocument(document, event.occurred_at)
    return found


def last_event(source: Source, processes: Sequence[str], key: str) -> Event | None:
    found = Event.objects.filter(source=source.slug, kind__in=processes, document_key=key)
    return found.order_by("-pk").first()


def _tellers(connector: Connector, leader: str) -> list[str]:
    """The process itself, and those that told what had changed."""
    followers = (p for p in connector.processes.values() if p.follows == leader and p.changed)
    return [leader, *(process.name for process in followers)]


ADDED = frozenset({"changes", "sent_at", "edition"})  # by a sequel, to what was read
# what a connector says of the values is no value: it may say more tomorrow of the same document
NOT_READ = ADDED | {"declared"}


def sequel(
    process: Process, document: Document, told: ToldDocument | None, types: Mapping[str, str]
) -> Document | None:
    """Return the document with what changed since it was told; None when there is no news."""
    if told is None:
        return None
    changes = differences(process.changed, as_json(told.document), as_json(document), types)
    if process.changed and not changes:
        return None
    edition = _edition(told.document) + bool(changes)
    found = document.copy()
    found.update({"changes": changes, "sent_at": told.at.isoformat(), "edition": str(edition)})
    found["declared"] = _declared(told.document, document)
    return found


def _declared(was: Document, now: Document) -> Declared:
    """What changed is told in words of both."""
    before, after = was.get("declared", {}), now.get("declared", {})
    words = {**before.get("words", {}), **after.get("words", {})}
    return {"kinds": after.get("kinds", {}), "words": words}


def as_read(document: Document) -> Values:
    """Return a document as the business system had it: to be compared with another reading."""
    return {name: value for name, value in as_json(document).items() if name not in NOT_READ}


def _edition(document: Document) -> int:
    """How many times its contents were told; the first letter does not say so."""
    text = str(document.get("edition") or "")
    return int(text) if text.isdigit() and document.get("sent_at") else 1

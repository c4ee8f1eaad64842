"""Did it become so? Compares a document just read with how it was, in the order things are told."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from emailketing.common.document import Document, as_document, as_json, document_in
from emailketing.common.plain import Entry, Values
from emailketing.events.models import Event
from emailketing.events.record import Happening
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import Connector, Process
from emailketing.sources.documents.read_document import has_become, is_so, was_so
from emailketing.sources.documents.touched import Touched
from emailketing.sources.freeze import nest
from emailketing.sources.judging.follow import ToldDocument, as_read, last_event, last_told, sequel
from emailketing.sources.models import DocumentState, Source

LONGEST_NAME = 255


@dataclass(slots=True)
class DocumentRead:
    """A document as it is now (None: deleted), and what was noted of it since we last looked."""

    touched: Touched
    document: Document | None
    before: Entry
    actor: str
    at: datetime
    cause: str  # unique: the uid of the last change
    problem: CaptureError | None = None  # why it could not be read
    was_deleted: bool = False  # whoever has this number now is another document
    begun_at: datetime | None = None  # by our clock: a row with this key was inserted
    deleted_at: datetime | None = None  # by our clock: the last time its header was deleted
    born: Values | None = None  # the header inserted then, maybe of another document


def edges(
    source: Source,
    connector: Connector,
    readings: Sequence[DocumentRead],
    paused: Mapping[str, str],
    now: datetime,
) -> list[Happening]:
    """Return what has happened, and keep how it is now."""
    book = _Book.of(source, connector, readings)
    for reading in readings:
        for process in connector.in_order():
            if process.document_type == reading.touched.owner and process.name not in paused:
                book.look(process, reading, now)
    save_states(list(book.changed.values()))
    book.begin_new_lives()
    return book.happenings


@dataclass(slots=True)
class _Book:
    """How the documents were and what was told of them; what is added to it while looking."""

    source: Source
    connector: Connector
    was: dict[tuple[str, str], DocumentState]  # by process and key
    told: dict[tuple[str, str], ToldDocument]
    changed: dict[tuple[str, str], DocumentState] = field(default_factory=dict)
    over: dict[str, set[str]] = field(default_factory=dict)  # process → keys
    happenings: list[Happening] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, connector: Connector, readings: Sequence[DocumentRead]) -> "_Book":
        keys = {reading.touched.name for reading in readings}
        was = _states(source, connector, keys)
        return cls(source, connector, was, dict(last_told(source, connector, keys, was)))

    def look(self, process: Process, reading: DocumentRead, now: datetime) -> None:
        place = process.name, reading.touched.name
        # what changes again and again has no state: it is compared with what was told
        was_true = not process.changed and is_known(
            self._is_true(reading.touched.name), self.connector, process
        )
        after, stays = _now(process, reading.document, self.connector)
        if after and not was_true:
            was_true = self._came_back(process, reading)
        if (after and not was_true) or (not was_true and self._came_and_went(process, reading)):
            self._happens(process, reading)
        is_true = after or (was_true and stays)
        if is_true or (place in self.was and self.was[place].is_true):
            self._keep(process, reading, is_true=is_true, is_new=not was_true, now=now)

    def _came_back(self, process: Process, reading: DocumentRead) -> bool:
        """Take up a life that had ended where the very same document stands there again."""
        state = self.was.get((process.name, reading.touched.name))
        if state is None or state.is_true or not state.life or process.follows:
            return False
        told = reads_as_told(self.source, self.connector, process, reading)
        if told is None or (told.data.get("life") or 0) >= state.life:
            return False
        state.is_true, state.life = True, told.data.get("life") or 0
        state.number = number_of(reading)
        DocumentState.objects.filter(pk=state.pk).update(life=state.life)
        return True

    def _is_true(self, key: str) -> set[str]:
        return {name for (name, of), state in self.was.items() if of == key and state.is_true}

    def _came_and_went(self, process: Process, reading: DocumentRead) -> bool:
        """Whether it happened and was ended before we read: both are told to the rules, in order.

        They find that it is over before anybody was told, and say so where people look.
        """
        if reading.document is None or process.follows:
            return False
        if not was_so(process, reading.document, self.connector):
            return False
        known = self._is_true(reading.touched.name)
        return any(
            end.name not in known and is_so(end, reading.document, self.connector)
            for end in self.connector.ending(process)
        )

    def _happens(self, process: Process, reading: DocumentRead) -> None:
        begun = process.follows or process.name, reading.touched.name
        leader = self.was.get(begun)
        life = leader.life if leader else 0
        found = _happenings(
            self.source, self.connector, process, reading, self.told.get(begun), life
        )
        self.happenings += found
        if found and (process.changed or not process.follows):
            self.told[begun] = ToldDocument(reading.document or {}, reading.at)
        if found and process.ends:
            self.over.setdefault(process.follows, set()).add(reading.touched.name)

    def _keep(
        self, process: Process, reading: DocumentRead, *, is_true: bool, is_new: bool, now: datetime
    ) -> None:
        place = process.name, reading.touched.name
        state = self.was.get(place) or DocumentState(
            source=self.source, process=process.name, document_key=reading.touched.name
        )
        state.is_true, state.seen_at = is_true, now
        if is_true and is_new:
            # the number of what happened: another one read later may belong to a document
            # that has this key since a deletion not read yet (`_end_lives` compares them)
            state.number = number_of(reading)
        self.was[place] = self.changed[place] = state

    def begin_new_lives(self) -> None:
        """What was told to be over and comes back is told anew: it is no repetition."""
        for process, keys in self.over.items():
            DocumentState.objects.filter(
                source=self.source, process=process, document_key__in=keys
            ).update(life=F("life") + 1)


def is_known(true: set[str], connector: Connector, process: Process) -> bool:
    """Say whether it was so already, given the processes that are noted as true of a document.

    What had ended was not so, though the column that says so may not have changed since.
    """
    return process.name in true and not any(end.name in true for end in connector.ending(process))


def reads_as_told(
    source: Source, connector: Connector, process: Process, reading: DocumentRead
) -> Event | None:
    """Return the event that told exactly this document of this key and number, if any.

    A table that was put back by a script, or a program that deletes and inserts again in two
    transactions, makes the same document once more. What was told to be over is told anew.
    """
    if not number_of(reading):
        return None
    told = last_event(source, [process.name], reading.touched.name)
    if told is None or reading.document is None:
        return None
    if as_read(document_in(told.data)) != as_read(reading.document):
        return None
    ends = [end.name for end in connector.ending(process)]
    end = last_event(source, ends, reading.touched.name) if ends else None
    return None if end is not None and end.pk > told.pk else told


def was_born_so(connector: Connector, process: Process, reading: DocumentRead) -> bool:
    """Say whether it was so from the first moment after its header had been deleted.

    A program that saves by deleting and inserting writes what it had; a new document begins as a
    draft.
    """
    born = before_of(connector, reading.touched.owner, reading.born or {})
    return has_become(
        process, as_document(_laid_over(as_json(reading.document or {}), born)), connector
    )


def _laid_over(document: Values, news: Values) -> Values:
    there = {name: value for name, value in document.items() if isinstance(value, Mapping)}
    inner = {
        name: _laid_over(there[name], value)
        for name, value in news.items()
        if isinstance(value, Mapping) and name in there
    }
    return {**document, **news, **inner}


def number_of(reading: DocumentRead) -> str:
    return str((reading.document or {}).get("number") or "")[:200]


def _now(process: Process, document: Document | None, connector: Connector) -> tuple[bool, bool]:
    """Say whether it is so and complete, and whether it is so at all.

    What has happened stays so while its lines are being written anew.
    """
    if document is None:
        return False, False
    return is_so(process, document, connector), has_become(process, document, connector)


def _states(
    source: Source, connector: Connector, keys: set[str]
) -> dict[tuple[str, str], DocumentState]:
    # the processes are named for the index: without them every state of the source is looked at
    found = DocumentState.objects.filter(
        source=source, process__in=list(connector.edges), document_key__in=keys
    )
    return {(state.process, state.document_key): state for state in found}


def save_states(states: Sequence[DocumentState]) -> None:
    DocumentState.objects.bulk_create(
        [
            DocumentState(
                source_id=state.source_id,
                process=state.process,
                document_key=state.document_key,
                is_true=state.is_true,
                life=state.life,
                number=state.number,
                seen_at=state.seen_at,
            )
            for state in states
        ],
        batch_size=150,
        update_conflicts=True,
        unique_fields=["source", "process", "document_key"],
        update_fields=["is_true", "number", "seen_at"],
    )


def _happenings(
    source: Source,
    connector: Connector,
    process: Process,
    reading: DocumentRead,
    told: ToldDocument | None,
    life: int,
) -> list[Happening]:
    """Return what has happened; nothing, where a follower has nothing to add."""
    touched = reading.touched
    document: Document | None = reading.document or {}
    if process.follows:
        types = connector.documents[touched.owner].field_types()
        document = sequel(process, reading.document or {}, told, types)
    if document is None:
        return []
    happening = Happening(
        source=source.slug,
        change=change_name(process.name, touched.name, reading.cause),
        kind=process.name,
        occurred_at=reading.at,
        document_type=touched.owner,
        document_key=touched.name,
        document_label=str(document.get("label", "")),
        actor=reading.actor,
        data={
            "document": as_json(document),
            "before": before_of(connector, touched.owner, reading.before),
            "life": life,
        },
    )
    return [happening]


def change_name(process: str, key: str, cause: str) -> str:
    """Name the event after its cause: seen twice, stored once (C17)."""
    name = f"{process}:{key}:{cause}"
    return name if len(name) <= LONGEST_NAME else hashlib.sha256(name.encode()).hexdigest()


def before_of(connector: Connector, document_type: str, row: Values) -> Entry:
    """Put values of the header, former ones too, where the document has them now."""
    fields = connector.documents[document_type].fields
    names = {field.column: field.path for field in fields if field.column}
    types = {field.path: field.type for field in fields}
    return nest(row, names=names, types=types)

"""Did it become so? Compares each document just read with how it was, and writes what follows.

Everything here is one transaction in our own database; only after it may the changes be forgotten
in the business database (C17).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from django.db import DataError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from emailketing.common.boundary import Boundary
from emailketing.common.own_database import words_of
from emailketing.common.plain import Entry
from emailketing.events.record import record
from emailketing.sources.capture.base import RowChange
from emailketing.sources.capture.errors import CaptureError, DatabaseBusy, ValueDoesNotFit
from emailketing.sources.connectors import Connector, Process
from emailketing.sources.dialects.registry import dialect_named
from emailketing.sources.documents.contacts import PartyRead, save_contacts
from emailketing.sources.documents.read_document import party_key
from emailketing.sources.documents.touched import Touched
from emailketing.sources.freeze import plain_json
from emailketing.sources.judging.edges import (
    DocumentRead,
    edges,
    number_of,
    reads_as_told,
    was_born_so,
)
from emailketing.sources.judging.pending import ReadAttempt, keep_pending
from emailketing.sources.judging.unmatched import Led, keep
from emailketing.sources.link import ValuesNotUnderstood
from emailketing.sources.models import SAID_BY_SESSION, CapturedChange, DocumentState, Source

ATTEMPTS = 10


class Overtaken(DatabaseBusy):
    """Somebody else wrote down something newer while we were reading: read again."""


@dataclass(slots=True)
class Work:
    """One block, ready to be written down."""

    readings: list[DocumentRead] = field(default_factory=list)
    people: list[PartyRead] = field(default_factory=list)
    parties: list[ReadAttempt] = field(default_factory=list)  # were read, or could not be
    noted: list[CapturedChange] = field(default_factory=list)
    looked_at_again: list[int] = field(default_factory=list)  # PendingDocument
    emptied: list[str] = field(default_factory=list)  # document types whose table was truncated
    led: Led = field(default_factory=Led)

    @property
    def has_failures(self) -> bool:
        return any(reading.problem for reading in self.readings) or any(
            attempt.failure for attempt in self.parties
        )


def write_down(source: Source, connector: Connector, work: Work, *, now: datetime) -> int:
    """Store changes, contacts, states and events, all or nothing; return the number of events.

    Raises:
        Overtaken: what was read is older than what is written down by now; nothing was written.
        ValueDoesNotFit: our database cannot keep a value; nothing was written.
    """
    events = _at_once(source, connector, work, now)
    if events is None:
        _set_apart(source, connector, work, now)
        try:
            events = _write_down(source, connector, work, now)
        except DataError as error:
            raise _unfit(error) from error
    source.turn += 1
    return events


def _at_once(source: Source, connector: Connector, work: Work, now: datetime) -> int | None:
    """Write all of it down; None where something of it stands in the way: nothing was written."""
    about, passing = f"source {source.slug}: a block", (CaptureError, DataError)
    with suppress(DataError), Boundary(about, passing=passing):
        return _write_down(source, connector, work, now)
    return None


def _set_apart(source: Source, connector: Connector, work: Work, now: datetime) -> None:
    """Let those wait over which the program errs, named like what cannot be read (R25)."""
    for who in list(work.people):
        problem = _met(source, who.key, partial(save_contacts, source, [who], now=now))
        if problem:
            _leave_out(work, who, problem)
    paused = not_judged(source, connector)
    for reading in work.readings:
        about, alone = f"{reading.touched.owner} {reading.touched.name}", Work([reading])
        if problem := _met(source, about, partial(_end_lives, source, connector, alone)):
            # whether another document begins here cannot be told: the life goes on
            reading.deleted_at = reading.begun_at = None
            reading.problem = reading.problem or problem
        if not reading.problem:
            judge = partial(_judge, source, connector, alone, paused, now)
            reading.problem = _met(source, about, judge)


def _met(source: Source, about: str, do: Callable[[], int | None]) -> CaptureError | None:
    """Return what the program meets over one of them, tried alone; nothing of it is kept."""
    try:
        with (
            Boundary(f"source {source.slug}: {about}", passing=(DataError,)) as met,
            transaction.atomic(),
        ):
            do()
            transaction.set_rollback(True)
    except DataError as error:
        return _unfit(error)
    return None if met.error is None else ValuesNotUnderstood(why=met.sentence)


def _unfit(error: DataError) -> ValueDoesNotFit:
    return ValueDoesNotFit(why=words_of(error))


def _leave_out(work: Work, who: PartyRead, problem: CaptureError) -> None:
    """Let a party wait, and the documents that are told to it."""
    work.people = [one for one in work.people if one.key != who.key]
    for number, attempt in enumerate(work.parties):
        if party_key(attempt.touched.owner, attempt.touched.key) == who.key:
            work.parties[number] = replace(attempt, failure=problem)
    for reading in work.readings:
        if (reading.document or {}).get("party", {}).get("key") == who.key:
            reading.problem = reading.problem or problem


def _judge(
    source: Source, connector: Connector, work: Work, paused: dict[str, str], now: datetime
) -> int:
    _end_lives(source, connector, work)
    readable = [reading for reading in work.readings if not reading.problem]
    return record(edges(source, connector, readable, paused, now), now=now)


def _write_down(source: Source, connector: Connector, work: Work, now: datetime) -> int:
    with transaction.atomic():
        locked = Source.objects.select_for_update().get(pk=source.pk)
        if locked.turn != source.turn:
            raise Overtaken
        Source.objects.filter(pk=source.pk).update(turn=F("turn") + 1)
        paused = not_judged(locked, connector)
        CapturedChange.objects.bulk_create(work.noted, ignore_conflicts=True)
        save_contacts(source, work.people, now=now)
        attempts = [*_attempts(connector, work.readings, paused), *work.parties]
        waited = keep_pending(source, attempts, work.looked_at_again, now=now)
        keep(source, work.led, now=now)
        for reading in work.readings:
            if not reading.was_deleted:
                reading.before |= waited.get(reading.touched, {})
        return _judge(source, connector, work, paused, now)


def read_and_write_down(
    source: Source, connector: Connector, read: Callable[[], Work], *, now: datetime
) -> int:
    """Read and write down, again when the worker was faster; return the number of events."""
    for _attempt in range(ATTEMPTS - 1):
        source.refresh_from_db(fields=["turn"])
        with suppress(Overtaken):
            return write_down(source, connector, read(), now=now)
    source.refresh_from_db(fields=["turn"])
    return write_down(source, connector, read(), now=now)


def already_stored(source: Source, changes: Sequence[RowChange]) -> set[str]:
    """Return the uids that were stored before we died or could delete them there (C17)."""
    uids = [change.uid[:64] for change in changes]
    found = CapturedChange.objects.filter(source=source, uid__in=uids)
    return set(found.values_list("uid", flat=True))


def not_judged(source: Source, connector: Connector) -> dict[str, str]:
    """Return process → why it cannot be judged now: it is paused, or its past is not noted yet."""
    unknown = [name for name in connector.edges if name not in source.stocked]
    return {**dict.fromkeys(unknown, _("its past is not noted yet")), **source.paused_processes}


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a change besides itself."""

    owner: Touched | None
    table: str
    actor: str
    record_key: str


def note(source: Source, change: RowChange, origin: Origin, *, now: datetime) -> CapturedChange:
    owner = origin.owner
    return CapturedChange(
        source=source,
        uid=change.uid[:64],
        at=change.at,
        table=origin.table[:200],
        operation=change.op,
        key=plain_json(change.key) or {},
        old=plain_json(change.old),
        new=plain_json(change.new),
        actor=origin.actor[:150],
        origin=_origin(change),
        is_ours=change.is_heartbeat,  # a name can be forged: no table of the business is ever ours
        claim=(change.claim or "")[:150],
        record_key=origin.record_key,
        columns=f",{','.join(change.new or ())},"[:1000] if change.op == "U" else "",
        transaction=change.transaction[:40],
        document_type=owner.owner if owner else "",
        document_key=owner.name if owner else "",
        recorded_at=now,
    )


def _origin(change: RowChange) -> str:
    """Say from which program and account, and whose name the session gave if the row says none."""
    claim = change.claim if change.claim != change.actor else None
    said = f"{SAID_BY_SESSION}{claim}" if claim else None
    return " · ".join(filter(None, (change.application, change.db_user, said)))[:150]


def _attempts(
    connector: Connector, readings: Sequence[DocumentRead], paused: dict[str, str]
) -> list[ReadAttempt]:
    """What could not be read, or waits for a paused process, is judged again later."""
    return [
        ReadAttempt(
            touched=reading.touched,
            at=reading.at,
            failure=reading.problem,
            waits_for=_reason(connector, reading.touched.owner, paused),
            actor=reading.actor,
            before=reading.before,
        )
        for reading in readings
    ]


def _reason(connector: Connector, document_type: str, paused: dict[str, str]) -> str:
    for process in connector.edges.values():
        if process.document_type == document_type and process.name in paused:
            return paused[process.name]
    return ""


def _end_lives(source: Source, connector: Connector, work: Work) -> None:
    """A deleted document is not what its key stands for any more: all begins anew."""
    known = DocumentState.objects.filter(source=source)
    for process in connector.edges.values():
        states = known.filter(process=process.name)
        if process.document_type in work.emptied:
            states.update(is_true=False, life=F("life") + 1)
            continue
        news = {
            reading.touched.name: reading
            for reading in work.readings
            if (reading.deleted_at or reading.begun_at)
            and reading.touched.owner == process.document_type
        }
        ended = [
            state.pk
            for state in states.filter(document_key__in=news)
            if _has_ended((source, connector, process), state, news[state.document_key])
        ]
        states.filter(pk__in=ended).update(is_true=False, life=F("life") + 1)


def _has_ended(
    asked: tuple[Source, Connector, Process], state: DocumentState, reading: DocumentRead
) -> bool:
    """Say whether the document that we know is another one than the document that was read."""
    source, connector, process = asked
    number = number_of(reading)
    is_same_number = bool(state.number) and state.number == number
    if reading.deleted_at is not None:
        may_be_it = is_same_number or not state.number
        if may_be_it and reading.deleted_at <= state.seen_at:
            return False  # read already: what was deleted in between is older than what we know
        # where the number is the key it says nothing: it is given again
        return reading.was_deleted or (
            reading.born is not None and not was_born_so(connector, process, reading)
        )
    if not state.is_true or reading.begun_at is None or reading.begun_at <= state.seen_at:
        return False
    # REPLACE saves a row that is there by an insert: the number says whether it is it
    may_be_saved_anew = is_same_number and dialect_named(source.dialect).replaces_rows
    return not may_be_saved_anew and not reads_as_told(source, connector, process, reading)


def merged(changes: Iterable[RowChange]) -> Entry:
    """Return for each changed column of the header what it was before the first change."""
    before: Entry = {}
    for change in changes:
        for name, value in (change.old or {}).items():
            if change.op == "U":
                before.setdefault(name, value)
        if change.op == "D":
            before.clear()
    return before

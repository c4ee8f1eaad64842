"""From a block of captured rows to work: which documents are ripe, and how they are now."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from emailketing.common.document import Document
from emailketing.common.plain import JSON, Entry
from emailketing.sources.capture.base import ChangeBlock, Row, RowChange, is_named_by_database
from emailketing.sources.connectors import Connector
from emailketing.sources.documents.actors import Actors
from emailketing.sources.documents.read_document import is_so
from emailketing.sources.documents.read_fresh import each, read_documents, read_parties
from emailketing.sources.documents.roll_up import RollUp
from emailketing.sources.documents.touched import Touched
from emailketing.sources.freeze import freeze
from emailketing.sources.judging.edges import DocumentRead, is_known
from emailketing.sources.judging.judge import Origin, Work, merged, note
from emailketing.sources.judging.pending import ReadAttempt
from emailketing.sources.judging.unmatched import Led
from emailketing.sources.keys import parts_of, shortened
from emailketing.sources.models import DocumentState, PendingDocument, Source

if TYPE_CHECKING:
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)
LONGEST_SETTLE = 8  # times the settle time: a document that never rests is read all the same
CLOCK_JUMP = timedelta(minutes=1)


@dataclass(slots=True)
class GatheredDocuments:
    """What to write down, which rows may then be forgotten, and which must settle first."""

    work: Work = field(default_factory=Work)
    ripe: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SourceSession:
    """One source and one connection to it, for the length of a block."""

    source: Source
    connector: Connector
    connection: "Connection"
    language: str
    now: datetime


def gather(session: SourceSession, block: ChangeBlock) -> GatheredDocuments:
    """Read what is ripe of this block, fresh.

    Raises:
        ConnectionFailed, DatabaseBusy: try again later; nothing was changed.
    """
    roll_up = RollUp(session.connector, session.connection)
    changes = [
        _without_secrets(session.connector, roll_up.table(change), change)
        for change in block.changes
        if not change.is_heartbeat
    ]
    by_uid = {change.uid: change for change in changes}
    owners, failed = each(session.connection, by_uid, lambda uid: roll_up.owners(by_uid[uid]))
    for error in dict.fromkeys(str(error) for error in failed.values()):
        logger.warning("a change leads to no document: %s", error)
    owners |= {uid: [] for uid in failed}
    late = late_documents(session.connector, changes, owners, now=block.now)
    gathered = GatheredDocuments()
    ripe = []
    for change in changes:
        if late.isdisjoint(owners[change.uid]):
            ripe.append(change)
            gathered.ripe.append(change.uid)
        else:
            gathered.waiting.append(change.uid)
    if ripe:
        ahead = block.now - session.now  # two clocks
        _fill(session, gathered.work, roll_up, ripe, owners, ahead)
        for change in ripe:
            if change.uid in failed:
                gathered.work.led.said[roll_up.table(change)] = str(failed[change.uid])
    return gathered


def _without_secrets(connector: Connector, table: str, change: RowChange) -> RowChange:
    """What the connector calls a secret goes no further: not even into our own database (S22)."""
    if connector.audit is None or not connector.audit.table(table).secret:
        return change
    described = connector.audit.table(table)
    return replace(change, old=described.masked(change.old), new=described.masked(change.new))


def late_documents(
    connector: Connector,
    changes: Iterable[RowChange],
    owners: dict[str, list[Touched]],
    *,
    now: datetime,
) -> set[Touched]:
    """Return the documents that changed a moment ago: more may follow (C16)."""
    first: dict[Touched, datetime] = {}
    last: dict[Touched, datetime] = {}
    for change in changes:
        for touched in owners[change.uid]:
            first[touched] = min(change.at, first.get(touched, change.at))
            last[touched] = max(change.at, last.get(touched, change.at))
    settle = {name: timedelta(seconds=connector.settle_of(name)) for name in connector.papers}
    return {
        touched
        for touched, at in last.items()
        if touched.owner in settle
        and settle[touched.owner]  # without a settle time it is read at once, whatever its clock
        and at > now - settle[touched.owner]
        and at < now + CLOCK_JUMP
        and first[touched] > now - settle[touched.owner] * LONGEST_SETTLE
    }


def _fill(
    session: SourceSession,
    work: Work,
    roll_up: RollUp,
    ripe: Sequence[RowChange],
    owners: dict[str, list[Touched]],
    ahead: timedelta,
) -> None:
    about: dict[Touched, list[RowChange]] = {}
    who = _who(session, roll_up, ripe, owners)
    called = _called(roll_up, ripe)
    for change in ripe:
        table = roll_up.table(change)
        for touched in owners[change.uid]:
            about.setdefault(touched, []).append(change)
        owner = next(iter(owners[change.uid]), None)
        origin = Origin(owner, table, who[change.uid], called[change.uid])
        work.noted.append(note(session.source, change, origin, now=session.now))
        if change.op == "T":
            work.emptied += roll_up.roots(change)
    wanted = [touched for touched in about if touched.owner in session.connector.papers]
    found, failed = read_documents(
        session.connection, session.connector, wanted, language=session.language
    )
    for touched in wanted:
        changes = about[touched]
        roots = [change for change in changes if roll_up.is_root(change, touched.owner)]
        begun = [change.at - ahead for change in roots if change.op == "I"]
        ended = [change.at - ahead for change in roots if change.op == "D"]
        work.readings.append(
            DocumentRead(
                touched=touched,
                document=found.get(touched),
                before=merged(roots),
                actor=_who_made_it(roots or changes, who, is_header=bool(roots)),
                at=changes[-1].at,
                cause=changes[-1].uid,
                problem=failed.get(touched),
                was_deleted=_was_deleted(roots, _numbers(session, touched, found)),
                begun_at=None if ended else min(begun, default=None),
                deleted_at=max(ended, default=None),
                born=_born(roots),
            )
        )
    there = {touched for touched, document in found.items() if document is not None}
    work.led = Led.of(roll_up, ripe, owners, there, failed)
    add_people(session, work, [t for t in about if t.owner in session.connector.parties])


def _called(roll_up: RollUp, changes: Sequence[RowChange]) -> dict[str, str]:
    """Return uid → what the row is called; rows that differ in nothing are counted (C8)."""
    found: dict[str, str] = {}
    alike: Counter[tuple[str, str, str, str]] = Counter()
    for change in changes:
        name = roll_up.record_key(change)
        if change.key and roll_up.is_nameless(change):
            place = (change.transaction, change.table, change.op, name)
            alike[place] += 1
            if alike[place] > 1:
                name = shortened(f"{name} ({alike[place]})")
        found[change.uid] = name
    return found


def _numbers(
    session: SourceSession, touched: Touched, found: dict[Touched, Document | None]
) -> tuple[str | None, str]:
    """Return the column of the document's number, and the number it has now."""
    fields = session.connector.documents[touched.owner].fields
    column = next((field.column for field in fields if field.path == "number"), None)
    document = found.get(touched)
    return (column, str(document["number"])) if column and document else (None, "")


def _was_deleted(changes: Sequence[RowChange], numbers: tuple[str | None, str]) -> bool:
    """Say whether the document that these changes of its header began with is gone.

    Some programs save by deleting and inserting again: that is the same document when it happens
    in one transaction and the number stays. (SQLite names no transactions, and gives the key of a
    deleted row to the next one.)
    """
    column, number = numbers
    for position, change in enumerate(changes):
        came_back = any(
            later.op == "I" and later.transaction == change.transaction
            for later in changes[position:]
        )
        is_another = column and freeze((change.old or {}).get(column)) != number
        if change.op == "D" and (is_another or not came_back):
            return True
    return False


def _born(changes: Sequence[RowChange]) -> Row | None:
    """Return the header as it was inserted after a deletion, where nobody knows if it is the same.

    A database that names its transactions says it.
    """
    born: Row | None = None
    is_gone = False
    for change in changes:
        if is_named_by_database(change.transaction):
            return None
        is_gone = is_gone or change.op == "D"
        if change.op == "I" and is_gone:
            born = change.new or {}
    return born


def _who(
    session: SourceSession,
    roll_up: RollUp,
    ripe: Sequence[RowChange],
    owners: dict[str, list[Touched]],
) -> dict[str, str]:
    """Return uid → who did it (C22).

    A line was saved by whoever saved its header with it, where the database itself says that both
    are one transaction; being close in time says nothing.
    """
    actors = Actors(session.connector, session.connection)
    who = {
        change.uid: actors.of(change, roll_up.table(change), roll_up.record_key(change))
        for change in ripe
    }
    together: dict[tuple[str, Touched], set[str]] = {}
    certain = [change for change in ripe if is_named_by_database(change.transaction)]
    for change in certain:
        for touched in owners[change.uid]:
            if who[change.uid]:
                together.setdefault((change.transaction, touched), set()).add(who[change.uid])
    for change in certain:
        for touched in owners[change.uid]:
            names = together.get((change.transaction, touched), set())
            if (
                not who[change.uid]
                and len(names) == 1
                and not roll_up.is_root(change, touched.owner)
            ):
                (who[change.uid],) = names
    return who


def _who_made_it(changes: Sequence[RowChange], who: dict[str, str], *, is_header: bool) -> str:
    """Say who made a document what it is: the last to save its header, else who alone saved it.

    Nobody, rather than somebody who only did another part of it (C22).
    """
    names = [who[change.uid] for change in changes]
    return names[-1] if is_header or len(set(names)) == 1 else ""


def add_people(session: SourceSession, work: Work, parties: Sequence[Touched] = ()) -> None:
    """Read the parties that changed, and those of documents about to become an event."""
    of_documents = {
        reading.touched: party
        for reading in about_to_happen(session, work.readings)
        if (party := party_of(session.connector, reading)) is not None
    }
    wanted = list(dict.fromkeys([*parties, *of_documents.values()]))
    found, failed = read_parties(session.connection, session.connector, wanted)
    work.people += found.values()
    for reading in work.readings:
        party = of_documents.get(reading.touched)
        if party in failed:
            reading.problem = failed[party]
    work.parties += [ReadAttempt(party, session.now, failed.get(party)) for party in parties]


def about_to_happen(session: SourceSession, readings: Sequence[DocumentRead]) -> list[DocumentRead]:
    keys = {reading.touched.name for reading in readings}
    true: dict[str, set[str]] = {}
    for process, key in DocumentState.objects.filter(
        source=session.source,
        process__in=list(session.connector.edges),
        document_key__in=keys,
        is_true=True,
    ).values_list("process", "document_key"):
        true.setdefault(key, set()).add(process)
    return [
        reading
        for reading in readings
        if reading.document is not None
        and any(
            process.document_type == reading.touched.owner
            and (
                reading.was_deleted
                or reading.begun_at
                or reading.born is not None
                or not is_known(true.get(reading.touched.name, set()), session.connector, process)
            )
            and is_so(process, reading.document, session.connector)
            for process in session.connector.edges.values()
        )
    ]


def party_of(connector: Connector, reading: DocumentRead) -> Touched | None:
    """Return the party of a document just read, if it has one."""
    kind = connector.documents[reading.touched.owner].party
    said = (reading.document or {}).get("party", {})
    called = str(said.get("key", ""))
    if not kind or not called:
        return None
    written = said.get("key_parts")
    parts = written or parts_of(called.partition(":")[2], len(connector.parties[kind].key))
    return Touched.of(kind, parts)


def gather_pending(session: SourceSession, pending: Sequence[PendingDocument]) -> Work:
    """Read again what could not be read before, or waited for a paused process."""
    known = [row for row in pending if row.document_type in session.connector.papers]
    touched = {row.pk: Touched.of(row.document_type, row.key) for row in known}
    parties = [
        Touched.of(row.document_type, row.key)
        for row in pending
        if row.document_type in session.connector.parties
    ]
    found, failed = read_documents(
        session.connection, session.connector, list(touched.values()), language=session.language
    )
    work = Work(looked_at_again=[row.pk for row in pending])
    for row in known:
        work.readings.append(
            DocumentRead(
                touched=touched[row.pk],
                document=found.get(touched[row.pk]),
                before=_plain(row.before),
                actor=row.actor,
                at=row.at,
                cause=f"pending-{row.pk}",
                problem=failed.get(touched[row.pk]),
            )
        )
    add_people(session, work, parties)
    return work


def gather_unnoticed(session: SourceSession, touched: Sequence[Touched]) -> Work:
    """Read documents whose changes nobody noted."""
    found, failed = read_documents(
        session.connection, session.connector, touched, language=session.language
    )
    work = Work()
    cause = f"unnoticed-{session.now:%Y%m%d%H%M%S}"
    for one in touched:
        reading = DocumentRead(
            one, found.get(one), {}, "", session.now, cause, problem=failed.get(one)
        )
        work.readings.append(reading)
    add_people(session, work)
    return work


def _plain(value: JSON) -> Entry:
    return value if isinstance(value, dict) else {}

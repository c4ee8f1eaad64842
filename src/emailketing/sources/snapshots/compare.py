"""What changed while we were blind: the last picture and its changes against the table as it is."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON, Entry
from emailketing.sources.capture.base import FOUND, Operation, RowChange, WatchedTable
from emailketing.sources.documents.roll_up import RollUp
from emailketing.sources.freeze import freeze, plain_json
from emailketing.sources.models import CapturedChange
from emailketing.sources.snapshots.redo import Emptied, Noted, redo, redo_where_it_fits, undo
from emailketing.sources.snapshots.store import Picture, load_picture, save_picture
from emailketing.sources.snapshots.take import NotComparable, described_by, rows_of
from emailketing.sources.visit import Visit

MOST_WAITING = 100_000
CLOCKS_APART = timedelta(minutes=5)  # of two processes of ours


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that is not as the notes say it should be."""

    op: Operation
    key: Entry
    old: Entry | None
    new: Entry | None


def differences(
    visit: Visit, watch: WatchedTable, *, seen_again: datetime
) -> tuple[list[RowDifference], Picture]:
    """Compare one table; return what differs, and the new picture of it.

    The picture is to be saved once what differs is written down: a worker that dies in between
    finds the same again.

    Args:
        visit: the source.
        watch: the table.
        seen_again: since when everything is noted, by the clock of the business database.

    Raises:
        NotComparable: there is nothing to compare with, or the table cannot be read so.
    """
    was = load_picture(visit.source, watch.label)
    before = {change.uid for change in _waiting(visit, watch)}
    rows = rows_of(visit, watch)
    after = _waiting(visit, watch)
    picture = Picture(watch.label, visit.now, dict(rows))
    if was is None or was.why_not:
        save_picture(visit.source, picture)
        nothing = _("There is no picture of the table from before.")
        raise NotComparable(was.why_not if was else nothing)
    noted = [*_stored(visit, watch, was.taken_at), *after]
    # what an earlier comparison found stands between the notes of its time, whenever they were read
    noted = sorted({change.uid: change for change in noted}.values(), key=lambda one: one.at)
    redo(was.rows, (change for change in noted if change.at < seen_again))
    try:
        undo(rows, (change for change in noted if change.at >= seen_again))
    except Emptied as error:
        save_picture(visit.source, picture)
        raise NotComparable(_("The table was emptied meanwhile.")) from error
    late = [c for c in after if c.uid not in before and c.at < seen_again]
    redo_where_it_fits(rows, late)
    return list(_compared(was.rows, rows)), picture


def as_changes(
    found: Sequence[RowDifference], watch: WatchedTable, gap: tuple[int, datetime], said: str
) -> list[RowChange]:
    """Return them as captured changes of the gap: without author, and told once however often."""
    number, at = gap
    return [
        RowChange(
            uid=f"{FOUND}{number}-{_short(watch.label, one)}",
            order=order,
            transaction=f"{FOUND}{number}",
            at=at,
            table=watch.label,
            op=one.op,
            key=one.key,
            old=one.old,
            new=one.new,
            actor=None,
            db_user=None,
            application=said,
        )
        for order, one in enumerate(found)
    ]


def _short(label: str, one: RowDifference) -> str:
    whole = json.dumps([label, one.op, one.key], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _waiting(visit: Visit, watch: WatchedTable) -> list[Noted]:
    changes = visit.dialect.read(visit.connection, limit=MOST_WAITING).changes
    described = described_by(visit, watch)
    return [
        Noted(
            uid=change.uid,
            at=change.at,
            op=change.op,
            key=change.key,
            old=plain_json(described.masked(change.old) if described else change.old),
            new=plain_json(described.masked(change.new) if described else change.new),
        )
        for change in changes
        if change.table == watch.label
    ]


def _stored(visit: Visit, watch: WatchedTable, since: datetime) -> Iterator[Noted]:
    """Return what was stored since; committed there before it was read here."""
    table = RollUp(visit.connector, visit.connection).table_named(watch.label)
    found = CapturedChange.objects.filter(
        source=visit.source, table=table, recorded_at__gte=since - CLOCKS_APART
    )
    for row in found.order_by("pk").iterator(chunk_size=500):
        yield Noted(row.uid, row.at, row.operation, row.key, row.old, row.new)


def _compared(was: dict[str, str], now: dict[str, str]) -> Iterator[RowDifference]:
    for key, row in now.items():
        before = was.get(key)
        if before is None:
            yield RowDifference("I", json.loads(key), None, json.loads(row))
        elif before != row:
            yield from _changed(key, json.loads(before), json.loads(row))
    for key, row in was.items():
        if key not in now:
            yield RowDifference("D", json.loads(key), json.loads(row), None)


def _changed(key: str, was: Entry, now: Entry) -> Iterator[RowDifference]:
    """Columns that came, went or were renamed are no change of the record."""
    names = [name for name in now if name in was and not _same(was[name], now[name])]
    if names:
        old, new = ({name: row[name] for name in names} for row in (was, now))
        yield RowDifference("U", json.loads(key), old, new)


def _same(one: JSON, other: JSON) -> bool:
    """A column whose type was changed has the same values all the same."""
    if one is None or other is None:
        return one is other
    return one == other or bool(freeze(one) == freeze(other))

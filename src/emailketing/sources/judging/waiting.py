"""Which documents have changes that wait: these are judged from their changes, not as the past."""

from collections.abc import Iterable, Iterator, Sequence

from emailketing.sources.capture.base import RowChange
from emailketing.sources.documents.read_fresh import each
from emailketing.sources.documents.roll_up import RollUp
from emailketing.sources.documents.touched import Touched
from emailketing.sources.judging.judge import already_stored
from emailketing.sources.visit import Visit

MOST = 100_000


def touched_now(visit: Visit) -> frozenset[Touched]:
    """Return the documents that some change waiting in the business database concerns."""
    roll_up = RollUp(visit.connector, visit.connection)
    return frozenset(touched for touched, _change in _owners(visit, _waiting(visit), roll_up))


def made_now(visit: Visit) -> frozenset[Touched]:
    """Return the documents that begin with a creation that waits: before it they were not there.

    A key whose deletion waits too, and in front, is given again: its document was there.
    """
    first: dict[Touched, str] = {}
    for touched, change in _roots(visit, _waiting(visit)):
        first.setdefault(touched, change.op)
    return frozenset(touched for touched, op in first.items() if op == "I")


def about(visit: Visit, wanted: Iterable[Touched]) -> dict[Touched, list[RowChange]]:
    """Return what waits of the documents' own rows."""
    found: dict[Touched, list[RowChange]] = {one: [] for one in wanted}
    for touched, change in _roots(visit, _waiting(visit)):
        if touched in found:
            found[touched].append(change)
    return found


def _waiting(visit: Visit) -> list[RowChange]:
    changes = visit.dialect.read(visit.connection, limit=MOST).changes
    stored = already_stored(visit.source, changes)
    return [c for c in changes if c.uid not in stored and not c.is_heartbeat]


def _roots(visit: Visit, changes: Sequence[RowChange]) -> Iterator[tuple[Touched, RowChange]]:
    """Yield each change of a document's own row, in their order, with the document."""
    roll_up = RollUp(visit.connector, visit.connection)
    for touched, change in _owners(visit, changes, roll_up):
        if roll_up.is_root(change, touched.owner):
            yield touched, change


def _owners(
    visit: Visit, changes: Sequence[RowChange], roll_up: RollUp
) -> Iterator[tuple[Touched, RowChange]]:
    by_uid = {change.uid: change for change in changes}
    found, _failed = each(visit.connection, by_uid, lambda uid: roll_up.owners(by_uid[uid]))
    for uid, change in by_uid.items():
        for touched in found.get(uid, []):
            yield touched, change

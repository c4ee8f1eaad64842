"""Which documents have changes that wait: these are judged from their changes, not as the past."""

from collections.abc import Iterable, Sequence

from emailketing.sources.capture.base import Change
from emailketing.sources.judge import already_stored
from emailketing.sources.read_fresh import each
from emailketing.sources.roll_up import RollUp, Touched
from emailketing.sources.visit import Visit

MOST = 100_000


def touched_now(visit: Visit) -> frozenset[Touched]:
    """Return the documents that some change waiting in the business database concerns."""
    return _concerned(visit, _waiting(visit), roots_only=False)


def made_now(visit: Visit) -> frozenset[Touched]:
    """Return the documents whose creation waits in the business database."""
    inserts = [change for change in _waiting(visit) if change.op == "I"]
    return _concerned(visit, inserts, roots_only=True)


def about(visit: Visit, wanted: Iterable[Touched]) -> dict[Touched, list[Change]]:
    """Return what waits of the documents' own rows."""
    roll_up = RollUp(visit.connector, visit.connection)
    found: dict[Touched, list[Change]] = {one: [] for one in wanted}
    by_uid = {change.uid: change for change in _waiting(visit)}
    owners, _failed = each(visit.connection, by_uid, lambda uid: roll_up.owners(by_uid[uid]))
    for uid, change in by_uid.items():
        for touched in owners.get(uid, []):
            if touched in found and roll_up.is_root(change, touched.owner):
                found[touched].append(change)
    return found


def _waiting(visit: Visit) -> list[Change]:
    changes = visit.dialect.read(visit.connection, limit=MOST).changes
    stored = already_stored(visit.source, changes)
    return [c for c in changes if c.uid not in stored and not c.is_heartbeat]


def _concerned(visit: Visit, changes: Sequence[Change], *, roots_only: bool) -> frozenset[Touched]:
    roll_up = RollUp(visit.connector, visit.connection)
    by_uid = {change.uid: change for change in changes}
    owners, _failed = each(visit.connection, by_uid, lambda uid: roll_up.owners(by_uid[uid]))
    return frozenset(
        touched
        for uid, found in owners.items()
        for touched in found
        if not roots_only or roll_up.is_root(by_uid[uid], touched.owner)
    )

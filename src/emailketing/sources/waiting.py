"""Which documents have changes that wait: these are judged from their changes, not as the past."""

from collections.abc import Collection

from emailketing.sources.capture.base import Change
from emailketing.sources.judge import already_stored
from emailketing.sources.read_fresh import each
from emailketing.sources.roll_up import RollUp, Touched
from emailketing.sources.visit import Visit

MOST = 100_000


def touched_now(visit: Visit) -> frozenset[Touched]:
    """Return the documents that some change waiting in the business database concerns."""
    return frozenset(
        touched for found in _owners(visit, _waiting(visit)).values() for touched in found
    )


def made_now(visit: Visit) -> frozenset[Touched]:
    """Return the documents whose creation waits in the business database."""
    inserts = {change.uid: change for change in _waiting(visit) if change.op == "I"}
    roll_up = RollUp(visit.connector, visit.connection)
    return frozenset(
        touched
        for uid, found in _owners(visit, inserts.values()).items()
        for touched in found
        if roll_up.is_root(inserts[uid], touched.owner)
    )


def _waiting(visit: Visit) -> list[Change]:
    changes = visit.dialect.read(visit.connection, limit=MOST).changes
    stored = already_stored(visit.source, changes)
    return [c for c in changes if c.uid not in stored and not c.is_heartbeat]


def _owners(visit: Visit, changes: Collection[Change]) -> dict[str, Collection[Touched]]:
    roll_up = RollUp(visit.connector, visit.connection)
    by_uid = {change.uid: change for change in changes}
    owners, _failed = each(visit.connection, by_uid, lambda uid: roll_up.owners(by_uid[uid]))
    return dict(owners)

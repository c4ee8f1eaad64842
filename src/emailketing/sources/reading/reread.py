"""Read every party again: an upgraded connector says more of them than the former one did.

Without it an installation would have the birthdays only of who happens to be saved there again.
Between two blocks what happened just now has its turn.
"""

from datetime import datetime

from emailketing.common.plain import Entry
from emailketing.sources.documents.read_document import next_keys
from emailketing.sources.documents.touched import Touched
from emailketing.sources.in_use import REREAD, in_use
from emailketing.sources.judging.parties import BLOCK, read_and_save
from emailketing.sources.link import QueryFailed, connected_to
from emailketing.sources.models import Source
from emailketing.sources.visit import Visit


def reread_some(visit: Visit) -> int:
    """Read the next block of parties again, where that has begun; return how many there were.

    Raises:
        QueryFailed: those of a kind cannot be read; told once, the others have their turn then.
    """
    source = visit.source
    read = source.health.get(REREAD)
    if read is None:
        return 0
    kind = next((kind for kind in visit.connector.parties if read.get(kind, 0) is not None), None)
    if kind is None:
        _note(source, None)
        return 0
    behind = read.get(kind, 0)
    try:
        count = _read_block(visit, kind, behind)
    except QueryFailed:
        _note(source, read | {kind: None})
        raise
    _note(source, read | {kind: behind + count if count else None})
    return count


def _read_block(visit: Visit, kind: str, behind: int) -> int:
    connector, connection = visit.connector, visit.connection
    party = connector.parties[kind]
    keys = next_keys(connection, connector, party, behind=behind, most=BLOCK)
    block = [Touched.of(kind, key) for key in keys]
    if block:
        read_and_save(visit.source, connector, connection, block, now=visit.now)
    return len(block)


def reread_all(source: Source, *, now: datetime) -> int:
    """Read every party again, at once; return how many there are.

    Raises:
        CaptureError, ConnectorError: the source cannot be read; the worker goes on with it later.
    """
    _note(source, {})
    with connected_to(source) as (connection, dialect):
        visit, read = Visit(source, in_use(source), connection, dialect, now), 0
        while REREAD in source.health:
            read += reread_some(visit)
    return read


def _note(source: Source, read: Entry | None) -> None:
    health = {name: value for name, value in source.health.items() if name != REREAD}
    source.health = health | ({REREAD: read} if read is not None else {})
    source.save(update_fields=["health"])

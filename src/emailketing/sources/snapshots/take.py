"""Take pictures of the watched tables: at the installation, then once a day, a few at a time."""

import logging
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta

from django.utils.translation import gettext as _

from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import CaptureError, ConnectionFailed, DatabaseBusy
from emailketing.sources.connectors.audit import AuditTable
from emailketing.sources.snapshots.store import (
    MOST_ROWS,
    Picture,
    keep_only,
    save_picture,
    taken_at,
    written,
)
from emailketing.sources.visit import Visit

logger = logging.getLogger(__name__)
EVERY = timedelta(days=1)
PATIENCE = 0.3  # seconds in one turn of the worker; a picture begun is finished
WHEN_INSTALLING = 30.0  # seconds somebody who presses the button waits for at most


class NotComparable(Exception):
    """Why this table cannot be compared, in words."""


def take_pictures(
    visit: Visit, watches: Iterable[WatchedTable], *, patience: float = PATIENCE
) -> int:
    """Take the pictures that are due, those never taken first; return how many were taken."""
    chosen = {watch.label: watch for watch in watches}
    keep_only(visit.source, chosen)
    ages = {label: taken_at(visit.source, label) or 0.0 for label in chosen}
    oldest = visit.now.timestamp() - EVERY.total_seconds()
    begun, taken = time.monotonic(), 0
    for label in sorted((one for one in ages if ages[one] < oldest), key=ages.__getitem__):
        if time.monotonic() - begun >= patience:
            break
        taken += take_picture(visit, chosen[label])
    return taken


def take_picture(visit: Visit, watch: WatchedTable) -> bool:
    try:
        rows = rows_of(visit, watch)
    except NotComparable as error:
        return save_picture(visit.source, Picture(watch.label, visit.now, {}, str(error)))
    except DatabaseBusy:
        return False
    return save_picture(visit.source, Picture(watch.label, visit.now, rows))


def described_by(visit: Visit, watch: WatchedTable) -> AuditTable | None:
    """Return what the connector says of this table: what is a secret."""
    audit, dialect = visit.connector.audit, visit.dialect.name
    names = {named.label: name for name, named in visit.connector.named_watches(dialect).items()}
    return audit.table(names.get(watch.label, watch.table)) if audit else None


def rows_of(visit: Visit, watch: WatchedTable) -> dict[str, str]:
    """Read the table as it is now.

    Raises:
        NotComparable: it is too large, has no key, or may not be read.
        ConnectionFailed, DatabaseBusy: not the table's fault.
    """
    found: dict[str, str] = {}
    described = described_by(visit, watch)
    try:
        with closing(visit.dialect.rows(visit.connection, watch)) as rows:
            for key, row in rows:
                found[written(key)] = written((described.masked(row) if described else row) or {})
                if len(found) > MOST_ROWS:
                    sentence = _("Table “%(table)s” has more than %(count)s rows.")
                    raise NotComparable(sentence % {"table": watch.label, "count": MOST_ROWS})
    except (ConnectionFailed, DatabaseBusy):
        raise
    except CaptureError as error:
        raise NotComparable(str(error)) from error
    return found

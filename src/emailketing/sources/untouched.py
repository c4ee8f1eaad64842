"""A file that nobody has written since it was read needs no reading: a glance at it is enough.

Opening an SQLite file makes it parse every table and trigger in it, twice a second for nothing.
"""

import time
from datetime import timedelta

from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.shelf import mark_of
from emailketing.sources.dialects.sqlite.access import file_stamp
from emailketing.sources.models import Source
from emailketing.sources.turns import must_tell

# file systems tell times coarsely: within it a second save may leave no mark of its own
SETTLED_AFTER = timedelta(seconds=2)
NOTED_BY_US = {"polled_at", "backlog"}


def untouched_mark(source: Source) -> object | None:
    """Return what every save, every change of the connector and of the source's settings changes.

    None: it cannot be said (a server, a file that is away or was written a moment ago), or we have
    something to say there.
    """
    if source.dialect != "sqlite" or must_tell(source):
        return None
    file = file_stamp(source.database)
    # by the clock that gave the file its time, whatever time the caller plays
    settled = time.time_ns() - SETTLED_AFTER // timedelta(microseconds=1) * 1000
    if not file or any(not 0 < state.changed < settled for state in file):
        return None
    try:
        connector = mark_of(source.connector)
    except ConnectorError:
        return None
    fields = (f.attname for f in source._meta.concrete_fields if f.attname not in NOTED_BY_US)
    return file, connector, [getattr(source, name) for name in fields]

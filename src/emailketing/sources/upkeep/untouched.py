"""What nobody has written since it was read needs no reading: a glance at it is enough."""

from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.shelf import mark_of
from emailketing.sources.login import login_of
from emailketing.sources.models import Source
from emailketing.sources.upkeep.turns import must_tell

NOTED_BY_US = {"polled_at", "backlog"}


def untouched_mark(source: Source) -> object | None:
    """Return what every save, every change of the connector and of the source's settings changes.

    None: it cannot be said (a server, a file that is away or was written a moment ago), or we have
    something to say there.
    """
    kind = source.kind_of_database
    if kind is None or must_tell(source):
        return None
    seen = kind.glance(login_of(source))
    if seen is None:
        return None
    try:
        connector = mark_of(source.connector)
    except ConnectorError:
        return None
    fields = (f.attname for f in source._meta.concrete_fields if f.attname not in NOTED_BY_US)
    return seen, connector, [getattr(source, name) for name in fields]

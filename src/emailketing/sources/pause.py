"""Stop reading a source for a while, and go on: changes wait in the business database meanwhile."""

from datetime import datetime

from emailketing.sources.capture.base import LEASE
from emailketing.sources.capture.errors import CaptureError, NotInstalled
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source


def pause(source: Source, *, now: datetime) -> None:
    """Read nothing more from this source until `resume`; nothing is lost for 30 days (C3).

    Raises:
        NotInstalled: there is nothing to pause.
    """
    if source.installed_at is None:
        raise NotInstalled
    try:
        with connected_to(source) as (connection, dialect):
            dialect.renew_lease(connection, now + LEASE)
    except CaptureError:
        pass  # it does not answer right now: pausing must be possible all the same
    source.status, source.problem = Source.Status.PAUSED, ""
    source.save(update_fields=["status", "problem"])


def resume(source: Source, *, now: datetime) -> None:
    """Go on reading; what waited is read first.

    Raises:
        NotInstalled: capture was never installed here.
    """
    if source.installed_at is None:
        raise NotInstalled
    source.status, source.problem, source.checked_at = Source.Status.WORKING, "", now
    source.save(update_fields=["status", "problem", "checked_at"])

"""Stop reading a source for a while, and go on.

Changes wait in the business database meanwhile. For an upgrade of the business system our triggers
are taken away too: SQLite refuses to drop a column that a trigger names (C19). What is changed then
is found by comparing afterwards.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.sources.attaching.install import mend
from emailketing.sources.capture.base import LEASE
from emailketing.sources.capture.errors import CaptureError, NotInstalled
from emailketing.sources.gaps import Blind, is_for_upgrade, moment, note_gap
from emailketing.sources.in_use import in_use
from emailketing.sources.link import connected_to
from emailketing.sources.models import Gap, Source
from emailketing.sources.snapshots.take import WHEN_INSTALLING, take_pictures
from emailketing.sources.upkeep.put_right import note_blindness
from emailketing.sources.validate import usable_watches
from emailketing.sources.visit import Visit


def pause(source: Source, *, by: Who | str, now: datetime) -> None:
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
    _paused(source, "", by, now)


def pause_for_upgrade(source: Source, *, by: Who | str, now: datetime) -> None:
    """Take our triggers away until `resume`: the business system may alter its tables as it likes.

    Raises:
        NotInstalled: there is nothing to pause.
        CaptureError, ConnectorError: one sentence; the triggers are where they were.
    """
    if source.installed_at is None:
        raise NotInstalled
    connector = in_use(source)
    with connected_to(source) as (connection, dialect):
        visit = Visit(source, connector, connection, dialect, now)
        watches, _unusable = usable_watches(connector, connection)
        if not is_for_upgrade(source):
            take_pictures(visit, watches, patience=WHEN_INSTALLING)
            health = dialect.inspect(connection, watches)
            note_blindness(visit, health)  # what nobody has looked at since has a line of its own
            note_gap(source, Blind(Gap.Kind.UPGRADE, health.now), now=now)
        _paused(source, said_meanwhile(source), by, now)  # the worker must not put them back
        dialect.lift(connection)


@transaction.atomic
def _paused(source: Source, problem: str, by: Who | str, now: datetime) -> None:
    source.status, source.problem = Source.Status.PAUSED, problem
    source.save(update_fields=["status", "problem"])
    note("paused", by=by, now=now, about=source)


def said_meanwhile(source: Source) -> str:
    """Say since when nothing is noted, and what to do when the upgrade is done."""
    gap = source.gaps.filter(kind=Gap.Kind.UPGRADE, end=None).first()
    if gap is None:
        return ""
    sentence = _(
        "Paused for an upgrade since %(begin)s: nothing is noted. When the upgrade is done, press"
        " “Go on reading”; what was changed is then found by comparing."
    )
    return sentence % {"begin": moment(gap.begin)}


def resume(source: Source, *, by: Who | str, now: datetime) -> None:
    """Go on reading; what waited is read first. After an upgrade the tables are compared.

    Raises:
        NotInstalled: capture was never installed here.
        CaptureError, ConnectorError: (after an upgrade) one sentence; it stays paused.
    """
    if source.installed_at is None:
        raise NotInstalled
    if is_for_upgrade(source):
        mend(source, now=now)
    source.status, source.problem, source.checked_at = Source.Status.WORKING, "", now
    with transaction.atomic():
        source.save(update_fields=["status", "problem", "checked_at"])
        note("resumed", by=by, now=now, about=source)

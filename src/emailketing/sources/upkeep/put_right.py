"""Noting has stopped somewhere: mend it by ourselves, and tell what happened meanwhile.

Every time of blindness is a gap (`gaps`). When notes are taken again, each table is compared with
its last picture: what differs was done between the gap's two ends, nobody knows by whom.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.utils.translation import gettext as _

from emailketing.company.models import Company, Identity
from emailketing.sources.capture.base import HEARTBEAT, ChangeBlock, Health, RowChange, WatchedTable
from emailketing.sources.capture.errors import CaptureError, ConnectionFailed, DatabaseBusy
from emailketing.sources.gaps import Blind, is_for_upgrade, moment, note_gap, open_gap
from emailketing.sources.judging.gather import SourceSession, gather
from emailketing.sources.judging.judge import Work, already_stored, read_and_write_down
from emailketing.sources.judging.take_stock import catch_up
from emailketing.sources.models import Gap, Source
from emailketing.sources.snapshots.compare import as_changes, differences
from emailketing.sources.snapshots.store import save_picture
from emailketing.sources.snapshots.take import NotComparable
from emailketing.sources.upkeep.neighbours import is_anothers, mark_there
from emailketing.sources.visit import Visit

logger = logging.getLogger(__name__)
AT_ONCE = 500
OF_NO_USE = ("heartbeat", "miss")  # what our tables end with that note nothing of the business
SETTLED = timedelta(days=1)  # what was found need not come to rest


def is_blind(health: Health) -> bool:
    """Whether something is not noted, or may not be, until it is mended."""
    return bool(not health.installed or health.missing or health.damaged)


def put_right(visit: Visit, watches: Sequence[WatchedTable], health: Health) -> Health:
    """Mend triggers and tables where our rights allow; return how it is then.

    Raises:
        ConnectionFailed, DatabaseBusy: nothing was changed; it is tried again.
    """
    note_blindness(visit, health)
    if not health.installed or _is_elsewhere(visit):
        return health  # taken out by somebody, or another database: not for us to decide
    if is_anothers(visit.source, mark_there(visit.connection, visit.dialect)):
        return health  # another installation took it over
    if health.lost_secrets and not health.blocking:
        return health  # under its new name it would be noted: somebody has to look (S22)
    logger.warning("source %s: triggers or tables do not fit; mending them", visit.source.slug)
    mark = visit.source.installation or None
    try:
        visit.dialect.repair(visit.connection, watches, identity_id=mark)
    except (ConnectionFailed, DatabaseBusy):
        raise
    except CaptureError as error:
        logger.warning("source %s: cannot be mended: %s", visit.source.slug, error)
        if health.blocking:  # better blind than in the way of a save (C11)
            visit.dialect.lift(visit.connection)
    return visit.dialect.inspect(visit.connection, watches)


def note_blindness(visit: Visit, health: Health) -> None:
    """Write a gap for whatever is not noted now, from when it was last seen well."""
    source = visit.source
    if source.installed_at is None or is_for_upgrade(source):
        return
    if not health.installed:
        _begin(visit, Gap.Kind.UNTRIGGERED, health)
        return
    ours = [table for table in health.damaged if not table.endswith(OF_NO_USE)]
    if ours:
        _begin(visit, Gap.Kind.STATE_LOST, health, detail=", ".join(ours))
    for label in health.missing:
        if label != HEARTBEAT:
            _begin(visit, Gap.Kind.UNTRIGGERED, health, table=label)


def _begin(
    visit: Visit, kind: Gap.Kind, health: Health, *, table: str = "", detail: str = ""
) -> None:
    if open_gap(visit.source, kind, table) is None:
        begin = min(visit.well_at or _last_look(visit.source) or health.now, health.now)
        note_gap(visit.source, Blind(kind, begin, table=table, detail=detail), now=visit.now)


def _last_look(source: Source) -> datetime | None:
    written = source.health.get("looked_at")
    return datetime.fromisoformat(written) if written else source.checked_at


def _is_elsewhere(visit: Visit) -> bool:
    """Whether this is not the place that was registered, whatever became of our mark in it."""
    registered = Identity.objects.filter(scope=visit.source.scope).first()
    if registered is None:
        return False
    found = visit.dialect.identity(visit.connection)
    known = {**registered.values, "installation": ""}
    return {**found, "installation": ""} != known


def see_again(
    visit: Visit, watches: Sequence[WatchedTable], health: Health, since: datetime
) -> int:
    """Close the gaps that are over: compare, tell what is found, judge the newest documents.

    Args:
        visit: the source.
        watches: the tables that can be watched.
        health: how it is now.
        since: since when everything is noted again, by the clock of the business database.

    Returns:
        How many changes were found.
    """
    if not health.installed or health.blocking:
        return 0
    blind = {*health.missing}
    gaps = [
        gap
        for gap in visit.source.gaps.filter(end=None).order_by("table", "begin")
        if gap.table not in blind and (gap.table or not blind)
    ]
    if not gaps:
        return 0
    compared: set[str] = set()
    found = sum(_close(visit, gap, watches, since, compared) for gap in gaps)
    catch_up(_session(visit))
    return found


def _close(
    visit: Visit, gap: Gap, watches: Sequence[WatchedTable], since: datetime, compared: set[str]
) -> int:
    """Compare what nobody has compared yet; gaps of the same time share what is found."""
    end = max(since, gap.begin)
    words = {"begin": moment(gap.begin), "end": moment(end)}
    said = _("found by comparing, between %(begin)s and %(end)s") % words
    found, read, why = 0, 0, [gap.detail] if gap.detail else []
    for watch in watches:
        if (gap.table and watch.label != gap.table) or watch.label in compared:
            continue
        try:
            rows, picture = differences(visit, watch, seen_again=since)
        except NotComparable as error:
            why.append(str(error))
            continue
        _write_down(visit, as_changes(rows, watch, (gap.pk, end), said))
        save_picture(visit.source, picture)
        compared.add(watch.label)
        found += len(rows)
        read += 1
    is_shared = bool(gap.table) and gap.table in compared
    gap.found = found if read or is_shared else None
    gap.end, gap.detail = end, " · ".join(dict.fromkeys(why))[:500]
    gap.save(update_fields=["found", "end", "detail"])
    return found


def _write_down(visit: Visit, changes: Sequence[RowChange]) -> None:
    """Store them, with what follows from them, as if they had been noted."""
    remaining = iter(changes)
    while block := list(islice(remaining, AT_ONCE)):
        read = _Reading(visit, block)
        read_and_write_down(visit.source, visit.connector, read, now=visit.now)


class _Reading:
    """One block of what was found, read anew at each attempt."""

    def __init__(self, visit: Visit, changes: Sequence[RowChange]) -> None:
        self._visit, self._changes = visit, changes

    def __call__(self) -> Work:
        stored = already_stored(self._visit.source, self._changes)
        fresh = [change for change in self._changes if change.uid not in stored]
        return gather(_session(self._visit), ChangeBlock(fresh, self._visit.now + SETTLED)).work


def _session(visit: Visit) -> SourceSession:
    language = Company.get().language
    return SourceSession(visit.source, visit.connector, visit.connection, language, visit.now)

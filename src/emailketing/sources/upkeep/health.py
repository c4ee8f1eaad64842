"""Look after a source: drift, lease, heartbeat, misses, paused processes (C3, C11, C19, C23)."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from emailketing.common.plain import Entry
from emailketing.common.said import kept_with, parts_of
from emailketing.common.said import say as _
from emailketing.company.identity import check_identity
from emailketing.company.models import Company
from emailketing.sources.capture.base import LEASE, Health
from emailketing.sources.capture.errors import DatabaseBusy
from emailketing.sources.connectors import Process
from emailketing.sources.documents.catalogue import forget_catalogue
from emailketing.sources.gaps import Blind, is_for_upgrade, note_gap
from emailketing.sources.in_use import in_use, why_not_adopted
from emailketing.sources.judging.gather import SourceSession, gather_pending
from emailketing.sources.judging.judge import read_and_write_down
from emailketing.sources.judging.pending import due
from emailketing.sources.judging.take_stock import catch_up, take_stock
from emailketing.sources.judging.waiting import made_now, touched_now
from emailketing.sources.link import connected_to
from emailketing.sources.models import Gap, Source
from emailketing.sources.snapshots.take import take_pictures
from emailketing.sources.upkeep.adopt import keep_up
from emailketing.sources.upkeep.facts import HEARTBEAT_LOST, facts
from emailketing.sources.upkeep.missed import note_misses
from emailketing.sources.upkeep.put_right import is_blind, put_right, see_again
from emailketing.sources.upkeep.turns import known_of
from emailketing.sources.validate import paused, usable_watches, validate
from emailketing.sources.visit import Visit

__all__ = ["facts", "look", "look_after", "mend_if_blocking", "revalidate"]
logger = logging.getLogger(__name__)
LOOK_EVERY = timedelta(minutes=1)
VALIDATE_EVERY = timedelta(minutes=10)
RENEW_BEFORE = LEASE - timedelta(days=1)  # so it is renewed once a day (C3)
RENEW_AT_LAST = timedelta(days=2)
BEAT_EVERY = timedelta(days=1)
BEAT_BACK_WITHIN = timedelta(minutes=5)
PENDING_BLOCK = 100
MOST_MISSES = MOST_NAMED = 5


def look_after(source: Source, now: datetime) -> None:
    """Look at everything once, over a connection of its own.

    Raises:
        CaptureError, ConnectorError: the source cannot be looked at.
    """
    with connected_to(source) as (connection, dialect):
        look(Visit(source, in_use(source), connection, dialect, now))


def look(visit: Visit, *, is_forced: bool = True) -> None:
    """Compare the triggers with what they should be, renew the lease, send a heartbeat.

    `is_forced`: somebody asked for it, so what cannot be read is tried again whatever its pause.
    """
    source = visit.source
    if known_of(source).is_held:
        return  # nothing of ours is written there until somebody has decided
    is_new = keep_up(visit, is_forced=True)
    watches, _unusable = usable_watches(visit.connector, visit.connection)
    health = visit.dialect.inspect(visit.connection, watches)
    noted_since = health.now
    upgrading = is_for_upgrade(source)
    fits_not = (is_blind(health) or health.drifted) and not upgrading
    if fits_not:
        health = put_right(visit, watches, health)
    if health.installed:
        _renew(visit, health)
        _beat(visit, health)
    if is_new or fits_not or _should_validate(source, health, visit.now):
        revalidate(visit)
    note_misses(visit, health)
    see_again(visit, watches, health, noted_since)
    if health.installed and not is_blind(health):
        take_pictures(visit, watches)
    judge_pending(visit, is_forced=is_forced)
    _catch_up_after_misses(visit, health)
    if health.installed:
        check_identity(source.scope, visit.dialect.identity(visit.connection), now=visit.now)
    health.waiting = max(health.waiting - visit.stored, 0)
    source.health = {**source.health, **_written(health)}
    source.backlog, source.checked_at = health.waiting, visit.now
    source.save(update_fields=["health", "backlog", "checked_at"])
    say(source, trouble_of(source, health))


def say(source: Source, sentence: str) -> bool:
    """Note the problem, "" for none; whether that is news.

    Somebody may have paused or removed the source meanwhile: then it stays so.
    """
    status = Source.Status.TROUBLE if sentence else Source.Status.WORKING
    if (source.status, source.problem) == (status, sentence[:500]):
        return False
    read = Source.objects.filter(
        pk=source.pk, status__in=[Source.Status.WORKING, Source.Status.TROUBLE]
    )
    is_read = read.update(status=status, problem=sentence[:500], said=kept_with(sentence))
    source.refresh_from_db(fields=["status", "problem", "said"])
    return bool(is_read and sentence)


def mend_if_blocking(visit: Visit) -> bool:
    """SQLite: business saves fail while a table of ours is missing; mend it at once (C11)."""
    watches, _unusable = usable_watches(visit.connector, visit.connection)
    if not visit.dialect.inspect(visit.connection, watches).blocking:
        return False
    look(visit)
    return True


def _catch_up_after_misses(visit: Visit, health: Health) -> None:
    """A change that was saved but not noted (C9) is looked for at once, not only by “Repair”."""
    if not health.misses:
        return
    newest = max(miss.at for miss in health.misses).isoformat()
    if visit.source.health.get("caught_up_to") == newest:
        return
    language = Company.get().language
    catch_up(SourceSession(visit.source, visit.connector, visit.connection, language, visit.now))
    visit.source.health = {**visit.source.health, "caught_up_to": newest}


def _renew(visit: Visit, health: Health) -> None:
    until = health.lease_until
    if until is not None and until > health.now + RENEW_BEFORE:
        return
    try:
        visit.dialect.renew_lease(visit.connection, health.now + LEASE)
    except DatabaseBusy:
        if until is None or until < health.now + RENEW_AT_LAST:
            raise
        return  # there is time: at another look it may disturb nobody
    health.lease_until = health.now + LEASE
    if until is not None and until < health.now:
        # nothing was noted since: what became so in between is past, and no mail is written for it
        logger.warning("source %s: the lease had run out", visit.source.slug)
        note_gap(visit.source, Blind(Gap.Kind.LEASE, until), now=visit.now)
        take_stock(visit, working_processes(visit), waiting=touched_now)


def _beat(visit: Visit, health: Health) -> None:
    if health.heartbeat_sent is None or health.now - health.heartbeat_sent > BEAT_EVERY:
        sent = health.now.replace(microsecond=health.now.microsecond // 1000 * 1000)
        with suppress(DatabaseBusy):  # at another look it may disturb nobody
            visit.dialect.heartbeat(visit.connection, sent)
            health.heartbeat_sent = sent


def _should_validate(source: Source, health: Health, now: datetime) -> bool:
    last = _moment(source.health.get("validated_at"))
    return bool(
        source.paused_processes
        or health.drifted
        or health.missing
        or last is None
        or now - last > VALIDATE_EVERY
        or now < last
    )


def revalidate(visit: Visit) -> None:
    """Run every query for no rows; pause the processes that cannot work, let the others go on.

    The past of a process that works for the first time is noted before anything of it happens.
    """
    source = visit.source
    forget_catalogue(visit.connection)
    problems = validate(visit.connector, visit.connection)
    source.paused_processes = paused(problems)
    new = [p for p in working_processes(visit) if p.name not in source.stocked]
    failed: dict[str, str] = {}
    stocked = take_stock(visit, new, waiting=made_now, failed=failed)
    source.stocked = [*source.stocked, *stocked]
    source.paused_processes = {**failed, **source.paused_processes}  # until its past can be read
    source.health = {
        **source.health,
        "validated_at": visit.now.isoformat(),
        "problems": [problem.sentence for problem in problems][:20],
        "said": parts_of([*source.paused_processes.values(), *(p.sentence for p in problems)]),
    }
    source.save(update_fields=["paused_processes", "stocked", "health"])


def working_processes(visit: Visit) -> list[Process]:
    paused_ones = visit.source.paused_processes
    return [p for p in visit.connector.edges.values() if p.name not in paused_ones]


def judge_pending(visit: Visit, *, is_forced: bool = True, most: int | None = None) -> int:
    """Judge again what could not be read, unless all its processes are still paused.

    Args:
        visit: the source and the connection.
        is_forced: try everything, whatever its pause.
        most: no more than so many; the rest has its turn later.

    Returns:
        How many of them need not wait any longer.
    """
    source = visit.source
    waiting = due(source, visit.connector, None if is_forced else visit.now)
    # what fails again keeps its line: what is there now is tried once, not for ever
    pks = list(waiting.values_list("pk", flat=True)[:most])
    before = source.pending.count() if pks else 0
    for start in range(0, len(pks), PENDING_BLOCK):
        pending = list(source.pending.filter(pk__in=pks[start : start + PENDING_BLOCK]))
        session = SourceSession(
            source, visit.connector, visit.connection, Company.get().language, visit.now
        )
        read = partial(gather_pending, session, pending)
        read_and_write_down(source, visit.connector, read, now=visit.now)
    return before - source.pending.count() if pks else 0


def trouble_of(source: Source, health: Health) -> str:
    """Return the most urgent problem in words with what to do, "" when all is well."""
    if not health.installed:
        return _("Capture is not installed in the business database. Install it on this page.")
    if health.missing:
        return _("Changes in %(tables)s are not noted: the triggers are gone. Press “Repair”.") % {
            "tables": _few(health.missing)
        }
    if health.damaged:
        return _("Our tables in the business database were altered. Press “Repair”.")
    if health.drifted:
        return _drifted(health)
    return why_not_adopted(source) or _paused_one(source) or _quieter_trouble(health)


def _paused_one(source: Source) -> str:
    if not source.paused_processes:
        return ""
    process, sentence = next(iter(source.paused_processes.items()))
    return _("%(process)s is paused: %(sentence)s") % {"process": process, "sentence": sentence}


def _drifted(health: Health) -> str:
    if health.lost_secrets:
        return _(
            "%(columns)s, which the connector keeps secret, is not there any more. If the column "
            "has another name now, write that into the connector first; then press “Repair”."
        ) % {"columns": _few(health.lost_secrets)}
    return _("The columns of %(tables)s have changed. Press “Repair” to note them too.") % {
        "tables": _few(health.drifted)
    }


def _quieter_trouble(health: Health) -> str:
    off = [where for code, where in health.unseen if code == "switched off"]
    if off:
        return _(
            "A setting switches triggers off for %(where)s (session_replication_role=replica): "
            "what is saved so is not noted. Have an administrator of the database take it away."
        ) % {"where": ", ".join(off)}
    lost = [missed for missed in health.missed if missed.lost]
    if lost:
        return _(
            "Some changes of %(tables)s could not be noted: the gaps say when. (%(reason)s)"
        ) % {
            "tables": _few([missed.table for missed in lost]),
            "reason": lost[0].reason,
        }
    beat = health.heartbeat_sent
    if (
        beat is not None
        and (health.heartbeat_seen is None or health.heartbeat_seen < beat)
        and health.now - beat > BEAT_BACK_WITHIN
    ):
        return _(HEARTBEAT_LOST)
    return ""


def _few(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")


def _written(health: Health) -> Entry:
    """Return the health as JSON, for the console."""
    return {
        "installed": health.installed,
        "looked_at": _iso(health.now),
        "waiting": health.waiting,
        "oldest_at": _iso(health.oldest_at),
        "misses": [
            {"at": _iso(miss.at), "table": miss.table, "op": miss.op, "reason": miss.reason}
            for miss in health.misses[:MOST_MISSES]
        ],
        "lease_until": _iso(health.lease_until),
        "heartbeat_sent": _iso(health.heartbeat_sent),
        "heartbeat_seen": _iso(health.heartbeat_seen),
        "missing": health.missing,
        "drifted": health.drifted,
        "damaged": health.damaged,
        "runs_as": health.runs_as,
        "unseen": [list(what) for what in health.unseen],
        "own": health.own,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(written: object) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else None

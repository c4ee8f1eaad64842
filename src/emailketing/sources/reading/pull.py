"""Read what happened in the business systems: the first step of every turn of the worker."""

import logging
import time
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet
from django.utils import translation
from sqlalchemy.exc import SQLAlchemyError

from emailketing.common.boundary import Boundary
from emailketing.common.due import has_come
from emailketing.common.said import sentence_of
from emailketing.company.identity import check_identity, is_safe_mode
from emailketing.company.models import INSTALLATION, Company
from emailketing.sources.capture.base import ChangeBlock, RowChange
from emailketing.sources.capture.errors import CaptureError, DatabaseBusy, Held, NotInstalled
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.gaps import Blind, note_gap
from emailketing.sources.in_use import in_use, news_of
from emailketing.sources.judging.gather import GatheredDocuments, SourceSession, gather
from emailketing.sources.judging.judge import already_stored, write_down
from emailketing.sources.judging.pending import LONGEST_PAUSE, next_try, try_at_once
from emailketing.sources.models import CATCHING_UP, Gap, Source
from emailketing.sources.reading.pulse import Pulse, keep_only, pulse_of
from emailketing.sources.reading.reread import reread_some
from emailketing.sources.upkeep.adopt import keep_up
from emailketing.sources.upkeep.health import (
    LOOK_EVERY,
    judge_pending,
    look,
    mend_if_blocking,
    revalidate,
    say,
    working_processes,
)
from emailketing.sources.upkeep.restored import (
    OurDatabaseIsACopy,
    catch_up_after_restore,
    look_for_a_restore,
)
from emailketing.sources.upkeep.tidy_up import tidy_up
from emailketing.sources.upkeep.turns import stored_up_to
from emailketing.sources.upkeep.untouched import untouched_mark
from emailketing.sources.visit import Visit

logger = logging.getLogger(__name__)
BLOCK = CATCHING_UP  # changes read at once: memory stays flat during an import
SEEN_EVERY = timedelta(seconds=10)
TRIED_AT_ONCE = 100  # documents that could not be read: the others have their turn in between
MOST_BUSY = 20  # turns in a row before a busy database is called a problem
UNANSWERED = (CaptureError, ConnectorError, SQLAlchemyError)


def has_sources() -> bool:
    """Whether one is at work; the last one that was paused keeps no connection."""
    if _at_work().exists():
        return True
    keep_only(set())
    return False


def pull_due(now: datetime) -> int:
    """Read one block of every source that is due; return how much there was to do.

    A source that does not answer is tried again later and makes no other one wait.
    """
    sources = list(_at_work())
    keep_only({source.pk for source in sources})
    marks = [(source, untouched_mark(source)) for source in sources]  # before anything is read
    due = [(source, mark) for source, mark in marks if _is_due(source, mark, now)]
    if not due:
        return 0
    with translation.override(Company.get().language):
        return sum(_turn(source, mark, now) for source, mark in due)


def _at_work() -> QuerySet[Source]:
    return Source.objects.filter(status__in=[Source.Status.WORKING, Source.Status.TROUBLE])


def _is_due(source: Source, untouched: object | None, now: datetime) -> bool:
    try:
        pulse = pulse_of(source)
    except CaptureError:
        return True  # its turn says so
    return pulse.is_due(now) and pulse.must_read(untouched, now)


def _turn(source: Source, untouched: object | None, now: datetime) -> int:
    try:
        pulse = pulse_of(source)
    except CaptureError as error:
        _say(source, sentence_of(error))
        return 0
    pulse.untouched, pulse.read_at = None, now
    with Boundary(f"source {source.slug}") as met:
        try:
            done = _read(source, pulse, now)
        except UNANSWERED as error:
            _bear(source, pulse, error, now)
            return 0
        pulse.untouched = None if done else untouched
        return done
    pulse.failed(now)
    _say(source, met.sentence)
    return 0


def _bear(source: Source, pulse: Pulse, error: Exception, now: datetime) -> None:
    """Wait a while after a failure, and say it where people read it."""
    if isinstance(error, DatabaseBusy):
        pulse.was_busy(now)
        if pulse.busy >= MOST_BUSY:
            _say(source, sentence_of(error))
        return
    if isinstance(error, Held):
        pulse.hold(now)
    else:
        pulse.failed(now)
    if isinstance(error, SQLAlchemyError):
        error = CaptureError(detail=" ".join(str(error).split())[:300])
    _say(source, sentence_of(error))


def _read(source: Source, pulse: Pulse, now: datetime) -> int:
    if not pulse.is_open():
        return 0
    with pulse.link.connected() as connection:
        visit = Visit(source, in_use(source), connection, pulse.link.dialect, now)
        visit.well_at = pulse.well_at
        _keep_up(visit, pulse)
        try:
            done = pull(visit, pulse)
        except NotInstalled:
            if not mend_if_blocking(visit):
                raise
            done = 0
        pulse.succeeded()
        done += _try_again(visit, pulse)
        done += 0 if done else reread_some(visit)
        if has_come(pulse.look_at, LOOK_EVERY, now):
            look(visit, is_forced=False)
            pulse.look_at = now + LOOK_EVERY
    _seen(source, pulse, now, done=done)
    return done


def _keep_up(visit: Visit, pulse: Pulse) -> None:
    """Take over what was changed in the connector's folder, or say at once what keeps it back."""
    known = news_of(visit.source)
    if keep_up(visit):
        revalidate(visit)
    elif news_of(visit.source) == known:
        return
    pulse.look_at = None


def _try_again(visit: Visit, pulse: Pulse) -> int:
    """Read what could not be read: when its pause is over, and when somebody mended the connector.

    Returns:
        How many could be read.
    """
    was_mended = pulse.connector is not None and pulse.connector is not visit.connector
    pulse.connector = visit.connector
    now = visit.now
    if was_mended:
        try_at_once(visit.source, now)
    elif not has_come(pulse.try_at, LONGEST_PAUSE, now):
        return 0
    mended = judge_pending(visit, is_forced=False, most=TRIED_AT_ONCE)
    pulse.try_at = next_try(visit.source, now) or now + LOOK_EVERY
    if mended:
        pulse.look_at = None
    return mended


def pull(visit: Visit, pulse: Pulse) -> int:
    """Read one block, store what follows from it, and only then forget it there (C14, C17).

    Returns:
        How many changes were stored or seen for the first time.
    """
    began = time.monotonic()
    block = visit.dialect.read(visit.connection, limit=pulse.limit, known=pulse.left.uids)
    if block.is_unmarked:  # before anything else: without our mark it would be called a copy
        look(visit)
        block = visit.dialect.read(visit.connection, limit=pulse.limit, known=pulse.left.uids)
    if block.scheme != pulse.scheme:
        pulse.look_at = None
    else:
        pulse.well_at = block.now
    pulse.scheme = block.scheme
    visit.mark = block.mark
    closely = pulse.looks_closely(visit.now)
    look_for_a_restore(visit, closely=closely)
    pulse.is_behind = len(block.changes) >= pulse.limit
    if pulse.is_behind:
        _say_behind(visit.source)
    gathered = _write_down(visit, block) if block.changes else GatheredDocuments()
    if pulse.is_behind and not gathered.ripe:
        pulse.limit = BLOCK  # all of it is settling: what is behind it may not wait for that
    else:
        pulse.took(time.monotonic() - began)
    if gathered.work.has_failures:
        pulse.try_at = None
    pulse.left.add([*gathered.ripe, *_nobodys(visit, block)], visit.now)
    tidy_up(visit, pulse.left, closely=closely)
    fresh = set(gathered.waiting) - pulse.waiting
    pulse.waiting = set(gathered.waiting)
    return len(gathered.ripe) + len(fresh)


def _say_behind(source: Source) -> None:
    """Say so before its events are there: the flood guard has to see all of an import."""
    if source.backlog < CATCHING_UP:
        source.backlog = CATCHING_UP
        Source.objects.filter(pk=source.pk).update(backlog=CATCHING_UP)


def _write_down(visit: Visit, block: ChangeBlock) -> GatheredDocuments:
    """Store what follows from a block; what is `ripe` then is ours for ever."""
    _check_identities(visit)
    if any(process.name not in visit.source.stocked for process in working_processes(visit)):
        revalidate(visit)  # the connector has learnt a process
    beats = [change for change in block.changes if change.is_heartbeat]
    if beats:
        try:
            visit.dialect.heartbeat_seen(visit.connection, max(_beat(change) for change in beats))
        except DatabaseBusy:
            beats = []  # it is read again, and noted when that disturbs nobody
    stored = already_stored(visit.source, block.changes)
    block.changes = [c for c in block.changes if c.uid not in stored and not c.is_heartbeat]
    catch_up_after_restore(visit)
    language = Company.get().language
    session = SourceSession(visit.source, visit.connector, visit.connection, language, visit.now)
    gathered = gather(session, block)
    if any(reading.problem for reading in gathered.work.readings):
        revalidate(visit)
    if gathered.ripe:
        write_down(visit.source, visit.connector, gathered.work, now=visit.now)
        Source.objects.filter(pk=visit.source.pk).update(changed_at=visit.now)
    gathered.ripe += [*stored, *(change.uid for change in beats)]
    stored_up_to(visit.source, gathered.ripe)
    return gathered


def _check_identities(visit: Visit) -> None:
    """Whatever follows from these rows goes to the inbox only when this is a copy (C20)."""
    if is_safe_mode(INSTALLATION):
        raise OurDatabaseIsACopy
    found = visit.dialect.identity(visit.connection)
    check_identity(visit.source.scope, found, now=visit.now)


def _nobodys(visit: Visit, block: ChangeBlock) -> list[str]:
    """Rows that are not in our own writing: dropped, and one line for ever says that they were."""
    if block.unreadable:
        count = len(block.unreadable)
        logger.warning(
            "source %s: %s rows nobody of ours wrote were dropped", visit.source.slug, count
        )
        found = ", ".join(block.unreadable)
        blind = Blind(Gap.Kind.UNREADABLE, block.now, end=block.now, misses=count, detail=found)
        note_gap(visit.source, blind, now=visit.now)
    return block.unreadable


def _beat(change: RowChange) -> datetime:
    """Return the time that was written into the heartbeat row."""
    written = (change.new or {}).get("at")
    if not isinstance(written, str):
        return change.at
    try:
        at = datetime.fromisoformat(written)
    except ValueError:  # somebody else wrote into our row
        return change.at
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _seen(source: Source, pulse: Pulse, now: datetime, *, done: int) -> None:
    """Say that we were here, not at every poll: idle must be cheap."""
    backlog = max(len(pulse.waiting), BLOCK if pulse.is_behind else 0)
    is_news = done or (backlog >= BLOCK) is not (source.backlog >= BLOCK)
    if is_news or pulse.seen_at is None or abs(now - pulse.seen_at) > SEEN_EVERY:
        pulse.seen_at = now
        Source.objects.filter(pk=source.pk).update(polled_at=now, backlog=backlog)


def _say(source: Source, sentence: str) -> None:
    """Note the problem once; the page of the source shows it."""
    if say(source, sentence):
        logger.warning("source %s: %s", source.slug, sentence)

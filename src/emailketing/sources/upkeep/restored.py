"""Was a business database put back, or our own? Nothing is read until somebody has looked (C20).

Read decision 31 first: what each side remembers of the other, and what follows after a restore.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F, Max
from django.utils.translation import gettext_noop
from sqlalchemy.exc import SQLAlchemyError

from emailketing.common.document import as_document, as_json
from emailketing.common.plain import Values
from emailketing.company.identity import is_safe_mode
from emailketing.company.models import INSTALLATION, Company, SafeMode
from emailketing.company.safe_mode import enter_safe_mode
from emailketing.sources.capture.errors import CaptureError, Held
from emailketing.sources.connectors import ConnectorError, Process
from emailketing.sources.documents.read_document import has_become
from emailketing.sources.documents.read_fresh import read_documents
from emailketing.sources.documents.touched import Touched
from emailketing.sources.gaps import Blind, note_gap
from emailketing.sources.in_use import in_use
from emailketing.sources.judging.edges import before_of
from emailketing.sources.judging.judge import merged
from emailketing.sources.judging.take_stock import take_stock, true_keys
from emailketing.sources.judging.told import ToldCount, overlaid, what_was_told
from emailketing.sources.judging.waiting import about, made_now, touched_now
from emailketing.sources.link import QueryFailed, connected_to
from emailketing.sources.models import DocumentState, Gap, Source
from emailketing.sources.upkeep.health import working_processes
from emailketing.sources.upkeep.neighbours import TakenOver, is_anothers, words_of
from emailketing.sources.upkeep.turns import KnownMark, advance, known_of, remember
from emailketing.sources.visit import Visit

TURN = "turn:"  # in front of the source's name, among the facts of a safe mode


class OurDatabaseIsACopy(Held):
    sentence = gettext_noop(
        "Our own database is a copy or was restored: nothing is read from the business system "
        "until an administrator confirms that this is the one that works."
    )


class BusinessPutBack(Held):
    sentence = gettext_noop(
        "The business database was put back to an earlier state: nothing is read from it until an "
        "administrator has looked at “Safe mode” and confirmed."
    )


def look_for_a_restore(visit: Visit, *, closely: bool) -> None:
    """Compare the mark just read with what we remember of it; costs nothing while all is well.

    Args:
        visit: with the mark just read.
        closely: also ask whether what is stored and not deleted there still stands there.

    Raises:
        TakenOver: it is another installation's by now.
        BusinessPutBack: it is older than we remember: safe mode of this source.
        OurDatabaseIsACopy: it is newer: our own database was put back.
    """
    known, mark = known_of(visit.source), visit.mark
    if is_anothers(visit.source, mark):
        _taken_over(visit, known)
    elif known.is_held:
        _go_on_if_confirmed(visit, known)
    elif mark.turn > known.highest:
        _unless_raised_meanwhile(visit)
    elif mark.turn in {known.turn, known.intended} and mark.turn:
        if closely and known.left and not visit.dialect.still_there(visit.connection, known.left):
            _look_closer(visit)
    elif mark.turn:
        _hold(visit, mark.at, what_was_told(visit))
    elif known.highest and closely:
        _look_closer(visit)


def _taken_over(visit: Visit, known: KnownMark) -> None:
    words = words_of(visit.mark)
    facts: Values = {**words, "at": visit.mark.since or None}
    enter_safe_mode(visit.source.scope, SafeMode.Kind.TAKEN_OVER, facts, now=visit.now)
    if not known.is_held:
        remember(visit.source, replace(known, is_held=True))
    raise TakenOver(**words)


def ask_the_businesses(now: datetime) -> None:
    """Look whether a business database knows more of us than we do; silence says nothing."""
    is_read = [Source.Status.WORKING, Source.Status.TROUBLE]
    for source in Source.objects.filter(status__in=is_read):
        with (
            suppress(CaptureError, ConnectorError, SQLAlchemyError),
            connected_to(source) as (connection, dialect),
        ):
            mark = dialect.read(connection, limit=0).mark
            visit = Visit(source, in_use(source), connection, dialect, now, mark=mark)
            if not is_anothers(source, mark):
                _unless_raised_meanwhile(visit)


def _unless_raised_meanwhile(visit: Visit) -> None:
    """Our row is read after the mark: another thread or command of ours notes a turn here first.

    What was read before it may be older than the mark without anything having been put back.
    """
    visit.source.refresh_from_db(fields=["marks"])
    known = known_of(visit.source)
    if visit.mark.turn > known.highest and not known.is_held:
        _ours_is_older(visit, known)


def _ours_is_older(visit: Visit, known: KnownMark) -> None:
    name, turn = f"{TURN}{visit.source.slug}", visit.mark.turn
    if known.highest:
        modes = SafeMode.objects.filter(scope=INSTALLATION, kind=SafeMode.Kind.RESTORED)
        seen = [mode.facts.get(name) for mode in modes.exclude(confirmed_at=None)]
        if turn not in seen:
            facts: Values = {
                name: turn,
                "ours": known.highest,
                "source": visit.source.name,
                "at": visit.mark.at.isoformat() if visit.mark.at else None,
            }
            mode = enter_safe_mode(INSTALLATION, SafeMode.Kind.RESTORED, facts, now=visit.now)
            if name not in mode.facts:  # it was open already, for another reason
                mode.facts = {**mode.facts, name: turn}
                mode.save(update_fields=["facts"])
            raise OurDatabaseIsACopy
    remember(visit.source, replace(known, turn=turn, intended=turn))


def _look_closer(visit: Visit) -> None:
    """Notes or our table are gone: by hand, or with everything else?"""
    told = what_was_told(visit)
    if told.tells_of_a_restore:
        _hold(visit, None, told)
    known = known_of(visit.source)
    remember(visit.source, replace(known, left=""))
    if not visit.mark.turn:
        advance(visit)


def _hold(visit: Visit, at: datetime | None, told: ToldCount) -> None:
    source = visit.source
    facts = {**told.facts(), "at": at.isoformat() if at else None}
    enter_safe_mode(source.scope, SafeMode.Kind.RESTORED, facts, now=visit.now)
    begin = at or visit.now - timedelta(milliseconds=1)
    note_gap(source, Blind(Gap.Kind.RESTORED, begin=begin, end=visit.now), now=visit.now)
    remember(source, replace(known_of(source), is_held=True))
    raise BusinessPutBack


def _go_on_if_confirmed(visit: Visit, known: KnownMark) -> None:
    if is_safe_mode(visit.source.scope):
        raise BusinessPutBack
    reconcile(visit)
    turn = max(known.highest, visit.mark.turn)
    remember(visit.source, KnownMark(turn=turn, intended=turn))
    advance(visit)


def reconcile(visit: Visit) -> None:
    """Bring what we know of the documents to how they are now; nothing is written about it.

    Their changes that wait are judged afterwards: what they begin or complete is told, unless it
    reads exactly as it was told before.
    """
    made, touched = made_now(visit), touched_now(visit)
    for process in working_processes(visit):
        ended = {one.name for one in made if one.owner == process.document_type}
        ended |= set(_became_so_since(visit, process, touched - made))
        states = DocumentState.objects.filter(
            source=visit.source, process=process.name, is_true=True
        )
        if not process.changed:  # it has no past
            unread: dict[Touched, QueryFailed] = {}
            true = true_keys(visit.connector, visit.connection, process, unread)
            there = {Touched.of(process.document_type, key).name for key in true}
            there |= {one.name for one in unread}  # nobody knows: as it was
            keys = states.values_list("document_key", flat=True)
            ended |= {key for key in keys if key not in there}
        for key in ended:
            states.filter(document_key=key).update(is_true=False, life=F("life") + 1)
    take_stock(visit, working_processes(visit), waiting=touched_now)


def _became_so_since(visit: Visit, process: Process, touched: frozenset[Touched]) -> Iterator[str]:
    """Yield the documents that were not so before the changes that wait."""
    wanted = [one for one in touched if one.owner == process.document_type]
    found, _failed = read_documents(
        visit.connection, visit.connector, wanted, language=Company.get().language
    )
    for one, changes in about(visit, wanted).items():
        document = found.get(one)
        if document is None:
            continue
        before = before_of(visit.connector, one.owner, merged(changes))
        if not has_become(
            process, as_document(overlaid(as_json(document), before)), visit.connector
        ):
            yield one.name


def catch_up_after_restore(visit: Visit) -> bool:
    """Note every document as it is, once after an administrator confirmed a restored database.

    Our backup does not know what was sent since it was made; without this every document of those
    days would be written about again when somebody next touches it. Documents with changes that
    wait are judged as usual.

    Returns:
        Whether there was a restore to catch up with.
    """
    source = visit.source
    # a first registration is no restore: only what a person confirmed is
    confirmed = SafeMode.objects.filter(scope=INSTALLATION).aggregate(at=Max("confirmed_at"))["at"]
    noted = source.health.get("stocked_at")
    last = datetime.fromisoformat(noted) if noted else source.installed_at
    if confirmed is None or last is None or confirmed <= last:
        return False
    take_stock(visit, working_processes(visit), waiting=touched_now)
    source.health = {**source.health, "stocked_at": visit.now.isoformat()}
    source.save(update_fields=["health"])
    return True

"""The reaper: messages left behind by a worker that died, and messages that came too late.

What was only claimed was not handed over and is ready again; what was being transmitted is in doubt
and follows its class (R4). What three workers were at when they died is poison (R24): at it, not
only holding it in memory; where nobody can see what a worker was at, everything it held counts.
A worker whose file shows that it is dead loses its claims at once, else when the leases end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from emailketing.common.own_dialect import locking
from emailketing.common.said import join
from emailketing.common.said import say as _
from emailketing.outbox.afterwards.doubt import doubt_sentence
from emailketing.outbox.classes import HOLD
from emailketing.outbox.models import Attempt, State
from emailketing.outbox.sending.claim import BLOCK, PolicyRefusal, expired
from emailketing.outbox.sending.in_flight import (
    NAME_LENGTH,
    WorkerSeen,
    in_flight_folder,
    workers_seen,
)
from emailketing.outbox.sending.sql import aware, instant, listing, said_json

Touched = Mapping[str, frozenset[int]]  # worker → the messages it was at
CRASHES_AT_MOST = 3
_LOST = """
    SELECT id, state, attempt, crash_count, in_doubt_policy, expires_at, claim_token
      FROM outbox_message
     WHERE state IN ('claimed', 'transmitting') AND lease_until < %s
     ORDER BY lease_until LIMIT %s"""
_OF_THE_DEAD = _LOST.replace("lease_until < %s", "substr(claim_token, 1, 12) IN (@)")
_RETURN = """
    UPDATE outbox_message
       SET state = %s, reason = %s, detail = %s, said = %s, next_at = %s, finished_at = %s,
           claim_token = '', lease_until = NULL, crash_count = crash_count + %s
     WHERE id = %s AND state = %s"""
_END_ATTEMPT = """
    UPDATE outbox_attempt SET phase = %s, outcome = %s, finished_at = %s
     WHERE message_id = %s AND number = %s"""
_WAS_IN_DOUBT = """
    SELECT 1 FROM outbox_attempt WHERE message_id = %s AND outcome = 'in_doubt' LIMIT 1"""
_LATE = """
    SELECT id, attempt, detail FROM outbox_message
     WHERE state IN ('scheduled', 'ready', 'deferred') AND expires_at <= %s LIMIT %s"""
_EXPIRE = """
    UPDATE outbox_message SET state = %s, reason = %s, detail = %s, said = COALESCE(%s, said),
           finished_at = %s
     WHERE id = %s"""


@dataclass(frozen=True, slots=True)
class Fate:
    state: str
    reason: str
    detail: str


def reap_seen(now: datetime) -> int:
    """Look at the files of all workers, take back what the dead and the late held."""
    return reap(now, workers_seen(in_flight_folder()))


def reap(now: datetime, seen: Sequence[WorkerSeen] = ()) -> int:
    """Take back what a dead worker held; return how many messages."""
    touched = {worker.name: worker.numbers for worker in seen}
    dead = [worker for worker in seen if worker.is_dead]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOST + locking(), [instant(now), BLOCK])
        rows = cursor.fetchall()
        for row in rows:
            _return(cursor, row, touched, now)
    return len(rows) + _bury(dead, touched, now)


def _bury(dead: Sequence[WorkerSeen], touched: Touched, now: datetime) -> int:
    """Nobody renews or uses these claims any more; what was transmitted stays in doubt (R4)."""
    if not dead:
        return 0
    names = [worker.name for worker in dead]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(listing(_OF_THE_DEAD, names) + locking(), [*names, BLOCK])
        rows = cursor.fetchall()
        for row in rows:
            _return(cursor, row, touched, now)
    if len(rows) < BLOCK:
        for worker in dead:
            worker.forget()
    return len(rows)


def _return(cursor: CursorWrapper, row: tuple[Any, ...], touched: Touched, now: datetime) -> None:
    number, state, attempt, crashes, policy, expires_at, token = row
    was_sending = state == State.TRANSMITTING
    numbers = touched.get(token[:NAME_LENGTH])
    more = int(was_sending or numbers is None or number in numbers)
    is_late = aware(expires_at) <= now
    asks = policy == HOLD or is_late
    fate = _fate(was_sending=was_sending, asks=asks, crashes=crashes + more)
    detail, finished = fate.detail, None
    if fate.state == State.QUARANTINED:
        finished = instant(now)
        if was_sending or _was_in_doubt(cursor, number):
            detail = join(" ", [detail, doubt_sentence()])
    cursor.execute(
        _RETURN,
        [
            *(fate.state, fate.reason, detail[:500], said_json(detail), instant(now), finished),
            *(more, number, state),
        ],
    )
    phase, outcome = Attempt.Phase.CLAIMED, Attempt.Outcome.CRASHED
    if was_sending:
        phase, outcome = Attempt.Phase.DOT, Attempt.Outcome.IN_DOUBT
    cursor.execute(_END_ATTEMPT, [phase, outcome, instant(now), number, attempt])


def _was_in_doubt(cursor: CursorWrapper, number: int) -> bool:
    cursor.execute(_WAS_IN_DOUBT, [number])
    return cursor.fetchone() is not None


def _fate(*, was_sending: bool, asks: bool, crashes: int) -> Fate:
    if was_sending and asks:
        sentence = _("The worker stopped while the server was answering: it may have been sent.")
        return Fate(State.IN_DOUBT, "in_doubt", sentence)
    if crashes >= CRASHES_AT_MOST:
        sentence = _("The worker stopped three times at this message: look at it before sending.")
        return Fate(State.QUARANTINED, "crashes", sentence)
    if was_sending:
        return Fate(State.READY, "in_doubt", _("The worker stopped; it is sent again."))
    return Fate(State.READY, "crashed", _("The worker stopped before anything was handed over."))


def expire(now: datetime) -> int:
    """End what is no longer worth sending; return how many messages."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LATE + locking(), [instant(now), BLOCK])
        late: list[PolicyRefusal] = [expired(*row) for row in cursor.fetchall()]
        cursor.executemany(
            _EXPIRE,
            [refusal.values(now) for refusal in late],
        )
    return len(late)

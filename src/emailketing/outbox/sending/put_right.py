"""A clock that was ahead was put right: nothing waits for an hour that was never meant (R2).

What was written down by the wrong clock is recognised by itself: it was queued, or last tried, at
a moment that has not come yet. A moment that was chosen (a delay, quiet hours, “not before”) stays
as it is: nobody is written to in the night because of a clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from emailketing.channels.models import Sender
from emailketing.common.own_dialect import locking
from emailketing.outbox.models import ClockJump, Message
from emailketing.outbox.sending.claim import BLOCK
from emailketing.outbox.sending.mark import TRANSMIT_LEASE
from emailketing.outbox.sending.sql import aware, instant

NEWEST = 1_000  # looked at each time: a campaign that waits is not read through every 15 seconds
TOLERANCE = timedelta(minutes=1)  # clocks of two machines differ by less
_QUEUED_AHEAD = """
    SELECT m.id, m.created_at, m.not_before, m.next_at, m.expires_at, m.attempt
      FROM outbox_message m
     WHERE m.id > %s AND m.created_at > %s AND m.state IN ('scheduled', 'ready', 'deferred')
     LIMIT %s"""
_TRIED_AHEAD = """
    SELECT a.id, a.finished_at, m.id, m.next_at
      FROM outbox_message m JOIN outbox_attempt a ON a.message_id = m.id AND a.number = m.attempt
     WHERE a.finished_at > %s AND m.next_at > %s
       AND m.state IN ('scheduled', 'ready', 'deferred') LIMIT %s"""
_QUEUED = """
    UPDATE outbox_message SET created_at = %s, not_before = %s, next_at = %s, expires_at = %s
     WHERE id = %s"""


@dataclass(slots=True)
class Found:
    """What the wrong clock left behind: how many messages, and by how much it was ahead."""

    moved: int = 0
    ahead: timedelta = timedelta()

    def add(self, ahead: timedelta) -> None:
        self.moved += 1
        self.ahead = max(self.ahead, ahead)


def put_right(now: datetime, *, jump: timedelta = timedelta(), closely: bool = True) -> int:
    """Judge again when what waits is due; return how many messages need not wait any longer.

    Args:
        now: the time by the right clock.
        jump: by how much it was seen to be put back, when somebody saw it.
        closely: look at all that waits, also at what was tried: at the start, and when somebody
            saw a jump.
    """
    found = Found(ahead=jump)
    with transaction.atomic(), connection.cursor() as cursor:
        _queued_ahead(cursor, found, now, above=0 if closely else _newest(cursor))
        if closely:
            _tried_ahead(cursor, found, now)
        if found.ahead > TOLERANCE:
            _let_go(found.ahead, now)
            seconds = int(found.ahead.total_seconds())
            ClockJump.objects.create(at=now, seconds=seconds, moved=found.moved)
    return found.moved


def _newest(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT max(id) FROM outbox_message")
    return (cursor.fetchone()[0] or 0) - NEWEST


def _queued_ahead(cursor: CursorWrapper, found: Found, now: datetime, *, above: int) -> None:
    cursor.execute(_QUEUED_AHEAD + locking("m"), [above, instant(now + TOLERANCE), BLOCK])
    for number, *moments, attempts in cursor.fetchall():
        created, not_before, next_at, expires = map(aware, moments)
        ahead = created - now
        at_once = not_before <= created
        # the hour in the mail is that of `not_before`: once it may have left it stays (R5)
        first = now if at_once and not attempts else not_before
        due = max(next_at - ahead, now) if at_once else next_at
        values = [now, first, due, expires - ahead if at_once else expires]
        cursor.execute(_QUEUED, [*map(instant, values), number])
        found.add(ahead)


def _tried_ahead(cursor: CursorWrapper, found: Found, now: datetime) -> None:
    limits = [instant(now + TOLERANCE), instant(now), BLOCK]
    cursor.execute(_TRIED_AHEAD + locking("m"), limits)
    for attempt, finished, number, next_at in cursor.fetchall():
        ahead = aware(finished) - now
        due = instant(max(aware(next_at) - ahead, now))
        cursor.execute("UPDATE outbox_message SET next_at = %s WHERE id = %s", [due, number])
        values = [instant(now), attempt]
        cursor.execute("UPDATE outbox_attempt SET finished_at = %s WHERE id = %s", values)
        found.add(ahead)


def _let_go(ahead: timedelta, now: datetime) -> None:
    """Pauses of senders and leases end as long after now as they were meant to."""
    for sender in Sender.objects.filter(paused_until__gt=now):
        if sender.paused_until:
            until = max(sender.paused_until - ahead, now)
            Sender.objects.filter(pk=sender.pk).update(paused_until=until)
    latest = now + TRANSMIT_LEASE
    Message.objects.filter(state__in=("claimed", "transmitting"), lease_until__gt=latest).update(
        lease_until=latest
    )


def last_jump(now: datetime, *, within: timedelta) -> ClockJump | None:
    return ClockJump.objects.filter(at__gt=now - within, at__lte=now).first()

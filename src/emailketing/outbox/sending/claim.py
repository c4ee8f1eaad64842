"""Take what is due, a block at a time, so that nobody else takes it (R10–R12).

Policy has its last word here: what may not leave gets its final state and no attempt; what may is
`claimed` with a token and a lease, its attempt raised, one attempt row per claim.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from emailketing.channels.models import Sender
from emailketing.common.own_dialect import locking
from emailketing.common.said import in_each, kept_with
from emailketing.common.said import say as _
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppressed_among
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.models import DUE, Message, State
from emailketing.outbox.policy import Allowance, Brakes, address_kind, allowance, stopping
from emailketing.outbox.sending.faults import reach
from emailketing.outbox.sending.sql import aware, instant, listing, said_json

LEASE = timedelta(seconds=120)  # renewed by the heartbeat (§2.3)
# the states stand there as they are written: the partial index asks for it
_FIND = """
    SELECT m.id, m.attempt, m.sender_id, m.priority, m.dispatch_id, m.revision_id, d.scope,
           d.trigger, m.address, m.name, m.from_name, m.from_address, m.reply_to, m.language,
           m.fields, m.mail_class, m.message_id, m.not_before, m.expires_at, m.in_doubt_policy,
           m.crash_count, m.detail, m.channel, m.cost
      FROM outbox_message m JOIN outbox_dispatch d ON d.id = m.dispatch_id
     WHERE m.state IN ('scheduled', 'ready', 'deferred')
       AND m.sender_id = %s AND m.priority = %s AND m.next_at <= %s AND m.crash_count = 0
     ORDER BY m.next_at, m.id LIMIT %s"""
_FIND_SUSPECT = _FIND.replace("m.crash_count = 0", "m.crash_count > 0")
_IS_DUE = """
    SELECT 1 FROM outbox_message
     WHERE state IN ('scheduled', 'ready', 'deferred')
       AND sender_id = %s AND priority = %s AND next_at <= %s LIMIT 1"""
_CLAIM = """
    UPDATE outbox_message
       SET state = 'claimed', attempt = attempt + 1, claim_token = %s, lease_until = %s,
           is_redirected = %s
     WHERE id IN (@)"""
_BEGIN_ATTEMPT = """
    INSERT INTO outbox_attempt
           (message_id, number, phase, outcome, peer, enhanced, reply, started_at)
    SELECT id, attempt, 'claimed', '', '', '', '', %s FROM outbox_message WHERE id IN (@)"""
_JOB_COLUMNS = [name for name in Job.__slots__ if name not in {"token", "is_redirected"}]
THROTTLED = "throttled"
BLOCK = 500

Row = dict[str, Any]  # what the statements below select


@dataclass(frozen=True, slots=True)
class ClaimLimit:
    """What the engine has room for: one sender, one lane, so many.

    `with_suspect`: one message that a dead worker left behind may be among them. They go out one
    by one, so that the next crash shows which of them is the poison (R24).
    """

    sender_id: int
    priorities: Sequence[int]
    most: int
    with_suspect: bool = True
    worker: str = ""  # with this the token begins: whose claim it is


@dataclass(frozen=True, slots=True)
class PolicyRefusal:
    """What policy decided instead of sending."""

    id: int
    state: str
    reason: str
    detail: str

    def values(self, now: datetime) -> tuple[str | int | None, ...]:
        """Return what both statements that end a message write."""
        words = self.detail[:500], said_json(self.detail)
        return self.state, self.reason, *words, instant(now), self.id


def is_due(sender_id: int, priorities: Sequence[int], now: datetime) -> bool:
    """Whether a claim would find something: a cheap look that takes no lock."""
    with connection.cursor() as cursor:
        for priority in priorities:
            cursor.execute(_IS_DUE, [sender_id, priority, instant(now)])
            if cursor.fetchone():
                return True
    return False


def claim(wish: ClaimLimit, brakes: Brakes, *, now: datetime) -> list[Job]:
    """Claim up to `most` messages of one sender, most urgent first, then oldest (R10, R11)."""
    if wish.most < 1 or not is_due(wish.sender_id, wish.priorities, now):
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        allowed = _allowed(wish, brakes, now)
        rows = _due_rows(cursor, wish, min(wish.most, allowed.most), now)
        if not rows:
            return []
        suppressed = _suppressions(rows)
        refusals, taken = [], []
        for row in rows:
            refusal = _judge(row, suppressed.get(row["address"].lower(), ()), now)
            if refusal:
                refusals.append(refusal)
            else:
                taken.append(row)
        _refuse(cursor, refusals, now)
        if allowed.money is not None:
            taken = _affordable(taken, allowed.money)
        jobs = _take(cursor, taken, brakes, _token(wish), now)
    reach("after_claim")
    return jobs


def _allowed(wish: ClaimLimit, brakes: Brakes, now: datetime) -> Allowance:
    """Ask the sender's brakes once more, now that nobody else can use up the same allowance."""
    sender = Sender.objects.select_for_update().get(pk=wish.sender_id)
    allowed = allowance(sender, brakes, now=now)
    if sender.failure_count and brakes.is_live:
        # a probe: one message shows whether the server is back (R21)
        return replace(allowed, most=min(allowed.most, 1))
    return allowed


def _affordable(rows: list[Row], money: Decimal) -> list[Row]:
    """Leave out what the rest of the month's budget does not pay; it waits and says so (R19)."""
    paid, waiting = [], []
    for row in rows:
        cost = Decimal(str(row["cost"] or 0))
        if cost > money:
            waiting.append(row["id"])
            continue
        money -= cost
        paid.append(row)
    if waiting:
        why = _("It costs more than what is left of the sender's budget of this month.")
        words = {"detail": why, "said": kept_with(why)}
        Message.objects.filter(pk__in=waiting).update(reason=THROTTLED, **words)
    return paid


def explain_waiting(sender_id: int, why: str, now: datetime) -> None:
    """Let what has to wait say why: reason `throttled`, no attempt (R19)."""
    told = {"reason": THROTTLED, "detail": why[:500]}
    waiting = Message.objects.filter(
        state__in=DUE, sender_id=sender_id, priority__in=URGENT + BULK, next_at__lte=now
    ).exclude(**told)
    some = list(waiting.order_by("priority", "next_at").values_list("pk", flat=True)[:BLOCK])
    Message.objects.filter(pk__in=some, state__in=DUE).update(**told, said=kept_with(why))


def _due_rows(cursor: CursorWrapper, wish: ClaimLimit, most: int, now: datetime) -> list[Row]:
    rows: list[Row] = []
    if wish.with_suspect:
        rows += _find(cursor, _FIND_SUSPECT, wish, min(most, 1), now)
    return rows + _find(cursor, _FIND, wish, most - len(rows), now)


def _find(
    cursor: CursorWrapper, statement: str, wish: ClaimLimit, most: int, now: datetime
) -> list[Row]:
    rows: list[Row] = []
    for priority in wish.priorities:
        if room := most - len(rows):
            wanted = [wish.sender_id, priority, instant(now), room]
            cursor.execute(statement + locking("m"), wanted)
            names = [column[0] for column in cursor.description]
            rows += [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows


def _suppressions(rows: list[Row]) -> dict[str, list[Suppression]]:
    """Return what is suppressed among these, by address; a sender has one channel only."""
    kind = address_kind(rows[0]["channel"])
    return suppressed_among((row["address"] for row in rows), kind=kind)


def _judge(row: Row, suppressions: Iterable[Suppression], now: datetime) -> PolicyRefusal | None:
    if suppression := stopping(suppressions, row["mail_class"], row["trigger"]):
        detail = in_each(lambda _language: suppression.get_reason_display())
        return PolicyRefusal(row["id"], State.SUPPRESSED, suppression.reason, detail)
    if aware(row["expires_at"]) <= now:
        return expired(row["id"], row["attempt"], row["detail"])
    return None


def expired(message_id: int, attempts: int, detail: str) -> PolicyRefusal:
    """What was tried has failed, with the last error kept; what never was has expired (R15)."""
    if attempts:
        return PolicyRefusal(message_id, State.FAILED, "expired", detail)
    return PolicyRefusal(message_id, State.EXPIRED, "expired", _("It was no longer worth sending."))


def _refuse(cursor: CursorWrapper, refusals: list[PolicyRefusal], now: datetime) -> None:
    if refusals:
        cursor.executemany(
            "UPDATE outbox_message SET state = %s, reason = %s, detail = %s,"
            " said = COALESCE(%s, said), finished_at = %s WHERE id = %s",
            [refusal.values(now) for refusal in refusals],
        )


def _token(wish: ClaimLimit) -> str:
    return (wish.worker + secrets.token_hex())[:32]


def _take(
    cursor: CursorWrapper, rows: list[Row], brakes: Brakes, token: str, now: datetime
) -> list[Job]:
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    redirected = {row["id"] for row in rows if brakes.redirects(row["scope"])}
    for flag in (True, False):
        some = [number for number in ids if (number in redirected) is flag]
        if some:
            values = [token, instant(now + LEASE), flag, *some]
            cursor.execute(listing(_CLAIM, some), values)
    cursor.execute(listing(_BEGIN_ATTEMPT, ids), [instant(now), *ids])
    return [_job(row, token, row["id"] in redirected) for row in rows]


def _job(row: Row, token: str, is_redirected: bool) -> Job:
    values = {name: row[name] for name in _JOB_COLUMNS}
    values["attempt"] += 1
    values["fields"] = json.loads(values["fields"])
    for name in ("not_before", "expires_at"):
        values[name] = aware(values[name])
    return Job(token=token, is_redirected=is_redirected, **values)

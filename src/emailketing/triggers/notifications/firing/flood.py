"""The flood guard: an import must not become a flood of messages. Hold, tell once, decide."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.plain import Values
from emailketing.common.reading import once
from emailketing.events.models import Event
from emailketing.events.readers import unread
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome, Rule

logger = logging.getLogger(__name__)
Result = Outcome.Result
WINDOW = timedelta(hours=1)


def is_flooded(rule: Rule, *, now: datetime, event: Event | None = None) -> bool:
    """Say whether more happened within the hour than people at work can cause.

    What waits to be looked at counts too, so that of an import nothing leaves; it is counted once
    for all rules of an event.
    """
    since = max(now - WINDOW, rule.flood_cleared_at or now - WINDOW)
    happened = (
        Outcome.objects.filter(
            rule=rule, result__in=[Result.SENT, Result.HELD], event__recorded_at__gt=since
        )
        .order_by()[: rule.flood_limit + 1]
        .count()
    )
    if happened > rule.flood_limit:
        return True
    waiting = (
        unread(RULES)
        .filter(source=rule.source.slug, kind=rule.process, recorded_at__gt=since)
        .order_by()[: rule.flood_limit + 1]
    )
    what = ("waiting", event.pk if event else None, rule.source_id, rule.process, since)
    count = once((*what, rule.flood_limit), waiting.count) if event else waiting.count()
    return happened + count > rule.flood_limit


class ReasonMissing(Exception):
    """What is given up is given up for a reason, which is noted."""


@transaction.atomic
def release_held(rule: Rule, *, by: Who | str, now: datetime) -> int:
    """Let the worker write what the guard held back; return how many there are."""
    _clear(rule, now)
    held = Outcome.objects.filter(rule=rule, result=Result.HELD)
    count = held.update(result=Result.RELEASED, at=now)
    note("released", by=by, now=now, about=rule, changes={"held": [count, 0]})
    return count


@transaction.atomic
def drop_held(rule: Rule, *, reason: str, by: Who | str, now: datetime) -> int:
    """Give up what the flood guard held back, with the reason; nothing is sent.

    Raises:
        ReasonMissing: one sentence.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the reason is noted."))
    _clear(rule, now)
    held = Outcome.objects.filter(rule=rule, result=Result.HELD)
    count = held.update(result=Result.DROPPED, detail=reason[:500], at=now)
    changes: Values = {"held": [count, 0], "reason": ["", reason]}
    note("dropped", by=by, now=now, about=rule, changes=changes)
    return count


@transaction.atomic
def retry_failed(rule: Rule, *, by: Who | str, now: datetime) -> int:
    """Let the worker decide again where nothing could be written; return how many there are.

    For when the template, the sender or the addresses have been put right.
    """
    failed = Outcome.objects.filter(rule=rule, result__in=[Result.FAILED, Result.NO_ADDRESS])
    count = failed.update(result=Result.RELEASED, at=now)
    note("retried", by=by, now=now, about=rule, changes={"failed": [count, 0]})
    return count


def _clear(rule: Rule, now: datetime) -> None:
    """Somebody has looked: what came before does not count any more."""
    rule.flood_cleared_at = now
    rule.save(update_fields=["flood_cleared_at"])

"""A sender that fails rests for a while; one message then shows whether it is well again (R21)."""

from datetime import datetime, timedelta

from django.db import transaction

from emailketing.channels.base import Reply
from emailketing.channels.models import Sender
from emailketing.common.said import kept_with
from emailketing.common.said import say as _
from emailketing.outbox.plain import legible
from emailketing.outbox.sending.retry import account_pause, connection_pause

LONGEST_WAIT = timedelta(hours=4)


@transaction.atomic
def note_failure(
    sender_id: int, sentence: str, *, is_account: bool, now: datetime
) -> datetime | None:
    """Count a failure in a row; return until when the sender rests now, None when it goes on.

    A refused password rests at once, a server that cannot be reached from the fifth time on. What
    fails while it rests was under way when it fell: one outage, however many connections saw it.
    """
    sender = Sender.objects.select_for_update().get(pk=sender_id)
    if sender.paused_until and sender.paused_until > now:
        return sender.paused_until
    sender.failure_count += 1
    pause = (account_pause if is_account else connection_pause)(sender.failure_count)
    if pause:
        sender.paused_until, sender.paused_reason = now + pause, legible(sentence)[:300]
        sender.paused_said = kept_with(sentence)
    sender.save(update_fields=["failure_count", "paused_until", "paused_reason", "paused_said"])
    return sender.paused_until if pause else None


def ask_to_wait(sender_id: int, reply: Reply, *, now: datetime) -> datetime:
    """The far side names a time (429 with Retry-After): the sender rests so long (R14)."""
    until = now + min(reply.wait or LONGEST_WAIT, LONGEST_WAIT)
    why = _("It asks us to wait: %s") % reply.text
    Sender.objects.filter(pk=sender_id).update(
        paused_until=until, paused_reason=why[:300], paused_said=kept_with(why)
    )
    return until


def note_success(sender_id: int) -> None:
    """The probe went through: forget the failures."""
    Sender.objects.filter(pk=sender_id, failure_count__gt=0).update(
        failure_count=0, paused_until=None, paused_reason=""
    )

"""Read the mailboxes and do what people ask for by mail: each mail once, nothing else touched.

A turn reads heads only, in batches. What came of a batch, and where reading goes on, is one
transaction: whoever is killed before it reads the same mails again, after it none of them.
"""

import logging
import secrets
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F, Q

from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.email.reading.batch import Batch
from emailketing.channels.email.reading.head import MailHead, read_head
from emailketing.channels.email.reading.mails import mails
from emailketing.channels.mailboxes import claim_turn, note_failure, note_read
from emailketing.channels.models import Mailbox, MailSeen, MailTaken
from emailketing.common.crypto import SecretUnreadable
from emailketing.preferences.by_mail import end_by_mail, names_a_link

logger = logging.getLogger(__name__)
Result = MailTaken.Result


def has_mailboxes() -> bool:
    return Mailbox.objects.filter(is_active=True).exists()


def read_due(now: datetime) -> int:
    """Read every mailbox whose turn has come; return how many mails were looked at."""
    due = Mailbox.objects.filter(Q(next_at=None) | Q(next_at__lte=now), is_active=True)
    return sum(_turn(mailbox, now) for mailbox in due.order_by("pk") if claim_turn(mailbox, now))


def _turn(mailbox: Mailbox, now: datetime) -> int:
    looked_at = 0
    try:
        for batch in mails(mailbox):
            looked_at += take_batch(mailbox, batch, now)
    except (AccountFailure, ChannelFailure, SecretUnreadable) as error:
        note_failure(mailbox, error, now)
    else:
        note_read(mailbox, now)
    return looked_at


@transaction.atomic
def take_batch(mailbox: Mailbox, batch: Batch, now: datetime) -> int:
    """Do what these mails ask for and go on behind them; return how many were looked at."""
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if _is_behind(row, mailbox, batch):
        return 0  # another worker was here meanwhile
    foreign = sum(not _take(row, raw, now) for raw in batch.heads)
    row.left_alone = F("left_alone") + foreign
    if batch.place is not None:
        row.validity, row.last_uid = batch.place.validity, batch.place.last_uid
        mailbox.validity, mailbox.last_uid = row.validity, row.last_uid
    row.save(update_fields=["left_alone", "validity", "last_uid"])
    MailSeen.objects.bulk_create(
        [MailSeen(mailbox=row, uid=uid) for uid in batch.uids], ignore_conflicts=True
    )
    for start in range(0, len(batch.gone), 500):
        row.seen.filter(uid__in=batch.gone[start : start + 500]).delete()
    return len(batch.heads)


def _is_behind(row: Mailbox, read: Mailbox, batch: Batch) -> bool:
    """Whether somebody went on, or the mailbox was set up anew, since this was read."""
    if (row.validity, row.last_uid, row.host) != (read.validity, read.last_uid, read.host):
        return True
    return bool(batch.heads and batch.uids) and row.seen.filter(uid__in=batch.uids).exists()


def _take(mailbox: Mailbox, raw: bytes, now: datetime) -> bool:
    """Say whether a mail was ours; a foreign one leaves no trace but a number."""
    try:
        head = read_head(raw) if raw else None
    except Exception:  # whatever a mail holds, the next one has its turn (R26)
        logger.exception("The head of a mail could not be read")
        head = None
    if head is None:
        _note_unreadable(mailbox, now)
        return True
    if not names_a_link(head.subject):
        return False
    taken, is_new = MailTaken.objects.get_or_create(
        mailbox=mailbox,
        key=head.key,
        defaults={"at": now, "result": Result.REFUSED, "from_address": head.from_address},
    )
    if is_new:
        taken.result = _result(head, now)
        taken.save(update_fields=["result"])
    return True


def _note_unreadable(mailbox: Mailbox, now: datetime) -> None:
    """Nothing of it can say that it is the same mail: each time is one of its own."""
    MailTaken.objects.create(
        mailbox=mailbox, key=secrets.token_hex(32), at=now, result=Result.UNREADABLE
    )


def _result(head: MailHead, now: datetime) -> str:
    if head.is_automatic:
        return Result.AUTOMATIC
    try:
        with transaction.atomic():
            return Result.ENDED if end_by_mail(head.subject, now=now) else Result.REFUSED
    except DatabaseError:
        raise  # it is read again
    except Exception:  # noted where a person looks, and the next one has its turn (R26)
        logger.exception("What a mail asks to end could not be ended")
        return Result.REFUSED

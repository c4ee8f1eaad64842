"""Whether the product reads what people write to a sender's address.

A mailbox that could not be read for hours is not one that is read: a way out that nobody hears is
worse than none.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from emailketing.channels.models import Mailbox, Sender
from emailketing.common.said import say as _

UNREAD_FOR = timedelta(hours=6)


def reads_mailbox(sender: Sender, now: datetime | None = None) -> bool:
    """Say whether the product reads this sender's mailbox, and so what is asked for by mail."""
    mailbox = _mailbox_of(sender)
    return mailbox is not None and _is_read(mailbox, now)


def why_not_read(sender: Sender, now: datetime | None = None) -> str:
    """Return why not; empty where it is read, or where none was set up."""
    mailbox = _mailbox_of(sender)
    if mailbox is None or _is_read(mailbox, now):
        return ""
    words = {"name": sender.name, "why": mailbox.problem_in_words}
    if mailbox.is_active and mailbox.failing_since:
        since = date_format(timezone.localtime(mailbox.failing_since), "d/m/Y H:i")
        sentence = _("The mailbox of “%(name)s” cannot be read since %(since)s: %(why)s")
        return sentence % (words | {"since": since})
    if mailbox.is_active:
        return _("The mailbox of “%(name)s” was not read yet: wait a minute.") % words
    return _("The mailbox of “%(name)s” is not read: switch it on under Senders.") % words


def _mailbox_of(sender: Sender) -> Mailbox | None:
    return Mailbox.objects.filter(sender=sender).first()


def _is_read(mailbox: Mailbox, now: datetime | None) -> bool:
    """`now` None: as far as was known when it was last tried."""
    if not mailbox.is_active or mailbox.read_at is None:
        return False
    at, since = now or mailbox.tried_at, mailbox.failing_since
    return since is None or at is None or at - since < UNREAD_FOR

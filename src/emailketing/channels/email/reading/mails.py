"""One turn through a mailbox, whichever protocol it speaks."""

from collections.abc import Iterator

from emailketing.channels.email.reading.batch import MOST_AT_ONCE, Batch, FolderPlace
from emailketing.channels.email.reading.imap import count_folder, read_folder
from emailketing.channels.email.reading.line import CHECK_WITHIN, MailboxAccount, account_of
from emailketing.channels.email.reading.pop3 import count_drop, read_drop
from emailketing.channels.models import Mailbox


def mails(mailbox: Mailbox) -> Iterator[Batch]:
    """Yield what is new in it; nothing there is changed.

    Raises:
        AccountFailure: a person must mend the setting.
        ChannelFailure: the server is away, busy or breaks off: later.
        SecretUnreadable: the password was stored with a key that is not here.
    """
    account = account_of(mailbox)
    # after a failure one by one: the mail that it was due to is passed over, and no other
    at_once = 1 if mailbox.failures else MOST_AT_ONCE
    if mailbox.protocol == Mailbox.Protocol.IMAP:
        place = FolderPlace(mailbox.validity, mailbox.last_uid)
        yield from read_folder(account, place, at_once=at_once)
    else:
        known = frozenset(mailbox.seen.values_list("uid", flat=True))
        yield from read_drop(account, known, at_once=at_once)


def count_mails(account: MailboxAccount, within: float = CHECK_WITHIN) -> int:
    """Connect, sign in and look; return how many mails lie there.

    Raises:
        AccountFailure, ChannelFailure: as for reading.
    """
    if account.protocol == Mailbox.Protocol.IMAP:
        return count_folder(account, within)
    return count_drop(account, within)

"""Some mails as a server shows them, and where reading goes on after them."""

from dataclasses import dataclass, field

MOST_AT_ONCE, MOST_A_TURN = 25, 500  # mails
FIRST_LOOK = 1_000  # what lay there before: the newest of it only
MOST_OF_A_COMMAND, MOST_OF_A_LIST = 2_000_000, 8_000_000  # bytes of one answer
LONGEST_UID = 70  # RFC 1939 7
LONGEST_HEAD = 32_768  # bytes; the rest of a header is not asked for
# what is asked for where a server can choose: enough to know who asks for what, and whose it is
WANTED = (
    *("Subject", "From", "Date", "Message-ID", "Return-Path", "Content-Type"),
    *("Auto-Submitted", "Precedence", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients"),
)


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """Up to where an IMAP folder was read."""

    validity: int | None = None
    last_uid: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Heads of mails, and what is remembered with them in one transaction.

    Attributes:
        heads: as they came over the wire; one for each mail.
        place: where an IMAP folder is read on.
        uids: of a POP3 mailbox, what was looked at with it.
        gone: and what the mailbox does not hold any more.
    """

    heads: tuple[bytes, ...] = ()
    place: FolderPlace | None = None
    uids: tuple[str, ...] = ()
    gone: tuple[str, ...] = field(default=())

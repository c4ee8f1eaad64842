"""IMAP: a folder opened to be read only, so that nothing in it is marked as read (RFC 3501)."""

import base64
import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress

from emailketing.channels.base import AccountFailure
from emailketing.channels.email.reading.batch import (
    FIRST_LOOK,
    LONGEST_HEAD,
    MOST_A_TURN,
    MOST_OF_A_COMMAND,
    MOST_OF_A_LIST,
    WANTED,
    Batch,
    FolderPlace,
)
from emailketing.channels.email.reading.line import (
    TURN_WITHIN,
    AnswerEndless,
    Budget,
    MailboxAccount,
    MailboxLine,
    cannot_be_read,
    encrypt_at_once,
    explained,
    is_busy,
    line_to,
    offers_no_starttls,
    refuses_password,
    speaks_something_else,
)
from emailketing.channels.models import Sender
from emailketing.common.said import say as _

WINDOW = 20_000  # numbers asked about at once: most of them may be of mails long gone
NOT_NOW = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG")
HEAD = f"(UID BODY.PEEK[HEADER.FIELDS ({' '.join(WANTED).upper()})]<0.{LONGEST_HEAD}>)"
ERRORS = (
    imaplib.IMAP4.error,
    OSError,
    AnswerEndless,
    ValueError,
)  # ValueError: no number where one is


class _ImapClient(imaplib.IMAP4):
    """The standard library's, on a line of ours and with an end to what it takes."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.budget = Budget(MOST_OF_A_COMMAND)
        super().__init__()

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        del timeout  # the line has its own
        return self._line

    def read(self, size: int) -> bytes:
        self.budget.may_read(size)
        return self.budget.spend(super().read(size))

    def readline(self) -> bytes:
        try:
            return self.budget.spend(super().readline())
        except imaplib.IMAP4.error as error:  # its own end of a line: whatever follows is no answer
            raise AnswerEndless from error


def read_folder(account: MailboxAccount, place: FolderPlace, *, at_once: int) -> Iterator[Batch]:
    """Yield what came after this place, so many mails at once.

    Raises:
        AccountFailure: encryption, certificate, password, folder: a person must mend it.
        ChannelFailure: the server is away, busy or breaks off.
    """
    with line_to(account, TURN_WITHIN) as line:
        try:
            client = _signed_in(line, account)
            count = _opened(client, account)
            yield from _batches(client, count, place, at_once)
            _leave(client)
        except ERRORS as error:
            raise _explained(error, account) from error


def count_folder(account: MailboxAccount, within: float) -> int:
    """Sign in and look into the folder; return how many mails lie there.

    Raises:
        AccountFailure, ChannelFailure: as for reading.
    """
    with line_to(account, within) as line:
        try:
            client = _signed_in(line, account)
            count = _opened(client, account)
            _leave(client)
        except ERRORS as error:
            raise _explained(error, account) from error
    return count


def _explained(error: Exception, account: MailboxAccount) -> Exception:
    if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
        return cannot_be_read(account)
    return explained(error, account)


def _signed_in(line: MailboxLine, account: MailboxAccount) -> _ImapClient:
    encrypt_at_once(line, account)
    try:
        client = _ImapClient(line.socket)
    except (imaplib.IMAP4.error, UnicodeError) as error:
        raise speaks_something_else(account) from error
    if account.security == Sender.Security.STARTTLS:
        if "STARTTLS" not in client.capabilities:
            raise offers_no_starttls(account)
        client.host = account.host  # whom the certificate must name
        client.starttls(ssl.create_default_context())
        line.socket = client.sock
    try:
        _sign_in(client, account)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        is_later = any(f"[{code}]" in str(error).upper() for code in NOT_NOW)
        raise is_busy(account) if is_later else refuses_password(account) from error
    return client


def _sign_in(client: _ImapClient, account: MailboxAccount) -> None:
    if "AUTH=PLAIN" in client.capabilities:
        secret = f"\0{account.username}\0{account.password}".encode()
        client.authenticate("PLAIN", lambda _challenge: secret)
    else:  # the library quotes the password, and the user not
        client.login(_quoted(account.username), account.password)


def _opened(client: _ImapClient, account: MailboxAccount) -> int:
    """Open the folder to be read only; return how many mails lie in it."""
    answer, data = client.select(_quoted(_utf7(account.folder)), readonly=True)
    if answer != "OK":
        sentence = _("The mailbox of %(user)s has no folder “%(folder)s”.")
        raise AccountFailure(sentence % account.words)
    return int(data[0] or 0)


def _leave(client: _ImapClient) -> None:
    with suppress(*ERRORS):
        client.logout()


def _batches(client: _ImapClient, count: int, place: FolderPlace, at_once: int) -> Iterator[Batch]:
    validity, following = _number(client, "UIDVALIDITY"), _number(client, "UIDNEXT")
    if place.validity != validity:  # never read, or made anew: all its numbers are others
        place = FolderPlace(validity, _before_first(client, count))
    last = min(place.last_uid + WINDOW, following - 1) if following else 0
    if following and last <= place.last_uid:
        yield Batch(place=place)
        return
    uids = _search(client, place.last_uid + 1, last)
    chosen = uids[:MOST_A_TURN]
    for start in range(0, len(chosen), at_once):
        some = chosen[start : start + at_once]
        try:
            heads = _heads(client, some)
        except AnswerEndless:
            if len(some) == 1:  # this one is passed over, and said
                yield Batch(heads=(b"",), place=FolderPlace(validity, some[-1]))
            raise
        yield Batch(heads=heads, place=FolderPlace(validity, some[-1]))
    if len(chosen) == len(uids):
        yield Batch(place=FolderPlace(validity, last or max([place.last_uid, *uids])))


def _number(client: _ImapClient, name: str) -> int:
    _name, data = client.response(name)
    found = data[0] if data else None
    return int(found) if isinstance(found, bytes) and found.isdigit() else 0


def _before_first(client: _ImapClient, count: int) -> int:
    """Return the number before the first mail that is looked at."""
    if count <= FIRST_LOOK:
        return 0
    client.budget = Budget(MOST_OF_A_COMMAND)
    _answer, data = client.fetch(str(count - FIRST_LOOK), "(UID)")
    digits = str(data[0]).rpartition("UID ")[2]
    return int("".join(sign for sign in digits if sign.isdigit()) or 0)


def _search(client: _ImapClient, first: int, last: int) -> list[int]:
    client.budget = Budget(MOST_OF_A_LIST)
    _answer, data = client.uid("SEARCH", f"UID {first}:{last or '*'}")
    found = {int(number) for line in data if line for number in line.split()}
    return sorted(number for number in found if number >= first)  # “*” is the last one, always


def _heads(client: _ImapClient, uids: Sequence[int]) -> tuple[bytes, ...]:
    """Return the heads; of a mail that the server cannot show, an empty one."""
    client.budget = Budget(MOST_OF_A_COMMAND)
    try:
        answer, data = client.uid("FETCH", ",".join(map(str, uids)), HEAD)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        answer, data = "BAD", []
    if answer == "OK":
        return tuple(bytes(item[1]) for item in data if isinstance(item, tuple))
    if len(uids) == 1:
        return (b"",)
    return tuple(head for uid in uids for head in _heads(client, [uid]))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(name: str) -> str:
    """Write the name of a folder as IMAP does (RFC 3501 5.1.3)."""
    written, beyond = [], ""
    for sign in f"{name}\0":
        if " " <= sign <= "~" or sign == "\0":
            if beyond:
                letters = base64.b64encode(beyond.encode("utf-16-be")).decode().rstrip("=")
                written.append(f"&{letters.replace('/', ',')}-")
                beyond = ""
            written.append("&-" if sign == "&" else sign)
        else:
            beyond += sign
    return "".join(written).rstrip("\0")

"""POP3: heads by TOP, numbers by UIDL; nothing is deleted, nothing fetched whole (RFC 1939)."""

import poplib
import socket
import ssl
from collections.abc import Iterator, Set
from contextlib import suppress

from emailketing.channels.base import AccountFailure
from emailketing.channels.email.reading.batch import (
    FIRST_LOOK,
    LONGEST_UID,
    MOST_A_TURN,
    MOST_OF_A_COMMAND,
    MOST_OF_A_LIST,
    Batch,
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

LONGEST_LINE = 1_000_000  # the library's own end is 2 048, which mails go beyond
NOT_NOW = ("[IN-USE]", "[SYS/TEMP]", "[LOGIN-DELAY]")
CUT = "-ERR EOF"  # the library's word for a line that ended
ERRORS = (poplib.error_proto, OSError, AnswerEndless, ValueError, IndexError)


class _Pop3Client(poplib.POP3):
    """The standard library's, on a line of ours and with an end to what it takes."""

    def __init__(self, line: socket.socket, host: str) -> None:
        self._line = line
        self.budget = Budget(MOST_OF_A_COMMAND)
        super().__init__(host)

    def _create_socket(self, timeout: float) -> socket.socket:
        del timeout  # the line has its own
        return self._line

    def _getline(self) -> tuple[bytes, int]:
        line = self.budget.line(self.file.readline, LONGEST_LINE)
        if not line.endswith(b"\n"):  # the line ended before the line did
            raise poplib.error_proto(CUT)
        return line.rstrip(b"\r\n"), len(line)


def read_drop(account: MailboxAccount, known: Set[str], *, at_once: int) -> Iterator[Batch]:
    """Yield what is not known yet, so many mails at once.

    Raises:
        AccountFailure: encryption, certificate, password: a person must mend it.
        ChannelFailure: the server is away, busy or breaks off.
    """
    with line_to(account, TURN_WITHIN) as line:
        try:
            client = _signed_in(line, account)
            yield from _batches(client, account, known, at_once)
            _leave(client)
        except ERRORS as error:
            raise _explained(error, account) from error


def count_drop(account: MailboxAccount, within: float) -> int:
    """Sign in and ask for the numbers; return how many mails lie there.

    Raises:
        AccountFailure, ChannelFailure: as for reading.
    """
    with line_to(account, within) as line:
        try:
            client = _signed_in(line, account)
            count = len(_listed(client, account))
            _leave(client)
        except ERRORS as error:
            raise _explained(error, account) from error
    return count


def _explained(error: Exception, account: MailboxAccount) -> Exception:
    if isinstance(error, poplib.error_proto) and _text(error) != CUT:
        return cannot_be_read(account)
    return explained(error, account)


def _text(error: poplib.error_proto) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)


def _signed_in(line: MailboxLine, account: MailboxAccount) -> _Pop3Client:
    encrypt_at_once(line, account)
    try:
        client = _Pop3Client(line.socket, account.host)
    except poplib.error_proto as error:
        raise speaks_something_else(account) from error
    if account.security == Sender.Security.STARTTLS:
        if not _offers(client, "STLS"):
            raise offers_no_starttls(account)
        client.stls(ssl.create_default_context())
        line.socket = client.sock
    try:
        client.user(account.username)
        client.pass_(account.password)
    except poplib.error_proto as error:
        said = _text(error).upper()
        if said == CUT:
            raise
        is_later = any(code in said for code in NOT_NOW)
        raise is_busy(account) if is_later else refuses_password(account) from error
    return client


def _offers(client: _Pop3Client, name: str) -> bool:
    try:
        return name in client.capa()
    except poplib.error_proto:
        return False


def _listed(client: _Pop3Client, account: MailboxAccount) -> list[tuple[int, str]]:
    """Return number and name of each mail, the oldest first."""
    client.budget = Budget(MOST_OF_A_LIST)
    try:
        _answer, lines, _size = client.uidl()
    except poplib.error_proto as error:
        if _text(error) == CUT:
            raise
        sentence = _("The server %(host)s does not say which mails are new (UIDL): choose IMAP.")
        raise AccountFailure(sentence % account.words) from error
    pairs = (line.split(maxsplit=1) for line in lines)
    return [(int(pair[0]), pair[1].decode("latin-1")[:LONGEST_UID]) for pair in pairs]


def _leave(client: _Pop3Client) -> None:
    with suppress(*ERRORS):
        client.quit()


def _batches(
    client: _Pop3Client, account: MailboxAccount, known: Set[str], at_once: int
) -> Iterator[Batch]:
    listed = _listed(client, account)
    new = [(number, uid) for number, uid in listed if uid not in known]
    before = new[:-FIRST_LOOK] if not known else []
    gone = known - {uid for _number, uid in listed}
    if before or gone:
        yield Batch(uids=tuple(uid for _number, uid in before), gone=tuple(gone))
    chosen = new[len(before) :][:MOST_A_TURN]
    for start in range(0, len(chosen), at_once):
        yield from _looked_at(client, chosen[start : start + at_once])


def _looked_at(client: _Pop3Client, some: list[tuple[int, str]]) -> Iterator[Batch]:
    """Yield the heads; before it breaks off, those that came until then."""
    heads: list[bytes] = []
    for place, (number, _uid) in enumerate(some):
        try:
            heads.append(_head(client, number))
        except AnswerEndless:  # this one is passed over, and said
            uids = tuple(uid for _number, uid in some[: place + 1])
            yield Batch(heads=(*heads, b""), uids=uids)
            raise
        except ERRORS:
            yield Batch(heads=tuple(heads), uids=tuple(uid for _number, uid in some[:place]))
            raise
    yield Batch(heads=tuple(heads), uids=tuple(uid for _number, uid in some))


def _head(client: _Pop3Client, number: int) -> bytes:
    """Return a head; of a mail that the server cannot show, an empty one."""
    client.budget = Budget(MOST_OF_A_COMMAND)
    try:
        _answer, lines, _size = client.top(number, 0)
    except poplib.error_proto as error:
        if _text(error) == CUT:
            raise
        return b""
    return b"\r\n".join(lines) + b"\r\n"

"""Open the line to the server of a mailbox, with an end to everything: seconds, bytes, lines.

The same rules as for the server mail goes to: encrypted, its certificate verified, and a password
over a plain line to this very computer only (S23, S24).
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.email.account import is_loopback
from emailketing.channels.models import Mailbox, Sender
from emailketing.channels.unreachable import unknown, unreachable, untrusted
from emailketing.common.said import say as _

CONNECT_WITHIN, ANSWER_WITHIN = 10.0, 15.0  # seconds
TURN_WITHIN = 60.0  # a whole turn: a server that sends a letter each minute ends as well
CHECK_WITHIN = 20.0
PLAIN = Sender.Security.PLAIN


class AnswerEndless(Exception):
    """The server sends more than an answer may hold."""


@dataclass(frozen=True, slots=True)
class MailboxAccount:
    """Where and how to connect. The password never shows in a `repr` (S22)."""

    protocol: str
    host: str
    port: int
    security: str
    username: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"

    @property
    def words(self) -> dict[str, str | int]:
        """What the sentences about it name."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.username,
            "folder": self.folder,
            "protocol": Mailbox.Protocol(self.protocol).label,
        }


def account_of(mailbox: Mailbox) -> MailboxAccount:
    """Return the mailbox's account.

    Raises:
        SecretUnreadable: the password was stored with a key that is not here.
    """
    return MailboxAccount(
        protocol=mailbox.protocol,
        host=mailbox.host,
        port=mailbox.port,
        security=mailbox.security,
        username=mailbox.username,
        password=mailbox.password,
        folder=mailbox.folder,
    )


@dataclass(slots=True)
class MailboxLine:
    """The line as it is now: encrypting it makes another of it, and each must be closed."""

    socket: socket.socket


@contextmanager
def line_to(account: MailboxAccount, within: float) -> Iterator[MailboxLine]:
    """Connect; when the time is up the line is cut, whoever waits for it.

    Raises:
        AccountFailure: a plain line to another computer.
        ChannelFailure: nobody answers there.
    """
    if account.security == PLAIN and not is_loopback(account.host):
        sentence = _(
            "Without encryption a mailbox is read on this computer only. Choose STARTTLS or TLS for"
            " %(host)s."
        )
        raise AccountFailure(sentence % {"host": account.host})
    line = MailboxLine(_connected(account))
    line.socket.settimeout(ANSWER_WITHIN)
    other_end = line.socket.dup()  # the same line, also when the first one has been encrypted
    timer = threading.Timer(within, _cut, (other_end,))
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        for one in (line.socket, other_end):
            with suppress(OSError):
                one.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _connected(account: MailboxAccount) -> socket.socket:
    try:
        found = socket.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unknown(account.host) from error
    failure: OSError | None = None
    for _family, _kind, _protocol, _name, address in found:
        if account.security == PLAIN and not is_loopback(str(address[0])):
            continue  # the name says “this computer”, the address does not
        try:
            return socket.create_connection((str(address[0]), account.port), CONNECT_WITHIN)
        except OSError as error:
            failure = error
    raise unreachable(account.host, account.port, failure)


def encrypt_at_once(line: MailboxLine, account: MailboxAccount) -> None:
    """Encrypt before the first word, where TLS is chosen."""
    if account.security == Sender.Security.TLS:
        context = ssl.create_default_context()
        line.socket = context.wrap_socket(line.socket, server_hostname=account.host)


class Budget:
    """What an answer may still hold; also of a server that never ends it."""

    def __init__(self, most: int) -> None:
        self._left = most

    def line(self, read: Callable[[int], bytes], longest: int) -> bytes:
        """Return one line; `longest`: more is no line any more."""
        found = self.spend(read(longest + 1))
        if len(found) > longest:
            raise AnswerEndless
        return found

    def spend(self, found: bytes) -> bytes:
        self._left -= len(found)
        if self._left < 0:
            raise AnswerEndless
        return found

    def may_read(self, size: int) -> None:
        if size > self._left:
            raise AnswerEndless


def explained(error: Exception, account: MailboxAccount) -> AccountFailure | ChannelFailure:
    """Translate what ended a turn, once, into our two failures and one sentence."""
    if isinstance(error, AccountFailure | ChannelFailure):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(account.host, error)
    if isinstance(error, TimeoutError):
        sentence = _("The server %(host)s, port %(port)s, does not answer.")
    elif isinstance(error, ssl.SSLError):
        sentence = _("The server %(host)s does not encrypt on port %(port)s as chosen: check both.")
    elif isinstance(error, AnswerEndless):
        sentence = _("The server %(host)s sends more than an answer can hold: it was cut off.")
    else:
        sentence = _("The server %(host)s, port %(port)s, broke off in the middle.")
    return ChannelFailure(sentence % account.words)


def speaks_something_else(account: MailboxAccount) -> ChannelFailure:
    sentence = _("The server %(host)s does not speak %(protocol)s. Check its name and the port.")
    return ChannelFailure(sentence % account.words)


def offers_no_starttls(account: MailboxAccount) -> AccountFailure:
    sentence = _("The server %(host)s offers no STARTTLS. Choose TLS, or another port.")
    return AccountFailure(sentence % account.words)


def refuses_password(account: MailboxAccount) -> AccountFailure:
    sentence = _("The server %(host)s does not accept the password of %(user)s.")
    return AccountFailure(sentence % account.words)


def is_busy(account: MailboxAccount) -> ChannelFailure:
    sentence = _(
        "The server %(host)s does not let %(user)s in now: the mailbox is in use, or it is busy."
    )
    return ChannelFailure(sentence % account.words)


def cannot_be_read(account: MailboxAccount) -> ChannelFailure:
    sentence = _("The server %(host)s let %(user)s in, and then did not show the mails.")
    return ChannelFailure(sentence % account.words)

"""Open one connection to a server: encryption first, then the password, or one clear sentence.

STARTTLS is required where it is chosen, certificates are verified, and neither password nor mail
ever goes over a plain connection except to this very computer (S23, S24).
"""

import asyncio
import socket
import ssl
from typing import cast

import aiosmtplib

from emailketing.channels.base import AccountFailure, ChannelFailure, Reply
from emailketing.channels.email.account import Account, is_loopback
from emailketing.channels.email.conversation import SmtpConversation
from emailketing.channels.email.replies import enhanced_code
from emailketing.channels.models import Sender
from emailketing.channels.unreachable import unknown, unreachable, untrusted
from emailketing.common.said import say as _

CONNECT_WITHIN = 30.0  # seconds, for each address of the host (reliability §2.3)
GREET_WITHIN = 60.0  # banner, EHLO, STARTTLS, AUTH
REFUSED = frozenset({530, 534, 535, 538})
TLS, PLAIN = Sender.Security.TLS, Sender.Security.PLAIN


async def connect(account: Account) -> SmtpConversation:
    """Connect, encrypt, sign in.

    Raises:
        AccountFailure: encryption, certificate or password: a person must mend the sender.
        ChannelFailure: the server is away or busy: later.
    """
    if account.security == PLAIN and not account.is_loopback:
        raise AccountFailure(
            _(
                "Without encryption mail may go to this computer only. Choose STARTTLS or TLS for"
                " %(host)s."
            )
            % {"host": account.host}
        )
    where = await _socket(account)
    client = aiosmtplib.SMTP(
        hostname=account.host,
        sock=where,
        use_tls=account.security == TLS,
        start_tls=False,
        timeout=GREET_WITHIN,
        local_hostname=_literal(where),
    )
    try:
        await _sign_in(client, account)
    except BaseException:
        if client.transport:
            cast("asyncio.Transport", client.transport).abort()
        else:
            where.close()
        raise
    return _take_over(client, account)


async def _socket(account: Account) -> socket.socket:
    """Try every address of the host; the operating system's words become part of ours."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unknown(account.host) from error
    failure: OSError | None = None
    for family, kind, protocol, _name, address in found:
        if account.security == PLAIN and not is_loopback(str(address[0])):
            continue  # the name says “this computer”, the address does not
        new = socket.socket(family, kind, protocol)
        new.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(new, address), CONNECT_WITHIN)
        except OSError as error:
            new.close()
            failure = error
        except BaseException:  # who is stopped meanwhile hangs up as well
            new.close()
            raise
        else:
            new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return new
    raise unreachable(account.host, account.port, failure)


def _literal(connected: socket.socket) -> str:
    """Say EHLO with our address: names of office computers mean nothing outside."""
    address = str(connected.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


async def _sign_in(client: aiosmtplib.SMTP, account: Account) -> None:
    try:
        await client.connect()
        await client.ehlo()
        if account.security == Sender.Security.STARTTLS:
            await _encrypt(client, account)
        if account.username:
            await client.login(account.username, account.password)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise _explained(error, account) from error


def _explained(error: Exception, account: Account) -> AccountFailure | ChannelFailure:
    """Translate the library's errors, once, into our two failures and one sentence."""
    words = {"host": account.host, "user": account.username}
    certificate = error.__cause__ if isinstance(error, aiosmtplib.SMTPException) else error
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return untrusted(account.host, certificate)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        if error.code <= 0:  # the library's words would quote whatever service sits there (S13)
            sentence = _("The server %(host)s does not speak SMTP. Check its name and the port.")
            return ChannelFailure(sentence % words)
        reply = Reply(error.code, enhanced_code(error.message), error.message)
        if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code in REFUSED:
            sentence = _("The server %(host)s does not accept the password of %(user)s.")
            return AccountFailure(sentence % words, reply)
        return ChannelFailure(_said(account, reply), reply)
    if isinstance(error, OSError):  # SMTPServerDisconnected and SMTPTimeoutError are such
        sentence = _("The server %(host)s, port %(port)s, broke off while we were signing in.")
        return ChannelFailure(sentence % (words | {"port": account.port}))
    sentence = _("The server %(host)s offers no way to sign in. Check port and encryption.")
    return AccountFailure(sentence % words)


async def _encrypt(client: aiosmtplib.SMTP, account: Account) -> None:
    """STARTTLS or nothing (S23)."""
    if not client.supports_extension("starttls"):
        sentence = _("The server %(host)s offers no STARTTLS. Choose TLS, or another port.")
        raise AccountFailure(sentence % {"host": account.host})
    await client.starttls(server_hostname=account.host)
    await client.ehlo()


def _said(account: Account, reply: Reply) -> str:
    sentence = _("The server %(host)s does not let us in now: %(code)s %(text)s")
    words = {"host": account.host, "code": reply.code, "text": reply.text}
    return sentence % words


def _take_over(client: aiosmtplib.SMTP, account: Account) -> SmtpConversation:
    """Go on with our own protocol, which pipelines and knows the final dot."""
    transport = cast("asyncio.Transport", client.transport)
    return SmtpConversation(transport, client.esmtp_extensions, f"{account.host}:{account.port}")

"""Look at our own public address as a stranger would: by its name, by HTTPS, without detours."""

import asyncio
import hashlib
import ipaddress
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from emailketing.channels.http.address import IP, is_public
from emailketing.common.said import say as _

WITHIN = 15.0  # seconds
MOST_ANSWER = 4_000  # bytes
OK, REDIRECTS = 200, range(300, 400)
EXPIRED = 10  # of X.509, as OpenSSL counts
OTHER_NAME = frozenset({62, 64})
UNKNOWN_ISSUER = frozenset({18, 19, 20, 21})


class AddressFault(Exception):
    """It does not answer as it must; one sentence says what is wrong."""


@dataclass(frozen=True, slots=True)
class AddressSeen:
    """What answered: its words, its certificate, and where the name leads."""

    content: str
    issuer: str
    until: str
    sha256: str
    addresses: tuple[str, ...]


async def look_at(
    url: str,
    *,
    may: Callable[[IP], bool] = is_public,
    trust: ssl.SSLContext | None = None,
) -> AddressSeen:
    """Ask for an address of ours; no redirect is followed, no other certificate taken.

    Args:
        url: https.
        may: whether a numeric address is one of the Internet.
        trust: whose certificates are believed; None: those the computer believes.

    Raises:
        AddressFault: with one sentence.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    if parts.scheme != "https" or not host:
        raise AddressFault(_("It must begin with https://."))
    try:
        async with asyncio.timeout(WITHIN):
            addresses = await _addresses(host, port, may)
            context = trust or ssl.create_default_context()
            return await _asked(addresses, host, port, parts.path, context)
    except TimeoutError as error:
        raise AddressFault(_silent(host, port)) from error


async def _addresses(host: str, port: int, may: Callable[[IP], bool]) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        sentence = _("There is no computer of the name %(host)s. Enter it at your provider (DNS).")
        raise AddressFault(sentence % {"host": host}) from error
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    inside = [address for address in addresses if not may(address)]
    if inside:
        sentence = _(
            "%(host)s leads to %(address)s, which is inside a private network: nobody outside "
            "reaches it."
        )
        raise AddressFault(sentence % {"host": host, "address": str(inside[0])})
    return tuple(dict.fromkeys(map(str, sorted(addresses, key=lambda one: one.version))))


async def _asked(
    addresses: tuple[str, ...], host: str, port: int, path: str, context: ssl.SSLContext
) -> AddressSeen:
    try:
        reader, writer = await asyncio.open_connection(
            addresses[0], port, ssl=context, server_hostname=host, limit=MOST_ANSWER
        )
    except ssl.SSLCertVerificationError as error:
        raise AddressFault(_not_believed(error, host)) from error
    except ssl.SSLError as error:
        sentence = _("%(host)s, port %(port)s, does not speak HTTPS.")
        raise AddressFault(sentence % {"host": host, "port": port}) from error
    except OSError as error:
        raise AddressFault(_silent(host, port)) from error
    try:
        writer.write(_request(host, port, path))
        await writer.drain()
        answer = await reader.read(MOST_ANSWER)
        while (more := await reader.read(MOST_ANSWER)) and len(answer) < MOST_ANSWER:
            answer += more
        tls = writer.get_extra_info("ssl_object")
        return AddressSeen(_content(answer, host), *_certificate(tls), addresses)
    except (OSError, ssl.SSLError) as error:
        raise AddressFault(_silent(host, port)) from error
    finally:
        writer.close()
        with suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


def _request(host: str, port: int, path: str) -> bytes:
    name = host if port == 443 else f"{host}:{port}"  # noqa: PLR2004 - of HTTPS
    lines = (f"GET {path} HTTP/1.0", f"Host: {name}", "User-Agent: eMailketing", "Accept: */*")
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode("ascii", "replace")


def _content(answer: bytes, host: str) -> str:
    head, _blank, body = answer.partition(b"\r\n\r\n")
    words = head.split(b"\r\n")[0].split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    if status in REDIRECTS:
        sentence = _("%(host)s leads on to another address. Enter the one it leads to.")
        raise AddressFault(sentence % {"host": host})
    if status != OK:
        sentence = _(
            "At %(host)s something else answers (%(status)s): does the proxy lead to the port of "
            "“serve --public-port”?"
        )
        raise AddressFault(sentence % {"host": host, "status": status or "?"})
    return body[:MOST_ANSWER].decode("ascii", "replace")


def _certificate(tls: ssl.SSLObject) -> tuple[str, str, str]:
    """Return who gave it, until when it is valid, and its fingerprint."""
    told = tls.getpeercert() or {}
    issuer = told.get("issuer", ())
    names = {str(part[0]): str(part[1]) for group in issuer for part in group}
    until = ssl.cert_time_to_seconds(str(told.get("notAfter", "Jan  1 00:00:00 1970 GMT")))
    content = tls.getpeercert(binary_form=True) or b""
    return (
        names.get("organizationName") or names.get("commonName", ""),
        datetime.fromtimestamp(until, UTC).isoformat(),
        hashlib.sha256(content).hexdigest(),
    )


def _not_believed(error: ssl.SSLCertVerificationError, host: str) -> str:
    words = {"host": host}
    if error.verify_code == EXPIRED:
        return _("The certificate of %(host)s has expired. Renew it.") % words
    if error.verify_code in OTHER_NAME:
        return _("The certificate there is of another name, not of %(host)s.") % words
    if error.verify_code in UNKNOWN_ISSUER:
        sentence = _(
            "The certificate of %(host)s is believed by nobody: no known authority has given it."
        )
        return sentence % words
    sentence = _("The certificate of %(host)s is not valid: %(why)s.")
    return sentence % {**words, "why": error.verify_message}


def _silent(host: str, port: int) -> str:
    sentence = _(
        "%(host)s, port %(port)s: nobody answers. Is the port let through to the proxy, and does "
        "the proxy run?"
    )
    return sentence % {"host": host, "port": port}

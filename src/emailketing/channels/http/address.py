"""Where a gateway may be (S13, S14): encrypted and public, or what the administrator allows.

Checked twice: as a text when the sender is saved, and as the numeric address that is connected to,
so that a name cannot point into the house between the two.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.channels.email.account import is_loopback

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"https": 443, "http": 80}
# IPv6 is given out of this block only: fec0::/10, ::/96, 64:ff9b::/96 … are outside of it (S13)
GIVEN_OUT = ipaddress.IPv6Network("2000::/3")
# not “global” in truth, although the library says so: they lead to other addresses, or nowhere
DISGUISED = {
    4: tuple(map(ipaddress.ip_network, ("192.88.99.0/24",))),  # relays of 6to4
    6: tuple(map(ipaddress.ip_network, ("2001::/32", "2002::/16", "3fff::/20"))),
}
ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # before the last 32 bits, which are an IPv4 address
LOOK_UP_WITHIN = 10.0  # seconds
LONGEST = 500


class UrlRefused(Exception):
    """This address may not be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A gateway's server: by name for the certificate, and where to connect."""

    scheme: str
    host: str
    port: int

    @property
    def peer(self) -> str:
        return f"{self.host}:{self.port}"


def check_url(url: str) -> ServerAddress:
    """Read and check an address that an administrator entered.

    Raises:
        UrlRefused: with a sentence for the operator.
    """
    place = _read(url)
    if is_loopback(place.host) or is_allowed(place.host):
        return place
    if place.scheme != "https":
        raise UrlRefused(_("The address must begin with https:// (except on this computer)."))
    if place.port not in settings.GATEWAY_PORTS:
        ports = ", ".join(str(number) for number in settings.GATEWAY_PORTS)
        sentence = _("Gateways listen on port %(ports)s; another one is refused.")
        raise UrlRefused(sentence % {"ports": ports})
    literal = _literal(place.host)
    if literal is not None and not is_public(literal):
        raise UrlRefused(_inside(place.host))
    return place


def _read(url: str) -> ServerAddress:
    broken = _("“%s” is not the address of a web service.") % " ".join(url.split())[:80]
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UrlRefused(broken) from error
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    if not is_plain or parts.scheme not in PORTS or not parts.hostname:
        raise UrlRefused(broken)
    if parts.username is not None or parts.password is not None:
        sentence = _(
            "User and password do not belong into the address: they have their own fields."
        )
        raise UrlRefused(sentence)
    return ServerAddress(parts.scheme, parts.hostname, port or PORTS[parts.scheme])


def _inside(host: str) -> str:
    sentence = _(
        "%(host)s is inside a private network. The administrator of this computer can allow it with"
        " EMAILKETING_GATEWAY_HOSTS."
    )
    return sentence % {"host": host}


def _literal(host: str) -> IP | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(address: IP) -> bool:
    """Whether it is an address of the Internet, undisguised."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in GIVEN_OUT or (int(address) >> 32) & 0xFFFF_FFFF in ISATAP:
            return False
    if any(address in network for network in DISGUISED[address.version]):
        return False
    return address.is_global and not address.is_multicast


def is_allowed(host: str, address: IP | None = None) -> bool:
    """Whether the administrator named this host, or a network that the address lies in."""
    literal = address or _literal(host)
    for entry in settings.GATEWAY_HOSTS:
        if host.lower() == entry.lower():
            return True
        try:
            network = ipaddress.ip_network(entry, strict=False)
        except ValueError:
            continue
        if literal is not None and literal in network:
            return True
    return False


def hides_words(place: ServerAddress) -> bool:
    """Whether what answers there is not to be read in the console (S13).

    A service on this computer that is no gateway must not tell an administrator of the console what
    only those may read who are on the computer; whoever runs it names it, and words are shown.
    """
    if not is_loopback(place.host):
        return False
    named = (entry.lower().partition("/")[0] for entry in settings.GATEWAY_HOSTS)
    return not any(is_loopback(entry) for entry in named)


async def resolve(place: ServerAddress) -> str:
    """Return the numeric address to connect to.

    Raises:
        ChannelFailure: the name is not known just now.
        AccountFailure: it leads where gateways may not be.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOK_UP_WITHIN):
            found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        sentence = _("The server %(host)s was not found. Check its name and the connection.")
        raise ChannelFailure(sentence % {"host": place.host}) from error
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    fit = [address for address in addresses if _may_connect(place, address)]
    if not fit:
        raise AccountFailure(_inside(place.host))
    return str(min(fit, key=lambda address: address.version))  # IPv4 first: no waiting for a tunnel


def _may_connect(place: ServerAddress, address: IP) -> bool:
    if is_loopback(place.host):
        return address.is_loopback
    return is_allowed(place.host, address) or (place.scheme == "https" and is_public(address))

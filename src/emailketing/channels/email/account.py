"""The wire's view of a sender: where to connect, and as whom."""

import ipaddress
from dataclasses import dataclass, field

from emailketing.channels.models import Sender

INBOX_USER = "emailketing"
LOOPBACK = frozenset({"localhost", "localhost.", "ip6-localhost"})


@dataclass(frozen=True, slots=True)
class Account:
    """Where and how to connect. The password never shows in a `repr` (S22)."""

    host: str
    port: int
    security: str = Sender.Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    if host.lower() in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def account_of(sender: Sender) -> Account:
    """Return the sender's account.

    Raises:
        SecretUnreadable: the password was stored with a key that is not here.
    """
    return Account(
        host=sender.host,
        port=sender.port,
        security=sender.security,
        username=sender.username,
        password=sender.password,
    )


def inbox_account(host: str, port: int, password: str = "") -> Account:
    """The built-in inbox: an SMTP server of our own on this computer."""
    user = INBOX_USER if password else ""
    plain = Sender.Security.PLAIN
    return Account(host=host, port=port, security=plain, username=user, password=password)

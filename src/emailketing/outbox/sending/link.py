"""How a sender is reached: the code that speaks its language, and the account it uses."""

from dataclasses import dataclass
from typing import Any

from emailketing.channels.base import Adapter, Conversation
from emailketing.channels.catalogue import is_phone
from emailketing.channels.email.account import inbox_account
from emailketing.channels.models import Sender
from emailketing.channels.registry import adapter

INBOX_CONNECTIONS = 4
WIDENS = 3  # mail: three times the usual connections when the server is slow to answer


@dataclass(frozen=True, slots=True)
class DestinationSettings:
    """Everything a destination needs to know; equal while nothing has changed.

    Attributes:
        connections: how many messages may be under way at once; an account with a window has them
            share one connection, any other a connection each.
        listens: the far side tells receipts on the line itself: one is kept open, now.
        ceiling: how many connections there may be while some of them wait for a slow answer.
    """

    adapter: Adapter[Any]
    account: Any
    connections: int
    per_second: int | None = None
    listens: bool = False
    ceiling: int = 0

    @property
    def where(self) -> tuple[object, object]:
        """By which code and as whom: an open connection serves as long as this stays."""
        return self.adapter, self.account

    async def connect(self) -> Conversation:
        return await self.adapter.connect(self.account)


def link_of(sender: Sender, account: Any, *, may_listen: bool) -> DestinationSettings:
    kind = adapter(sender.kind)
    return DestinationSettings(
        kind,
        account,
        getattr(account, "window", sender.connections),
        sender.per_second,
        listens=may_listen and kind.listens,
        ceiling=sender.connections * WIDENS if not is_phone(sender.channel) else 0,
    )


def inbox_link(host: str, port: int, password: str = "") -> DestinationSettings:
    """The built-in inbox: an SMTP server of our own on this computer."""
    account = inbox_account(host, port, password)
    return DestinationSettings(adapter("smtp"), account, INBOX_CONNECTIONS)

"""What gateways tell us by themselves: a call to our address, read by the rules of its kind.

Each kind's module has a function `hear(sender, call) -> Heard`; a signature that does not fit
raises `BadSignature`, and nothing of the call has any effect then (S20).
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import import_module

from emailketing.channels.base import Inbound, ReceiptHeard
from emailketing.channels.catalogue import channel_of, kind_of, kinds
from emailketing.channels.models import Sender


class BadSignature(Exception):
    """The call does not come from whom it says."""


class CallUnreadable(Exception):
    """The call is not one of this kind of gateway."""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call, as it came.

    Attributes:
        urls: the address as the caller may have written it: ours by name, and as it arrived.
        query: of the address; `form`: of the body, when it is a form.
    """

    method: str
    urls: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def values(self) -> dict[str, str]:
        return {**self.query, **self.form}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a call told: receipts, messages of people, and what to answer."""

    receipts: tuple[ReceiptHeard, ...] = ()
    inbound: tuple[Inbound, ...] = ()
    answer: str = ""
    ignored: list[str] = field(default_factory=list)


@cache
def hear_of(kind: str) -> Callable[[Sender, Call], Heard] | None:
    if not has_hook(kind):
        return None
    about = kind_of(kind)
    module = import_module(f"{channel_of(about.channel).folder}.{about.module}")
    hear: Callable[[Sender, Call], Heard] = module.hear
    return hear


def has_hook(kind: str) -> bool:
    """Whether this kind's far side calls us."""
    return kind in kinds() and bool(kinds()[kind].hook_help)


def hear(sender: Sender, call: Call) -> Heard:
    """Read a call by the rules of the sender's kind.

    Raises:
        BadSignature: nothing of it may have any effect.
        CallUnreadable: it says nothing that we understand.
    """
    read = hear_of(sender.kind)
    if read is None:
        raise CallUnreadable
    return read(sender, call)


def is_same(one: str, other: str) -> bool:
    """Compare secrets in constant time (S20); an empty secret fits nothing."""
    return bool(other) and hmac.compare_digest(one.encode(), other.encode())


def moment(text: str) -> datetime | None:
    """Read seconds since 1970 or ISO 8601; None: the far side's clock said nothing usable."""
    text = text.strip()
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text[:11]), UTC)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def e164(number: str) -> str:
    """Write a number as we keep it: a plus and digits."""
    digits = "".join(sign for sign in number if sign.isdecimal() and sign.isascii())
    return f"+{digits}" if digits else ""

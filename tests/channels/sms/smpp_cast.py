"""Who hands over and who listens in the tests of SMPP."""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from emailketing.channels.base import (
    Conversation,
    Envelope,
    Handover,
    HearsReceipts,
    Inbound,
    PhoneText,
    ReceiptHeard,
)
from emailketing.channels.sms.account import SmppAccount
from emailketing.channels.sms.session import Patience, Session
from emailketing.channels.sms.smpp import SmppAdapter
from tests.channels.sms.smsc import Smsc

Found = TypeVar("Found")
Run = Callable[[Coroutine[Any, Any, Any]], Any]
USER, PASSWORD = "estacion", "secreta1"
PHONE = "+595981123400"
QUICK = Patience(connect=5, bind=5, answer=5, goodbye=5, rest=0.01)
HASTY = replace(QUICK, answer=0.3)  # for what is never answered


def account_at(smsc: Smsc, **options: Any) -> SmppAccount:
    account = SmppAccount("127.0.0.1", smsc.port, username=USER, password=PASSWORD)
    return replace(account, **options)


def envelope(to: str = PHONE, text: str = "Hola", sender: str = "Estacion") -> Envelope:
    return Envelope(sender, to, text.encode(), envid="7", phone=PhoneText(text))


def ending(digits: str) -> Envelope:
    return envelope(PHONE[:-2] + digits)


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


def keep(told: ReceiptHeard | Inbound) -> None:
    """Be somebody who has written down what was told."""
    assert told.on_kept
    told.on_kept()


class Ear:
    """Somebody who listens for receipts."""

    def __init__(self) -> None:
        self.heard: list[ReceiptHeard] = []
        self._news = asyncio.Event()

    def __call__(self, receipt: ReceiptHeard) -> None:
        self.heard.append(receipt)
        self._news.set()
        if receipt.on_kept:
            keep(receipt)

    async def wait_for(self, count: int) -> list[ReceiptHeard]:
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self._news.clear()
                await self._news.wait()
        return self.heard


async def slot(smsc: Smsc, ear: Ear | None = None, **options: Any) -> Conversation:
    patience = options.pop("patience", QUICK)
    found = await SmppAdapter(patience).connect(account_at(smsc, **options))
    assert isinstance(found, HearsReceipts)
    found.on_receipt = ear or Ear()
    return found


async def send(smsc: Smsc, *envelopes: Envelope, **options: Any) -> list[Handover]:
    line = await slot(smsc, **options)
    done = [await line.hand_over(one, yes) for one in envelopes]
    await line.close()
    return done


async def asked_until(ask: Callable[[], Awaitable[Found]], holds: Callable[[Found], bool]) -> Found:
    """Ask again and again until the answer is the one that is waited for."""
    async with asyncio.timeout(10):
        while not holds(found := await ask()):
            await asyncio.sleep(0)  # let the loop go on, ask again
    return found


async def until_closed(line: Conversation | Session) -> None:
    async with asyncio.timeout(5):
        while line.is_open:
            await asyncio.sleep(0)  # nothing tells it: let the loop go on, look again


def told(run: Run, smsc: Smsc, one: Envelope, count: int, **options: Any) -> list[ReceiptHeard]:
    async def listen() -> list[ReceiptHeard]:
        ear = Ear()
        line = await slot(smsc, ear, **options)
        await line.hand_over(one, yes)
        heard = await ear.wait_for(count)
        await line.close()
        return heard

    return list(run(listen()))


def receipt_unit(text: str, esm_class: int = 4, coding: int = 0) -> bytes:
    body = b"\0\x01\x01595981123456\0\x01\x011\0" + bytes([esm_class, 0, 0, 0, 0, 0, 0, coding, 0])
    body += bytes([len(text)]) + text.encode()
    return struct.pack(">IIII", 16 + len(body), 0x05, 0, 77) + body

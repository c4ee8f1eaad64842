"""What is heard on an open line, receipts and people: gathered, and written in groups.

The far side is told that we have it only when it is written: until then it says it again (R31).
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from emailketing.channels.base import Inbound, ReceiptHeard
from emailketing.channels.models import Sender
from emailketing.outbox.afterwards.inbound import note_inbound
from emailketing.outbox.afterwards.receipts import note_receipt
from emailketing.outbox.sending.ledger import RETRY_AFTER, Ledger

logger = logging.getLogger(__name__)
BLOCK = 200
Told = ReceiptHeard | Inbound


class ReceiptQueue:
    """What was heard and is not written yet; a database that is away is waited for."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._heard: list[tuple[int, Told]] = []
        self._news = asyncio.Event()

    def hear(self, sender_id: int, told: Told) -> None:
        self._heard.append((sender_id, told))
        self._news.set()

    async def write_next(self) -> None:
        """Wait until something is heard and write it down."""
        await self._news.wait()
        self._news.clear()
        try:
            await self.write()
        finally:
            if self._heard:
                asyncio.get_running_loop().call_later(RETRY_AFTER, self._news.set)

    async def write(self) -> None:
        """Write down what was heard; what cannot be written now is kept for another time."""
        while self._heard:
            some, self._heard = self._heard[:BLOCK], self._heard[BLOCK:]
            try:
                await self._ledger.do(_note, some, now=self._clock())
            except (DatabaseError, asyncio.CancelledError):
                self._heard[:0] = some
                raise
            for _sender_id, told in some:
                if told.on_kept:
                    told.on_kept()


@transaction.atomic
def _note(some: Sequence[tuple[int, Told]], *, now: datetime) -> None:
    senders = Sender.objects.in_bulk({sender_id for sender_id, _told in some})
    for sender_id, told in some:
        if not (sender := senders.get(sender_id)):
            continue  # deleted meanwhile: it must not keep back what the others were told
        if isinstance(told, ReceiptHeard):
            note_receipt(sender, told, now=now)
        else:
            note_inbound(sender, told, now=now)

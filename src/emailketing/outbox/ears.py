"""Receipts that the far side tells on an open line: gathered, and written in groups."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from emailketing.channels.base import ReceiptHeard
from emailketing.outbox.ledger import Ledger
from emailketing.outbox.receipts import note_heard

logger = logging.getLogger(__name__)
BLOCK = 200


class Ears:
    """What was heard and is not written yet; a database that is away is waited for."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._heard: list[tuple[int, ReceiptHeard]] = []

    def hear(self, sender_id: int, receipt: ReceiptHeard) -> None:
        self._heard.append((sender_id, receipt))

    async def write(self) -> None:
        """Write down what was heard; what cannot be written now is tried again."""
        while self._heard:
            some, self._heard = self._heard[:BLOCK], self._heard[BLOCK:]
            try:
                await self._ledger.do(_note, some, now=self._clock())
            except DatabaseError:
                self._heard[:0] = some
                raise


@transaction.atomic
def _note(some: Sequence[tuple[int, ReceiptHeard]], *, now: datetime) -> None:
    for sender_id, receipt in some:
        note_heard(sender_id, receipt, now=now)

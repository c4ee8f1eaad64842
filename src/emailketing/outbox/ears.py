"""What is heard on an open line, receipts and people: gathered, and written in groups."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from emailketing.channels.base import Inbound, ReceiptHeard
from emailketing.channels.models import Sender
from emailketing.outbox.inbound import note_inbound
from emailketing.outbox.ledger import Ledger
from emailketing.outbox.receipts import note_heard

logger = logging.getLogger(__name__)
BLOCK = 200
Told = ReceiptHeard | Inbound


class Ears:
    """What was heard and is not written yet; a database that is away is waited for."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._heard: list[tuple[int, Told]] = []

    def hear(self, sender_id: int, told: Told) -> None:
        self._heard.append((sender_id, told))

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
def _note(some: Sequence[tuple[int, Told]], *, now: datetime) -> None:
    for sender_id, told in some:
        if isinstance(told, ReceiptHeard):
            note_heard(sender_id, told, now=now)
        elif sender := Sender.objects.filter(pk=sender_id).first():
            note_inbound(sender, told, now=now)

"""What is heard on an open line is written down, then the far side is told so (R31)."""

import asyncio

import pytest

from emailketing.channels.base import ReceiptHeard
from emailketing.outbox.models import Receipt
from emailketing.outbox.sending.ledger import Ledger
from emailketing.outbox.sending.receipt_queue import ReceiptQueue
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sender_that_was_deleted_keeps_nobody_back() -> None:
    gone, by = cast.phone_sender(name="gone"), cast.phone_sender(is_default=False)
    kept: list[str] = []

    async def listen() -> None:
        ledger = Ledger(lambda: cast.NOON, "en")
        receipts = ReceiptQueue(ledger, lambda: cast.NOON)
        for sender_id, name in ((number, "r1"), (by.pk, "r2")):
            receipts.hear(
                sender_id, ReceiptHeard(name, "delivered", on_kept=lambda: kept.append(""))
            )
        await receipts.write_next()
        await ledger.close()

    number = gone.pk
    gone.delete()
    asyncio.run(listen())
    assert len(kept) == 2
    assert Receipt.objects.get().reference == "r2"

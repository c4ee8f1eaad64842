"""Our own database goes away and comes back: nothing lost, nothing twice, no dot without a mark."""

import asyncio
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection

from emailketing.channels.base import ReceiptHeard
from emailketing.outbox.models import Receipt, State
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.outbox.sending.ledger import Ledger
from emailketing.outbox.sending.receipt_queue import ReceiptQueue
from tests.far_side import FarSide
from tests.outbox import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ANA = "ana@cliente.test"


@pytest.fixture(autouse=True)
def _only_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip(
            "needs our own database on PostgreSQL: set DATABASE_URL to a database of the server"
            " that tools/lab.py start makes"
        )


def cutter() -> Callable[[], None]:
    """Return what ends every connection but the test's own, as when the server restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid NOT IN (%s, pg_backend_pid())",
                [mine],
            )

    return cast.aside(cut)


@pytest.mark.parametrize("phase", ["rcpt", "data"])
@pytest.mark.parametrize("mail_class", [MailClass.DOCUMENT, MailClass.MARKETING])
def test_r3_cut_off_while_a_message_is_under_way(
    far: FarSide, phase: str, mail_class: MailClass
) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port), mail_class=mail_class)
    far.script(phase, ANA, cutter())
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 1


def test_r31_what_was_heard_is_kept_until_the_database_is_back() -> None:
    by = cast.phone_sender()
    kept: list[str] = []

    async def listen() -> None:
        ledger = Ledger(lambda: cast.NOON, "en")
        receipts = ReceiptQueue(ledger, lambda: cast.NOON)
        assert await ledger.do(Receipt.objects.count) == 0  # it has its connection
        receipts.hear(by.pk, ReceiptHeard("r1", "delivered", on_kept=lambda: kept.append("r1")))
        await asyncio.to_thread(cut)
        try:
            with pytest.raises(DatabaseError):
                await receipts.write_next()
            assert kept == []
            await receipts.write_next()
        finally:
            await ledger.close()

    cut = cutter()
    asyncio.run(listen())
    assert kept == ["r1"]
    assert Receipt.objects.get().reference == "r1"

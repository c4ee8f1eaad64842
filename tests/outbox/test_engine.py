"""From the ledger to the far side, and what the ledger says afterwards."""

import pytest

from emailketing.outbox.models import State
from tests.far_side import FarSide
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_queued_message_arrives_once_and_is_accepted(far: FarSide) -> None:
    cast.go_live()
    message = cast.queue("ana@cliente.test", cast.sender(far.port))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 1
    attempt = message.attempts.get()
    assert (attempt.phase, attempt.outcome, attempt.code) == ("dot", "accepted", 250)
    assert attempt.peer == f"127.0.0.1:{far.port}"
    assert message.accepted_at == cast.NOON
    assert far.received[0].rcpt_to == "ana@cliente.test"

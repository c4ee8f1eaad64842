"""A far side that hangs keeps nobody else waiting: more connections, a limit of its own (R12)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from emailketing.channels.email import conversation as wire
from emailketing.channels.models import Sender
from emailketing.outbox.models import State
from emailketing.outbox.sending.link import WIDENS
from tests.far_side import FarSide, Ways, far_side
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def hanging(far: FarSide, phase: str, *addresses: str) -> Iterator[threading.Event]:
    """Let the server hang for these until the end of the block."""
    over = threading.Event()

    def hang() -> None:
        over.wait(60)

    for address in addresses:
        far.script(phase, address, hang)
    try:
        yield over
    finally:
        over.set()


@pytest.mark.parametrize("phase", ["rcpt", "data"], ids=["before the dot", "after the dot"])
def test_r12_the_next_message_finds_another_connection(far: FarSide, phase: str) -> None:
    cast.go_live()
    sender = cast.sender(far.port, connections=2)
    slow = [f"slow{n}@cliente.test" for n in range(2)]
    with cast.engine(cast.Clock()) as engine, hanging(far, phase, *slow):
        stuck = [cast.queue(address, sender) for address in slow]
        engine.wake()
        cast.wait_until(lambda: far.connections >= 2)
        order = cast.queue("ana@cliente.test", sender)
        engine.wake()
        cast.wait_for_state(order, State.ACCEPTED)
        for message in stuck:
            message.refresh_from_db()
            assert message.state in {State.CLAIMED, State.TRANSMITTING}


def test_r12_there_is_a_ceiling_to_the_connections(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port, connections=1)
    slow = [f"slow{n}@cliente.test" for n in range(6)]
    with cast.engine(cast.Clock()) as engine, hanging(far, "rcpt", *slow) as over:
        messages = [cast.queue(address, sender) for address in slow]
        engine.wake()
        cast.wait_until(lambda: far.connections >= WIDENS)
        threading.Event().wait(1)  # long enough for one more to be opened, were there no ceiling
        assert far.connections == WIDENS
        over.set()
        for message in messages:
            cast.wait_for_state(message, State.ACCEPTED)


def test_r21_silence_before_the_dot_is_a_failure_of_the_server(
    far: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "COMMAND_WITHIN", 0.2)
    cast.go_live()
    sender, clock = cast.sender(far.port, connections=2), cast.Clock()
    with cast.engine(clock) as engine, hanging(far, "rcpt", "ana@cliente.test"):
        message = cast.queue("ana@cliente.test", sender)
        engine.wake()
        cast.wait_for_state(message, State.DEFERRED)
        assert message.next_at - clock() < timedelta(minutes=2)
        cast.wait_until(lambda: Sender.objects.get().failure_count == 1)
        clock.forward(minutes=2)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
        cast.wait_until(lambda: Sender.objects.get().failure_count == 0)


def test_r21_a_probe_is_tried_beside_what_hangs_after_the_dot(
    far: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One silence must not close the sender for the ten minutes another message waits."""
    monkeypatch.setattr(wire, "COMMAND_WITHIN", 0.2)
    cast.go_live()
    sender = cast.sender(far.port, connections=2)
    with (
        cast.engine(cast.Clock()) as engine,
        hanging(far, "data", "dot@cliente.test"),
        hanging(far, "rcpt", "silent@cliente.test"),
    ):
        stuck = cast.queue("dot@cliente.test", sender)
        engine.wake()
        cast.wait_for_state(stuck, State.TRANSMITTING)
        silent = cast.queue("silent@cliente.test", sender)
        engine.wake()
        cast.wait_for_state(silent, State.DEFERRED)
        order = cast.queue("ana@cliente.test", sender)
        engine.wake()
        cast.wait_for_state(order, State.ACCEPTED)
        stuck.refresh_from_db()
        assert stuck.state == State.TRANSMITTING


def test_a_server_that_takes_no_more_connections_is_no_failure_of_the_sender() -> None:
    """“421 too many connections” to one that we opened beside the usual ones."""
    cast.go_live()
    with far_side(Ways(most=1)) as far:
        sender = cast.sender(far.port, connections=1)
        with cast.engine(cast.Clock()) as engine, hanging(far, "rcpt", "slow@cliente.test") as over:
            cast.queue("slow@cliente.test", sender)
            engine.wake()
            cast.wait_until(lambda: far.connections == 1)
            order = cast.queue("ana@cliente.test", sender)
            engine.wake()
            cast.wait_until(lambda: far.connections == 2)
            threading.Event().wait(1)  # long enough for several looks
            over.set()
            cast.wait_for_state(order, State.ACCEPTED)
        assert far.connections == 2, "not tried again and again"
    assert order.attempt == 1
    assert Sender.objects.get().failure_count == 0

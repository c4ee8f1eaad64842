"""A clock that was three hours ahead and is put right: nobody waits three hours, and it is said."""

from datetime import timedelta

import pytest

from emailketing.channels.models import Sender
from emailketing.outbox.models import ClockJump, Message, State
from emailketing.outbox.sending.put_right import put_right
from emailketing.outbox.sending.watch import ClockWatch
from tests.far_side import FarSide
from tests.outbox import cast

WRONG = cast.NOON + timedelta(hours=3)
MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_what_the_wrong_clock_queued_is_due_at_once() -> None:
    sender = cast.sender(9)
    message = cast.queue("ana@cliente.test", sender, now=WRONG)
    lifetime = message.expires_at - WRONG
    assert put_right(cast.NOON, closely=False) == 1
    message.refresh_from_db()
    assert (message.created_at, message.not_before, message.next_at) == (cast.NOON,) * 3
    assert message.expires_at - cast.NOON == lifetime
    jump = ClockJump.objects.get()
    assert (jump.at, jump.seconds, jump.moved) == (cast.NOON, 3 * 3600, 1)
    assert put_right(cast.NOON + MINUTE / 4, closely=False) == 0, "once"
    assert ClockJump.objects.count() == 1


@pytest.mark.django_db
def test_a_moment_that_was_chosen_stays() -> None:
    """Quiet hours and delays: nobody is written to in the night because of a clock."""
    later = WRONG + timedelta(hours=14)
    message = cast.queue("ana@cliente.test", cast.sender(9), now=WRONG, not_before=later)
    put_right(cast.NOON)
    message.refresh_from_db()
    assert (message.not_before, message.next_at) == (later, later)


@pytest.mark.django_db
def test_what_the_wrong_clock_tried_waits_as_long_as_it_was_meant_to() -> None:
    message = cast.queue("ana@cliente.test", cast.sender(9))
    expires = message.expires_at
    Message.objects.update(state=State.DEFERRED, attempt=1, next_at=WRONG + 5 * MINUTE)
    message.attempts.create(number=1, outcome="deferred", started_at=WRONG, finished_at=WRONG)
    assert put_right(cast.NOON) == 1
    message.refresh_from_db()
    assert message.next_at == cast.NOON + 5 * MINUTE
    assert (message.not_before, message.expires_at) == (cast.NOON, expires)  # R5
    assert put_right(cast.NOON + MINUTE) == 0


@pytest.mark.django_db
def test_a_pause_and_a_lease_of_the_wrong_clock_end_too() -> None:
    sender = cast.sender(9, paused_until=WRONG + 2 * MINUTE)
    message = cast.queue("ana@cliente.test", sender)
    Message.objects.update(state=State.TRANSMITTING, lease_until=WRONG + 11 * MINUTE)
    put_right(cast.NOON, jump=timedelta(hours=3))
    message.refresh_from_db()
    assert Sender.objects.get().paused_until == cast.NOON + 2 * MINUTE
    assert message.lease_until == cast.NOON + 11 * MINUTE


@pytest.mark.django_db
def test_a_clock_that_is_right_changes_nothing() -> None:
    cast.queue("ana@cliente.test", cast.sender(9), now=cast.NOON + MINUTE / 2)
    assert put_right(cast.NOON) == 0
    assert not ClockJump.objects.exists()


def test_only_a_clock_that_was_put_back_is_a_jump() -> None:
    steady = [0.0]
    watch = ClockWatch(lambda: steady[0])
    assert watch.look(WRONG) is None
    steady[0] = 60.0
    assert watch.look(WRONG + MINUTE) == timedelta()
    steady[0] = 120.0
    assert watch.look(cast.NOON) == timedelta(hours=3) + 2 * MINUTE
    steady[0] = 130.0
    assert watch.look(cast.NOON + timedelta(hours=9)) == timedelta(), "asleep, or put forward"


@pytest.mark.django_db(transaction=True)
def test_an_engine_at_work_sends_on_when_its_clock_is_put_back(far: FarSide) -> None:
    cast.go_live()
    clock = cast.Clock(WRONG)
    message = cast.queue("ana@cliente.test", cast.sender(far.port), now=WRONG)
    far.script("rcpt", "ana@cliente.test", "451 4.2.0 try later")
    with cast.engine(clock) as engine:
        cast.wait_for_state(message, State.DEFERRED)
        clock.forward(hours=-3)
        cast.wait_until(lambda: ClockJump.objects.exists())
        clock.forward(minutes=2)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 1

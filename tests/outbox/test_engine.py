"""From the ledger to the far side, and what the ledger says afterwards (R1–R17, R25)."""

from datetime import timedelta

import pytest
from django.utils import translation

from emailketing.channels.base import Handover
from emailketing.channels.models import Sender
from emailketing.outbox.job import Job
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import MailClass, Recipient
from emailketing.outbox.sending.destination import Destination
from emailketing.outbox.sending.engine import Engine
from emailketing.outbox.sending.reclaim import reap
from tests.far_side import HANG_UP, FarSide, Ways, far_side
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "ana@cliente.test"


def test_a_queued_message_arrives_once_and_is_accepted(far: FarSide) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 1
    attempt = message.attempts.get()
    assert (attempt.phase, attempt.outcome, attempt.code) == ("dot", "accepted", 250)
    assert attempt.peer == f"127.0.0.1:{far.port}"
    assert message.accepted_at == cast.NOON
    assert far.received[0].rcpt_to == ANA


def test_r15_a_temporary_refusal_is_tried_again_later(far: FarSide) -> None:
    cast.go_live()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()
    far.script("rcpt", ANA, "450 4.2.0 greylisted")
    with cast.engine(clock) as engine:
        cast.wait_for_state(message, State.DEFERRED)
        assert timedelta(seconds=48) <= message.next_at - cast.NOON <= timedelta(seconds=72)
        assert "450" in message.detail
        clock.forward(minutes=2)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    assert message.attempt == 2
    assert [one.outcome for one in message.attempts.all()] == ["deferred", "accepted"]


@pytest.mark.parametrize(
    ("phase", "answer", "seconds"),
    [
        ("rcpt", "451 4.7.0 try again in 300 seconds", 300),
        ("data", "450 4.2.1 please wait 10 minutes", 600),
        ("mail", "421 4.7.0 too many, retry after 1 hour", 3600),
        ("rcpt", "451 4.7.0 come back in 9 hours", 4 * 3600),
    ],
)
def test_r14_a_server_that_names_a_time_is_obeyed(
    far: FarSide, phase: str, answer: str, seconds: int
) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port))
    far.script(phase, "*", answer)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DEFERRED)
    assert message.next_at - cast.NOON == timedelta(seconds=seconds)


def test_r17_a_421_does_not_harm_the_next_message(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port, connections=1)
    first, second = cast.queue(ANA, sender), cast.queue("b@cliente.test", sender)
    far.script("rcpt", ANA, "421 4.3.2 shutting down")
    with cast.engine(cast.Clock()):
        cast.wait_for_state(second, State.ACCEPTED)
        cast.wait_for_state(first, State.DEFERRED)


class ErringEngine(Engine):
    """Errs over the first hand-over, when the next message has been announced already."""

    has_erred = False

    async def delivered(
        self, destination: Destination, job: Job, handover: Handover, peer: str
    ) -> None:
        if not self.has_erred:
            self.has_erred = True
            raise ArithmeticError
        await super().delivered(destination, job, handover, peer)


def test_r24_an_error_over_one_message_does_not_hold_the_announced_one(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port, connections=1)
    both = (ANA, "b@cliente.test")
    first, second = (cast.queue(to, sender, mail_class=MailClass.MARKETING) for to in both)
    with cast.engine(cast.Clock(), made=ErringEngine):
        cast.wait_for_state(second, State.ACCEPTED)
    first.refresh_from_db()
    assert first.state == State.TRANSMITTING  # its lease runs out
    assert [far.copies(one.message_id) for one in (first, second)] == [1, 1]


@pytest.mark.parametrize(
    ("answer", "reason", "suppresses"),
    [
        ("550 5.1.1 no such user", "address", True),
        ("552 5.3.4 too large", "content", False),
        ("550 5.7.1 blocked", "policy", False),
        ("550 5.7.515 access denied", "policy", False),
        ("552 5.2.2 mailbox full", "mailbox_full", False),
        ("554 5.6.0 no", "refused", False),
        ("550 no", "refused", False),
    ],
)
def test_r15_a_refusal_for_good(
    far: FarSide, answer: str, reason: str, *, suppresses: bool
) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port))
    far.script("rcpt", ANA, answer)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.FAILED)
    assert message.reason == reason
    assert message.detail.startswith("The server answered: 55")
    with translation.override("es"):
        assert message.in_words.startswith("El servidor respondió: 55")
    assert cast.is_suppressed(ANA) is suppresses
    assert far.received == []


def test_r15_a_wrong_password_pauses_the_sender_and_keeps_the_message() -> None:
    cast.go_live()
    with far_side(Ways(password="clave")) as far:  # noqa: S106 - of a test
        sender = cast.sender(far.port, username="ventas")
        sender.password = "otra"  # noqa: S105 - of a test
        sender.save()
        message, clock = cast.queue(ANA, sender), cast.Clock()
        with cast.engine(clock) as engine:
            cast.wait_until(lambda: Sender.objects.get().paused_until is not None)
            cast.wait_for_state(message, State.READY)
            sender.refresh_from_db()
            assert "does not accept the password" in sender.paused_reason
            sender.password = "clave"  # noqa: S105 - of a test
            sender.save()
            clock.forward(minutes=2)
            engine.wake()
            cast.wait_for_state(message, State.ACCEPTED)
            cast.wait_until(lambda: Sender.objects.get().failure_count == 0)
        sender.refresh_from_db()
        assert (sender.paused_until, sender.paused_reason) == (None, "")
        assert message.attempts.order_by("number")[0].outcome == "account"


def test_a_server_that_is_away_rests_after_five_failures_and_loses_nothing() -> None:
    cast.go_live()
    with far_side() as gone:
        port = gone.port
    sender = cast.sender(port, connections=1)
    messages = [cast.queue(f"a{n}@cliente.test", sender) for n in range(8)]
    with cast.engine(cast.Clock()):
        cast.wait_until(lambda: Sender.objects.get().paused_until is not None)
        cast.wait_until(lambda: Message.objects.filter(state=State.DEFERRED).count() >= 5)
        cast.wait_until(lambda: not Message.objects.filter(state=State.CLAIMED).exists())
    for message in messages:
        message.refresh_from_db()
    assert {message.state for message in messages} == {State.DEFERRED, State.READY}
    assert all(message.attempts.count() == message.attempt for message in messages)
    assert "cannot be reached" in Sender.objects.get().paused_reason
    with translation.override("es"):
        assert Sender.objects.get().paused_in_words.startswith("No se llega al servidor")
        waiting = Message.objects.filter(state=State.DEFERRED)[0]
        assert waiting.in_words.startswith("No se llega al servidor")
        assert waiting.attempts.latest("number").reply_in_words == waiting.in_words


def test_r12_a_dead_sender_delays_nobody_else(far: FarSide) -> None:
    cast.go_live()
    with far_side() as gone:
        port = gone.port
    dead, well = cast.sender(port, name="muerto"), cast.sender(far.port)
    for number in range(100):
        cast.queue(f"a{number}@cliente.test", dead)
    message = cast.queue(ANA, well)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.ACCEPTED)


def test_a_lost_connection_before_the_dot_is_tried_again_alone(far: FarSide) -> None:
    cast.go_live()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()
    far.script("rcpt", ANA, HANG_UP)
    with cast.engine(clock) as engine:
        cast.wait_for_state(message, State.DEFERRED)
        clock.forward(minutes=2)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 1


def test_r4_r5_in_doubt_a_document_goes_out_again_with_the_same_bytes(far: FarSide) -> None:
    cast.go_live()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()
    far.script("data", ANA, HANG_UP)
    with cast.engine(clock) as engine:
        cast.wait_until(lambda: message.attempts.filter(outcome="in_doubt").exists())
        Sender.objects.update(from_name="Otro nombre", reply_to="otro@estacion.test")
        clock.forward(minutes=2)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    first, second = far.received
    assert first.content == second.content
    assert first.message_id == message.message_id


def test_r4_in_doubt_advertising_asks_a_person(far: FarSide) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port), mail_class=MailClass.MARKETING)
    far.script("data", ANA, HANG_UP)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.IN_DOUBT)
    assert "Nobody knows" in message.detail
    assert far.copies(message.message_id) == 1


def test_r6_a_claim_lost_before_the_mark_sends_no_dot(far: FarSide) -> None:
    """The worker was paused past its lease: another one has the message by now."""
    cast.go_live()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()

    def lease_runs_out() -> None:
        # whatever the heartbeat did; a row it holds just now is skipped (PostgreSQL)
        cast.wait_until(lambda: reap(clock() + timedelta(hours=1)) > 0)
        Message.objects.update(next_at=clock())

    far.script("rcpt", ANA, cast.aside(lease_runs_out))
    with cast.engine(clock):
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.copies(message.message_id) == 1
    assert [one.outcome for one in message.attempts.all()] == ["crashed", "accepted"]


def test_r6_late_news_of_an_acceptance_ends_the_doubt(far: FarSide) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port), mail_class=MailClass.MARKETING)
    seen: list[str] = []

    def lease_runs_out() -> None:
        reap(cast.NOON + timedelta(seconds=661))
        seen.append(Message.objects.get(pk=message.pk).state)

    far.script("data", ANA, cast.aside(lease_runs_out))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.ACCEPTED)
    assert seen == [State.IN_DOUBT]
    assert far.copies(message.message_id) == 1


def test_r11_an_order_overtakes_a_campaign(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    people = tuple(Recipient(address=f"p{n}@cliente.test") for n in range(250))
    cast.queue_many(people, sender, mail_class=MailClass.MARKETING)
    order = cast.queue(ANA, sender)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(order, State.ACCEPTED)
        place = [mail.rcpt_to for mail in far.received].index(ANA)
        assert place < 60
        far.wait_for(251, 60)


def test_r25_a_text_that_cannot_be_written_fails_alone(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    bad = cast.queue(ANA, sender, data={"company": {}})
    good = cast.queue("b@cliente.test", sender)
    assert (bad.state, bad.reason) == (State.FAILED, "render")
    bulk = cast.queue("c@cliente.test", sender, data={}, mail_class=MailClass.MARKETING)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(bulk, State.FAILED)
        cast.wait_for_state(good, State.ACCEPTED)
    assert bulk.reason == "render"


def test_stopping_gives_back_what_was_not_used(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    people = tuple(Recipient(address=f"p{n}@cliente.test") for n in range(300))
    cast.queue_many(people, sender, mail_class=MailClass.MARKETING)
    with cast.engine(cast.Clock()):
        far.wait_for(20)
    states = set(Message.objects.values_list("state", flat=True))
    assert states <= {State.ACCEPTED, State.READY}
    accepted = Message.objects.filter(state=State.ACCEPTED)
    assert accepted.count() == len(far.received)
    assert not Message.objects.filter(state=State.READY, attempt__gt=0).exists()
    assert not Message.objects.exclude(claim_token="").exists()

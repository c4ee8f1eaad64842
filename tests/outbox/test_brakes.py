"""Policy at the claim and at the mark: what may leave, and to where (R19, S34, C20, U4, B5)."""

from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from emailketing.channels.models import InboxMessage
from emailketing.channels.senders import pause, resume
from emailketing.company.identity import confirm_identity
from emailketing.company.models import INSTALLATION, Company, SafeMode, Turn
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import lift, opt_out, suppress, suppressed_among
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import MailClass
from tests.far_side import FarSide
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "ana@cliente.test"


def test_s34_in_the_sandbox_everything_lands_in_the_built_in_inbox(far: FarSide) -> None:
    Company.get()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(message, State.ACCEPTED)
    assert message.is_redirected
    assert far.connections == 0
    kept = InboxMessage.objects.get()
    assert (kept.rcpt_to, kept.message_id) == (ANA, message.message_id)
    assert message_from_bytes(bytes(kept.raw))["Message-ID"] == message.message_id


def test_s34_the_brake_pulled_while_a_message_is_under_way_stops_its_dot(far: FarSide) -> None:
    cast.go_live()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()

    def pull_the_brake() -> None:
        Company.objects.update(is_live=False)

    far.script("rcpt", ANA, cast.aside(pull_the_brake))
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(message, State.ACCEPTED)
    assert far.received == []
    assert message.is_redirected
    assert InboxMessage.objects.count() == 1


def test_stopped_while_many_wait_nobody_is_connected_for_any_more(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port, connections=1)
    people = [f"a{n}@cliente.test" for n in range(5)]
    messages = [cast.queue(to, sender, mail_class=MailClass.MARKETING) for to in people]

    def stop_everything() -> None:
        Company.objects.update(is_stopped=True)

    far.script("rcpt", "a0@cliente.test", cast.aside(stop_everything))
    with cast.engine(cast.Clock()) as engine:
        stopped = Company.objects.filter(is_stopped=True)
        ready = Message.objects.filter(state=State.READY, attempt=0)
        cast.wait_until(lambda: stopped.exists() and ready.count() == len(messages))
        assert (far.connections, far.received) == (1, [])
        Company.objects.update(is_stopped=False)
        engine.wake()
        far.wait_for(len(messages))


@pytest.mark.parametrize("scope", [INSTALLATION, "source:estacion"])
def test_c20_a_copied_database_writes_to_the_inbox_only(far: FarSide, scope: str) -> None:
    cast.go_live()
    SafeMode.objects.create(scope=scope, since=cast.NOON)
    sender, clock = cast.sender(far.port), cast.Clock()
    message = cast.queue(ANA, sender, scope="source:estacion")
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(message, State.ACCEPTED)
        other = cast.queue("b@cliente.test", sender, scope="source:otra")
        cast.wait_for_state(other, State.ACCEPTED)
    assert message.is_redirected
    assert other.is_redirected is (scope == INSTALLATION)
    assert len(far.received) == (scope != INSTALLATION)


def test_stopped_nothing_leaves_not_even_to_the_inbox(far: FarSide) -> None:
    cast.go_live()
    Company.objects.update(is_stopped=True)
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()
    with cast.engine(clock) as engine:
        cast.wait_until(lambda: Message.objects.filter(reason="throttled").exists())
        message.refresh_from_db()
        assert (message.state, message.attempt) == (State.READY, 0)
        assert message.detail == "Everything is stopped by an administrator."
        with translation.override("es"):
            assert message.in_words == "Un administrador detuvo todo."
        Company.objects.update(is_stopped=False)
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    assert message.reason == ""


def test_a_sender_that_is_switched_off_waits_with_a_reason(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    pause(sender, by="ana", now=cast.NOON, reason="mudanza")
    message = cast.queue(ANA, sender)
    with cast.engine(cast.Clock()):
        cast.wait_until(lambda: Message.objects.filter(reason="throttled").exists())
        message.refresh_from_db()
        assert message.attempt == 0
        resume(sender, by="ana", now=cast.NOON)
        cast.wait_for_state(message, State.ACCEPTED)


def test_r18_r19_the_daily_limit_is_kept_and_the_rest_waits(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port, daily_limit=3)
    clock = cast.Clock()
    messages = [cast.queue(f"a{n}@cliente.test", sender) for n in range(5)]
    accepted = Message.objects.filter(state=State.ACCEPTED)
    with cast.engine(clock) as engine:
        cast.wait_until(lambda: Message.objects.filter(reason="throttled").count() == 2)
        cast.wait_until(lambda: accepted.count() == 3)
        waiting = Message.objects.get(pk=messages[-1].pk)
        assert (waiting.state, waiting.attempt) == (State.READY, 0)
        assert "3 messages of today" in waiting.detail
        clock.forward(hours=12)  # past midnight in Asunción
        engine.wake()
        cast.wait_until(lambda: accepted.count() == 5)
    assert len(far.received) == 5


def test_u4_an_address_suppressed_since_queueing_gets_nothing(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    message = cast.queue(ANA, sender)
    suppress("ANA@cliente.test", Suppression.Reason.BOUNCE, now=cast.NOON)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.SUPPRESSED)
    assert (message.attempt, message.attempts.count()) == (0, 0)
    assert far.received == []


def test_b5_a_complaint_stops_advertising_and_not_the_own_order(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    suppress(ANA, Suppression.Reason.COMPLAINT, now=cast.NOON)
    order = cast.queue(ANA, sender, key="a", mail_class=MailClass.DOCUMENT)
    offer = cast.queue(ANA, sender, key="b", mail_class=MailClass.MARKETING)
    assert offer.state == State.SUPPRESSED
    with cast.engine(cast.Clock()):
        cast.wait_for_state(order, State.ACCEPTED)


def test_u4_who_wants_none_of_a_class_still_gets_the_others(far: FarSide) -> None:
    cast.go_live()
    sender = cast.sender(far.port)
    opt_out(ANA, MailClass.DOCUMENT, now=cast.NOON)
    opt_out(ANA, MailClass.GREETING, now=cast.NOON)
    order = cast.queue(ANA, sender, key="a", mail_class=MailClass.DOCUMENT)
    receipt = cast.queue(ANA, sender, key="b", mail_class=MailClass.TRANSACTIONAL)
    assert (order.state, order.reason) == (State.SUPPRESSED, "opt_out")
    lift(ANA, mail_class=MailClass.GREETING)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(receipt, State.ACCEPTED)
    assert [row.mail_class for row in suppressed_among([ANA])[ANA]] == [MailClass.DOCUMENT]


def test_what_came_too_late_expires_untried(far: FarSide) -> None:
    cast.go_live()
    message = cast.queue(ANA, cast.sender(far.port))
    with cast.engine(cast.Clock(cast.NOON + timedelta(hours=25))):
        cast.wait_for_state(message, State.EXPIRED)
    assert message.attempts.count() == 0


def test_what_was_tried_and_came_too_late_has_failed_with_the_last_error(far: FarSide) -> None:
    cast.go_live()
    message, clock = cast.queue(ANA, cast.sender(far.port)), cast.Clock()
    far.script("rcpt", ANA, "450 4.2.0 greylisted")
    with cast.engine(clock):
        cast.wait_for_state(message, State.DEFERRED)
        clock.forward(hours=25)
        cast.wait_for_state(message, State.FAILED)
    assert message.reason == "expired"
    assert "greylisted" in message.detail


def test_a_delayed_message_waits_for_its_hour(far: FarSide) -> None:
    cast.go_live()
    hour = cast.NOON + timedelta(hours=1)
    sender, clock = cast.sender(far.port), cast.Clock()
    message = cast.queue(ANA, sender, not_before=hour)
    other = cast.queue("b@cliente.test", sender)
    with cast.engine(clock) as engine:
        cast.wait_for_state(other, State.ACCEPTED)
        message.refresh_from_db()
        assert message.state == State.SCHEDULED
        clock.now = hour
        engine.wake()
        cast.wait_for_state(message, State.ACCEPTED)
    assert message_from_bytes(far.received[-1].content)["Date"] == "Tue, 24 Nov 2026 16:00:00 +0000"


def test_c20_what_was_queued_in_a_backup_put_back_in_place_reaches_nobody(
    far: FarSide, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    cast.go_live()
    sender, clock = cast.sender(far.port), cast.Clock()
    first = cast.queue(ANA, sender)
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(first, State.ACCEPTED)
    Turn.objects.update(number=0)  # the backup was made before
    second = cast.queue("b@cliente.test", sender)
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(second, State.ACCEPTED)
    assert second.is_redirected
    assert [mail.rcpt_to for mail in InboxMessage.objects.all()] == ["b@cliente.test"]
    assert len(far.received) == 1
    assert SafeMode.objects.get().kind == SafeMode.Kind.RESTORED
    confirm_identity(INSTALLATION, by="ana", now=clock())
    third = cast.queue("c@cliente.test", sender)
    with cast.built_in_inbox(clock) as port, cast.engine(clock, port):
        cast.wait_for_state(third, State.ACCEPTED)
    assert not third.is_redirected

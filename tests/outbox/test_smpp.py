"""Text messages through engine, ledger and a real SMS centre (M4, R3, R4, R15, R31)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from emailketing.channels.models import Sender
from emailketing.outbox.models import Message, Receipt, State
from emailketing.outbox.queueing.preview import preview
from tests.channels.sms.smpp_cast import receipt_unit
from tests.channels.sms.smsc import Smsc
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+595981123400"
USER, PASSWORD = "estacion", "secreta1"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    cast.go_live()
    with translation.override("en"):
        yield


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc({USER: PASSWORD}) as running:
        yield running


def operator(smsc: Smsc, *, password: str = PASSWORD, **values: Any) -> Sender:
    by = cast.phone_sender(port=smsc.port, security="plain", username=USER, **values)
    by.password = password
    by.save()
    return by


def ending(digits: str) -> str:
    return PHONE[:-2] + digits


def queue(to: str, by: Sender, text: str = "¡listo!", **values: Any) -> Message:
    return cast.queue_phone(to, by, data={"note": text}, **values)


def test_a_text_is_accepted_and_then_delivered(smsc: Smsc) -> None:
    message = queue(PHONE, operator(smsc), "Señor Núñez, € 30")
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DELIVERED)

    assert [text.text for text in smsc.record.texts] == ["Ana: Señor Núñez, € 30"]
    assert message.reference == "00000001"
    attempt = message.attempts.get()
    assert (attempt.outcome, attempt.peer) == ("accepted", f"127.0.0.1:{smsc.port}")


@pytest.mark.parametrize("was_plain", [True, False])
def test_r5_letters_without_accents_are_settled_when_it_is_queued(
    smsc: Smsc, *, was_plain: bool
) -> None:
    by = operator(smsc, options={"plain": was_plain})
    message = queue(PHONE, by, "Cargó 40 litros en Estación Ñemby. " * 3)
    Sender.objects.update(options={"plain": not was_plain})
    words = preview(message).text
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DELIVERED)

    (text,) = smsc.record.texts
    assert text.text == words
    assert text.text.startswith("Ana: Cargo 40" if was_plain else "Ana: Cargó 40")
    assert message.segments == text.segments == (1 if was_plain else 2)


def test_m4_a_long_text_is_delivered_when_all_its_parts_are(smsc: Smsc) -> None:
    message = queue(PHONE, operator(smsc), "a" * 400)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DELIVERED)

    assert [text.segments for text in smsc.record.texts] == [3]
    assert message.receipts.filter(status="delivered").count() == 3


def test_m4_a_receipt_before_the_answer_is_not_lost(smsc: Smsc) -> None:
    message = queue(ending("63"), operator(smsc))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DELIVERED)


def test_r31_receipts_twice_and_out_of_order_move_it_forward_only(smsc: Smsc) -> None:
    by = operator(smsc)
    messages = [queue(ending(end), by) for end in ("65", "64", "62")]
    with cast.engine(cast.Clock()):
        for message in messages:
            cast.wait_for_state(message, State.DELIVERED)
        cast.wait_until(lambda: Receipt.objects.filter(status="accepted").exists())
    messages[1].refresh_from_db()

    assert messages[1].state == State.DELIVERED
    assert Receipt.objects.filter(message=None).get().reference == "deadbeef"


def test_what_the_network_could_not_deliver_says_so(smsc: Smsc) -> None:
    message = queue(ending("66"), operator(smsc))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.BOUNCED)

    assert "011 UNDELIV" in message.detail


@pytest.mark.parametrize("text", ["¡listo!", "a" * 400])
def test_r4_a_line_lost_after_the_text_went_out_is_held_for_a_person(smsc: Smsc, text: str) -> None:
    message = queue(ending("99" if len(text) < 100 else "98"), operator(smsc), text)
    with cast.engine(clock := cast.Clock()):
        cast.wait_for_state(message, State.IN_DOUBT)
        clock.forward(hours=1)
        other = queue(PHONE, message.sender, now=clock.now)
        cast.wait_for_state(other, State.DELIVERED)
    message.refresh_from_db()

    assert message.state == State.IN_DOUBT
    assert "hung up" in message.detail
    assert len(smsc.record.binds) == 2  # the second message bound anew


@pytest.mark.parametrize(
    ("digits", "state", "words"),
    [
        ("45", State.FAILED, "could not take the message (ESME_RSUBMITFAIL)"),
        ("11", State.FAILED, "does not know the phone number"),
    ],
)
def test_r15_a_refusal_is_judged_and_told(smsc: Smsc, digits: str, state: str, words: str) -> None:
    message = queue(ending(digits), operator(smsc))
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, state)

    assert words in message.detail


def test_too_fast_is_waited_out_and_no_attempt_is_lost(smsc: Smsc) -> None:
    by = operator(smsc)
    messages = [queue(ending("58"), by), queue(PHONE, by)]
    with cast.engine(cast.Clock()):
        for message in messages:
            cast.wait_for_state(message, State.DELIVERED)

    assert len(smsc.record.texts) == 2
    assert [message.attempt for message in messages] == [1, 1]


@pytest.mark.slow
def test_a_centre_that_stays_too_busy_rests_the_sender(smsc: Smsc) -> None:
    by = operator(smsc)
    message = queue(ending("88"), by)
    with cast.engine(cast.Clock()):
        cast.wait_for_state(message, State.DEFERRED)
        cast.wait_until(lambda: bool(Sender.objects.get().paused_until))
    assert "ESME_RTHROTTLED" in message.detail


def test_a_refused_bind_rests_the_sender_with_one_sentence(smsc: Smsc) -> None:
    by = operator(smsc, password="wrong")  # noqa: S106 - that is the point
    message = queue(PHONE, by)
    with cast.engine(clock := cast.Clock()):
        cast.wait_until(lambda: bool(Sender.objects.get().paused_reason))
        by.refresh_from_db()
        assert by.paused_reason == (
            "The SMS centre 127.0.0.1 does not let us in: the password is wrong (ESME_RINVPASWD)."
        )
        cast.wait_for_state(message, State.READY)
        by.password = PASSWORD
        by.paused_until = None
        by.save()
        clock.forward(hours=1)

        def is_delivered() -> bool:
            rests = Sender.objects.get().paused_until
            if rests and rests > clock():  # a bind with the wrong password was under way
                clock.forward(hours=1)
            return Message.objects.get().state == State.DELIVERED

        cast.wait_until(is_delivered)
    by.refresh_from_db()
    assert (by.failure_count, by.paused_reason) == (0, "")


@pytest.mark.parametrize(
    ("to", "name", "words"),
    [
        (PHONE, "Estación Ñandutí", "11 letters at most"),
        (ending("10"), "Estacion", "does not allow this number or name to send"),
    ],
)
def test_a_name_that_may_not_send_rests_the_sender_although_the_line_is_good(
    smsc: Smsc, to: str, name: str, words: str
) -> None:
    by = operator(smsc, from_address=name)
    message = queue(to, by)
    with cast.engine(clock := cast.Clock()):
        cast.wait_until(lambda: message.attempts.filter(outcome="account").exists())
        cast.wait_until(lambda: bool(Sender.objects.get().paused_until))
        clock.forward(minutes=2)
        cast.wait_until(lambda: message.attempts.filter(outcome="account").count() == 2)
        cast.wait_until(lambda: Sender.objects.get().failure_count == 2)
    by.refresh_from_db()

    assert words in by.paused_reason
    assert by.paused_until
    assert message.attempts.count() == 2
    assert smsc.record.texts == []


def test_a_centre_that_dies_is_found_again_and_nothing_is_lost(smsc: Smsc) -> None:
    by = operator(smsc)
    first = queue(PHONE, by, key="first")
    with cast.engine(clock := cast.Clock()):
        cast.wait_for_state(first, State.DELIVERED)
        smsc.hang_up()
        second = queue(PHONE, by, key="second")
        clock.forward(minutes=10)
        cast.wait_for_state(second, State.DELIVERED)

    assert [text.destination for text in smsc.record.texts] == [PHONE[1:]] * 2


def test_many_texts_share_one_connection_and_fill_its_window(smsc: Smsc) -> None:
    by = operator(smsc, options={"window": 6})
    messages = [queue(f"+5959811{n:02d}055", by) for n in range(12)]
    with cast.engine(cast.Clock()):
        for message in messages:
            cast.wait_for_state(message, State.DELIVERED)

    assert len(smsc.record.binds) == 1
    # the first place is kept for what is urgent, and these are
    assert smsc.record.most_waiting == 6
    assert len({message.reference for message in messages}) == 12


def test_m2_who_answers_stop_gets_no_more_texts(smsc: Smsc) -> None:
    by = operator(smsc)
    smsc.says_first = receipt_unit(" Baja. ", esm_class=0)
    with cast.engine(clock := cast.Clock()):
        cast.wait_until(lambda: cast.is_suppressed("+595981123456", kind="phone"))
        message = queue("+595981123456", by, now=clock.now)
    assert message.state == State.SUPPRESSED


def test_receipts_come_although_nothing_is_sent(smsc: Smsc) -> None:
    """A restarted worker binds by itself: yesterday's receipts wait at the centre."""
    message = queue(PHONE, operator(smsc))
    Message.objects.update(state=State.ACCEPTED, reference="0000abcd", accepted_at=cast.NOON)
    text = b"id:0000abcd sub:001 dlvrd:001 stat:DELIVRD err:000 text:"
    body = b"\0\x01\x01" + PHONE[1:].encode() + b"\0\x01\x011\0\x04\0\0\0\0\0\0\0\0"
    whole = body + bytes([len(text)]) + text
    smsc.says_first = (16 + len(whole)).to_bytes(4, "big") + b"\0\0\0\x05\0\0\0\0\0\0\0\x09" + whole
    with cast.engine(cast.Clock(cast.NOON + timedelta(hours=1))):
        cast.wait_for_state(message, State.DELIVERED)


def test_r31_a_receipt_is_answered_when_it_is_in_the_ledger(smsc: Smsc) -> None:
    queue(PHONE, operator(smsc))
    with cast.engine(cast.Clock()):
        smsc.wait_until(lambda record: record.receipts[0] == 1)
        assert Receipt.objects.filter(status="delivered").exists()

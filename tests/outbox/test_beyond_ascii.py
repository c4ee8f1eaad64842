"""Letters beyond ASCII in every address of a message: what the wire carries, what is said (S3)."""

from email import message_from_bytes

import pytest

from emailketing.outbox.models import State
from tests.far_side import Ways, far_side
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ANA = "ana@cliente.test"
DATA = {"note": "x", "company": {"name": "Itá"}}


@pytest.mark.parametrize("takes_utf8", [True, False])
def test_domains_go_as_a_labels_to_every_server(*, takes_utf8: bool) -> None:
    cast.go_live()
    with far_side(Ways(utf8=takes_utf8)) as far:
        sender = cast.sender(
            far.port, from_address="ventas@ñandú.test", reply_to="cobros@itaguá.test"
        )
        message = cast.queue("ana@müller.test", sender)
        # queued before domains were rewritten at queueing
        type(message).objects.update(
            from_address="ventas@ñandú.test",
            reply_to="cobros@itaguá.test",
            address="ana@müller.test",
        )
        with cast.engine(cast.Clock()):
            cast.wait_for_state(message, State.ACCEPTED)
    mail = far.received[0]
    assert mail.content.isascii()
    assert (mail.mail_from, mail.rcpt_to) == ("ventas@xn--and-6ma2c.test", "ana@xn--mller-kva.test")
    head = message_from_bytes(mail.content)
    assert str(head["Reply-To"]) == "<cobros@xn--itagu-1qa.test>"
    assert "<ventas@xn--and-6ma2c.test>" in str(head["From"])
    assert not any("SMTPUTF8" in command for command in far.commands)
    assert message.detail == ""


def test_an_answer_address_that_the_server_cannot_take_is_left_out_and_said() -> None:
    cast.go_live()
    with far_side() as far:
        message = cast.queue(
            ANA, cast.sender(far.port), data=DATA | {"document": {"reply_to": "begoña@itá.test"}}
        )
        with cast.engine(cast.Clock()):
            cast.wait_for_state(message, State.ACCEPTED)
    assert far.received[0].content.isascii()
    assert message_from_bytes(far.received[0].content)["Reply-To"] is None
    assert b"Subject: " in far.received[0].content
    assert "begoña@xn--it-nia.test" in message.detail
    assert message.detail.startswith("Sent without the answer address")


def test_an_answer_address_with_an_ñ_reaches_a_server_that_takes_it() -> None:
    cast.go_live()
    with far_side(Ways(utf8=True)) as far:
        message = cast.queue(ANA, cast.sender(far.port, reply_to="begoña@itá.test"))
        with cast.engine(cast.Clock()):
            cast.wait_for_state(message, State.ACCEPTED)
    assert "Reply-To: <begoña@xn--it-nia.test>\r\n".encode() in far.received[0].content
    assert "SMTPUTF8" in far.commands[0]
    assert message.detail == ""


def test_a_sender_with_an_ñ_is_refused_in_words_and_harms_no_other() -> None:
    cast.go_live()
    with far_side() as far:
        bad = cast.sender(far.port, from_address="señor@itá.test", connections=1)
        message, other = cast.queue(ANA, bad), cast.queue("b@cliente.test", bad)
        type(other).objects.filter(pk=other.pk).update(from_address="ventas@estacion.test")
        with cast.engine(cast.Clock()):
            cast.wait_for_state(message, State.FAILED)
            cast.wait_for_state(other, State.ACCEPTED)
    assert all(command.isascii() for command in far.commands)
    assert "señor@" in message.detail
    assert "Senders" in message.detail
    assert "answered" not in message.detail  # nobody asked the server
    attempt = message.attempts.get()
    assert (attempt.code, attempt.enhanced) == (None, "")
    assert not cast.is_suppressed(ANA)


def test_an_announced_message_that_we_refuse_is_not_begun() -> None:
    """It was: MAIL with the raw address went out behind the dot of the message before it."""
    cast.go_live()
    people = ("a@cliente.test", "begoña@cliente.test", "c@cliente.test")
    with far_side() as far:
        sender = cast.sender(far.port, connections=1)
        queued = [
            cast.queue(to, sender, mail_class="report")
            for to in people  # of the lane that announces
        ]
        with cast.engine(cast.Clock()):
            cast.wait_for_state(queued[1], State.FAILED)
            for message in (queued[0], queued[2]):
                cast.wait_for_state(message, State.ACCEPTED)
    assert all(command.isascii() for command in far.commands)
    assert {mail.rcpt_to for mail in far.received} == {people[0], people[2]}

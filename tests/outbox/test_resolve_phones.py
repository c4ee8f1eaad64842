"""What a person may do to a phone message (R4)."""

from decimal import Decimal

import pytest

from emailketing.outbox.afterwards import resolve
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.fallback import fall_back_due
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA = "+595981123456"


def doubtful() -> Message:
    message = cast.queue_phone(ANA, cast.phone_sender())
    Message.objects.filter(pk=message.pk).update(state=State.IN_DOUBT, reason="in_doubt")
    message.refresh_from_db()
    return message


def test_r4_sent_again_it_is_the_same_message() -> None:
    message = doubtful()
    resolve.send_again(message, by="rosa", now=cast.NOON)
    assert (message.state, message.in_doubt_policy) == (State.READY, "hold")
    assert message.cost == Decimal("35.5")


def test_r4_was_sent_it_counts_as_such() -> None:
    message = doubtful()
    resolve.mark_sent(message, by="rosa", now=cast.NOON)
    assert (message.state, message.accepted_at) == (State.ACCEPTED, cast.NOON)


def test_a_new_message_to_a_phone_costs_again_and_has_no_number_yet() -> None:
    message = doubtful()
    resolve.give_up(message, by="rosa", now=cast.NOON)
    Message.objects.filter(pk=message.pk).update(reference="r1")
    new = resolve.resend(message, by="rosa", note="no le llegó", now=cast.NOON)
    assert (new.channel, new.segments, new.cost) == ("sms", 1, Decimal("35.5"))
    assert (new.reference, new.state) == ("", State.READY)
    assert new.message_id.endswith("@sms.invalid>")


def test_r30_what_a_person_cancels_takes_no_other_way() -> None:
    by = cast.phone_sender()
    message = cast.queue_phone(ANA, by)
    Message.objects.update(falls_back=True)
    resolve.cancel(message, by="rosa", now=cast.NOON)
    assert fall_back_due(cast.NOON) == 0

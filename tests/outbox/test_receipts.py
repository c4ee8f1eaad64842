"""What the far side tells later, in any order and any number of times (R31, M4)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.channels.base import ReceiptHeard
from emailketing.outbox.afterwards.receipts import match_early, note_receipt, note_references
from emailketing.outbox.models import Message, Receipt, State
from tests.outbox import cast

pytestmark = pytest.mark.django_db
LATER = cast.NOON + timedelta(seconds=20)


def accepted(reference: str = "r1", **values: object) -> Message:
    message = cast.queue_phone("+595981123456", cast.phone_sender())
    Message.objects.filter(pk=message.pk).update(
        **({"state": State.ACCEPTED, "accepted_at": cast.NOON, "reference": reference} | values)
    )
    message.refresh_from_db()
    return message


def hear(message: Message, status: str, reference: str = "r1", code: str = "") -> Receipt:
    return note_receipt(
        message.sender, ReceiptHeard(reference, status, code=code, text="x"), now=LATER
    )


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["delivered"], State.DELIVERED),
        (["read"], State.DELIVERED),
        (["accepted", "delivered", "read"], State.DELIVERED),
        (["delivered", "accepted"], State.DELIVERED),
        (["delivered", "failed"], State.DELIVERED),
        (["failed", "delivered"], State.BOUNCED),
        (["failed", "failed"], State.BOUNCED),
        (["unknown"], State.ACCEPTED),
        (["accepted"], State.ACCEPTED),
        (["something new"], State.ACCEPTED),
    ],
)
def test_r31_forward_only(told: list[str], state: str) -> None:
    message = accepted()
    for status in told:
        hear(message, status)
    message.refresh_from_db()
    assert message.state == state
    assert message.receipts.count() == len(set(told))


def test_r31_the_same_receipt_twice_is_one() -> None:
    message = accepted()
    first, second = hear(message, "delivered"), hear(message, "delivered")
    assert first.pk == second.pk


def test_what_is_not_delivered_says_why() -> None:
    message = accepted()
    hear(message, "failed", code="0x0D")
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.BOUNCED, "receipt")
    assert "0x0D x" in message.detail


@pytest.mark.parametrize("state", [State.CANCELLED, State.FAILED, State.HELD, State.READY])
def test_a_receipt_never_wakes_what_has_ended_or_waits(state: str) -> None:
    message = accepted(state=state)
    hear(message, "delivered")
    message.refresh_from_db()
    assert message.state == state
    assert message.receipts.count() == 1


def test_one_for_a_message_nobody_knows_is_kept() -> None:
    message = accepted()
    assert hear(message, "delivered", reference="other").message is None
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_m4_one_that_comes_before_its_message_is_known_finds_it() -> None:
    message = accepted(reference="")
    hear(message, "delivered", reference="early")
    assert match_early(LATER) == 0
    note_references(message.sender_id, message.pk, ["early"], now=LATER)
    message.refresh_from_db()
    assert message.state == State.DELIVERED


def test_m4_one_that_came_at_the_very_same_moment_is_found_by_the_step() -> None:
    message = accepted(reference="")
    hear(message, "delivered", reference="early")
    Message.objects.filter(pk=message.pk).update(reference="early")
    assert match_early(LATER + timedelta(hours=2)) == 0
    assert match_early(LATER) == 1
    assert match_early(LATER) == 0
    message.refresh_from_db()
    assert message.state == State.DELIVERED


def test_m4_a_message_of_three_parts_needs_three_receipts() -> None:
    message = accepted(reference="a")
    note_references(message.sender_id, message.pk, ["a", "b", "c"], now=LATER)
    for reference in ("c", "a"):
        hear(message, "delivered", reference=reference)
        message.refresh_from_db()
        assert message.state == State.ACCEPTED
    hear(message, "delivered", reference="b")
    message.refresh_from_db()
    assert message.state == State.DELIVERED


def test_the_same_number_at_another_gateway_is_another_message() -> None:
    message = accepted()
    other = cast.phone_sender(name="Tigo", is_default=False)
    note_receipt(other, ReceiptHeard("r1", "delivered"), now=LATER)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_a_far_side_that_counts_from_the_start_again_means_the_newer_message() -> None:
    old = accepted()
    hear(old, "delivered")
    new = cast.queue_phone("+595981123457", old.sender)
    Message.objects.filter(pk=new.pk).update(
        state=State.ACCEPTED, accepted_at=LATER, reference="r1"
    )
    hear(old, "delivered")
    hear(old, "delivered")
    new.refresh_from_db()
    assert new.state == State.DELIVERED
    assert (old.receipts.count(), new.receipts.count()) == (1, 1)


def test_an_old_receipt_nobody_knew_is_not_about_a_new_message() -> None:
    message = accepted(reference="")
    hear(message, "delivered", reference="r9")
    much_later = LATER + timedelta(days=30)
    note_references(message.sender_id, message.pk, ["r9"], now=much_later)
    message.refresh_from_db()
    assert message.state == State.ACCEPTED


def test_what_was_heard_twice_before_and_after_is_one_receipt() -> None:
    message = accepted(reference="")
    for _ in range(2):
        hear(message, "accepted", reference="a")
    note_references(message.sender_id, message.pk, ["a", "b"], now=LATER)
    hear(message, "accepted", reference="a")
    assert message.receipts.filter(reference="a").count() == 1


STATUSES = st.sampled_from(["accepted", "delivered", "read", "failed", "unknown"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), STATUSES), max_size=8))
def test_r31_whatever_is_heard_no_state_goes_back(told: list[tuple[str, str]]) -> None:
    Receipt.objects.all().delete()
    Message.objects.all().delete()
    from emailketing.channels.models import Sender
    from emailketing.outbox.models import Dispatch

    Dispatch.objects.all().delete()
    Sender.objects.all().delete()
    message = accepted(reference="a")
    note_references(message.sender_id, message.pk, ["a", "b"], now=LATER)
    seen = [State.ACCEPTED.value]
    for reference, status in told:
        hear(message, status, reference=reference)
        message.refresh_from_db()
        if message.state != seen[-1]:
            seen.append(message.state)
    assert seen in (["accepted"], ["accepted", "delivered"], ["accepted", "bounced"])

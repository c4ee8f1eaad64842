"""The last word at the claim: what may not leave, what says why it waits (R10, R15, R19)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from emailketing.channels.models import Sender
from emailketing.common.said import in_reader_language
from emailketing.company.models import Company, SafeMode
from emailketing.contacts.models import Address, Suppression
from emailketing.contacts.suppress import suppress
from emailketing.outbox.classes import BULK, URGENT
from emailketing.outbox.job import Job
from emailketing.outbox.models import Attempt, Message, State
from emailketing.outbox.policy import allowance, read_brakes
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.outbox.sending.claim import (
    LEASE,
    ClaimLimit,
    PolicyRefusal,
    claim,
    expired,
    explain_waiting,
    is_due,
)
from tests.outbox import cast

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def sender() -> Sender:
    cast.go_live()
    return cast.sender(9)


def queue(sender: Sender, count: int, **values: Any) -> list[Message]:
    start = Message.objects.count()
    return [
        cast.queue(f"p{start + number}@cliente.test", sender, **values) for number in range(count)
    ]


def take(sender: Sender, most: int = 100, **wishes: Any) -> list[Job]:
    return claim(ClaimLimit(sender.pk, URGENT, most, **wishes), read_brakes(), now=cast.NOON)


def in_english(message: Message) -> str:
    """What an English reader sees, whatever was spoken when it was written down."""
    message.refresh_from_db()
    with translation.override("en"):
        return in_reader_language(message.detail, message.said)


def test_a_look_that_finds_nothing_takes_no_lock(sender: Sender) -> None:
    assert is_due(sender.pk, URGENT, cast.NOON) is False
    brakes = read_brakes()
    with CaptureQueriesContext(connection) as asked:
        assert claim(ClaimLimit(sender.pk, URGENT, 9), brakes, now=cast.NOON) == []
    assert len(asked) == len(URGENT)
    queue(sender, 1)
    assert is_due(sender.pk, URGENT, cast.NOON) is True
    assert is_due(sender.pk, BULK, cast.NOON) is False
    assert is_due(sender.pk, URGENT, cast.NOON - SECOND) is False
    with CaptureQueriesContext(connection) as asked:
        assert claim(ClaimLimit(sender.pk, URGENT, 0), brakes, now=cast.NOON) == []
    assert len(asked) == 0


def test_what_is_stopped_takes_nothing_though_it_is_due(sender: Sender) -> None:
    queue(sender, 1)
    Company.objects.update(is_stopped=True)
    assert take(sender) == []
    assert Message.objects.get().state == State.READY


def test_nobody_elses_messages_are_taken(sender: Sender) -> None:
    other = cast.sender(9, name="otra", is_default=False)
    queue(sender, 1)
    queue(other, 2)
    assert len(take(other)) == 2
    assert len(take(sender)) == 1


def test_a_token_tells_whose_claim_it_is(sender: Sender) -> None:
    queue(sender, 2)
    (job,) = take(sender, 1)
    assert len(job.token) == 32
    assert set(job.token) <= set("0123456789abcdef")
    (named,) = take(sender, 1, worker="w" * 20)
    assert named.token[:20] == "w" * 20
    assert len(named.token) == 32


def test_what_a_dead_worker_left_takes_one_place_of_those_there_are(sender: Sender) -> None:
    queue(sender, 4)
    first = Message.objects.order_by("pk")[:2]
    Message.objects.filter(pk__in=[one.pk for one in first]).update(crash_count=1)
    jobs = take(sender, 2)
    assert [job.is_suspect for job in jobs] == [True, False]


def test_urgent_lanes_share_the_places_there_are(sender: Sender) -> None:
    queue(sender, 2, mail_class=MailClass.SECURITY)
    queue(sender, 2, mail_class=MailClass.DOCUMENT)
    assert [job.mail_class for job in take(sender, 3)] == ["security", "security", "document"]


def test_r21_in_the_sandbox_a_sender_that_fails_needs_no_probe(sender: Sender) -> None:
    Sender.objects.update(failure_count=3)
    queue(sender, 3)
    assert len(take(sender)) == 1
    Company.objects.update(is_live=False)
    assert len(take(sender)) == 2


def test_c20_only_what_is_of_a_copied_source_is_led_to_the_test_inbox(sender: Sender) -> None:
    SafeMode.objects.create(scope="source:estacion", since=cast.NOON)
    queue(sender, 1, scope="source:estacion")
    queue(sender, 1, scope="source:otra")
    copied, real = sorted(take(sender), key=lambda job: job.id)
    assert (copied.is_redirected, real.is_redirected) == (True, False)
    rows = Message.objects.order_by("pk").values_list("is_redirected", "state", "claim_token")
    assert list(rows) == [(True, "claimed", copied.token), (False, "claimed", real.token)]


def test_a_claim_leaves_a_lease_and_an_attempt(sender: Sender) -> None:
    queue(sender, 1)
    (job,) = take(sender)
    message = Message.objects.get()
    assert (message.lease_until, message.attempt) == (cast.NOON + LEASE, 1)
    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.phase, attempt.started_at) == (1, "claimed", cast.NOON)
    assert job.attempt == 1


def test_the_claim_carries_a_persons_own_data(sender: Sender) -> None:
    (message,) = queue(sender, 1)
    Message.objects.update(fields={"seat": "12 ñ"})
    (job,) = take(sender)
    assert (job.id, job.fields) == (message.pk, {"seat": "12 ñ"})


def test_s12_a_suppressed_number_is_not_written_to() -> None:
    cast.go_live()
    by = cast.phone_sender()
    message = cast.queue_phone("+595981123499", by)
    kind = Address.Kind.PHONE
    suppress("+595981123499", Suppression.Reason.OPERATOR, kind=kind, now=cast.NOON)
    assert take(by) == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.SUPPRESSED, Suppression.Reason.OPERATOR)
    assert message.finished_at == cast.NOON
    with translation.override("en"):
        word = str(Suppression.Reason.OPERATOR.label)
    assert in_english(message) == word


@pytest.mark.parametrize(("left", "state"), [(0 * SECOND, State.EXPIRED), (SECOND, State.CLAIMED)])
def test_r15_what_has_reached_its_end_does_not_leave(
    sender: Sender, left: timedelta, state: str
) -> None:
    queue(sender, 1)
    Message.objects.update(expires_at=cast.NOON + left)
    take(sender)
    message = Message.objects.get()
    assert message.state == state
    if not left:
        assert (message.reason, message.attempt) == ("expired", 0)
        assert in_english(message) == "It was no longer worth sending."


def test_r15_what_was_tried_has_failed_and_keeps_its_last_error(sender: Sender) -> None:
    (message,) = queue(sender, 1)
    Message.objects.update(expires_at=cast.NOON, attempt=2, detail="greylisted")
    assert take(sender) == []
    message.refresh_from_db()
    assert (message.state, message.reason, message.detail) == ("failed", "expired", "greylisted")
    with translation.override("en"):
        assert expired(7, 0, "").detail == "It was no longer worth sending."


def test_r19_what_has_to_wait_says_why_and_only_that(sender: Sender) -> None:
    other = cast.sender(9, name="otra", is_default=False)
    waiting = queue(sender, 2) + queue(sender, 1, mail_class=MailClass.MARKETING)
    (elsewhere,), (later, ended) = queue(other, 1), queue(sender, 2)
    Message.objects.filter(pk=later.pk).update(next_at=cast.NOON + SECOND)
    Message.objects.filter(pk=ended.pk).update(state=State.ACCEPTED)
    long = "It rests. " * 60
    explain_waiting(sender.pk, long, cast.NOON)
    told = Message.objects.filter(reason="throttled").order_by("pk")
    assert [one.pk for one in told] == [one.pk for one in waiting]
    assert {one.detail for one in told} == {long[:500]}
    assert {one.attempt for one in told} == {0}
    assert Message.objects.get(pk=elsewhere.pk).reason == ""


def test_r19_what_waits_for_something_else_is_told_anew(sender: Sender) -> None:
    first, second, third = queue(sender, 3)
    Message.objects.filter(pk=first.pk).update(reason="throttled", detail="It rests.")
    Message.objects.filter(pk=second.pk).update(reason="throttled", detail="Stopped.")
    Message.objects.filter(pk=third.pk).update(reason="temporary", detail="It rests.")
    explain_waiting(sender.pk, "It rests.", cast.NOON)
    rows = Message.objects.values_list("reason", "detail")
    assert set(rows) == {("throttled", "It rests.")}


def test_r19_why_it_waits_is_read_in_the_readers_language(sender: Sender) -> None:
    (message,) = queue(sender, 1)
    Company.objects.update(is_stopped=True)
    with translation.override("es"):
        why = allowance(sender, read_brakes(), now=cast.NOON).why
        explain_waiting(sender.pk, why, cast.NOON)
    assert in_english(message) == "Everything is stopped by an administrator."
    assert message.detail == why


def test_a_sentence_of_a_refusal_has_room_for_five_hundred_signs() -> None:
    detail = PolicyRefusal(7, State.FAILED, "expired", "x" * 600).values(cast.NOON)[2]
    assert detail == "x" * 500

"""What a person may do to a message, and what is written down about it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from emailketing.outbox.afterwards import resolve
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.dispatch import File
from emailketing.outbox.queueing.preview import preview
from tests.outbox import cast

pytestmark = pytest.mark.django_db
LATER = cast.NOON + timedelta(hours=1)
Verb = Callable[..., object]


@pytest.fixture
def message() -> Message:
    return cast.queue("ana@cliente.test", cast.sender(9))


def put(message: Message, state: str) -> Message:
    Message.objects.filter(pk=message.pk).update(state=state)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(
    ("verb", "before", "after", "action"),
    [
        (resolve.mark_sent, State.IN_DOUBT, State.ACCEPTED, "was_sent"),
        (resolve.mark_sent, State.QUARANTINED, State.ACCEPTED, "was_sent"),
        (resolve.send_again, State.IN_DOUBT, State.READY, "send_again"),
        (resolve.give_up, State.IN_DOUBT, State.FAILED, "give_up"),
        (resolve.release, State.HELD, State.READY, "release"),
        (resolve.release, State.QUARANTINED, State.READY, "release"),
        (resolve.cancel, State.READY, State.CANCELLED, "cancel"),
        (resolve.cancel, State.DEFERRED, State.CANCELLED, "cancel"),
        (resolve.cancel, State.HELD, State.CANCELLED, "cancel"),
    ],
)
def test_an_action_changes_the_state_and_is_written_down(
    message: Message, verb: Verb, before: str, after: str, action: str
) -> None:
    verb(put(message, before), by="rosa", note="me llamó", now=LATER)
    message.refresh_from_db()
    assert message.state == after
    decision = message.decisions.get()
    assert (decision.by, decision.action, decision.note) == ("rosa", action, "me llamó")
    assert (decision.state_before, decision.state_after, decision.at) == (before, after, LATER)


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (resolve.mark_sent, State.ACCEPTED),
        (resolve.send_again, State.READY),
        (resolve.give_up, State.TRANSMITTING),
        (resolve.release, State.SUPPRESSED),
        (resolve.cancel, State.CLAIMED),
        (resolve.cancel, State.TRANSMITTING),
        (resolve.cancel, State.ACCEPTED),
    ],
)
def test_an_action_that_does_not_fit_changes_nothing(
    message: Message, verb: Verb, state: str
) -> None:
    with pytest.raises(resolve.CannotResolve):
        verb(put(message, state), by="rosa", note="", now=LATER)
    message.refresh_from_db()
    assert message.state == state
    assert not message.decisions.exists()


def test_what_is_not_held_is_not_released_whatever_is_said(message: Message) -> None:
    put(message, State.ACCEPTED).attempts.create(number=1, outcome="in_doubt", started_at=cast.NOON)
    with pytest.raises(resolve.CannotResolve, match="ahora está"):
        resolve.release(message, by="rosa", now=LATER)


def test_of_two_people_only_the_first_has_the_action(message: Message) -> None:
    put(message, State.IN_DOUBT)
    seen_by_the_second = Message.objects.get(pk=message.pk)
    resolve.mark_sent(message, by="rosa", now=LATER)
    with pytest.raises(resolve.CannotResolve):
        resolve.send_again(seen_by_the_second, by="juan", now=LATER)
    assert Message.objects.get(pk=message.pk).state == State.ACCEPTED


def test_what_is_released_late_gets_its_lifetime_anew(message: Message) -> None:
    put(message, State.HELD)
    late = cast.NOON + timedelta(days=3)
    resolve.release(message, by="rosa", now=late)
    message.refresh_from_db()
    assert message.next_at == late
    assert message.expires_at == late + timedelta(hours=24)


def test_sending_once_more_is_a_new_message_with_the_same_words(message: Message) -> None:
    Message.objects.update(state=State.ACCEPTED)
    file = File(file_name="a.pdf", mime_type="application/pdf", content=b"pdf")
    with_file = cast.queue("b@cliente.test", message.sender, files=(file,))
    put(with_file, State.ACCEPTED)
    new = resolve.resend(with_file, by="rosa", note="lo perdió", now=LATER)
    again = resolve.resend(with_file, by="rosa", note="otra vez", now=LATER)
    assert new.pk != with_file.pk
    assert new.message_id != with_file.message_id
    assert new.dispatch.key != again.dispatch.key
    assert (new.state, new.attempt, new.created_at) == (State.READY, 0, LATER)
    assert new.dispatch.key == f"resend:{with_file.pk}:1"
    assert new.dispatch.trigger == with_file.dispatch.trigger
    assert preview(new).text == preview(with_file).text
    assert [file.content for file in preview(new).files] == [b"pdf"]
    assert [one.note for one in with_file.decisions.all()] == ["lo perdió", "otra vez"]


def test_sending_once_more_needs_a_reason_and_a_message_that_is_done(message: Message) -> None:
    with pytest.raises(resolve.CannotResolve, match=r"pend|wait|esper|«|“"):
        resolve.resend(message, by="rosa", note="porque sí", now=LATER)
    put(message, State.ACCEPTED)
    with pytest.raises(resolve.CannotResolve):
        resolve.resend(message, by="rosa", note="  ", now=LATER)

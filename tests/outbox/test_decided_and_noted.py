"""What a person decides about a message, and the note of who did, are one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.who import Who
from emailketing.channels.inbox.keep import empty
from emailketing.channels.inbox.store import store
from emailketing.channels.models import InboxMessage
from emailketing.outbox.afterwards import resolve
from emailketing.outbox.afterwards.withdraw import withdraw
from emailketing.outbox.models import Decision, Message, State
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ANA = Who("ana", came_from="10.0.0.7")
# what the trail calls it → the state it is decided in, and the decision
DECISIONS: dict[str, tuple[str, Callable[..., object]]] = {
    "sent": (State.IN_DOUBT, resolve.mark_sent),
    "again": (State.IN_DOUBT, resolve.send_again),
    "give-up": (State.IN_DOUBT, resolve.give_up),
    "release": (State.HELD, resolve.release),
    "cancel": (State.READY, resolve.cancel),
    "resend": (State.FAILED, resolve.resend),
}


def everything() -> list[object]:
    return [list(Message.objects.values()), list(Decision.objects.values())]


def waiting(state: str, **values: object) -> Message:
    message = cast.queue("ana@cliente.test", cast.sender(9))
    Message.objects.filter(pk=message.pk).update(state=state, **values)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decision_that_cannot_be_noted_is_not_taken(action: str) -> None:
    state, decide = DECISIONS[action]
    message = waiting(state)
    before = everything()
    with pytest.raises(ValueError, match="unsaved"):
        decide(message, by=Who("ana", User()), note="llamó", now=cast.NOON)
    assert everything() == before
    message.refresh_from_db()
    decide(message, by=ANA, note="llamó", now=cast.NOON)
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.username, entry.came_from) == (action, "ana", "10.0.0.7")
    assert entry.changes == {"reason": ["", "llamó"]}
    assert Decision.objects.get().by == "ana"


def test_what_the_product_takes_back_by_itself_is_nobodys_act() -> None:
    later = cast.NOON + timedelta(hours=1)
    message = waiting(State.SCHEDULED, next_at=later)
    assert withdraw([message.dispatch_id], why="cancelled", now=cast.NOON) == 1
    assert Decision.objects.get().by == "emailketing"
    assert not AuditEntry.objects.exists()


def test_the_test_inbox_is_emptied_and_noted_at_once() -> None:
    store("a@x.test", "b@x.test", b"Subject: Uno\r\n\r\nHola\r\n", now=cast.NOON)
    with pytest.raises(ValueError, match="unsaved"):
        empty(by=Who("ana", User()), now=cast.NOON)
    assert InboxMessage.objects.count() == 1
    assert empty(by=ANA, now=cast.NOON) == 1
    assert AuditEntry.objects.get().changes == {"messages": [1, 0]}

"""Going live: a tried sender is asked for, what would leave is shown, and every page says it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from emailketing.channels.models import Sender
from emailketing.channels.tried import note_trial
from emailketing.company.models import Company
from emailketing.outbox.models import Message
from tests.cli.test_sender_message import run
from tests.outbox import cast

SignIn = Callable[[str], Client]
PAGE = "/company/live/"


def tried() -> None:
    note_trial(Sender.objects.get(), works=True, sentence="", now=cast.NOON)


def is_live() -> bool:
    return Company.objects.filter(is_live=True).exists()


@pytest.fixture
def waiting(staff: dict[str, Any]) -> Message:
    """One message that waits, and one too old to be sent."""
    sender = cast.sender(9)
    Company.get()
    cast.queue("vieja@cliente.test", sender, key="old", now=cast.NOON)
    Message.objects.update(expires_at=cast.NOON)
    message = cast.queue("ana@cliente.test", sender, key="new", now=cast.NOON)
    Message.objects.filter(pk=message.pk).update(expires_at=datetime(2100, 1, 1, tzinfo=UTC))
    return message


def test_what_would_leave_at_once_is_shown(waiting: Message, signed_in: SignIn) -> None:
    html = signed_in("administrator").get(PAGE).content.decode()
    assert "ana@cliente.test" in html
    assert "vieja@cliente.test" not in html


def test_without_a_tried_sender_it_asks_for_one_and_a_person_may_insist(
    waiting: Message, signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    assert 'name="untried"' in client.get(PAGE).content.decode()
    client.post(PAGE)
    assert not is_live()
    client.post(PAGE, {"untried": "1"})
    assert is_live()


def test_with_a_tried_sender_nothing_more_is_asked(waiting: Message, signed_in: SignIn) -> None:
    tried()
    client = signed_in("administrator")
    assert 'name="untried"' not in client.get(PAGE).content.decode()
    client.post(PAGE)
    assert is_live()


def test_every_page_says_that_it_is_live(waiting: Message, signed_in: SignIn) -> None:
    client = signed_in("reader")
    pages = ("/", "/outbox/message/", "/inbox/", "/senders/")
    assert not any("ek-banner--live" in client.get(page).content.decode() for page in pages)
    Company.objects.update(is_live=True)
    assert all("ek-banner--live" in client.get(page).content.decode() for page in pages)


def test_the_list_of_senders_says_untried_tried_or_failed(
    waiting: Message, signed_in: SignIn
) -> None:
    client = signed_in("administrator")

    def shown() -> str:
        return client.get("/senders/").content.decode()

    assert "ek-badge--warn" in shown()
    tried()
    assert "ek-badge--ok" in shown()
    assert "24/11/2026" in shown()
    note_trial(Sender.objects.get(), works=False, sentence="x", now=cast.NOON)
    assert "ek-badge--bad" in shown()


@pytest.mark.django_db
def test_the_command_asks_for_a_tried_sender_too() -> None:
    cast.sender(9)
    Company.get()
    run("live", "--yes", code=1)
    assert not is_live()
    tried()
    run("live", "--yes")
    assert is_live()
    Company.objects.update(is_live=False)
    Sender.objects.update(port=10)
    run("live", "--yes", "--untried")
    assert is_live()

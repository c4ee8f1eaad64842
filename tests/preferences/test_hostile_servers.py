"""Servers below good manners: a turn ends, one sentence stays, and nothing else waits for it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.utils import translation

from emailketing.alerts.troubles import FAILS_AGAIN, troubles
from emailketing.channels.email.reading import imap, line, pop3
from emailketing.channels.mailboxes import save_mailbox
from emailketing.channels.models import Mailbox, MailTaken
from emailketing.preferences.read_mailboxes import read_due
from tests.outbox import cast

pytestmark = pytest.mark.django_db
NOON = cast.NOON
ENDLESS = b"x" * 65_536
POP3 = (b"+OK hi\r\n", b"+OK\r\n", b"+OK\r\n", b"+OK\r\n1 one\r\n2 two\r\n.\r\n")
IMAP = (
    b"* OK hi\r\n",
    b"* CAPABILITY IMAP4rev1\r\n%t OK done\r\n",
    b"%t OK done\r\n",
    b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] is\r\n* OK [UIDNEXT 9] next\r\n%t OK done\r\n",
    b"* SEARCH 8\r\n%t OK done\r\n",
)


@contextmanager
def server(*answers: bytes, is_endless: bool = False, drips: bool = False) -> Iterator[int]:
    """Say these answers, one for each line; then hang up, go on for ever, or a letter at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with suppress(OSError):
                talk, _address = listener.accept()
                with talk, talk.makefile("rb") as lines:
                    _say(talk, lines, answers)
                    while is_endless and not over.is_set():
                        talk.sendall(ENDLESS)
                    while drips and not over.wait(0.05):
                        talk.sendall(b"x")

    thread = threading.Thread(target=serve, name="hostile")
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _say(talk: socket.socket, lines: object, answers: tuple[bytes, ...]) -> None:
    for number, answer in enumerate(answers):
        tag = b""
        if number:
            tag = next(iter(lines)).split(b" ")[0]  # type: ignore[call-overload]
        talk.sendall(answer.replace(b"%t", tag))


def box(protocol: str, port: int) -> Mailbox:
    values = {"host": "127.0.0.1", "security": "plain", "username": "ana", "protocol": protocol}
    made = Mailbox(sender=cast.sender(9), port=port, **values)
    return save_mailbox(made, by="ana", now=NOON, password="clave")  # noqa: S106 - of a test


def problem() -> str:
    with translation.override("en"):
        return Mailbox.objects.get().problem_in_words


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_server_that_says_nothing_is_left_after_seconds(
    protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "ANSWER_WITHIN", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    with listener:
        port = int(listener.getsockname()[1])
        box(protocol, port)
        assert read_due(NOON) == 0
    assert problem() == f"The server 127.0.0.1, port {port}, does not answer."


@pytest.mark.parametrize(
    ("module", "protocol", "begin"), [(imap, "imap", IMAP), (pop3, "pop3", POP3)]
)
def test_a_letter_now_and_then_holds_nobody_for_long(
    module: object, protocol: str, begin: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURN_WITHIN", 0.6)
    with server(*begin, drips=True) as port:
        box(protocol, port)
        begun = time.monotonic()
        assert read_due(NOON) == 0
        assert time.monotonic() - begun < 5
    assert "broke off in the middle" in problem()


@pytest.mark.parametrize(("protocol", "begin"), [("imap", IMAP), ("pop3", POP3)])
def test_cut_in_the_middle_is_read_again_from_where_it_was(
    protocol: str, begin: tuple[bytes, ...]
) -> None:
    with server(*begin) as port:
        box(protocol, port)
        assert read_due(NOON) == 0
        found = Mailbox.objects.get()
        assert (found.last_uid, found.seen.count(), found.failures) == (0, 0, 1)
    assert "broke off in the middle" in problem()


@pytest.mark.parametrize(("protocol", "begin"), [("imap", IMAP), ("pop3", POP3)])
def test_the_mail_that_never_ends_is_passed_over_and_said(
    protocol: str, begin: tuple[bytes, ...]
) -> None:
    with server(*begin, is_endless=True) as port:
        made = box(protocol, port)
        read_due(NOON)
    made.refresh_from_db()
    assert MailTaken.objects.filter(result="unreadable").exists()
    assert made.last_uid == 8 or made.seen.exists()
    assert problem() in {
        "The server 127.0.0.1 sends more than an answer can hold: it was cut off.",
        f"The server 127.0.0.1, port {made.port}, broke off in the middle.",
    }


def test_an_alert_says_what_is_not_heard_and_reading_ends_it() -> None:
    box("imap", 1)
    for number in range(FAILS_AGAIN):
        Mailbox.objects.update(next_at=NOON)
        assert read_due(NOON) == number * 0
    with translation.override("en"):
        [found] = [one for one in troubles(NOON) if one.kind == "mailbox"]
    assert "cannot be reached" in found.sentence
    assert "Nobody is heard" in found.sentence
    Mailbox.objects.update(failures=0)
    assert not [one for one in troubles(NOON) if one.kind == "mailbox"]

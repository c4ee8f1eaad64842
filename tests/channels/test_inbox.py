"""The built-in inbox: a real SMTP server that keeps what came, exactly."""

import smtplib
import socket

import pytest

from emailketing.channels.email.account import INBOX_USER
from emailketing.channels.inbox.receive import InboxServer
from emailketing.channels.inbox.store import readable, store
from emailketing.channels.models import InboxMessage
from tests.outbox.cast import INBOX_PASSWORD, NOON, Clock, built_in_inbox

RAW = (
    b"From: =?utf-8?q?Estaci=C3=B3n?= <ventas@estacion.test>\r\n"
    b"Subject: =?utf-8?b?w5FhbmTDug==?=\r\nMessage-ID: <1@estacion.test>\r\n\r\n"
    b"hola\r\n.\r\n..x\r\n"
)


@pytest.mark.django_db(transaction=True)
def test_what_comes_over_the_wire_is_kept_exactly() -> None:
    with built_in_inbox(Clock()) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.login(INBOX_USER, INBOX_PASSWORD)
        client.sendmail("ventas@estacion.test", ["ana@cliente.test", "b@cliente.test"], RAW)
    kept = InboxMessage.objects.order_by("pk")
    assert [mail.rcpt_to for mail in kept] == ["ana@cliente.test", "b@cliente.test"]
    assert bytes(kept[0].raw) == RAW
    assert (kept[0].sender, kept[0].subject) == ("Estación <ventas@estacion.test>", "Ñandú")
    assert (kept[0].message_id, kept[0].size) == ("<1@estacion.test>", len(RAW))
    assert kept[0].received_at == NOON


def test_what_cannot_be_kept_is_not_accepted() -> None:
    def full(_mail_from: str, _rcpt_to: str, _raw: bytes) -> None:
        raise OSError

    server = InboxServer(store=full)
    port = server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPDataError) as refusal:
                client.sendmail("ventas@estacion.test", ["ana@cliente.test"], RAW)
            assert refusal.value.smtp_code == 451
    finally:
        server.stop()


@pytest.mark.django_db(transaction=True)
def test_who_has_no_password_puts_nothing_into_it() -> None:
    kept: list[str] = []
    server = InboxServer(lambda _from, to, _raw: kept.append(to), "clave")
    port = server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
                client.sendmail("x@evil.test", ["ana@cliente.test"], RAW)
            assert refusal.value.smtp_code == 530
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login(INBOX_USER, "clav")
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.sendmail("x@evil.test", ["ana@cliente.test"], RAW)
            assert kept == []
            client.login(INBOX_USER, "clave")
            client.sendmail("ventas@estacion.test", ["ana@cliente.test"], RAW)
        assert kept == ["ana@cliente.test"]
    finally:
        server.stop()


def test_it_listens_on_this_computer_only() -> None:
    server = InboxServer(store=lambda *_: None)
    port = server.start()
    try:
        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", port))
    finally:
        server.stop()


def test_a_port_in_use_is_an_error_at_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        InboxServer(store=lambda *_: None).start(taken.getsockname()[1])


@pytest.mark.django_db
def test_a_mail_with_broken_headers_is_kept_too() -> None:
    kept = store("", "ana@cliente.test", b"Subject: =?x-unknown?b?!!?=\r\n\r\nhola", now=NOON)
    assert kept.subject == "=?x-unknown?b?!!?="
    assert store("", "x@y.test", b"\xff\xfe no headers at all", now=NOON).size == 20


@pytest.mark.django_db
def test_a_phone_message_is_listed_by_what_it_says() -> None:
    raw = "Content-Type: text/plain; charset=utf-8\r\n\r\nCaja 2, turno\r\nmañana: 0".encode()
    kept = store("YkuaSati@sms.invalid", "+595981123456@sms.invalid", raw, now=NOON)
    assert (kept.channel, kept.subject) == ("sms", "Caja 2, turno mañana: 0")
    assert store("a@b.test", "x@y.test", raw, now=NOON).subject == ""  # a mail has none


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), ("a\r\n b", "a b"), ("=?utf-8?q?a=00b?=", "a b")]
)
def test_headers_are_shown_in_one_line(value: str | None, shown: str) -> None:
    assert readable(value) == shown

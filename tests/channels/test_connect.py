"""Encryption and passwords: S23, S24, and one sentence for whatever goes wrong."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from emailketing.channels.base import AccountFailure, ChannelFailure, Reply
from emailketing.channels.email import connect
from emailketing.channels.email.account import Account, is_loopback
from emailketing.channels.email.smtp import check_account
from tests.channels.conftest import Authority, server_context
from tests.channels.test_conversation import envelope, yes
from tests.far_side import Ways, far_side

PASSWORD = "clave"  # noqa: S105 - of a test
Run = Callable[[Coroutine[Any, Any, Reply]], Reply]


def test_starttls_with_a_password(run: Run, authority: Authority) -> None:
    with far_side(Ways(starttls=authority.trusted, password=PASSWORD)) as far:
        account = Account("localhost", far.port, "starttls", "ventas", PASSWORD)
        assert run(check_account(account)).code == 250


def test_tls_from_the_first_byte(run: Run, authority: Authority) -> None:
    with far_side(Ways(tls=authority.trusted)) as far:
        assert run(check_account(Account("localhost", far.port, "tls"))).code == 250


def test_s23_starttls_is_required_not_opportunistic(run: Run) -> None:
    with far_side() as far, pytest.raises(AccountFailure, match="offers no STARTTLS"):
        run(check_account(Account("localhost", far.port, "starttls", "ventas", PASSWORD)))
    assert far.commands == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_s23_a_certificate_nobody_vouches_for_is_refused(
    run: Run, tmp_path: Path, security: str
) -> None:
    stranger = server_context(tmp_path)
    ways = Ways(tls=stranger) if security == "tls" else Ways(starttls=stranger)
    with far_side(ways) as far, pytest.raises(AccountFailure, match="cannot be trusted"):
        run(check_account(Account("localhost", far.port, security)))


def test_s23_a_certificate_for_another_name_is_refused(run: Run, authority: Authority) -> None:
    with (
        far_side(Ways(tls=authority.trusted)) as far,
        pytest.raises(AccountFailure, match="cannot be trusted"),
    ):
        run(check_account(Account("127.0.0.1", far.port, "tls")))


def test_a_wrong_password_is_one_sentence(run: Run, authority: Authority) -> None:
    with far_side(Ways(starttls=authority.trusted, password=PASSWORD)) as far:
        account = Account("localhost", far.port, "starttls", "ventas", "otra")
        with pytest.raises(AccountFailure, match="does not accept the password") as failure:
            run(check_account(account))
    assert failure.value.reply.code == 535
    assert "otra" not in str(failure.value)
    assert "otra" not in repr(account)


def test_s24_nothing_goes_out_unencrypted_but_to_this_computer(run: Run) -> None:
    with pytest.raises(AccountFailure, match="this computer only"):
        run(check_account(Account("mail.estacion.test", 25, "plain", "ventas", PASSWORD)))


def test_a_password_may_go_in_plain_to_this_computer(run: Run) -> None:
    with far_side(Ways(password=PASSWORD)) as far:
        account = Account("127.0.0.1", far.port, "plain", "ventas", PASSWORD)
        assert run(check_account(account)).code == 250


def test_a_server_without_passwords_is_named(run: Run, authority: Authority) -> None:
    with (
        far_side(Ways(starttls=authority.trusted, has_auth=False)) as far,
        pytest.raises(AccountFailure, match="offers no way to sign in"),
    ):
        run(check_account(Account("localhost", far.port, "starttls", "ventas", PASSWORD)))


def test_nobody_listening_is_one_sentence(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ChannelFailure, match="cannot be reached: nothing answers at that port"):
        run(check_account(Account("127.0.0.1", port, "plain")))


def test_something_else_listening_is_one_sentence(
    run: Run, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "GREET_WITHIN", 0.2)
    with far_side(Ways(tls=authority.trusted)) as far, pytest.raises(ChannelFailure):
        run(check_account(Account("127.0.0.1", far.port, "plain")))


def test_s13_what_another_service_says_is_not_quoted(run: Run) -> None:
    async def scene() -> Reply:
        async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"-ERR root:x:0\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await check_account(Account("127.0.0.1", port, "plain"))

    with pytest.raises(ChannelFailure) as told:
        run(scene())
    assert "root" not in str(told.value) + told.value.reply.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_computer(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.evil.test", "10.0.0.1", "0.0.0.0", "mail.test"])  # noqa: S104
def test_other_computers(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_messages_small_and_large_go_over_an_encrypted_connection(
    run: Run, authority: Authority, security: str
) -> None:
    trusted = authority.trusted
    ways = Ways(tls=trusted) if security == "tls" else Ways(starttls=trusted)
    large = b"Subject: x\r\n\r\n" + (b"x" * 76 + b"\r\n") * 30_000

    async def scene(port: int) -> Reply:
        line = await connect.connect(Account("localhost", port, security))
        first = await line.hand_over(envelope(content=large), yes)
        assert first.is_accepted
        second = await line.hand_over(envelope(content=b"Subject: x\r\n\r\nhola\r\n"), yes)
        await line.close()
        return second.reply

    with far_side(ways) as far:
        assert run(scene(far.port)).code == 250
    assert [len(mail.content) for mail in far.received] == [len(large), 20]
    assert far.connections == 1

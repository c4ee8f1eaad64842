"""Postfix's smtp-sink as the far side: another implementation, and its faults (T, R3)."""

import os
import socket
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from emailketing.channels.base import Handover, Phase
from emailketing.channels.email.account import Account
from emailketing.channels.email.connect import connect
from tests.channels.test_conversation import envelope, yes
from tests.outbox.cast import wait_until

pytestmark = pytest.mark.smtpsink
TOOL = os.environ.get("EMAILKETING_TEST_SMTP_SINK", "")
Run = Callable[[Coroutine[Any, Any, list[Handover]]], list[Handover]]


@pytest.fixture(autouse=True)
def _tool() -> None:
    if not TOOL:
        pytest.skip(
            "needs smtp-sink of Postfix: set EMAILKETING_TEST_SMTP_SINK as tools/lab.py start says"
        )


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def sink(*options: str) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    user = () if os.geteuid() else ("-u", "nobody")
    process = subprocess.Popen([TOOL, *user, *options, f"127.0.0.1:{port}", "50"])
    try:
        wait_until(lambda: listens(port))
        yield port
    finally:
        process.terminate()
        process.wait()


async def send(port: int, count: int = 3) -> list[Handover]:
    done: list[Handover] = []
    line = await connect(Account("127.0.0.1", port, "plain"))
    for number in range(count):
        if not line.is_open:
            line = await connect(Account("127.0.0.1", port, "plain"))
        done.append(await line.hand_over(envelope(f"p{number}@cliente.test"), yes))
    await line.close()
    return done


def test_it_takes_what_we_send(run: Run) -> None:
    with sink() as port:
        assert all(done.is_accepted for done in run(send(port, 20)))


def test_it_takes_it_without_pipelining(run: Run) -> None:
    with sink("-p") as port:
        assert all(done.is_accepted for done in run(send(port)))


@pytest.mark.parametrize(
    ("option", "command", "phase"),
    [("-f", "MAIL", Phase.MAIL), ("-f", "RCPT", Phase.RCPT), ("-f", "DATA", Phase.DATA)],
)
@pytest.mark.parametrize("pipelining", [(), ("-p",)], ids=["pipelined", "step by step"])
def test_it_refuses_for_good(
    run: Run, option: str, command: str, phase: Phase, pipelining: tuple[str, ...]
) -> None:
    with sink(*pipelining, option, command) as port:
        for done in run(send(port)):
            assert (done.phase, done.reply.code) == (phase, 500)
            assert not done.is_in_doubt


def test_it_refuses_for_now(run: Run) -> None:
    with sink("-r", "RCPT") as port:
        assert {done.reply.code for done in run(send(port))} == {450}


def test_r3_it_hangs_up_after_the_dot(run: Run) -> None:
    with sink("-q", ".") as port:
        for done in run(send(port)):
            assert done.is_in_doubt


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_r3_it_hangs_up_before_the_dot(run: Run, command: str) -> None:
    with sink("-q", command) as port:
        for done in run(send(port)):
            assert done.is_closed
            assert not done.is_in_doubt

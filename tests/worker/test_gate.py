"""The gate of the web process: slow and large requests hold nothing up (two of issue 9's doors)."""

import asyncio
import re
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from emailketing.common.unwanted import HUNG_UP
from emailketing.company.models import Company
from emailketing.config import gate
from emailketing.config.gate import Gate, environ_of
from emailketing.worker.supervise import web_command
from tests.outbox.cast import wait_until
from tests.worker.processes import running
from tests.worker.test_serve import answers, free_port

SLOW = 200  # clients


def scope(path: str = "/login/", **headers: str) -> dict[str, Any]:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "headers": sent,
        "client": ("10.0.0.9", 4),
    }


def page(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(), environ["REMOTE_ADDR"].encode()]


def ask(through: Gate, asked: dict[str, Any], *pieces: bytes, stops: bool = False) -> Any:
    """Send a body in pieces; return status and content of the answer."""
    left = list(pieces)
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not left and stops:
            await asyncio.Event().wait()
        piece = left.pop(0) if left else b""
        return {"type": "http.request", "body": piece, "more_body": bool(left) or stops}

    async def send(message: Any) -> None:
        said.append(message.get("status") or message.get("body"))

    asyncio.run(through(asked, receive, send))
    return tuple(said)


def test_a_body_arrives_whole_whatever_the_pieces() -> None:
    assert ask(Gate(page), scope(), b"a=", b"1") == (200, b"a=110.0.0.9")


def test_what_says_that_it_is_too_large_is_refused_before_a_byte_is_read() -> None:
    asked = scope(content_length="400000000", cookie="sessionid=x")
    assert ask(Gate(page), asked, stops=True)[0] == 413
    assert ask(Gate(page), scope(content_length="-1"), stops=True)[0] == 413


def test_what_does_not_say_it_is_counted() -> None:
    piece = b"x" * 100_000
    assert ask(Gate(page), scope(), *[piece] * 7)[0] == 413
    assert ask(Gate(page), scope(cookie="sessionid=x"), *[piece] * 50)[0] == 200
    assert ask(Gate(page), scope(cookie="sessionid=x"), *[piece] * 61)[0] == 413


def test_who_stops_sending_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LONGEST_PAUSE", 0.05)
    assert ask(Gate(page), scope(), b"a", stops=True)[0] == 408


def test_all_bodies_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_TOGETHER", 100)
    through = Gate(page)
    assert ask(through, scope(), b"x" * 101)[0] == 503
    assert ask(through, scope(), b"x" * 99)[0] == 200  # what was refused is not held
    assert ask(through, scope(), b"x" * 99)[0] == 200


def test_whoever_hangs_up_is_told_to_the_page_that_is_being_made() -> None:
    heard = threading.Event()

    def endless(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ[HUNG_UP].on(heard.set)
        assert heard.wait(20)
        return page(environ, start)

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(_message: Any) -> None:
        """Nobody is there."""

    messages = [{"type": "http.request"}, {"type": "http.disconnect"}]
    asyncio.run(Gate(endless)(scope(), receive, send))
    assert heard.is_set()


WAITS = """
import threading
from pathlib import Path
from emailketing.common.unwanted import HUNG_UP
from emailketing.config.gate import Gate

def page(environ, start):
    Path("asked").touch()
    heard = threading.Event()
    environ[HUNG_UP].on(heard.set)
    if heard.wait(30):
        Path("heard").touch()
    start("200 OK", [])
    return [b""]

application = Gate(page)
"""


def test_a_client_that_closes_its_connection_is_heard_by_the_server_we_use(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(WAITS)
    port = free_port()
    command = web_command("127.0.0.1", port)
    with subprocess.Popen([*command[:-1], "waits:application"], cwd=tmp_path) as server:
        try:
            client = wait_until(lambda: _connected(port), 30)
            assert client is not None
            client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            wait_until((tmp_path / "asked").exists)
            client.close()
            wait_until((tmp_path / "heard").exists)
        finally:
            server.terminate()


def _connected(port: int) -> socket.socket | None:
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=5)
    except OSError:
        return None


def test_a_header_with_an_underscore_does_not_pass_for_the_proxys() -> None:
    asked = scope()
    asked["headers"] = [(b"x_real_ip", b"1.2.3.4"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]
    environ = environ_of(asked, b"")
    assert "HTTP_X_REAL_IP" not in environ
    assert environ["HTTP_COOKIE"] == "a=1; b=2"


def _slow(port: int, stack: ExitStack) -> socket.socket:
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
    client.sendall(
        b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername="
    )
    return client


def _first_line(client: socket.socket) -> bytes:
    return client.recv(4096).split(b"\r\n")[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_slow_clients_and_a_huge_upload_stop_nobody(tmp_path: Path) -> None:
    Company.get()
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port)), ExitStack() as stack:
        wait_until(lambda: answers(port), 60)
        clients = [_slow(port, stack) for _number in range(SLOW)]
        took = []
        for _time in range(5):
            for client in clients:
                client.sendall(b"a")
            begun = time.monotonic()
            assert answers(port)
            took.append(time.monotonic() - begun)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=20) as page:
            assert page.status == 200
            style = re.search(r'href="(/static/[^"]+\.css)', page.read().decode())
        assert style is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style[1]}", timeout=20) as sheet:
            assert len(sheet.read()) == int(sheet.headers["Content-Length"]) > 100
        huge = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        huge.sendall(
            b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 400000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        )
        assert b" 413 " in _first_line(huge)
        print("healthz:", [round(seconds, 3) for seconds in took])  # noqa: T201
        assert min(took) <= 1.0, took

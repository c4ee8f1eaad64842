"""`emailketing serve` as real processes: starts, restarts, stops, and says what is in the way."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from emailketing.channels.models import InboxMessage
from emailketing.common.port_holder import holder_of
from emailketing.company.beat import SENDING, WORKER, beat_file
from emailketing.company.models import Company
from emailketing.outbox.models import State
from tests.far_side import far_side
from tests.outbox import cast
from tests.outbox.cast import wait_until
from tests.worker.processes import command, environment, running, wait_for_text
from tests.worker.test_kill import real_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def refusal(home: Path, *words: str, **more: str) -> str:
    """Run a command that must refuse with one sentence and exit code 1."""
    done = subprocess.run(
        command(*words),
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr.strip()


def children(pid: int) -> dict[str, int]:
    """Return the supervised processes: web, worker, sending, reports, by their command lines."""
    found: dict[str, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "status").read_text()
                words = (folder / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if f"PPid:\t{pid}\n" in status:
                part = words[words.index("--only") + 1] if "--only" in words else "web"
                part = "public" if "public_asgi" in " ".join(words) else part
                found[part] = int(folder.name)
    return found


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_serve_runs_restarts_what_dies_and_stops_cleanly(tmp_path: Path) -> None:
    Company.get()
    port, public = free_port(), free_port()
    both = ("--port", str(port), "--public-port", str(public))
    with running(tmp_path, "serve", *both) as process:
        cast.wait_until(lambda: answers(port), 60)
        cast.wait_until(lambda: answers(public), 60)
        message = cast.queue("ana@cliente.test", cast.sender(9), now=real_now())
        cast.wait_for_state(message, State.ACCEPTED)
        first = children(process.pid)
        for part in ("steps", "sending", "reports", "public"):
            os.kill(first[part], signal.SIGKILL)
        for part in ("steps", "sending", "reports", "public"):
            gone: set[int | None] = {None, first[part]}
            cast.wait_until(lambda: children(process.pid).get(part) not in gone, 60)  # noqa: B023
        again = cast.queue("b@cliente.test", cast.sender(9, name="dos"), now=real_now())
        cast.wait_for_state(again, State.ACCEPTED)
        assert InboxMessage.objects.count() == 2
        assert "worker ended with code -9" in process.text
        assert "sending ended with code -9" in process.text
        assert "reports ended with code -9" in process.text
        assert "public ended with code -9" in process.text
        cast.wait_until(lambda: answers(public), 60)
        refused = refusal(tmp_path, "serve", "--port", str(free_port()))
        assert "Another “emailketing serve” is running" in refused
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) == 0
        assert children(process.pid) == {}
    assert (tmp_path / beat_file(WORKER).name).exists()
    assert (tmp_path / beat_file(SENDING).name).exists()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refusal(tmp_path, "serve", "--port", port)
        assert f"Port {port} is held by process {os.getpid()}" in said
        assert f"kill {os.getpid()}" in said
        said = refusal(tmp_path, "serve", "--port", str(free_port()), "--public-port", port)
        assert "--public-port" in said
        assert "a port each" in refusal(tmp_path, "serve", "--port", "9", "--public-port", "9")
        assert "built-in inbox" in refusal(tmp_path, "worker", EMAILKETING_INBOX_PORT=port)


def test_the_children_of_a_killed_serve_end_and_free_the_port(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port)) as process:
        wait_until(lambda: len(children(process.pid)) == 4, seconds=60)
        wait_until(lambda: holder_of(port) is not None, seconds=60)
        orphans = children(process.pid).values()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        wait_until(lambda: not any(is_alive(pid) for pid in orphans), seconds=60)
        assert holder_of(port) is None


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_migration_that_waits_is_one_sentence(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.sqlite3").close()
    address = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    sentence = refusal(tmp_path, "serve", "--port", str(free_port()), DATABASE_URL=address)
    assert "emailketing migrate" in sentence


def test_the_log_holds_no_address_no_text_and_no_password(tmp_path: Path) -> None:
    """S22, on a run where everything goes wrong that can."""
    cast.go_live()
    with far_side() as far:
        sender = cast.sender(far.port)
        far.script("rcpt", "ana@cliente.test", "450 4.2.0 ana@cliente.test is greylisted")
        far.script("rcpt", "b@cliente.test", "550 5.1.1 b@cliente.test does not exist")
        messages = [
            cast.queue(f"{name}@cliente.test", sender, now=real_now()) for name in ("ana", "b", "c")
        ]
        with running(tmp_path, "worker", EMAILKETING_LOG_LEVEL="DEBUG") as process:
            states = (State.DEFERRED, State.FAILED, State.ACCEPTED)
            for message, state in zip(messages, states, strict=True):
                cast.wait_for_state(message, state)
            wait_for_text(process, f"Message {messages[2].pk}: accepted")
    ours = [line for line in process.text.splitlines() if " django.db." not in line]
    assert ours
    for line in ours:
        assert not re.search(r"@cliente|greylisted|listo|ventas@", line), line


def test_an_idle_worker_stops_within_seconds(tmp_path: Path) -> None:
    Company.get()
    with running(tmp_path, "worker") as process:
        cast.wait_until(lambda: (tmp_path / "worker.beat").exists(), 60)
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.postgres
def test_r7_a_database_that_forgets_commits_is_refused(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("our own database is not PostgreSQL")
    sentence = refusal(tmp_path, "worker", PGOPTIONS="-c synchronous_commit=off")
    assert "synchronous_commit" in sentence

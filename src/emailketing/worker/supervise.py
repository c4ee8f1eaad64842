"""`emailketing serve`: run web, worker and sending, start again what dies, stop cleanly."""

import ctypes
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from emailketing.common.env import PREFIX
from emailketing.common.own_dialect import held_alone, why_one_worker_only
from emailketing.common.port_holder import holder_of

logger = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
LONGEST_COMMAND = 80  # characters told of whoever holds our port
HEALTHY_AFTER = 60.0  # seconds alive after which a crash counts as the first one again
STOP_WITHIN = 660.0  # a message being handed over may take this long (reliability §2.3)
ADVISORY_LOCK = 0x656D6B  # “emk”
PR_SET_PDEATHSIG = 1
_C = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork


class CannotServe(Exception):
    """Something outside must be put right before the product can start."""


@dataclass
class SupervisedProcess:
    """One supervised process and its restart delay."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    delay: float = FIRST_DELAY
    started: float = 0.0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        # a session of its own: the terminal's Ctrl-C reaches the supervisor, which stops in order
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def look_after(self) -> None:
        """Start the process when it is due; after a death wait twice as long as the last time."""
        if self.process is None:
            if time.monotonic() >= self.restart_at:
                self.start()
        elif self.process.poll() is not None:
            logger.error("%s ended with code %s", self.name, self.process.returncode)
            lived = time.monotonic() - self.started
            self.delay = FIRST_DELAY if lived > HEALTHY_AFTER else self.delay
            self.restart_at = time.monotonic() + self.delay
            self.delay = min(self.delay * 2, LONGEST_DELAY)
            self.process = None


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent is gone, also by kill -9 (prctl(2)).

    An orphan would hold the port and hand over messages that nobody looks after.
    """
    if _C is not None:
        _C.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PublicPlace:
    """Where what is published listens; port 0: nothing is published."""

    host: str = "127.0.0.1"
    port: int = 0


NOTHING_PUBLIC = PublicPlace()


def serve(
    *,
    host: str,
    port: int,
    announce: Callable[[], None],
    workers: int = 1,
    public: PublicPlace = NOTHING_PUBLIC,
) -> None:
    """Run until SIGTERM or SIGINT; `announce` is called when nothing stands in the way.

    Raises:
        CannotServe: port in use, migration pending, another `serve` on this database, or several
            workers on a database that takes one.
    """
    check_workers(workers)
    check_migrations()
    check_port(host, port)
    if public.port:
        check_public_port(public, port)
    # what looks whether all processes are well, in any of them, has to know
    os.environ[f"{PREFIX}PUBLIC_PORT"] = str(public.port)
    with only_one():
        announce()
        _supervise(
            [
                *(
                    SupervisedProcess("worker", worker_command("steps"))
                    for _number in range(workers)
                ),
                SupervisedProcess("sending", worker_command("sending")),
                # reading and files take long: no notification waits for them
                SupervisedProcess("reports", worker_command("reports")),
                SupervisedProcess("web", web_command(host, port)),
                *_published(public),
            ]
        )


def worker_command(part: str) -> list[str]:
    return [sys.executable, "-m", "emailketing", "worker", "--only", part]


def _published(public: PublicPlace) -> list[SupervisedProcess]:
    if not public.port:
        return []
    command = web_command(public.host, public.port, application="public_asgi.py")
    return [SupervisedProcess("public", command)]


def web_command(host: str, port: int, *, application: str = "asgi.py") -> list[str]:
    # by its file: by its name granian would look in the current folder first
    file = Path(__file__).resolve().parents[1] / "config" / application
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1"),
        *("--host", host, "--port", str(port), "--workers", "1", "--log-level", "warning"),
        # threads are the gate's; whoever sends no headers within this time is sent away
        *("--http1-header-read-timeout", "10000", "--no-access-log"),
        f"{file}:application",
    ]


def check_workers(workers: int) -> None:
    if workers > 1 and (sentence := why_one_worker_only()):
        raise CannotServe(sentence)


def check_migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotServe(
            _("The database is not up to date. Run “emailketing migrate”, then start again.")
        )


def check_port(host: str, port: int, *, option: str = "--") -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            if isinstance(error, socket.gaierror) or _number(error) == errno.EADDRNOTAVAIL:
                message = _(
                    "This machine has no address %(host)s. Choose another with %(option)shost."
                )
            else:
                message = _(
                    "Port %(port)s is in use or not allowed. Choose another with %(option)sport."
                )
            words = {"host": host, "port": port, "option": option}
            raise CannotServe(_by_whom(port, option) or message % words) from error


def check_public_port(public: PublicPlace, console: int) -> None:
    if public.port == console:
        raise CannotServe(
            _("The console and what is published need a port each. Change --public-port.")
        )
    check_port(public.host, public.port, option="--public-")


def _by_whom(port: int, option: str) -> str:
    holder = holder_of(port)
    if holder is None:
        return ""
    sentence = _(
        "Port %(port)s is held by process %(pid)s (%(command)s). End it with “kill %(pid)s”, or"
        " choose another port with %(option)sport."
    )
    command = holder.command[:LONGEST_COMMAND]
    return sentence % {"port": port, "pid": holder.pid, "command": command, "option": option}


def _number(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the database's lock: a second `serve` would only compete with the first."""
    message = _("Another “emailketing serve” is running on this database. Stop it first.")
    with held_alone(ADVISORY_LOCK) as is_ours:
        if not is_ours:
            raise CannotServe(message)
        yield


def _supervise(children: list[SupervisedProcess]) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        while not stop.wait(0.2):
            for child in children:
                child.look_after()
    finally:
        stop_all(children)


def stop_all(children: list[SupervisedProcess]) -> None:
    """Ask every process to end, wait for what is being handed over, then insist."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN
    for process in running:
        try:
            process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)

"""A whole installation of its own: our commands and processes, as a user starts them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

PATIENCE = 60.0  # seconds: for a busy machine; what is awaited comes much earlier
Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: Callable[[], Found], *, seconds: float = PATIENCE) -> Found:
    """Ask again and again until the answer is truthy; the last answer stands in the failure."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain, last: {found!r}"
        time.sleep(0.1)
    return found


@dataclass
class Stage:
    """One folder, our database and the company's; every process belongs to it alone."""

    home: Path
    company: str  # the address of the sample company's database
    database: str  # and of ours
    port: int = field(default_factory=free_port)
    company_port: int = field(default_factory=free_port)
    public_port: int = 0  # where signed pages are published; 0: nowhere

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def shop(self) -> str:
        return f"http://127.0.0.1:{self.company_port}"

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "EMAILKETING_HOME": str(self.home),
            "DATABASE_URL": self.database,
            "EMAILKETING_LANGUAGE": "es",
            "EMAILKETING_SOURCE_PASSWORD": "unused: the private server trusts this machine",
            "PYTHONUNBUFFERED": "1",
            **more,
        }

    def run(self, *words: str, **more: str) -> str:
        """Run `emailketing …` to its good end and return what it said."""
        finished = self.attempt(*words, **more)
        assert finished.returncode == 0, f"{words}: {finished.stdout}{finished.stderr}"
        return finished.stdout

    def attempt(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self._python("emailketing", *words, **more)

    def play(self) -> list[dict[str, Any]]:
        """Let the operators of the sample company work a day."""
        finished = self._python("emailketing.demo", "play", "--json", "--database", self.company)
        assert finished.returncode == 0, finished.stderr
        return [json.loads(line) for line in finished.stdout.splitlines()]

    def seed(self) -> None:
        """Three weeks of a past: three months are three times the work to attach."""
        words = ("seed", "--days", "21", "--database", self.company)
        finished = self._python("emailketing.demo", *words)
        assert finished.returncode == 0, finished.stderr

    def _python(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words],
            env=self.environment(**more),
            cwd=self.home,
            text=True,
            capture_output=True,
            timeout=PATIENCE * 2,
            check=False,
        )

    @contextlib.contextmanager
    def serving(self) -> Iterator[Path]:
        """Run console and worker; gives the file with what they say."""
        log = self.home / "serve.log"
        words = ("serve", "--port", str(self.port), "--public-port", str(self.public_port))
        with self._process(log, "emailketing", *words) as process:
            wait_until(lambda: self._answers(f"{self.console}/readyz", process, log))
            yield log

    @contextlib.contextmanager
    def open_shop(self) -> Iterator[None]:
        """Run the company's own pages."""
        log = self.home / "shop.log"
        words = ("serve", "--database", self.company, "--port", str(self.company_port))
        with self._process(log, "emailketing.demo", *words) as process:
            wait_until(lambda: self._answers(f"{self.shop}/", process, log))
            yield

    @contextlib.contextmanager
    def _process(self, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                env=self.environment(),
                cwd=self.home,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()  # one that hangs fails this test, and disturbs no other

    @staticmethod
    def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
        assert process.poll() is None, log.read_text()[-3000:]
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - ours
            return bool(answer.status == 200)
        return False

    def ledger(self) -> list[dict[str, Any]]:
        """Return every message as the command line tells it."""
        rows: list[dict[str, Any]] = json.loads(
            self.run("message", "list", "--json", "--limit", "500")
        )
        return rows


def seconds_between(act: dict[str, Any], message: dict[str, Any]) -> float:
    """From the operator's commit to the server's 250."""
    sent = datetime.fromisoformat(message["accepted_at"])
    return (sent - datetime.fromisoformat(act["at"])).total_seconds()

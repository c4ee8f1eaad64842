"""Real processes of the product, on the database of the test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.outbox.cast import wait_until


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return what a process needs to work on this test's database."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{values['NAME']}"
    else:
        address = "postgresql://{USER}@{HOST}:{PORT}/{NAME}".format(**values)
    known = {name: text for name, text in os.environ.items() if not name.startswith("EMAILKETING_")}
    return {
        **known,
        "DATABASE_URL": address,
        "EMAILKETING_HOME": str(home),
        "EMAILKETING_LANGUAGE": "en",
        **more,
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "emailketing", *words]


class Process:
    """A running command with its output in a file."""

    def __init__(self, home: Path, *words: str, **more: str) -> None:
        self.log = home / f"{words[0]}.log"
        with self.log.open("w") as output:
            self._process = subprocess.Popen(
                command(*words), env=environment(home, **more), stdout=output, stderr=output
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def text(self) -> str:
        return self.log.read_text()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float = 30) -> int:
        return self._process.wait(seconds)

    def end(self) -> None:
        """SIGTERM, and the proof that it was enough."""
        if self.is_running:
            self._process.terminate()
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.wait()
            raise


@contextmanager
def running(home: Path, *words: str, **more: str) -> Iterator[Process]:
    process = Process(home, *words, **more)
    try:
        yield process
    finally:
        process.end()


def wait_for_text(process: Process, text: str) -> None:
    try:
        wait_until(lambda: text in process.text, 60)
    except AssertionError as error:
        raise AssertionError(f"no “{text}” in:\n{process.text}") from error

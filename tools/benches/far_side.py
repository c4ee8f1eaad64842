"""A far side in a process of its own, which counts what it got: smtp-sink of Postfix."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True)
class Sink:
    port: int
    counters: Path

    def count(self) -> int:
        """Return how many messages it has taken since it was started."""
        found = re.findall(r"mesg=(\d+)", self.counters.read_text())
        return int(found[-1]) if found else 0

    def wait_for(self, count: int, seconds: float = 10) -> None:
        """Wait until it has this many; fewer or more means the figures are worth nothing."""
        deadline = time.monotonic() + seconds
        while self.count() < count and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.count() != count:
            raise SystemExit(f"{count} messages were sent and {self.count()} arrived.")


def tool(name: str) -> str:
    found = shutil.which(name, path=PLACES)
    if not found:
        raise SystemExit(f"{name} is missing: install Debian's package postfix.")
    return found


@contextmanager
def sink() -> Iterator[Sink]:
    """Run smtp-sink on a free port until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    user = () if os.geteuid() else ("-u", "nobody")
    with tempfile.NamedTemporaryFile() as counters:
        process = subprocess.Popen(
            [tool("smtp-sink"), *user, "-c", f"127.0.0.1:{port}", "200"],
            stdout=counters,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for_port(port)
            yield Sink(port, Path(counters.name))
        finally:
            process.terminate()
            process.wait()


def _wait_for_port(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("smtp-sink does not start.")

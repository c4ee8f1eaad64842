"""A real Kannel of our own: bearerbox, smsbox, its fake SMS centre, on free ports of loopback."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.outbox.cast import wait_until

FAKE_SMSC = Path("/usr/lib/kannel/test/fakesmsc")
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin"  # an ordinary user's path may lack it
CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = bar
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
store-type = file
store-location = "{folder}/store"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {send}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
http-request-retry = 2
http-queue-delay = 1

group = sendsms-user
username = tester
password = foobar
concatenation = true
max-messages = 10

group = sms-service
keyword = default
get-url = "{answers}?from=%p&text=%a"
max-messages = 0
"""


def is_installed() -> bool:
    boxes = (shutil.which(name, path=PLACES) for name in ("bearerbox", "smsbox"))
    return all(boxes) and FAKE_SMSC.exists()


@dataclass
class Kannel:
    folder: Path
    ports: dict[str, int]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms"

    def start(self, *words: str | Path, log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("wb") as output:
            command = [str(word) for word in words]
            command[0] = shutil.which(command[0], path=PLACES) or command[0]
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=self.folder)
        self.running.append(process)
        return process

    def attach_centre(self, *written: str) -> None:
        """Start the fake SMS centre; `written` are messages that people send to us."""
        where = ("-H", "127.0.0.1", "-r", str(self.ports["centre"]), "-m", str(len(written)))
        self.start(FAKE_SMSC, *where, *written, log="fakesmsc.log")

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait(5)


@contextmanager
def kannel(folder: Path, answers: str) -> Iterator[Kannel]:
    """Run Kannel; what people write goes to the address `answers`."""
    found = Kannel(folder, {name: _free_port() for name in ("admin", "box", "centre", "send")})
    (folder / "kannel.conf").write_text(
        CONFIG.format(folder=folder, answers=answers, **found.ports)
    )
    try:
        found.start("bearerbox", "-v", "1", folder / "kannel.conf", log="bearerbox.out")
        wait_until(lambda: _is_listening(found.ports["box"]))
        found.start("smsbox", "-v", "1", folder / "kannel.conf", log="smsbox.out")
        wait_until(lambda: _is_listening(found.ports["send"]))
        yield found
    finally:
        found.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False

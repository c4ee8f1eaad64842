"""The SMTP far side: Postfix's own smtp-sink, which writes every mail it accepts into a file."""

import io
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from pypdf import PdfReader

PATIENCE = 90.0  # seconds: a source that failed is looked at again after a minute at most


@dataclass(frozen=True)
class Mail:
    """One mail as it came over the wire."""

    to: str
    subject: str
    message: EmailMessage
    at: float

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if isinstance(part, EmailMessage) else ""

    @property
    def pdf(self) -> str:
        """The text of the attached PDF, all white space made one space."""
        (file,) = [
            part
            for part in self.message.iter_attachments()
            if part.get_content_type() == "application/pdf"
        ]
        content = file.get_content()
        assert isinstance(content, bytes)
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())


@dataclass
class Relay:
    program: str
    folder: Path
    port: int
    _process: "subprocess.Popen[bytes] | None" = None
    _read: dict[Path, Mail] = field(default_factory=dict)

    def start(self) -> None:
        command = [self.program, "-u", "nobody", "-d", f"{self.folder}/%s."]
        self._process = subprocess.Popen([*command, f"127.0.0.1:{self.port}", "100"])
        wait_until(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def mails(self) -> list[Mail]:
        """Return what came until now, oldest first."""
        for path in self.folder.iterdir():
            if path not in self._read:
                mail = _parse(path)
                if mail is not None:
                    self._read[path] = mail
        return sorted(self._read.values(), key=lambda mail: mail.at)

    def about(self, text: str) -> list[Mail]:
        """Return the mails in whose subject this stands as a word."""
        word = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
        return [mail for mail in self.mails() if word.search(mail.subject)]

    def wait_for(self, text: str, seconds: float = PATIENCE) -> Mail:
        """Wait for the first mail about this."""
        wait_until(lambda: self.about(text), seconds)
        return self.about(text)[0]


def _parse(path: Path) -> Mail | None:
    """Read a file of smtp-sink: its own X- lines, then the mail; None while it is being written."""
    raw = path.read_bytes()
    envelope = re.search(rb"^X-Rcpt-Args: <([^>]*)>", raw, re.MULTILINE)
    message = message_from_bytes(raw, policy=policy.default)
    boundary = message.get_boundary()
    if envelope is None or (boundary and f"--{boundary}--".encode() not in raw):
        return None
    subject = str(message["Subject"])
    return Mail(envelope.group(1).decode(), subject, message, path.stat().st_mtime)


def wait_until(
    condition: Callable[[], object],
    seconds: float = PATIENCE,
    *,
    tell: Callable[[], object] = lambda: "",
) -> None:
    """Wait for the condition; a failure says what `tell` has to tell then."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds:.0f} s: {tell()}"
        time.sleep(0.05)


@contextmanager
def new_relay(program: str) -> Iterator[Relay]:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        Path(folder).chmod(0o777)
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        relay = Relay(program, Path(folder), port)
        relay.start()
        yield relay
        relay.stop()

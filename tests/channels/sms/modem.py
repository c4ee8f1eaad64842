"""A GSM modem made of files: it moves what it finds in the outbox as gammu-smsd does."""

import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Sent:
    """What the modem read out of a file."""

    number: str
    text: str
    name: str


class Modem:
    """Looks at the outbox again and again; a number that ends in 66 cannot be reached."""

    def __init__(self, folder: Path) -> None:
        self.outbox, self.sent, self.error = (folder / name for name in ("outbox", "sent", "error"))
        for place in (self.outbox, self.sent, self.error):
            place.mkdir(parents=True, exist_ok=True)
        self.texts: list[Sent] = []
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="modem")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.wait(0.01):
            self.look()

    @property
    def waiting(self) -> list[str]:
        return [path.name for path in self.outbox.iterdir()]

    def look(self) -> None:
        """Send what is there, in the order of the names; hidden files are nobody's."""
        for path in sorted(self.outbox.iterdir()):
            if path.name.startswith("OUT") and path.suffix.startswith(".txt"):
                self._send(path)

    def _send(self, path: Path) -> None:
        data = path.read_bytes()
        assert data.startswith(b"\xfe\xff")
        number = path.name.split("_")[1]  # OUT<priority>_<number>_<ours>.txt<options>
        self.texts.append(Sent(number, data[2:].decode("utf-16-be"), path.name))
        shutil.move(path, (self.error if number.endswith("66") else self.sent) / path.name)

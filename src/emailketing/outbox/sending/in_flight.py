"""What a worker is at just now, kept where it survives a kill -9: a small file for each worker.

A message that only waited in the memory of a worker that died is no suspect; what was being read,
written out or handed over is (R24). The file is locked as long as its worker lives: whoever finds
it unlocked knows that the worker is dead, and its claims need not wait for their leases to end.
Claims are recognised by their token: it begins with the name of the worker's file. The file is
mapped into memory: to note a message is to store eight bytes, and the kernel keeps them as it
keeps what is written.
"""

import fcntl
import logging
import mmap
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from emailketing.common.os_errors import why

logger = logging.getLogger(__name__)
NAME_LENGTH = 12
PLACE = 8  # bytes: one number
EMPTY = b"\0" * PLACE
ROOM = 2_048 * PLACE  # bytes; more than is under way at once but for many a sender


def in_flight_folder() -> Path:
    return Path(settings.HOME) / "in-flight"


class InFlight:
    """This worker's own; without a file (a full disk, say) the leases decide alone, as ever."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(NAME_LENGTH // 2)
        self._lock = threading.Lock()
        self._free: list[int] = []
        self._used = 0
        self._map: mmap.mmap | None = None
        self._file = self._open(folder)

    def _open(self, folder: Path) -> int | None:
        hidden, file = folder / f".{self.name}", None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)  # before it can be found under its name
            # room on the disk beforehand: where there is none, a store would end the process
            os.posix_fallocate(file, 0, ROOM)
            hidden.rename(folder / f"{self.name}@{os.uname().nodename}")
            self._map = mmap.mmap(file, ROOM)
        except OSError as error:
            logger.warning("No file of what is under way in %s: %s", folder.name, why(error))
            self.name = ""  # unknown to everybody: every claim counts as touched (R24)
            if file is not None:
                os.close(file)
                hidden.unlink(missing_ok=True)
            return None
        return file

    @contextmanager
    def at(self, numbers: Iterable[int]) -> Iterator[None]:
        """Note that the worker is at these messages; what ended in an error stays noted."""
        places = self._lay(numbers)
        try:
            yield
        except Exception:
            raise  # its lease will run out, and that counts (R24)
        except BaseException:
            self._clear(places)
            raise
        self._clear(places)

    def close(self) -> None:
        """Let go of the lock; whoever looks next takes back what is left, and the file away."""
        if self._map is not None:
            self._map.close()  # it holds the file, and so the lock, as well
            self._map = None
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lay(self, numbers: Iterable[int]) -> list[int]:
        contents = [number.to_bytes(PLACE, "big") for number in numbers]
        with self._lock:
            kept = self._free[: len(contents)]
            del self._free[: len(contents)]
            used, self._used = self._used, self._used + len(contents) - len(kept)
            places = sorted(kept) + list(range(used, self._used))
            self._write(places, contents)
            return places

    def _clear(self, places: list[int]) -> None:
        with self._lock:
            self._write(places, [EMPTY] * len(places))
            self._free += places

    def _write(self, places: list[int], contents: list[bytes]) -> None:
        if self._file is None:
            return
        for place, content in zip(places, contents, strict=True):
            at = place * PLACE
            if self._map is not None and at < ROOM:
                self._map[at : at + PLACE] = content
            else:
                with suppress(OSError):  # a full disk must not stop the sending
                    os.pwrite(self._file, content, at)


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """What one look at a worker's file shows."""

    name: str
    is_dead: bool
    numbers: frozenset[int]
    path: Path

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def workers_seen(folder: Path) -> list[WorkerSeen]:
    """Look at every file there is, of living and dead workers."""
    found = []
    for path in sorted(folder.glob("*@*")):
        try:
            found.append(_look(path))
        except OSError:  # somebody else has just taken it away
            continue
    return found


def _look(path: Path) -> WorkerSeen:
    name, _, host = path.name.partition("@")
    with path.open("rb") as file:
        # a lock of another machine need not be seen here: there only the lease tells
        is_dead = host == os.uname().nodename and _is_unlocked(file.fileno())
        content = file.read()
    places = range(0, len(content) - PLACE + 1, PLACE)
    numbers = {int.from_bytes(content[at : at + PLACE], "big") for at in places}
    return WorkerSeen(name, is_dead, frozenset(numbers - {0}), path)


def _is_unlocked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

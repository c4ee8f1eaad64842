"""Who listens on a port of this machine: what /proc says (Linux); elsewhere nobody knows."""

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
LISTENING = "0A"  # the state in /proc/net/tcp, proc(5)
_SOCKET = re.compile(r"socket:\[(\d+)\]")


class Holder(NamedTuple):
    """A process: its number, and the command as it was typed."""

    pid: int
    command: str


def holder_of(port: int) -> Holder | None:
    """Return the process that listens on this port; None when it is another user's or unknown."""
    sockets = _listening(port)
    if not sockets:
        return None
    for folder in PROC.iterdir():
        if folder.name.isdigit() and _holds(folder, sockets):
            with suppress(OSError):
                words = (folder / "cmdline").read_text(errors="replace").split("\0")
                return Holder(int(folder.name), " ".join(filter(None, words)))
    return None


def _listening(port: int) -> set[str]:
    found = set()
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (PROC / "net" / name).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                    found.add(columns[9])
    return found


def _holds(folder: Path, sockets: set[str]) -> bool:
    with suppress(OSError):
        for file in (folder / "fd").iterdir():
            with suppress(OSError):
                match = _SOCKET.fullmatch(str(file.readlink()))
                if match and match[1] in sockets:
                    return True
    return False

"""Copy an SQLite file that others write into, without a lock: run apart, by its path.

A program without a busy timeout fails at any lock of ours, so none is held while copying. Blocks
are taken over until one pass saw the file standing still from beginning to end: nobody was writing
at either end (a lock of microseconds says so), and between them nothing was committed or touched.

Apart, because closing a file takes away every lock that this process holds on it (POSIX). Imports
nothing of ours: it has to start at once.
"""

import os
import sqlite3
import sys
import time
from pathlib import Path

BLOCK = 1 << 20
PAUSE = 0.003  # seconds
SETTLED = 30_000_000  # nanoseconds: file systems tell the times of writing by ticks
STILL, NEVER_STILL, UNREADABLE, DISK_FULL = 0, 3, 4, 5
Look = tuple[int, int, int]


def copy(source: Path, target: Path, until: float) -> int:
    """Return whether it became a copy of one moment, as an exit code."""
    watch = sqlite3.connect(
        f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None
    )
    reader = os.open(source, os.O_RDONLY)
    writer = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    while time.monotonic() < until:
        before = look(watch, reader)
        if before is None:
            time.sleep(PAUSE)
            continue
        take_over(reader, writer, before[0])
        if look(watch, reader) == before:
            return STILL
    return NEVER_STILL


def look(watch: sqlite3.Connection, reader: int) -> Look | None:
    """Return what every writing changes; None: somebody is writing, or was a moment ago."""
    state = os.fstat(reader)
    if 0 <= time.time_ns() - state.st_mtime_ns < SETTLED:
        return None
    try:
        version = watch.execute("PRAGMA data_version").fetchone()[0]
    except sqlite3.OperationalError:
        return None
    return state.st_size, state.st_mtime_ns, int(version)


def take_over(reader: int, writer: int, size: int) -> None:
    """Write what is not the same yet."""
    for start in range(0, size, BLOCK):
        block = os.pread(reader, BLOCK, start)
        if os.pread(writer, BLOCK, start) != block:
            os.pwrite(writer, block, start)
    os.ftruncate(writer, size)


def main(source: str, target: str, seconds: str) -> int:
    try:
        return copy(Path(source), Path(target), time.monotonic() + float(seconds))
    except OSError as error:
        return DISK_FULL if error.filename is None else UNREADABLE
    except sqlite3.Error:
        return UNREADABLE


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))

"""Who is within a transaction of a WAL database right now, as the kernel knows it (Linux).

SQLite has no word for it, and a program that has read within a transaction cannot write any more
once somebody else has committed (SQLITE_BUSY_SNAPSHOT): our own writes wait until nobody is.
A reader or writer holds a lock on bytes 120 to 127 of the “-shm” file for as long as that lasts.
"""

import os
from collections.abc import Iterator
from pathlib import Path

LOCKS = Path("/proc/locks")
FIRST, LAST = 120, 127  # SQLite's file format: WAL_WRITE_LOCK to WAL_READ_LOCK(4)


def others_in_transaction(database: Path) -> bool:
    """Whether another process reads or writes within a transaction; False when nobody can say."""
    return any(pid != os.getpid() for pid in _holders(database))


def anybody_in_transaction(database: Path) -> bool:
    """Also a connection of this very process, which must not be within a transaction itself."""
    return any(True for _pid in _holders(database))


def _holders(database: Path) -> Iterator[int]:
    try:
        inode = str(Path(f"{database}-shm").stat().st_ino)
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        if inode not in line:
            continue
        # 1: POSIX  ADVISORY  READ 13690 fe:00:10030929 124 124
        *_words, pid, place, begin, end = line.split()
        if place.rpartition(":")[2] == inode and begin.isdigit():
            last = int(end) if end.isdigit() else LAST
            if int(begin) <= LAST and last >= FIRST and pid.isdigit():
                yield int(pid)

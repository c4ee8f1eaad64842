"""The number of a worker in its folder: the lowest that no living worker has.

The system lets go of the lock when the process ends, however it ends: whoever starts in its place
gets its number, and with it the leases that it held.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from django.conf import settings


@contextmanager
def own_number(what: str) -> Iterator[int]:
    """Have a number among those that do `what` here, while the block lasts.

    Without a file (a full disk) it is that of the process.
    """
    for number in count(1):
        try:
            file = (Path(settings.HOME) / f"{what}-{number}.lock").open("a")
        except OSError:
            yield os.getpid()
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield number
            return


def named(number: int) -> str:
    """Return the name under which everybody on our database knows this worker."""
    return f"{number} · {socket.gethostname()} · {settings.HOME}"[:200]

"""Wakes the sending engine from another process: one byte into a named pipe, which nobody awaits.

Without the pipe (a folder that can hold none, an engine elsewhere) it looks once a second as ever.
"""

import asyncio
import errno
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from emailketing.common.os_errors import why

logger = logging.getLogger(__name__)
MOST = 4096  # bytes read at once: many calls, one look


def wake_file() -> Path:
    return Path(settings.HOME) / "sending.wake"


def wake_sending() -> None:
    """Have whoever sends look at once."""
    wake(wake_file())


def wake(file: Path) -> None:
    """Write into the pipe of whoever is to look; one that is full has said so already."""
    with suppress(OSError):
        pipe = _opened(file, os.O_WRONLY)
        try:
            os.write(pipe, b"\0")
        finally:
            os.close(pipe)


@contextmanager
def woken(news: Callable[[], None]) -> Iterator[None]:
    """Call `news` in the running loop whenever somebody wakes us."""
    pipe = open_pipe(wake_file())
    if pipe is None:
        yield
        return

    def read() -> None:
        with suppress(BlockingIOError):  # another engine here has read it
            os.read(pipe, MOST)
        news()

    loop = asyncio.get_running_loop()
    loop.add_reader(pipe, read)
    try:
        yield
    finally:
        loop.remove_reader(pipe)
        os.close(pipe)


def open_pipe(file: Path) -> int | None:
    """Return the end to read from, None where there can be no pipe."""
    try:
        _make(file)
        try:
            return _opened(file, os.O_RDWR)
        except FileExistsError:  # of a folder that was copied: it holds nothing
            file.unlink()
            _make(file)
            return _opened(file, os.O_RDWR)
    except OSError as error:
        logger.warning(
            "%s cannot be opened: %s; what is new is found when a rest ends", file, why(error)
        )
        return None


def _make(file: Path) -> None:
    with suppress(FileExistsError):
        os.mkfifo(file, 0o600)


def _opened(file: Path, way: int) -> int:
    """Open the pipe; to read it, for writing too: without a writer it would always be at its end.

    Raises:
        FileExistsError: what lies there is no pipe; nobody could be woken by it.
    """
    pipe = os.open(file, way | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISFIFO(os.fstat(pipe).st_mode):
        os.close(pipe)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    return pipe

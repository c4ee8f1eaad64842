"""What one worker did ends the rests of the others in its folder: a named pipe for each of them.

One on another computer finds it when its own rest ends.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from emailketing.company.beat import WORKER
from emailketing.outbox.wake import MOST, open_pipe, wake


def wake_other_workers(own: int) -> None:
    for file in Path(settings.HOME).glob(f"{WORKER}-*.wake"):
        if file != _file(own):
            wake(file)


@contextmanager
def woken_by_others(own: int, news: Callable[[], None]) -> Iterator[None]:
    """Call `news` in a thread whenever another worker has done something."""
    pipe = open_pipe(_file(own))
    if pipe is None:
        yield
        return
    os.set_blocking(pipe, True)
    ended = threading.Event()

    def read() -> None:
        while os.read(pipe, MOST) and not ended.is_set():
            news()

    thread = threading.Thread(target=read, name="wake")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        os.write(pipe, b"\0")
        thread.join()
        os.close(pipe)


def _file(number: int) -> Path:
    return Path(settings.HOME) / f"{WORKER}-{number}.wake"

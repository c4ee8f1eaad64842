"""What hands over: the sending engine in a thread of its own, and the built-in inbox beside it."""

import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.channels.inbox.receive import InboxServer
from emailketing.channels.inbox.store import store
from emailketing.company.beat import SENDING
from emailketing.outbox.sending.engine import Engine
from emailketing.worker.cannot import CannotWork
from emailketing.worker.number import own_number

# seconds: the ledger's thread asks for the interpreter after each statement, and would wait for it
# as long as a mail is being written out
SWITCH = 0.0005


class Sending:
    """Begins and ends with the block of `sending()`."""

    def __init__(self, engine: Engine, thread: threading.Thread) -> None:
        self._engine = engine
        self._thread = thread

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_busy(self) -> bool:
        return self._engine.is_busy


@contextmanager
def sending(stop: threading.Event, clock: Callable[[], datetime]) -> Iterator[Sending]:
    """Send until `stop` is set; the end of the block sets it and waits for what is handed over.

    Raises:
        CannotWork: the inbox's port is in use.
    """
    with own_number(SENDING) as number, _inbox(number, clock) as (port, password):
        engine = Engine(clock=clock, inbox=("127.0.0.1", port, password))
        sys.setswitchinterval(SWITCH)
        thread = threading.Thread(target=engine.run, args=(stop,), name="sending")
        thread.start()
        try:
            yield Sending(engine, thread)
        finally:
            stop.set()
            thread.join()


@contextmanager
def _inbox(number: int, clock: Callable[[], datetime]) -> Iterator[tuple[int, str]]:
    """Open the inbox; only this process knows its password, a new one at each start."""
    password = secrets.token_urlsafe(24)
    server = InboxServer(store=lambda *mail: store(*mail, now=clock()), password=password)
    try:
        port = server.start(settings.INBOX_PORT if number == 1 else 0)
    except OSError as error:
        sentence = _(
            "Port %(port)s, on which the built-in inbox listens, is in use. Choose another in"
            " EMAILKETING_INBOX_PORT, or 0 for any."
        )
        raise CannotWork(sentence % {"port": settings.INBOX_PORT}) from error
    try:
        yield port, password
    finally:
        server.stop()

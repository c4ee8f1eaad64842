"""What another process has queued leaves at once; without a pipe within a second, as ever."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from emailketing.company.models import Turn
from emailketing.company.turn import follow, move_on, turn_file, where_we_are
from emailketing.outbox.models import State
from emailketing.outbox.sending.engine import Engine, Timing
from emailketing.outbox.wake import MOST, wake_file, wake_sending
from tests.far_side import far_side
from tests.outbox import cast

pytestmark = pytest.mark.django_db(transaction=True)
ONE_LOOK_ONLY = Timing(poll=3600)


@contextmanager
def engine_that_looks_once() -> Iterator[Engine]:
    stop = threading.Event()
    inbox = ("127.0.0.1", 9, cast.INBOX_PASSWORD)
    engine = Engine(clock=cast.Clock(), inbox=inbox, timing=ONE_LOOK_ONLY)
    thread = threading.Thread(target=engine.run, args=(stop,))
    thread.start()
    try:
        yield engine
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("is_copied", [False, True])
def test_a_byte_in_the_pipe_ends_the_rest_of_the_engine(
    settings: Settings, tmp_path: Path, *, is_copied: bool
) -> None:
    settings.HOME = tmp_path
    cast.go_live()
    if is_copied:
        wake_file().write_text("")  # of a copied folder: a plain file where the pipe was
    with far_side() as far, engine_that_looks_once() as engine:
        sender = cast.sender(far.port)
        first = cast.queue("ana@cliente.test", sender)
        cast.wait_until(wake_file().is_fifo)
        engine.wake()
        cast.wait_for_state(first, State.ACCEPTED)
        second = cast.queue("b@cliente.test", sender)
        wake_sending()
        cast.wait_for_state(second, State.ACCEPTED)


def test_without_a_pipe_the_engine_sends_all_the_same(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    cast.go_live()
    wake_file().mkdir()  # what can be neither read nor put away
    with far_side() as far, cast.engine(cast.Clock()):
        message = cast.queue("ana@cliente.test", cast.sender(far.port))
        cast.wait_for_state(message, State.ACCEPTED)


def test_waking_nobody_is_no_error_and_takes_no_time(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    wake_sending()
    assert not wake_file().exists()
    wake_file().write_text("plain")  # somebody has put a plain file there
    began = time.monotonic()
    for _ in range(2 * MOST):
        wake_sending()
    assert time.monotonic() - began < 5
    assert wake_file().read_text() == "plain"  # nothing is written into what is no pipe


def test_c20_the_steps_learn_how_far_the_sending_process_has_come(
    settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    now = datetime(2026, 11, 30, tzinfo=UTC)
    move_on(now)
    here = where_we_are()
    text = turn_file().read_text()
    raised = text.replace(f'"number": {Turn.objects.get().number}', '"number": 41')
    turn_file().write_text(raised)  # as another process does, after the row
    follow()
    assert where_we_are() == here  # a file ahead of our database is a restore, not news
    Turn.objects.update(number=41)
    follow()
    assert where_we_are() == f"{Turn.objects.get().mark}:41"

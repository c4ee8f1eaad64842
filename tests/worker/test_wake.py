"""What one worker did ends the rests of the lanes that another one of its folder holds."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from emailketing.worker.loop import Part, Worker
from emailketing.worker.wake import wake_other_workers, woken_by_others
from tests.triggers.cast import Cast

PATIENCE = 20  # seconds for what another thread does


def test_every_other_worker_of_the_folder_hears_of_it_as_often_as_it_happens(
    settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    own, other = threading.Semaphore(0), threading.Semaphore(0)
    with woken_by_others(1, own.release), woken_by_others(2, other.release):
        for _time in range(2):
            wake_other_workers(1)
            assert other.acquire(timeout=PATIENCE)
    assert not own.acquire(blocking=False)
    wake_other_workers(1)  # whoever has ended is no error


def test_a_folder_that_can_hold_no_pipe_keeps_no_worker_from_its_work(
    settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path / "missing"
    with woken_by_others(1, lambda: None):
        wake_other_workers(2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_found_something_tells_the_others(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    Cast().happen()
    told = threading.Event()
    with woken_by_others(2, told.set):
        Worker(frozenset({Part.STEPS})).run(quiet_for=timedelta(seconds=0.5))
        assert told.wait(PATIENCE)

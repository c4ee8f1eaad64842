"""A clock that is put back silences neither the sign of life nor whoever reads it."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from emailketing.common.due import has_come
from emailketing.company.beat import beat_file, is_worker_alive
from tests.outbox.cast import NOON

TEN = timedelta(seconds=10)


@pytest.mark.parametrize(
    ("passed", "comes"), [(-10_800, True), (-1, True), (0, False), (9, False), (10, True)]
)
def test_it_is_time_again_after_the_pause_or_when_the_clock_was_put_back(
    passed: int, *, comes: bool
) -> None:
    next_at = NOON + TEN
    assert has_come(next_at, TEN, NOON + timedelta(seconds=passed)) is comes


def test_a_sign_of_life_from_the_future_is_none(settings: Settings, tmp_path: Path) -> None:
    """A worker that died before the clock was put back three hours looked alive for as long."""
    settings.HOME = tmp_path
    beat_file().write_text((NOON + timedelta(hours=3)).isoformat())
    assert not is_worker_alive(NOON)
    assert is_worker_alive(NOON + timedelta(hours=3, seconds=20))

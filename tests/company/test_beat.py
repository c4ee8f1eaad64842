"""The signs of life in the folder, which several workers write."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from pytest_django import Settings

from emailketing.company.beat import WORKER, give_beat, is_worker_alive, last_beat

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_workers_that_give_their_sign_at_once_are_not_in_each_others_way(
    settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    give_beat(WORKER, 1, NOW)

    def gives(number: int) -> bool:
        """Whether the sign could be read after each of many."""
        seen = []
        for _time in range(300):
            give_beat(WORKER, number, NOW)
            seen.append(last_beat())
        return set(seen) == {NOW}

    with ThreadPoolExecutor(2) as workers:
        assert all(workers.map(gives, (1, 2)))
    assert is_worker_alive(NOW)
    assert [file.name for file in tmp_path.iterdir()] == ["worker.beat"]

"""Everything of ours is killed at random: no save fails, nothing is lost, nothing goes twice."""

import random

import pytest

from tests.journeys.chaos import own_server, soak
from tests.journeys.stage import Stage
from tests.length import sized

SECONDS = sized(300, in_every_run=15)
pytestmark = [pytest.mark.slow, pytest.mark.soak, pytest.mark.timeout(900 + 4 * SECONDS)]
SLOWEST_SAVE = 5.0  # with the test's other processes on the same two cores


def seed_of_today() -> int:
    seed = random.randrange(1_000_000)  # noqa: S311
    print(f"seed {seed}")  # noqa: T201 - a failure can be played again
    return seed


def test_chaos_on_sqlite(stage: Stage) -> None:
    figures = soak(stage, seconds=SECONDS, seed=seed_of_today(), operators=2)
    print(figures)  # noqa: T201
    figures.judge(slowest=SLOWEST_SAVE)


@pytest.mark.postgres
def test_chaos_with_our_own_server_stopped_at_once(postgres_stage: Stage) -> None:
    with own_server() as server:
        postgres_stage.database = server.address
        figures = soak(
            postgres_stage, seconds=SECONDS, seed=seed_of_today(), operators=4, server=server
        )
    print(figures)  # noqa: T201
    figures.judge(slowest=SLOWEST_SAVE)

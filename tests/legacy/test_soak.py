"""Random work with upgrades in between: nothing lost, nothing doubled that no gap line names."""

import os
import random

import pytest

from emailketing.sources.models import Gap
from tests.legacy.count import Count
from tests.legacy.office import Office
from tests.legacy.papers import orders
from tests.legacy.soak import Soak
from tests.length import sized

STEPS = int(os.environ.get("EMAILKETING_SOAK_STEPS") or sized(20_000, in_every_run=250))
PATIENCE = 300 if STEPS <= 1000 else 0
SEED = os.environ.get("EMAILKETING_SOAK_SEED", "")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.soak,
    pytest.mark.timeout(PATIENCE),
]


def seed_of_today() -> int:
    seed = int(SEED) if SEED else random.randrange(1_000_000)  # noqa: S311
    print(f"seed {seed}")  # noqa: T201 - a failure can be played again
    return seed


def soak(office: Office, *, has_upgrades: bool) -> None:
    office.program.written.clear()
    dice = random.Random(seed_of_today())  # noqa: S311
    Soak(office, dice, has_upgrades).play(STEPS)
    office.follow()
    count = Count.of(office)
    print(count)  # noqa: T201
    count.judge()
    faults = [fault for order in orders(office) for fault in order.faults()]
    assert not faults, "\n".join(faults)


def test_nothing_is_lost_or_doubled(office: Office) -> None:
    soak(office, has_upgrades=False)
    assert not Gap.objects.exists()


def test_with_upgrades_in_between_a_gap_line_names_what_was_not_noted(office: Office) -> None:
    soak(office, has_upgrades=True)

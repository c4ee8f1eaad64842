"""When it is tried again: delays, what the far side asks for, the end, rests (R14, R17, R21)."""

from datetime import datetime, timedelta
from random import Random

import pytest

from emailketing.outbox.sending.retry import account_pause, connection_pause, delay, next_try
from tests.outbox.cast import NOON

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


class Middle(Random):
    """Dice that always show the middle: no jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def dice_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - scatters, guards nothing


def wait(attempt: int, retry_after: timedelta | None = None) -> timedelta:
    """How long it waits after this attempt, without jitter, with all the time of the world."""
    again = next_try(
        attempt, now=NOON, expires_at=NOON + 30 * DAY, dice=Middle(), retry_after=retry_after
    )
    assert again is not None
    return again - NOON


@pytest.mark.parametrize(
    ("attempt", "minutes"),
    [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 120), (7, 240), (8, 240), (50, 240)],
)
def test_r17_the_delays_of_the_table(attempt: int, minutes: int) -> None:
    assert wait(attempt) == minutes * MINUTE


def test_r17_delays_scatter_by_a_fifth_to_both_sides() -> None:
    dice = dice_of(1)
    for attempt, minutes in enumerate((1, 5, 15, 30, 60, 120, 240, 240), start=1):
        found = [delay(attempt, dice) / timedelta(minutes=minutes) for _ in range(200)]
        assert 0.8 <= min(found) < 0.82
        assert 1.18 < max(found) <= 1.2


def test_a_day_holds_about_twelve_attempts() -> None:
    now, attempts = NOON, 1
    while again := next_try(attempts, now=now, expires_at=NOON + DAY, dice=dice_of(attempts)):
        now, attempts = again, attempts + 1
    assert 9 <= attempts <= 13


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (timedelta(seconds=10), MINUTE),  # never lowers the delay
        (MINUTE, MINUTE),
        (10 * MINUTE, 10 * MINUTE),
        (4 * HOUR, 4 * HOUR),
        (4 * HOUR + timedelta(seconds=1), 4 * HOUR),  # the cap
        (9 * DAY, 4 * HOUR),
    ],
)
def test_r14_what_the_far_side_asks_for_raises_the_delay_up_to_four_hours(
    asked: timedelta, waits: timedelta
) -> None:
    assert wait(1, asked) == waits


def test_r14_the_last_delay_is_not_lowered_either() -> None:
    assert wait(7, MINUTE) == 4 * HOUR


@pytest.mark.parametrize(
    ("expires_at", "again"),
    [
        (NOON + timedelta(seconds=59), None),
        (NOON + MINUTE, None),  # nothing is tried from the very moment on
        (NOON + timedelta(seconds=61), NOON + MINUTE),
    ],
)
def test_nothing_is_tried_from_the_end_on(expires_at: datetime, again: datetime | None) -> None:
    assert next_try(1, now=NOON, expires_at=expires_at, dice=Middle()) == again


def test_r21_a_sender_whose_password_is_refused_rests_longer_each_time() -> None:
    rests = [account_pause(failures) / MINUTE for failures in (1, 2, 3, 4, 5, 6, 7, 5000)]
    assert rests == [1, 2, 4, 8, 16, 30, 30, 30]


def test_r21_a_server_that_is_away_rests_from_the_fifth_failure_on() -> None:
    rests = [connection_pause(failures) for failures in (1, 2, 3, 4, 5, 6, 10, 11)]
    assert rests == [None] * 4 + [MINUTE, 2 * MINUTE, 30 * MINUTE, 30 * MINUTE]

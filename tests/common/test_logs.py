"""The same trouble is told once a minute, everything else as often as it happens."""

import logging

from emailketing.common.logs import SayOnce


def record(text: str, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("emailketing.x", level, "", 0, "%s", (text,), None)


def test_a_database_that_stays_away_is_told_once() -> None:
    once = SayOnce()
    assert [once.filter(record("away")) for _ in range(3)] == [True, False, False]
    assert once.filter(record("another"))
    assert [once.filter(record("fault", logging.ERROR)) for _ in range(2)] == [True, True]
    assert [once.filter(record("sent", logging.INFO)) for _ in range(2)] == [True, True]


def test_it_is_told_again_after_a_while_and_forgets() -> None:
    once = SayOnce()
    once.AGAIN_AFTER = 0.0
    assert [once.filter(record("away")) for _ in range(2)] == [True, True]
    for number in range(SayOnce.MOST * 3):
        once.filter(record(f"number {number}"))
    assert len(once._said) <= SayOnce.MOST

"""What a migration wrote is there in every order of tests: those with transactions empty tables."""

from datetime import UTC, datetime

import pytest

from emailketing.events.readers import start
from emailketing.triggers.notifications.firing.reader import RULES


@pytest.fixture(autouse=True)
def _rules_read(db: None) -> None:
    start(RULES, now=datetime(2026, 11, 24, tzinfo=UTC))

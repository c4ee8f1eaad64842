"""The event log is append-only and knows each change once."""

from datetime import UTC, datetime

import pytest
from tests.events.one import record_one

from emailketing.events.models import Event
from emailketing.events.readers import unread
from emailketing.events.record import Happening
from emailketing.triggers.notifications.firing.reader import RULES

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_the_same_change_recorded_twice_is_one_event() -> None:
    happening = Happening(source="shop", change="po:1:a", kind="purchase_order", occurred_at=NOW)
    first, is_new = record_one(happening, now=NOW)
    again, is_new_again = record_one(happening, now=NOW)
    assert (is_new, is_new_again) == (True, False)
    assert first.pk == again.pk
    assert list(unread(RULES)) == [first]


def test_two_sources_may_use_the_same_change_name() -> None:
    for source in ("shop", "erp"):
        record_one(Happening(source=source, change="1", kind="x", occurred_at=NOW), now=NOW)
    assert Event.objects.count() == 2

"""The flood guard: an import must not become a flood of messages."""

from datetime import timedelta

import pytest

from emailketing.outbox.models import Message
from emailketing.triggers.notifications.firing.fire import drop_held, fire_due, release_held, retry
from emailketing.triggers.notifications.models import Outcome
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def sent_to() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("address", flat=True))


def test_of_an_import_nothing_leaves_and_one_line_tells(cast: Cast) -> None:
    cast.rule.flood_limit = 20
    cast.rule.save()
    for key in range(50):
        cast.happen(key=str(key))
    fire_due(NOW)
    assert sent_to() == []
    assert cast.rule.outcomes.filter(result=Result.HELD).count() == 50
    assert "20" in cast.rule.outcomes.all()[0].detail


def test_an_import_is_looked_at_only_when_all_of_it_is_here(cast: Cast) -> None:
    cast.rule.flood_limit = 20
    cast.rule.save()
    cast.source.status, cast.source.backlog = "working", 500
    cast.source.save()
    for key in range(15):
        cast.happen(key=str(key))
    assert fire_due(NOW) == 0
    for key in range(15, 30):
        cast.happen(key=str(key))
    cast.source.backlog = 3
    cast.source.save()
    assert fire_due(NOW) == 30
    assert sent_to() == []


def test_a_source_that_is_read_without_end_delays_nobody_for_ever(cast: Cast) -> None:
    cast.source.status, cast.source.backlog = "working", 500
    cast.source.save()
    cast.happen()
    assert fire_due(NOW + timedelta(minutes=3)) == 1
    assert len(sent_to()) == 1


def test_exactly_the_limit_is_no_flood(cast: Cast) -> None:
    cast.rule.flood_limit = 20
    cast.rule.save()
    for key in range(20):
        cast.happen(key=str(key))
    fire_due(NOW)
    assert len(sent_to()) == 20
    assert cast.judge(key="21").result == Result.HELD


def test_after_an_hour_the_guard_stands_down(cast: Cast) -> None:
    cast.rule.flood_limit = 3
    cast.rule.save()
    for key in range(10):
        cast.happen(key=str(key), at=NOW - timedelta(minutes=61))
    fire_due(NOW - timedelta(minutes=61))
    assert cast.judge(key="99").result == Result.SENT


def test_what_is_released_is_written_by_the_worker_and_is_no_new_flood(cast: Cast) -> None:
    cast.rule.flood_limit = 5
    cast.rule.save()
    for key in range(12):
        cast.happen(key=str(key), at=NOW - timedelta(seconds=1))
    fire_due(NOW)
    assert release_held(cast.rule, by="t", now=NOW) == 12
    assert sent_to() == []
    assert fire_due(NOW) == 12
    assert len(sent_to()) == 12
    cast.rule.refresh_from_db()
    event = cast.happen(key="99", at=NOW + timedelta(seconds=1))
    fire_due(NOW + timedelta(seconds=1))
    assert cast.outcome(event).result == Result.SENT


def test_what_is_dropped_says_why_and_stays_dropped(cast: Cast) -> None:
    cast.rule.flood_limit = 1
    cast.rule.save()
    first, _second = cast.happen(key="1"), cast.happen(key="2")
    fire_due(NOW)
    assert drop_held(cast.rule, reason="import of old orders", by="t", now=NOW) == 2
    outcome = cast.outcome(first)
    assert (outcome.result, outcome.detail) == (Result.DROPPED, "import of old orders")
    assert retry(outcome, by="t", now=NOW).result == Result.DROPPED
    assert sent_to() == []

"""What cannot be judged stands in nobody's way."""

import pytest

from emailketing.events.models import Event
from emailketing.triggers.notifications.fire import BLOCK, fire_due
from emailketing.triggers.notifications.models import Outcome, Rule
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def test_a_rule_that_cannot_be_judged_stops_no_other_event(cast: Cast) -> None:
    """A rule written by hand into the database, or by an older version: head of the line."""
    Rule.objects.filter(pk=cast.rule.pk).update(recipients=[{"kind": "role", "role": "la jefa"}])
    other = cast.make_rule(name="Other", process="quotation")
    poison, good = cast.happen(), cast.happen(key="18", kind="quotation")
    assert fire_due(NOW) == 2
    assert cast.outcome(poison).result == Result.FAILED
    assert cast.outcome(good, other).result == Result.SENT
    assert not Event.objects.unread().exists()


def test_what_is_urgent_overtakes_a_backlog(cast: Cast) -> None:
    """A fuelled vehicle must be told within seconds, whatever else waits (R11)."""
    urgent = cast.make_rule(name="Urgent", process="quotation")
    Rule.objects.filter(pk=urgent.pk).update(is_urgent=True)
    backlog = [cast.happen(key=str(number)) for number in range(BLOCK + 1)]
    last = cast.happen(key="999", kind="quotation")
    assert fire_due(NOW) == BLOCK
    assert cast.outcome(last, urgent).result == Result.SENT
    waiting = Event.objects.unread().values_list("pk", flat=True)
    assert list(waiting) == [event.pk for event in backlog[-2:]]  # the oldest went first

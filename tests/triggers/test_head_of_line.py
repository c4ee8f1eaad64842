"""What cannot be judged stands in nobody's way."""

import pytest

from emailketing.content.documents import _compiled
from emailketing.content.models import Template
from emailketing.events.readers import unread
from emailketing.outbox.models import Attachment
from emailketing.triggers.notifications.firing.fire import BLOCK, fire_due
from emailketing.triggers.notifications.firing.reader import RULES
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
    assert not unread(RULES).exists()


def test_what_is_urgent_overtakes_a_backlog(cast: Cast) -> None:
    """A fuelled vehicle must be told within seconds, whatever else waits (R11)."""
    urgent = cast.make_rule(name="Urgent", process="quotation")
    Rule.objects.filter(pk=urgent.pk).update(is_urgent=True)
    backlog = [cast.happen(key=str(number)) for number in range(BLOCK + 1)]
    last = cast.happen(key="999", kind="quotation")
    assert fire_due(NOW) == BLOCK
    assert cast.outcome(last, urgent).result == Result.SENT
    waiting = unread(RULES).values_list("pk", flat=True)
    assert list(waiting) == [event.pk for event in backlog[-2:]]  # the oldest went first


def test_a_pdf_is_drawn_once_before_anything_is_locked(cast: Cast) -> None:
    """Drawing takes longer than all the rest: the engine must be able to send meanwhile."""
    Template.objects.filter(pk=cast.template.pk).update(layout="purchase-order")
    Rule.objects.filter(pk=cast.rule.pk).update(attach_document=True)
    _compiled.cache_clear()
    event = cast.happen()
    assert fire_due(NOW) == 1
    assert cast.outcome(event).result == Result.SENT
    drawn = _compiled.cache_info()
    assert (drawn.misses, drawn.hits) == (1, 1)
    assert Attachment.objects.count() == 1


def test_a_pdf_that_cannot_be_drawn_is_said_and_stops_nobody(cast: Cast) -> None:
    Template.objects.filter(pk=cast.template.pk).update(layout="gone")
    Rule.objects.filter(pk=cast.rule.pk).update(attach_document=True)
    event = cast.happen()
    assert fire_due(NOW) == 1
    outcome = cast.outcome(event)
    assert outcome.result == Result.FAILED
    assert "gone" in outcome.detail

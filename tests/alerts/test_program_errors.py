"""An error in the program is told at once, names what it met, and stops nothing else (78)."""

from datetime import timedelta

import pytest
from django.utils import translation

from emailketing.accounts.models import User
from emailketing.alerts.alert import alert
from emailketing.alerts.models import Alert
from emailketing.alerts.stillness import program_errors
from emailketing.company.models import ProgramError
from emailketing.events.models import Event
from emailketing.events.readers import unread
from emailketing.outbox.models import Message, State
from emailketing.triggers.notifications.firing.fire import fire_due, retry
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.web.console.dashboard.alerts import page, title, what_to_do
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    return Cast()


def test_it_is_told_at_once_by_the_name_of_its_rule(cast: Cast) -> None:
    """As another version may have kept the days of a ladder."""
    Rule.objects.filter(pk=cast.rule.pk).update(remind_days=["three"])
    for key in ("17", "18"):
        cast.happen(key=key)
    fire_due(NOW)
    kept = ProgramError.objects.get()
    assert (kept.about, kept.name, kept.times) == (f"rule:{cast.rule.pk}", cast.rule.name, 2)
    alert(NOW)  # that the rule cannot work any more is another
    told = Alert.objects.get(kind=Alert.Kind.PROGRAM)
    assert (told.name, told.told_at) == (cast.rule.name, NOW)
    assert "2 times" in told.sentence
    assert "TypeError: " in told.sentence
    assert page(told) == f"/rules/{cast.rule.pk}/"
    assert cast.rule.name in title(told)
    assert what_to_do(told)
    alert(NOW + DAY)
    assert Alert.objects.get(kind=Alert.Kind.PROGRAM).ended_at is not None


def test_the_first_time_is_said_as_one(cast: Cast) -> None:
    Rule.objects.filter(pk=cast.rule.pk).update(remind_days=["three"])
    cast.happen()
    fire_due(NOW)
    with translation.override("en"):
        (trouble,) = program_errors(NOW)
    assert "program, 1 time, on " in trouble.sentence


def test_what_no_rule_could_look_at_waits_for_a_person_and_for_nobody_else(cast: Cast) -> None:
    """An annulment that cannot be read is met outside the rules: it must withdraw first."""
    order = cast.happen()
    Rule.objects.update(delay_minutes=60)
    fire_due(NOW)
    annulled = cast.make_rule(name="Annulled", process="purchase_order_cancelled")
    poison = cast.happen(kind="purchase_order_cancelled")
    data = poison.data
    Event.objects.filter(pk=poison.pk).update(data=["no", "document"])
    later = cast.happen(key="18")
    assert fire_due(NOW) == 2
    assert not unread(RULES).exists()
    assert cast.outcome(later).result == Result.SENT
    failed = cast.outcome(poison, annulled)
    assert (failed.result, "An error in the program" in failed.detail) == (Result.FAILED, True)
    assert ProgramError.objects.get().about == "events"
    alert(NOW)
    assert page(Alert.objects.get(kind=Alert.Kind.PROGRAM)) == ""

    waiting = Message.objects.get(dispatch=cast.outcome(order).dispatch)
    assert waiting.state == State.SCHEDULED
    Event.objects.filter(pk=poison.pk).update(data=data)
    retry(cast.outcome(poison, annulled), by="t", now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED, "what it ends is withdrawn when it is decided on again"

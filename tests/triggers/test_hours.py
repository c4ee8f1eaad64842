"""Hours put a message off in the recipient's zone (R23); it expires later by as much."""

from datetime import datetime, time, timedelta

import pytest
import typer

from emailketing.cli.rule_parts import parse_recipient, parse_window
from emailketing.outbox.models import Message, State
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import problem_of
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
NIGHT = datetime.fromisoformat("2026-11-24T23:00-03:00")


@pytest.fixture
def cast(db: None) -> Cast:
    cast = Cast()
    cast.company.quiet_from, cast.company.quiet_to = time(21), time(7)
    cast.company.save()
    return cast


def written_at_night(cast: Cast) -> Message:
    event = cast.happen(at=NIGHT)
    fire_due(NIGHT)
    assert cast.outcome(event).result == Outcome.Result.SENT
    return Message.objects.get()


def test_quiet_hours_put_it_off_and_it_expires_from_then(cast: Cast) -> None:
    message = written_at_night(cast)
    morning = datetime.fromisoformat("2026-11-25T07:00-03:00")
    assert (message.state, message.not_before, message.next_at) == (
        State.SCHEDULED,
        morning,
        morning,
    )
    assert message.expires_at == morning + timedelta(hours=48)


def test_in_the_recipients_own_zone_it_may_be_day(cast: Cast) -> None:
    cast.supplier.time_zone = "Asia/Tokyo"
    cast.supplier.save()
    assert written_at_night(cast).state == State.READY


def test_a_zone_that_is_none_is_the_companys(cast: Cast) -> None:
    cast.supplier.time_zone = "Mars/Olympus"
    cast.supplier.save()
    assert written_at_night(cast).state == State.SCHEDULED


@pytest.mark.parametrize("change", [{"is_urgent": True}, {"mail_class": "security"}])
def test_urgent_and_security_know_no_quiet_hours(cast: Cast, change: dict[str, object]) -> None:
    Rule.objects.update(window={"from": "08:00", "to": "09:00"}, **change)
    assert written_at_night(cast).state == State.READY


def test_the_hours_begin_when_the_wait_is_over(cast: Cast) -> None:
    Rule.objects.update(delay_minutes=10 * 60)
    assert written_at_night(cast).not_before == NIGHT + timedelta(hours=10)


def test_hours_that_never_open_any_more_are_a_failed_outcome_and_stand_in_the_list(
    cast: Cast,
) -> None:
    Rule.objects.update(window={"from": "22:00", "to": "06:00"})
    cast.rule.refresh_from_db()
    outcome = cast.judge()
    sentence = "These hours never open: nothing would ever leave. Change them."
    assert (outcome.result, outcome.detail) == (Outcome.Result.FAILED, sentence)
    assert problem_of(cast.rule, now=NOW) == sentence


def test_a_column_that_vanished_stands_in_the_list(cast: Cast) -> None:
    cast.rule.condition = {"field": "gone.away", "op": "filled"}
    assert "gone.away" in problem_of(cast.rule, now=NOW)
    cast.rule.condition = {}
    assert problem_of(cast.rule, now=NOW) == ""


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("", {}),
        ("mon-fri", {"days": [0, 1, 2, 3, 4]}),
        ("sat-mon 8:00-12:30", {"days": [0, 5, 6], "from": "08:00", "to": "12:30"}),
        ("22:00-06:00 not holidays", {"from": "22:00", "to": "06:00", "holidays": False}),
    ],
)
def test_hours_at_the_command_line(text: str, window: dict[str, object]) -> None:
    assert parse_window(text) == window


def test_words_at_the_command_line_that_mean_nothing() -> None:
    with pytest.raises(typer.Exit):
        parse_window("mon-foo 8-12")
    assert parse_recipient("copy:field:driver.phone") == {
        "kind": "field",
        "path": "driver.phone",
        "copy": True,
    }

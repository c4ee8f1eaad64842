"""What is wrong with one rule or one event is said by its name, and stops no other (78)."""

from typing import Any

import pytest
from django.db import DatabaseError, connection

from emailketing.common.own_dialect import is_a_file
from emailketing.events.readers import unread
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.firing.digest import gathered_due
from emailketing.triggers.notifications.firing.fire import fire_due, retry_failed
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Gathered, Outcome, Rule
from emailketing.triggers.notifications.rules.save import problem_of
from emailketing.triggers.notifications.trying.simulate import simulate
from emailketing.triggers.notifications.trying.try_out import try_rule
from tests.triggers.cast import NOW, Cast
from tests.triggers.test_digest import MORNING

pytestmark = pytest.mark.django_db
Result = Outcome.Result
BROKEN_TREES = [
    5,
    "total > 5",
    {"all": 5},
    {"any": ["total"]},
    {"all": [], "any": []},
    {"any": [{"field": ["x"], "op": "eq"}, {"field": ["x"], "op": "eq"}]},
]
BROKEN_RECIPIENTS: list[Any] = [5, ["compras@x.example"], [{"kind": "role", "role": {"id": 1}}]]


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def by_hand(rule: Rule, **values: Any) -> None:
    """As another version, or somebody in the database, may have written it."""
    Rule.objects.filter(pk=rule.pk).update(**values)
    rule.refresh_from_db()


def no_error_of_ours(caplog: pytest.LogCaptureFixture) -> bool:
    return not any("error in the program" in one.getMessage() for one in caplog.records)


@pytest.mark.parametrize("tree", BROKEN_TREES)
def test_a_condition_that_is_none_is_said(
    cast: Cast, tree: Any, caplog: pytest.LogCaptureFixture
) -> None:
    by_hand(cast.rule, condition=tree)
    outcome = cast.judge()
    assert outcome.result == Result.FAILED
    assert outcome.detail == "A condition names no field or an unknown comparison."
    assert no_error_of_ours(caplog)


@pytest.mark.parametrize("recipients", BROKEN_RECIPIENTS)
def test_a_recipient_that_cannot_be_read_is_said_wherever_it_is_asked_for(
    cast: Cast, recipients: Any, caplog: pytest.LogCaptureFixture
) -> None:
    by_hand(cast.rule, recipients=recipients)
    other = cast.make_rule(name="Other")
    event = cast.happen()
    fire_due(NOW)
    outcome = cast.outcome(event)
    assert (outcome.result, "cannot be read" in outcome.detail) == (Result.FAILED, True)
    assert cast.outcome(event, other).result == Result.SENT
    assert "cannot be read" in try_rule(cast.rule, event.data["document"]).verdict.why
    assert [case.result for case in simulate(cast.rule, now=NOW).cases] == [Result.FAILED]
    assert problem_of(cast.rule, now=NOW)
    assert no_error_of_ours(caplog)


def test_a_ladder_beyond_the_calendar_is_said(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    """31/12/9999 is how some programs write “never”."""
    by_hand(cast.rule, remind_days=[30], remind_from="due")
    outcome = cast.judge(due="9999-12-31")
    assert (outcome.result, "no date" in outcome.detail) == (Result.FAILED, True)
    assert no_error_of_ours(caplog)


def test_a_value_our_database_cannot_keep_is_said(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = {"kind": "address", "value": "ana@shop.example", "language": "español de Asunción"}
    by_hand(cast.rule, recipients=[wanted])
    outcome = cast.judge()
    if is_a_file():  # SQLite keeps text of any length in any column: nothing to be said
        assert outcome.result == Result.SENT
    else:
        assert outcome.result == Result.FAILED
        assert "does not fit into our database" in outcome.detail
    assert no_error_of_ours(caplog)


def test_a_digest_gathered_by_another_version_is_said_and_others_are_told(cast: Cast) -> None:
    by_hand(
        cast.rule,
        digest=Rule.Digest.DAY,
        recipients=[
            {"kind": "address", "value": f"{name}@shop.example"} for name in ("ana", "eva")
        ],
    )
    event = cast.happen()
    fire_due(NOW)
    Gathered.objects.filter(address="ana@shop.example").update(recipient={"mail": "ana"})
    gathered_due(MORNING)
    assert [message.address for message in Message.objects.all()] == ["eva@shop.example"]
    assert cast.outcome(event).result == Result.SENT
    assert not Gathered.objects.filter(is_done=False).exists()


def test_an_error_in_the_program_is_what_one_rule_has_to_say_of_one_event(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    """It does not pass for a fault of the data; put right, it is decided on again."""
    by_hand(cast.rule, remind_days=["three"])
    other = cast.make_rule(name="Other")
    event, later = cast.happen(), cast.happen(key="18")
    assert fire_due(NOW) == 2
    outcome = cast.outcome(event)
    assert outcome.result == Result.FAILED
    assert outcome.detail.startswith("An error in the program (TypeError: ")
    assert {cast.outcome(one, other).result for one in (event, later)} == {Result.SENT}
    assert not unread(RULES).exists()
    said = [one for one in caplog.records if f"rule {cast.rule.pk}, event" in one.getMessage()]
    assert len(said) == 2
    assert all(one.exc_info for one in said)
    by_hand(cast.rule, remind_days=[])
    assert retry_failed(cast.rule, by="t", now=NOW) == 2
    fire_due(NOW)
    assert cast.outcome(event).result == Result.SENT


def test_our_own_database_away_blames_no_event(cast: Cast) -> None:
    """It is tried again as it was: nothing is noted that a person would have to decide again."""
    cast.happen()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_dispatch RENAME TO away")
    with pytest.raises(DatabaseError):
        fire_due(NOW)

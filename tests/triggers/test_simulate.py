"""Thirty days of a rule, told without writing anything."""

from datetime import date, time, timedelta

import pytest

from emailketing.outbox.models import Dispatch
from emailketing.triggers.notifications.models import Gathered, Outcome, Reminder, Rule
from emailketing.triggers.notifications.trying.simulate import simulate
from emailketing.triggers.notifications.trying.try_out import try_rule
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result
DAY = timedelta(days=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def test_it_counts_messages_people_days_and_reasons_and_writes_nothing(cast: Cast) -> None:
    cast.rule.condition = {"field": "number", "op": "ne", "value": "OC-3"}
    cast.rule.save()
    for key, days in (("1", 2), ("2", 1), ("2", 1), ("3", 1), ("9", 40)):
        cast.happen(key=key, at=NOW - days * DAY)
    found = simulate(cast.rule, now=NOW)
    assert (found.messages, len(found.cases), found.from_past) == (2, 4, False)
    assert [(r.name, r.address, r.channel, r.count) for r in found.readers] == [
        ("Ñandutí S.A.", "compras@nanduti.example", "email", 2)
    ]
    assert found.by_day == {date(2026, 11, 22): 1, date(2026, 11, 23): 1}
    assert dict(found.why_not) == {
        "already sent for this document": 1,
        "Number: OC-3 = OC-3": 1,
    }
    assert not any(model.objects.exists() for model in (Dispatch, Outcome, Gathered, Reminder))
    case = found.cases[0]
    trial = try_rule(cast.rule, case.document, before=case.before, event=case.event)
    assert trial.mails["pt"].subject == "Order OC-1"


def test_digest_cap_and_hours_are_kept(cast: Cast) -> None:
    cast.rule.repeat, cast.rule.daily_cap = Rule.Repeat.EVERY, 2
    cast.company.quiet_from, cast.company.quiet_to = time(11), time(10)
    cast.company.save()
    for key in range(4):
        cast.happen(key=str(key), at=NOW - DAY)
    found = simulate(cast.rule, now=NOW)
    assert [case.result for case in found.cases].count(Result.CAPPED) == 2
    assert (found.messages, list(found.by_day)) == (2, [date(2026, 11, 24)])
    cast.rule.daily_cap, cast.rule.digest = None, Rule.Digest.DAY
    found = simulate(cast.rule, now=NOW)
    assert (found.messages, len(found.cases)) == (1, 4)


def test_what_would_be_held_is_said(cast: Cast) -> None:
    cast.rule.flood_limit, cast.rule.repeat = 2, Rule.Repeat.EVERY
    for key in range(3):
        cast.happen(key=str(key))
    assert simulate(cast.rule, now=NOW).would_be_held


def test_hours_that_never_open_are_one_sentence(cast: Cast) -> None:
    cast.rule.window = {"days": []}
    cast.happen()
    assert "nothing would ever leave" in simulate(cast.rule, now=NOW).problem


def test_reminders_count_in_the_days_they_fall_into(cast: Cast) -> None:
    cast.rule.remind_days = [3, 60]
    cast.happen(key="1", at=NOW - 5 * DAY)
    cast.happen(key="2", at=NOW - 61 * DAY)
    cast.happen(key="3", at=NOW - DAY)
    found = simulate(cast.rule, now=NOW)
    assert (found.messages, found.is_at_most) == (2, True)
    assert [case.result for case in found.cases] == [Result.SENT, Result.SENT, Result.PLANNED]
    assert list(found.by_day) == [date(2026, 11, 22), date(2026, 11, 23)]

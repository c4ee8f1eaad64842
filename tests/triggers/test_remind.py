"""Reminder ladders: planned when it happens, judged fresh on their day, ended when settled."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.firing.remind import reminders_due
from emailketing.triggers.notifications.models import Outcome, Reminder, Rule
from emailketing.triggers.notifications.rules.save import save_rule, switch
from tests.sources.shop import Shop, close_links, sqlite_shop
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Reminder.Result
UNPAID = """
[[documents.order.fields]]
path = "due"
label = "Vence"
type = "date"
[[documents.order.fields]]
path = "balance"
label = "Saldo"
type = "number"

[processes.unpaid]
label = "Impago"
document = "order"
becomes = { field = "state", op = "eq", value = "confirmado" }
"""
TOTAL = 'o.total AS "totals.total"'


def at(day: str, hour: int = 8) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{hour:02}:00-03:00")


class Debt(Cast):
    """The shop with one unpaid order, and a rule that reminds of it."""

    def __init__(self, business: Shop) -> None:
        self.business, self.file = business, business.file
        business.connector("[processes.order]\n", f"{UNPAID}\n[processes.order]\n")
        business.connector(TOTAL, f"{TOTAL}, o.fecha AS due, o.total AS balance", "order.sql")
        business.order(17, number="P-17")
        super().__init__()
        self.source.connector = str(business.folder)
        self.source.database = str(self.file)
        self.source.save()
        self.rule.delete()
        self.rule = self.make_rule(
            process="unpaid",
            recipients=[{"kind": "address", "value": "deudor@shop.example"}],
            condition={"field": "balance", "op": "gt", "value": "0"},
            remind_days=[10, 3],
        )
        for language in ("es", "en", "pt"):
            self.write(language, "{{ reminder.number }}/{{ reminder.of }} {{ reminder.days }}", "x")

    def do(self, statement: str) -> None:
        self.business.run(statement)

    def unpaid(self, **more: Any) -> Event:
        event = self.happen(kind="unpaid", **{"balance": "500", "due": "2026-12-01", **more})
        event.document_type = "order"
        event.save()
        fire_due(NOW)
        return event

    def results(self) -> list[str]:
        return list(Reminder.objects.order_by("days").values_list("result", flat=True))


@pytest.fixture
def shop(db: None, tmp_path: Path) -> Iterator[Debt]:
    business = sqlite_shop(tmp_path)
    yield Debt(business)
    close_links()
    business.business.close()  # type: ignore[attr-defined]


def subjects() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("subject", flat=True))


def test_a_ladder_is_planned_and_climbed_while_it_is_still_so(shop: Debt) -> None:
    event = shop.unpaid()
    outcome = shop.outcome(event)
    assert (outcome.result, outcome.detail) == (
        Outcome.Result.PLANNED,
        "if it is still so: 27 Nov 2026, 4 Dec 2026",
    )
    assert reminders_due(at("11-27") - timedelta(seconds=1)) == 0
    assert reminders_due(at("11-27")) == 1
    assert reminders_due(at("11-27")) == 0
    assert subjects() == ["1/2 3"]
    shop.do("UPDATE pedido SET numero = 'P-17 bis'")
    reminders_due(at("12-04"))
    assert subjects() == ["1/2 3", "2/2 10"]
    document = Message.objects.order_by("pk")[1].dispatch.data["document"]
    assert (document["number"], document["label"]) == ("P-17 bis", "Pedido P-17 bis")
    assert shop.results() == [Result.SENT, Result.SENT]


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE pedido SET total = 0", "Saldo: 0 ≤ 0"),
        ("UPDATE pedido SET estado = 'anulado'", "it is not so any more in the business system"),
    ],
)
def test_settled_ends_the_ladder(shop: Debt, statement: str, why: str) -> None:
    shop.unpaid()
    shop.do(statement)
    reminders_due(at("11-27"))
    assert shop.results() == [Result.SETTLED, Result.SETTLED]
    assert Reminder.objects.filter(done_at=None).count() == 0
    assert Reminder.objects.all()[0].detail == why
    assert subjects() == []


def test_a_document_that_is_gone_ends_the_ladder(shop: Debt) -> None:
    shop.unpaid()
    shop.do("DELETE FROM pedido")
    reminders_due(at("11-27"))
    assert shop.results() == [Result.GONE, Result.GONE]


def test_an_error_in_the_program_ends_one_rung_and_is_said(shop: Debt) -> None:
    """As another version may have kept the days; the next rung is judged on its own day."""
    shop.unpaid()
    Rule.objects.update(remind_days=["three", "ten"])
    reminders_due(at("11-27"))
    assert shop.results() == [Result.FAILED, ""]
    first = Reminder.objects.order_by("days")[0]
    assert first.detail.startswith("An error in the program (TypeError: ")


def test_an_outage_keeps_it_due(shop: Debt) -> None:
    shop.unpaid()
    away = shop.file.rename(shop.file.with_suffix(".away"))
    reminders_due(at("11-27"))
    first = Reminder.objects.order_by("days")[0]
    assert (first.done_at, first.due_at) == (None, at("11-27") + timedelta(minutes=5))
    assert shop.file.name in first.detail
    away.rename(shop.file)
    assert reminders_due(at("11-27", 9)) == 1
    assert subjects() == ["1/2 3"]


def test_a_rule_that_is_off_reminds_of_nothing(shop: Debt) -> None:
    shop.unpaid()
    switch(shop.rule, on=False, by="t", now=NOW)
    reminders_due(at("11-27"))
    assert Reminder.objects.order_by("days")[0].result == Result.OFF
    assert subjects() == []


def test_days_are_counted_from_a_date_of_the_document(shop: Debt) -> None:
    shop.rule.remind_from = "due"
    save_rule(shop.rule, by="t", now=NOW)
    shop.unpaid()
    assert [r.due_at for r in Reminder.objects.order_by("days")] == [at("12-04"), at("12-11")]
    outcome = shop.outcome(shop.unpaid(key="18", due=""))
    assert outcome.result == Outcome.Result.FAILED
    assert outcome.detail == "The document has no date from which the reminders are counted."


def test_of_the_days_that_have_passed_only_the_last_is_told(shop: Debt) -> None:
    shop.rule.remind_from = "due"
    shop.rule.save()
    shop.unpaid(due="2026-10-01")
    assert [r.days for r in Reminder.objects.all()] == [10]
    assert reminders_due(NOW) == 1
    assert subjects() == ["2/2 10"]


def test_the_same_document_climbs_one_ladder(shop: Debt) -> None:
    shop.unpaid()
    again = shop.unpaid()
    assert shop.outcome(again).result == Outcome.Result.ALREADY
    assert Reminder.objects.count() == 2
    shop.rule.repeat = Rule.Repeat.EVERY
    shop.rule.save()
    assert shop.outcome(shop.unpaid()).result == Outcome.Result.ALREADY
    shop.do("UPDATE pedido SET total = 0")
    reminders_due(at("11-27"))
    assert shop.outcome(shop.unpaid()).result == Outcome.Result.PLANNED


def test_a_field_that_vanished_is_said_by_the_rung(shop: Debt) -> None:
    shop.unpaid()
    Rule.objects.filter(pk=shop.rule.pk).update(condition={"field": "gone.away", "op": "filled"})
    reminders_due(at("11-27"))
    first = Reminder.objects.order_by("days")[0]
    assert (first.result, "gone.away" in first.detail) == (Result.FAILED, True)

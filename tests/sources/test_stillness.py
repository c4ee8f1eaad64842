"""What moves but leads nowhere is an alert with what to do, each provoked for real."""

from datetime import timedelta

import pytest

from emailketing.accounts.models import User
from emailketing.alerts.alert import alert
from emailketing.alerts.models import Alert
from emailketing.company.models import Company
from emailketing.events.readers import unread
from emailketing.sources.judging.unmatched import TOO_MANY
from emailketing.sources.models import Source, Unmatched
from emailketing.sources.reading.pull import pull_due
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.firing.reader import RULES
from emailketing.triggers.notifications.models import Outcome
from tests.sources.shop import Shop, now
from tests.triggers.cast import NOW, Cast

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def told(kind: str) -> list[Alert]:
    return list(Alert.objects.filter(kind=kind, ended_at=None).exclude(told_at=None))


@pytest.fixture
def company(db: None) -> Company:
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    return Company.objects.create(pk=1, language="en")


def test_a_key_that_does_not_fit_is_told_with_table_and_count(shop: Shop, company: Company) -> None:
    """The check finds nothing: the column is there. Only the changes show that nothing fits."""
    shop.connector('table = "pedido"', 'table = "pedido"\nkey = "cliente"')
    shop.attach()
    for key in range(101, 100 + TOO_MANY):
        shop.run(f"INSERT INTO pedido (id, estado, cliente) VALUES ({key}, 'x', 1)")  # noqa: S608
    shop.pull()
    alert(now())
    assert told("unmatched") == [], "it may be by chance yet"
    for key in range(201, 202 + TOO_MANY):
        shop.run(f"INSERT INTO pedido (id, estado, cliente) VALUES ({key}, 'x', 1)")  # noqa: S608
    assert shop.pull() == []
    start = now()
    alert(start)
    (found,) = told("unmatched")
    for part in (f"{2 * TOO_MANY} changes in table pedido", "0 documents", "key", "Check the conn"):
        assert part in found.sentence


def test_one_document_that_comes_of_it_ends_the_count(shop: Shop, company: Company) -> None:
    shop.attach()
    for key in range(1, TOO_MANY + 1):
        shop.run(f"INSERT INTO renglon VALUES ({key}, 99, 'huérfano', 1, 1)")  # noqa: S608
    shop.pull()
    assert Unmatched.objects.get(table="renglon").changes == TOO_MANY
    alert(now())
    assert len(told("unmatched")) == 1
    shop.order(100, number="P-1")
    shop.pull()
    assert not Unmatched.objects.exists()
    alert(now())
    assert told("unmatched") == []


def test_what_is_deleted_before_it_is_read_is_no_misfit(shop: Shop, company: Company) -> None:
    shop.attach()
    for key in range(1, TOO_MANY + 2):
        shop.order(key, number="P-1")
    shop.run("DELETE FROM renglon", "DELETE FROM pedido")
    shop.pull()
    assert not Unmatched.objects.exists()


def test_a_way_to_the_document_that_cannot_be_read_is_told(shop: Shop, company: Company) -> None:
    """Without it nobody knows which document the change of the line concerns."""
    shop.connector("r.id = s.renglon", "r.id = s.no_hay", "order_of_serial.sql")
    shop.attach()
    shop.run("INSERT INTO serie VALUES (1, 10, 'S-1')")
    shop.pull()
    alert(now())
    (found,) = told("unmatched")
    for part in ("1 changes in table serie", "order_of_serial.sql", "no_hay"):
        assert part in found.sentence


def test_a_source_that_is_read_while_nothing_is_judged_is_told(
    shop: Shop, company: Company
) -> None:
    shop.attach()
    shop.run("ALTER TABLE pedido RENAME COLUMN nota TO observacion")
    shop.order(1, number="P-1")
    shop.pull()
    start = now() + timedelta(minutes=15)
    pull_due(start)
    for minutes in (0, 5):
        alert(start + minutes * MINUTE)
    (found,) = told("unjudged")
    for part in ("1 document waits", "nota", "is then told"):
        assert part in found.sentence
    shop.run("ALTER TABLE pedido RENAME COLUMN observacion TO nota")
    pull_due(start + 6 * MINUTE)
    assert shop.labels() == ["Pedido P-1"]
    alert(start + 6 * MINUTE)
    assert told("unjudged") == []


def test_a_source_that_nobody_reads_is_told(shop: Shop, company: Company) -> None:
    source = shop.attach()
    Source.objects.filter(pk=source.pk).update(polled_at=now())
    start = now() + timedelta(minutes=11)
    for minutes in (0, 5):
        alert(start + minutes * MINUTE)
    (found,) = told("unjudged")
    assert "It was not read since" in found.sentence


def test_a_rule_that_fails_every_time_is_told_until_it_writes_again(db: None) -> None:
    cast = Cast()
    cast.company.language = "en"
    cast.company.save()
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    cast.write("pt", "{{ document.label }}", "{{ document.date|date }}")
    for key in ("1", "2"):
        assert cast.judge(key=key, date="infinity").result == Outcome.Result.FAILED
    alert(NOW)
    assert told("rule") == []
    cast.judge(key="3", date="infinity")
    alert(NOW)
    (found,) = told("rule")
    assert found.name == cast.rule.name
    assert "The last 3 events could not be told" in found.sentence
    cast.write("pt", "{{ document.label }}", "Olá")
    assert cast.judge(key="4").result == Outcome.Result.SENT
    alert(NOW + MINUTE)
    assert told("rule") == []


def test_events_that_no_rule_looks_at_are_told(db: None) -> None:
    cast = Cast()
    cast.company.language = "en"
    cast.company.save()
    cast.happen()
    alert(NOW + 11 * MINUTE)
    (found,) = [one for one in Alert.objects.all() if one.about == "events:rules"]
    assert (found.kind, found.name) == ("standstill", str(RULES.title))
    assert "1 events wait since" in found.sentence
    fire_due(NOW + 11 * MINUTE)
    assert not unread(RULES).exists()
    alert(NOW + 12 * MINUTE)
    assert not Alert.objects.filter(about="events:rules", ended_at=None).exists()

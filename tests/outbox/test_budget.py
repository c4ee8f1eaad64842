"""A month's budget: what is open counts, nothing beyond it leaves, and it says so (R18, R19)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from emailketing.channels.models import Sender
from emailketing.common.said import in_reader_language
from emailketing.outbox.budget import month_start, next_month, spent
from emailketing.outbox.classes import URGENT
from emailketing.outbox.models import Message, State
from emailketing.outbox.policy import allowance, read_brakes
from emailketing.outbox.sending.claim import ClaimLimit, claim
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ZONE = "America/Asuncion"


def sender(budget: str, price: str = "100") -> Sender:
    cast.go_live()
    return cast.phone_sender(monthly_budget=Decimal(budget), price=Decimal(price))


def take(by: Sender, now: datetime = cast.NOON) -> int:
    return len(claim(ClaimLimit(by.pk, URGENT, 50), read_brakes(), now=now))


def queue(by: Sender, count: int) -> list[Message]:
    return [cast.queue_phone(f"+5959811234{n:02}", by, key=f"{n}") for n in range(count)]


def test_nothing_beyond_the_budget_leaves() -> None:
    by = sender("250")
    queue(by, 4)
    assert take(by) == 2
    assert spent(by, ZONE, now=cast.NOON) == Decimal(200)
    assert take(by) == 0
    allowed = allowance(by, read_brakes(), now=cast.NOON)
    assert allowed.most == 0
    assert "250" in allowed.why
    assert by.name in allowed.why
    assert "2026" in allowed.why


def test_what_is_too_dear_for_the_rest_waits_and_the_cheaper_goes() -> None:
    by = sender("250")
    long = {"note": "á" * 180, "company": {"name": "Estación"}}
    dear = cast.queue_phone("+595981123499", by, key="long", data=long)
    assert dear.cost == Decimal(300)
    queue(by, 1)
    assert take(by) == 1
    dear.refresh_from_db()
    assert (dear.state, dear.reason, dear.attempt) == (State.READY, "throttled", 0)
    assert dear.detail


@pytest.mark.parametrize(("budget", "leave"), [("200", 2), ("199.99", 1), ("100", 1)])
def test_r19_a_budget_is_spent_to_its_last_cent_and_not_beyond(budget: str, leave: int) -> None:
    by = sender(budget)
    queue(by, 3)
    assert take(by) == leave
    waiting = Message.objects.filter(state=State.READY)
    assert {(one.reason, one.attempt) for one in waiting} == {("throttled", 0)}
    with translation.override("en"):
        words = {in_reader_language(one.detail, one.said) for one in waiting}
    assert words == {"It costs more than what is left of the sender's budget of this month."}
    assert not Message.objects.filter(state=State.CLAIMED).exclude(reason="").exists()


def test_what_costs_nothing_takes_nothing_of_the_budget() -> None:
    by = sender("100")
    (free, _dear) = queue(by, 2)
    Message.objects.filter(pk=free.pk).update(cost=None)
    assert take(by) == 2


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (State.ACCEPTED, True),
        (State.DELIVERED, True),
        (State.BOUNCED, True),
        (State.IN_DOUBT, True),
        (State.TRANSMITTING, True),
        (State.READY, False),
        (State.HELD, False),
        (State.FAILED, False),
    ],
)
def test_what_counts(state: str, counts: bool) -> None:
    by = sender("1000")
    (message,) = queue(by, 1)
    was_sent = state in {State.ACCEPTED, State.DELIVERED, State.BOUNCED}
    Message.objects.update(state=state, accepted_at=cast.NOON if was_sent else None)
    assert bool(spent(by, ZONE, now=cast.NOON)) is counts
    Message.objects.update(is_redirected=True)
    assert spent(by, ZONE, now=cast.NOON) == 0
    assert message.cost == Decimal(100)


def test_a_new_month_begins_at_midnight_of_the_company() -> None:
    by = sender("100")
    queue(by, 1)
    midnight = datetime(2026, 12, 1, 3, tzinfo=UTC)  # UTC−3
    Message.objects.update(state=State.ACCEPTED, accepted_at=midnight - timedelta(seconds=1))
    assert spent(by, ZONE, now=midnight - timedelta(seconds=1)) == 100
    assert spent(by, ZONE, now=midnight) == 0
    assert month_start(midnight, ZONE) == midnight
    assert next_month(midnight, ZONE) == datetime(2027, 1, 1, 3, tzinfo=UTC)


def test_without_a_budget_or_in_the_sandbox_nothing_waits() -> None:
    by = sender("0")
    assert allowance(by, read_brakes(), now=cast.NOON).most == 0
    by.monthly_budget = None
    assert allowance(by, read_brakes(), now=cast.NOON).most > 1
    by.monthly_budget = Decimal(0)
    from emailketing.company.models import Company

    Company.objects.update(is_live=False)
    assert allowance(by, read_brakes(), now=cast.NOON).most > 1

"""An amount is compared with amounts of its currency only: from the event to the outcome."""

import pytest
from django.utils import translation

from emailketing.triggers.notifications.models import Outcome
from emailketing.triggers.notifications.rules.save import save_rule
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result


@pytest.fixture
def cast(db: None) -> Cast:
    with translation.override("en"):
        return Cast()


def test_an_order_in_dollars_is_never_compared_with_guaranies(cast: Cast) -> None:
    """Issue 9, point 13: by the real road, and the outcome says why nothing was written."""
    cast.rule.condition = {"all": [{"field": "totals.total", "op": "gte", "value": "1000"}]}
    save_rule(cast.rule, by="t", now=NOW)
    assert cast.rule.condition["all"][0]["currency"] == "PYG"
    told = cast.judge(key="18")
    assert told.result == Result.SENT
    outcome = cast.judge(currency="USD", totals={"total": "1500", "taxes": []})
    assert (outcome.result, outcome.detail) == (
        Result.CONDITION,
        "Total: USD 1,500.00; the rule compares with PYG 1,000, and amounts of different "
        "currencies are not compared",
    )
    # what the company's currency is later changes nothing of what the rule says
    cast.company.currency = "USD"
    cast.company.save()
    again = cast.judge(currency="USD", key="19", totals={"total": "1500", "taxes": []})
    assert again.result == Result.CONDITION

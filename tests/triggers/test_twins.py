"""Two rules that say the same are found, whatever order they were typed in; others are not."""

from typing import Any

import pytest

from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.twins import twin_of, twin_sentence, twins_among
from tests.triggers.cast import Cast

pytestmark = pytest.mark.django_db
BIG = {"field": "totals.total", "op": "gte", "value": "1000000", "currency": "PYG"}
STATE = {"field": "state", "op": "eq", "value": "confirmada"}
PEOPLE: list[dict[str, Any]] = [
    {"kind": "party", "usage": "pedidos"},
    {"kind": "address", "value": "jefa@shop.example", "name": "Jefa", "language": "es"},
]


@pytest.fixture
def cast(db: None) -> Cast:
    cast = Cast()
    cast.rule.condition, cast.rule.recipients = {"all": [BIG, STATE]}, PEOPLE
    cast.rule.save()
    return cast


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"name": "Otra"},
        {"condition": {"all": [STATE, BIG | {"when": "after"}]}},
        {"condition": {"all": [{"any": [BIG]}, STATE, STATE]}},
        {"recipients": [{"kind": "address", "value": "JEFA@shop.example"}, PEOPLE[0]]},
        {"repeat": "every", "delay_minutes": 5},
    ],
)
def test_a_rule_that_says_the_same_is_found(cast: Cast, changed: dict[str, Any]) -> None:
    said = {"condition": cast.rule.condition, "recipients": PEOPLE, "is_active": False}
    other = Rule(source=cast.source, process="purchase_order")
    other.template = cast.template
    for word, value in {**said, **changed}.items():
        setattr(other, word, value)
    assert twin_of(other) == cast.rule
    other.created_at = cast.rule.created_at
    other.save()
    twins = twins_among(Rule.objects.all())
    assert twins == {cast.rule.pk: other, other.pk: cast.rule}
    assert "would be written to twice" in twin_sentence(twins[other.pk])
    assert "which is switched off" in twin_sentence(twins[cast.rule.pk])


@pytest.mark.parametrize(
    "changed",
    [
        {"process": "quotation"},
        {"condition": {"any": [BIG, STATE]}},
        {"condition": {"all": [BIG | {"currency": "USD"}, STATE]}},
        {"recipients": PEOPLE[:1]},
        {"remind_days": [3]},
        {"digest": "day"},
        {"delivery": "phone"},
    ],
)
def test_a_rule_that_says_something_else_is_none(cast: Cast, changed: dict[str, Any]) -> None:
    said = {"condition": cast.rule.condition, "recipients": PEOPLE}
    other = Rule(source=cast.source, process="purchase_order")
    other.template = cast.template
    for word, value in {**said, **changed}.items():
        setattr(other, word, value)
    assert twin_of(other) is None
    assert twin_sentence(twin_of(other)) == ""

"""How much fire() asks our database: each rule is looked at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emailketing.content.models import Template
from emailketing.outbox.models import Attachment, Message
from emailketing.triggers.notifications.firing.fire import fire
from emailketing.triggers.notifications.models import Outcome
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def asked_by_fire(cast: Cast) -> int:
    event = cast.happen()
    with CaptureQueriesContext(connection) as asked:
        outcomes = fire(event, now=NOW)
    assert {outcome.result for outcome in outcomes} == {Outcome.Result.SENT}
    return len(asked)


@pytest.mark.parametrize("with_pdf", [False, True])
def test_one_rule_asks_no_more_than_twenty_queries(with_pdf: bool) -> None:
    cast = Cast()
    cast.template.layout = "purchase-order"
    cast.template.save()
    cast.rule.attach_document = with_pdf
    cast.rule.save()
    assert asked_by_fire(cast) <= 20
    assert Attachment.objects.count() == int(with_pdf)


def test_five_rules_ask_no_more_than_forty_queries() -> None:
    cast = Cast()
    for number in range(4):
        place = {"kind": "address", "value": f"jefe{number}@shop.example"}
        cast.make_rule(name=f"Rule {number}", recipients=[place])
    assert asked_by_fire(cast) <= 40
    assert Message.objects.count() == 5


def test_where_one_rule_cannot_write_the_others_do_all_the_same() -> None:
    """All are written in one go; when that fails, each by itself."""
    cast = Cast()
    wordless = Template.objects.create(slug="w", name="W", document_type="purchase_order")
    wordless_rule = cast.make_rule(name="Wordless")
    wordless_rule.ways.update(template=wordless)
    place = {"kind": "address", "value": "jefe@shop.example"}
    cast.make_rule(name="Chief", recipients=[place])
    outcomes = fire(cast.happen(), now=NOW)
    found = {outcome.rule.name: outcome.result for outcome in outcomes}
    assert found["Wordless"] == Outcome.Result.FAILED
    assert {name for name, result in found.items() if result == Outcome.Result.SENT} == {
        "Order to the supplier",
        "Chief",
    }
    assert Message.objects.count() == 2
    assert Outcome.objects.count() == 3

"""Marketing and greetings are refused where nobody could end them (RFC 8058, issue 12)."""

from collections.abc import Callable

import pytest
from django.utils import translation

from emailketing.content.models import Brand
from emailketing.links.models import PublicAddress
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.triggers.notifications.rules.checks import delivery_problems
from tests.outbox.cast import allow_links
from tests.triggers.cast import Cast

PROMOTIONAL = [MailClass.MARKETING, MailClass.GREETING]


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def nobody_looked() -> None:
    PublicAddress.objects.update(outside_at=None)


def no_street() -> None:
    Brand.objects.update(address="")


@pytest.mark.parametrize("chosen", PROMOTIONAL)
@pytest.mark.parametrize(
    ("lacks", "why"),
    [
        (PublicAddress.objects.all().delete, "was not tried yet"),
        (nobody_looked, "nobody has opened"),
        (no_street, "postal address"),
    ],
)
def test_a_class_that_needs_a_way_out_is_refused_without_one(
    cast: Cast, chosen: MailClass, lacks: Callable[[], object], why: str
) -> None:
    allow_links()
    lacks()
    cast.rule.mail_class = chosen.value
    with translation.override("en"):
        (problem, *_more) = delivery_problems(cast.rule)
    assert "must be able to end them" in problem
    assert why in problem
    assert problem.place == "mail_class"


@pytest.mark.parametrize("chosen", PROMOTIONAL)
def test_with_a_public_address_it_can_be_chosen(cast: Cast, chosen: MailClass) -> None:
    allow_links()
    cast.rule.mail_class = chosen.value
    assert list(delivery_problems(cast.rule)) == []


def test_the_other_classes_need_none(cast: Cast) -> None:
    for chosen in ("security", "transactional", "document", "report"):
        cast.rule.mail_class = chosen
        assert list(delivery_problems(cast.rule)) == []

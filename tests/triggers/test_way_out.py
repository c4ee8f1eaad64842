"""Marketing and greetings wait for their way out: no rule can choose them before (RFC 8058)."""

import pytest

from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.triggers.notifications.rules.checks import delivery_problems
from tests.triggers.cast import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.mark.parametrize("chosen", [MailClass.MARKETING, MailClass.GREETING])
def test_a_class_that_needs_a_way_out_is_refused(cast: Cast, chosen: MailClass) -> None:
    cast.rule.mail_class = chosen.value
    (problem,) = delivery_problems(cast.rule)
    assert "unsubscribe" in problem


def test_the_other_classes_can_be_chosen(cast: Cast) -> None:
    for chosen in ("security", "transactional", "document", "report"):
        cast.rule.mail_class = chosen
        assert list(delivery_problems(cast.rule)) == []

"""A sender that is in use is not deleted; the sentence says what holds it."""

import pytest
from django.utils import translation

from emailketing.channels.models import Sender
from emailketing.channels.senders import SenderInUse, delete_sender
from tests.outbox import cast
from tests.triggers.cast import Cast

pytestmark = pytest.mark.django_db


def why_it_stays(sender: Sender) -> str:
    with translation.override("en"), pytest.raises(SenderInUse) as refused:
        delete_sender(sender, by="ana", now=cast.NOON)
    assert Sender.objects.filter(pk=sender.pk).exists()
    return str(refused.value)


def test_one_that_has_written_stays() -> None:
    sender = cast.sender(25)
    cast.queue("ana@cliente.test", sender)
    assert "Messages were sent with it" in why_it_stays(sender)


def test_one_that_only_a_rule_names_says_so() -> None:
    rules = Cast()
    rules.make_rule(name="Other", ways={"email": {"sender": rules.sender}})
    assert "A rule writes with it" in why_it_stays(rules.sender)

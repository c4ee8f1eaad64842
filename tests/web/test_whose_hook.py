"""A gateway's call is about the messages of its own sender only (S21)."""

import pytest
from django.test import Client

from emailketing.company.models import Company
from emailketing.outbox.models import Message, Receipt, State
from tests.outbox import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by_number", [True, False])
def test_s21_a_call_moves_no_message_of_another_sender(client: Client, by_number: bool) -> None:
    Company.get()
    mine = cast.phone_sender(kind="kannel", channel="sms", hook_token="m" * 32)
    other = cast.phone_sender(kind="kannel", channel="sms", hook_token="o" * 32, name="other")
    message = cast.queue_phone("+595981123456", mine, template=cast.short_template())
    reference = str(message.pk) if by_number else "A-1"
    now = {"state": State.ACCEPTED, "reference": reference}
    Message.objects.filter(pk=message.pk).update(**now)
    call = f"?r={reference}&type=1&answer=id:{reference}"
    assert client.get(f"/hooks/{other.hook_token}/{call}").status_code == 200
    message.refresh_from_db()
    assert message.state == State.ACCEPTED
    assert not Receipt.objects.filter(message=message).exists()
    assert client.get(f"/hooks/{mine.hook_token}/{call}").status_code == 200
    message.refresh_from_db()
    assert message.state == State.DELIVERED

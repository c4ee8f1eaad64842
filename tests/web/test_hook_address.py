"""Which address gateways are told: the public one once it was seen from outside (S20, 97)."""

import pytest
from django.test import Client

from emailketing.channels.http.adapter import hook_url_of, hook_urls_of
from emailketing.channels.sms.twilio import signature
from emailketing.company.models import Company
from emailketing.links.models import PublicAddress
from emailketing.outbox.policy import read_brakes
from tests.outbox.cast import NOON as NOW
from tests.web.test_hooks import SECRET, TOKEN, sender

pytestmark = pytest.mark.django_db


def test_s20_the_public_address_is_told_once_it_was_seen_and_the_former_one_is_still_believed() -> (
    None
):
    Company.get()
    Company.objects.update(base_url="https://avisos.example.com/", language="en")
    by = sender("twilio")
    former = f"https://avisos.example.com/hooks/{TOKEN}/"
    assert hook_urls_of(by) == (former,)
    Company.objects.update(public_url="https://publica.example.com")
    known = PublicAddress.objects.create(url="https://publica.example.com", worked_at=NOW)
    assert hook_url_of(by) == former, "nobody has opened it from outside yet"
    assert read_brakes().base_url == "https://avisos.example.com/"
    PublicAddress.objects.filter(pk=known.pk).update(outside_at=NOW)
    assert hook_url_of(by) == f"https://publica.example.com/hooks/{TOKEN}/"
    assert read_brakes().base_url == "https://publica.example.com", "senders are set up anew"
    form = {"MessageSid": "x", "MessageStatus": "delivered"}
    for ours in hook_urls_of(by):
        given = {"X-Twilio-Signature": signature(ours, form, SECRET)}
        assert Client().post(f"/hooks/{TOKEN}/", form, headers=given).status_code == 200, ours

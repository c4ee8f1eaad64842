"""STOP and START that somebody plays again, or that come late: forward only (S20, M2)."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from emailketing.company.models import Company
from tests.outbox import cast
from tests.web.test_hooks import ANA, SECRET, call_twilio, hook, sender

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_by_name() -> Iterator[None]:
    Company.get()
    Company.objects.update(base_url="https://avisos.example.com/", language="en")
    with translation.override("en"):
        yield


@pytest.mark.parametrize("known_by", ["id", "at"])
def test_s20_an_old_start_lifts_no_later_stop(client: Client, known_by: str) -> None:
    sender("kannel")
    base = "?from=595981123456&text="
    for number, (word, stops) in enumerate([("STOP", True), ("START", False), ("STOP", True)]):
        more = f"&id={number}" if known_by == "id" else f"&at={1764000000 + number}"
        assert hook(client, f"{base}{word}{more}") == 200
        assert cast.is_suppressed(ANA, kind="phone") is stops
    old = "&id=1" if known_by == "id" else "&at=1764000001"
    assert hook(client, f"{base}START{old}") == 200  # played again
    assert cast.is_suppressed(ANA, kind="phone")


def test_s20_an_old_stop_undoes_no_later_start(client: Client) -> None:
    sender("kannel")
    for at, word in ((1764000000, "STOP"), (1764000001, "START"), (1764000000, "STOP")):
        assert hook(client, f"?from=595981123456&text={word}&at={at}") == 200
    assert not cast.is_suppressed(ANA, kind="phone")


def test_s20_of_two_words_of_one_second_stop_holds(client: Client) -> None:
    sender("kannel")
    for word in ("STOP", "START", "STOP"):
        assert hook(client, f"?from=595981123456&text={word}&at=1764000000") == 200
    assert cast.is_suppressed(ANA, kind="phone")


def test_s20_a_signed_start_counts_once(client: Client) -> None:
    sender("twilio")
    form = {"SmsStatus": "received", "From": ANA}
    start = form | {"MessageSid": "SM2", "Body": "START"}
    assert call_twilio(client, SECRET, form | {"MessageSid": "SM1", "Body": "STOP"}) == 200
    assert call_twilio(client, SECRET, start) == 200
    assert not cast.is_suppressed(ANA, kind="phone")
    assert call_twilio(client, SECRET, form | {"MessageSid": "SM3", "Body": "STOP"}) == 200
    assert call_twilio(client, SECRET, start) == 200  # the same signed call, played again
    assert cast.is_suppressed(ANA, kind="phone")

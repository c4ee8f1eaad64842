"""A real Kannel with its fake SMS centre: accepted, refused, receipts and answers come to us."""

import asyncio
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from emailketing.channels.base import AccountFailure, Envelope, Handover, PhoneText, ReplyKind
from emailketing.channels.hooks import Call
from emailketing.channels.http.adapter import HttpAccount
from emailketing.channels.models import Sender
from emailketing.channels.sms.kannel import adapter, hear
from tests.channels.http_sink import HttpSink
from tests.channels.kannel_lab import Kannel, is_installed, kannel
from tests.outbox.cast import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_installed(),
        reason="needs Kannel and its fake centre: tools/lab.py start, as root, installs them"
        " (apt-get install kannel kannel-extras)",
    ),
]
Lab = tuple[Kannel, HttpSink]


@pytest.fixture(autouse=True)
def _words_are_shown(settings: Settings) -> None:
    """Whoever runs the computer named its gateway: what it says may be read (S13)."""
    settings.GATEWAY_HOSTS = ["127.0.0.1"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with HttpSink() as ours, kannel(tmp_path_factory.mktemp("kannel"), f"{ours.url}/hook") as box:
        yield box, ours


def account(lab: Lab, password: str = "foobar") -> HttpAccount:  # noqa: S107 - of a test
    box, ours = lab
    return HttpAccount(box.url, "tester", password, {}, f"{ours.url}/hook/")


def send(lab: Lab, text: str, number: str, password: str = "foobar") -> Handover:  # noqa: S107
    async def yes() -> bool:
        return True

    async def hand_over() -> Handover:
        talk = await adapter.connect(account(lab, password))
        letter = Envelope("13013", "+595981123456", text.encode(), number, PhoneText(text))
        try:
            return await talk.hand_over(letter, yes)
        finally:
            await talk.close()

    return asyncio.run(hand_over())


def test_from_queued_to_delivered(lab: Lab) -> None:
    box, ours = lab
    queued = send(lab, "Orden lista", "71")
    assert queued.is_accepted
    assert queued.reply.text.startswith("3: Queued")  # nobody there yet
    box.attach_centre("595981123456 13013 text STOP")
    taken = wait_until(lambda: [a for a in ours.asked if a.query.get("type") == "8"])
    assert taken[0].query["r"] == "71"
    heard = hear(Sender(), Call("GET", query=taken[0].query))
    assert (heard.receipts[0].envid, heard.receipts[0].status) == ("71", "accepted")
    told = wait_until(lambda: [a for a in ours.asked if a.query.get("type") == "1"])
    assert hear(Sender(), Call("GET", query=told[0].query)).receipts[0].status == "delivered"
    written = wait_until(lambda: [a for a in ours.asked if "from" in a.query])
    said = hear(Sender(), Call("GET", query=written[0].query)).inbound[0]
    assert (said.address, said.text) == ("+595981123456", "STOP")
    accepted = send(lab, "Ñandú número 😀 " * 8, "72")
    assert accepted.reply.text.startswith("0: Accepted")


def test_a_wrong_password_is_the_senders_fault(lab: Lab) -> None:
    assert send(lab, "Hola", "73", "wrong").reply.kind is ReplyKind.ACCOUNT
    assert asyncio.run(adapter.check(account(lab))).code == 200
    with pytest.raises(AccountFailure):
        asyncio.run(adapter.check(account(lab, "wrong")))

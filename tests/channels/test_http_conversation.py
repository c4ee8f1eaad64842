"""What every HTTP gateway has in common: the mark (R3), doubt (R15), waiting (R14), S13, S14."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.channels.base import (
    AccountFailure,
    ChannelFailure,
    Envelope,
    Handover,
    Phase,
    PhoneText,
    ReplyKind,
)
from emailketing.channels.http import address, conversation
from emailketing.channels.http.adapter import HttpAccount
from emailketing.channels.http.address import UrlRefused, check_url
from emailketing.channels.http.conversation import MOST_ANSWER
from emailketing.channels.sms import kannel
from emailketing.channels.sms.http import AnyGateway, adapter
from tests.channels.conftest import Authority, server_context
from tests.channels.http_sink import HttpSink, Says

Run = Callable[[Coroutine[Any, Any, Any]], Any]
OPTIONS = {
    "body": '{"to": "{{ to }}", "text": "{{ text }}"}',
    "success_path": "ok",
    "id_path": "id",
}
GOOD = Says(200, '{"ok": true, "id": "A-1"}')
OPTIONS["success_value"] = "true"


def envelope(text: str = "Hola", number: str = "7") -> Envelope:
    return Envelope("1234", "+595981123456", text.encode(), number, PhoneText(text))


def account(url: str, **options: Any) -> HttpAccount:
    return HttpAccount(f"{url}/send", "user", "s3cret", {**OPTIONS, **options})


class Marks:
    """The ledger's side: counts the marks it was asked for."""

    def __init__(self, sink: HttpSink, *, allows: bool = True) -> None:
        self.sink = sink
        self.allows = allows
        self.seen: list[int] = []

    async def __call__(self) -> bool:
        self.seen.append(len(self.sink.asked))
        return self.allows


async def hand_over(
    sink: HttpSink, *, count: int = 1, marks: Marks | None = None, **options: Any
) -> list[Handover]:
    talk = await adapter.connect(account(sink.url, **options))
    try:
        return [
            await talk.hand_over(envelope(number=str(n)), marks or Marks(sink))
            for n in range(1, count + 1)
        ]
    finally:
        await talk.close()


def one(run: Run, sink: HttpSink, **more: Any) -> Handover:
    handover: Handover = run(hand_over(sink, **more))[0]
    return handover


def test_r3_the_mark_is_made_before_the_first_byte_of_the_request(run: Run) -> None:
    with HttpSink(GOOD) as sink:
        marks = Marks(sink)
        done = run(hand_over(sink, count=3, marks=marks))
    assert marks.seen == [0, 1, 2]  # each before its own request arrived, each once
    assert [d.reference for d in done] == ["A-1"] * 3
    assert all(d.is_accepted and d.phase is Phase.DOT for d in done)
    assert sink.connections == 2  # one to see whether anybody is there, one for all messages


def test_r6_a_withdrawn_message_never_leaves(run: Run) -> None:
    with HttpSink(GOOD) as sink:
        done = one(run, sink, marks=Marks(sink, allows=False))
    assert done.is_fenced
    assert sink.asked == []


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (Says(429, "slow", {"Retry-After": "90"}), ReplyKind.LATER),
        (Says(503, "busy", {"Retry-After": "90"}), ReplyKind.LATER),
        (Says(401, "who?"), ReplyKind.ACCOUNT),
        (Says(403, "no"), ReplyKind.ACCOUNT),
        (Says(404, "nothing here"), ReplyKind.ACCOUNT),
        (Says(302, "", {"Location": "https://evil.example/"}), ReplyKind.ACCOUNT),
        (Says(200, "<!DOCTYPE html><title>Portal</title>"), ReplyKind.LATER),
        (Says(200, "\n <HTML><body>x"), ReplyKind.LATER),
        (Says(422, "bad number"), ReplyKind.REFUSED),
        (Says(200, '{"ok": false, "why": "no credit"}'), ReplyKind.REFUSED),
    ],
)
def test_r15_what_an_answer_means(run: Run, says: Says, kind: ReplyKind) -> None:
    with HttpSink(says) as sink:
        done = one(run, sink)
    assert done.reply.kind is kind
    assert done.phase is Phase.DOT
    assert not done.is_in_doubt
    assert len(sink.asked) == 1
    if "Retry-After" in says.headers:
        assert done.reply.wait == timedelta(seconds=90)
    assert "<" not in done.reply.text
    assert len(done.reply.text.splitlines()) == 1


@pytest.mark.parametrize(
    "says",
    [
        Says(500, "boom"),
        Says(502, "<html>bad gateway"),
        Says(200, ""),
        Says(200, "{}"),
        Says(200, "[" * 50_000),
        Says(hangs_up=True),
        Says(200, "x", {"Content-Length": "50"}, breaks_off=True),
    ],
)
def test_r15_no_clear_answer_after_it_left_is_in_doubt(run: Run, says: Says) -> None:
    with HttpSink(says) as sink:
        done = one(run, sink)
        ours = one(run, sink, id_path="")
    assert done.is_in_doubt
    assert done.reply.text
    assert done.reference == ""
    assert ours.reference == "1"  # a receipt that names our number can end the doubt (R29)


def test_a_late_answer_is_in_doubt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "ANSWER_WITHIN", 0.2)
    with HttpSink(Says(late=True)) as sink:
        done = one(run, sink)
        sink.let_go.set()
    assert done.is_in_doubt
    assert done.is_closed


def test_an_endless_answer_is_cut(run: Run) -> None:
    with HttpSink(Says(422, b"n" * (MOST_ANSWER * 4))) as sink:
        done = one(run, sink)
    assert done.reply.kind is ReplyKind.REFUSED
    assert len(done.reply.text) < 400


def test_a_gateway_that_says_clearly_that_it_took_nothing_is_believed(run: Run) -> None:
    with HttpSink(Says(500, "ERR 17: queue full")) as sink:
        done = one(run, sink, later_if="ERR 17", account_if="no credit")
    assert done.reply.kind is ReplyKind.LATER


def test_nobody_there_is_a_failure_of_the_channel(run: Run) -> None:
    with HttpSink() as sink:
        url = sink.url
    with pytest.raises(ChannelFailure, match="cannot be reached"):
        run(adapter.connect(account(url)))


def test_a_gateway_that_goes_away_gets_no_mark(run: Run) -> None:
    async def away() -> tuple[Handover, Marks]:
        with HttpSink(GOOD) as sink:
            talk = await adapter.connect(account(sink.url))
        marks = Marks(sink)
        done = await talk.hand_over(envelope(), marks)
        assert not talk.is_open
        await talk.close()
        return done, marks

    done, marks = run(away())
    assert (done.reply.kind, done.phase) == (ReplyKind.LATER, Phase.DATA)
    assert marks.seen == []


def test_values_cannot_leave_their_quotes(run: Run) -> None:
    text = 'x", "to": "+1900'
    with HttpSink(GOOD) as sink:

        async def send() -> None:
            talk = await adapter.connect(account(sink.url))
            await talk.hand_over(envelope(text), Marks(sink))
            await talk.close()

        run(send())
    assert json.loads(sink.asked[0].body) == {"to": "+595981123456", "text": text}


class TestAddress:
    """S13, S14: encrypted, public, no redirects; inside the house only when it is named."""

    @pytest.mark.parametrize(
        "url",
        [
            "http://sms.example.com/send",
            "https://10.0.0.1/send",
            "https://192.168.1.9/x",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fec0::1]/",
            "https://[::127.0.0.1]/",
            "https://[::10.0.0.1]/",
            "https://[::ffff:0:127.0.0.1]/",
            "https://[64:ff9b:1::a00:1]/",
            "https://[2001:0:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[3fff::1]/",
            "https://[5f00::1]/",
            "https://[fd00::1]/",
            "https://[ff02::1]/",
            "https://[2a00:1450::5efe:7f00:1]/",
            "https://192.88.99.1/",
            "https://198.18.0.1/",
            "https://255.255.255.255/",
            "https://224.0.0.1/",
            "https://0.0.0.0/",
            "https://[::]/",
            "https://sms.example.com:22/",
            "ftp://sms.example.com/",
            "file:///etc/passwd",
            "https://user:word@sms.example.com/",
            "https:///x",
            "https://sms.example.com/a b",
            "https://sms.example.com:99999/",
            "",
        ],
    )
    def test_what_an_administrator_may_not_enter(self, url: str) -> None:
        with pytest.raises(UrlRefused):
            check_url(url)

    @pytest.mark.parametrize(
        "url", ["https://sms.example.com/send", "http://127.0.0.1:13013/x", "http://localhost/x"]
    )
    def test_what_is_always_allowed(self, url: str) -> None:
        assert check_url(url).host

    def test_a_named_network_is_allowed(self, settings: Settings) -> None:
        settings.GATEWAY_HOSTS = ["10.1.0.0/16", "kannel.intranet"]
        assert check_url("http://10.1.2.3:13013/").port == 13013
        assert check_url("http://kannel.intranet:13013/").port == 13013
        with pytest.raises(UrlRefused):
            check_url("http://10.2.0.1/")

    @pytest.mark.parametrize("text", ["8.8.8.8", "2a00:1450:4001:81b::200e", "2620:fe::fe"])
    def test_s13_addresses_of_the_internet_are_none_of_these(self, text: str) -> None:
        host = f"[{text}]" if ":" in text else text
        assert check_url(f"https://{host}/send").host == text

    @pytest.mark.parametrize(
        "text",
        [
            "127.0.0.1",
            "10.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "fec0::1",
            "::127.0.0.1",
            "192.88.99.1",
        ],
    )
    def test_a_name_that_leads_into_the_house_is_not_followed(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        """The name is public when it is saved, and points inside when it is looked up."""

        async def points_inside(*_: Any, **__: Any) -> list[Any]:
            return [(0, 0, 0, "", (text, 443))]

        async def look_up() -> str:
            loop = asyncio.get_running_loop()
            if isinstance(loop, asyncio.BaseEventLoop):
                monkeypatch.setattr(loop, "getaddrinfo", points_inside)
                return await address.resolve(check_url("https://rebind.example/"))
            raise AccountFailure("uvloop's loop takes no patch")

        with pytest.raises(AccountFailure):
            run(look_up())

    def test_another_server_than_the_senders_is_not_asked(self, run: Run) -> None:
        class Elsewhere(AnyGateway):
            def ask(self, envelope: Envelope) -> Any:
                asked = super().ask(envelope)
                return conversation.Ask("GET", "http://127.0.0.1:9/x", asked.headers)

        async def send(url: str, sink: HttpSink) -> Handover:
            talk = await conversation.open_conversation(Elsewhere(account(url)))
            done = await talk.hand_over(envelope(), Marks(sink))
            await talk.close()
            return done

        with HttpSink(GOOD) as sink:
            done = run(send(sink.url, sink))
        assert done.reply.kind is ReplyKind.ACCOUNT
        assert sink.asked == []


class TestWordsOfThisComputer:
    """S13: a service on this computer is not read through the console; its meaning is kept."""

    SECRETS = (
        Says(200, '{"ok": false, "why": "root:x:0"}'),
        Says(200, '{"ok": true, "id": "root:x:0 and more"}'),
        Says(500, "root:x:0"),
        Says(401, "root:x:0"),
        Says(503, "root:x:0", {"Retry-After": "90"}),
        Says(200, "root:x:0"),
    )

    @pytest.mark.parametrize("says", SECRETS)
    def test_nothing_of_an_answer_is_kept(self, run: Run, settings: Settings, says: Says) -> None:
        with HttpSink(says) as sink:
            hidden = one(run, sink)
            settings.GATEWAY_HOSTS = ["127.0.0.0/8"]
            shown = one(run, sink)
        assert "root" not in repr(hidden)
        assert "root" in repr(shown)
        assert hidden.reply.kind is shown.reply.kind
        assert (hidden.reply.code, hidden.reply.wait) == (shown.reply.code, shown.reply.wait)
        if not hidden.is_accepted:
            assert "EMAILKETING_GATEWAY_HOSTS" in hidden.reply.text

    def test_the_number_of_a_message_is_kept(self, run: Run) -> None:
        with HttpSink(GOOD) as sink:
            done = one(run, sink)
        assert (done.is_accepted, done.reference) == (True, "A-1")

    def test_testing_the_connection_tells_nothing_either(
        self, run: Run, settings: Settings
    ) -> None:
        async def check(url: str) -> None:
            await kannel.adapter.check(HttpAccount(f"{url}/", "u", "p"))

        with HttpSink(Says(403, "root:x:0")) as sink:
            with pytest.raises(AccountFailure) as hidden:
                run(check(sink.url))
            settings.GATEWAY_HOSTS = ["localhost"]
            with pytest.raises(AccountFailure, match="root"):
                run(check(sink.url))
        assert "root" not in str(hidden.value) + hidden.value.reply.text


class TestCertificates:
    """S23: a wrong certificate is for a person to mend."""

    def test_one_of_the_computers_own_authorities(self, run: Run, authority: Authority) -> None:
        with HttpSink(GOOD, tls=authority.trusted) as sink:
            assert one(run, sink).is_accepted
        assert sink.asked[0].headers["host"] == f"localhost:{sink.port}"

    def test_one_nobody_vouches_for(self, run: Run, tmp_path: Any) -> None:
        with HttpSink(GOOD, tls=server_context(tmp_path)) as sink:
            marks = Marks(sink)
            done = one(run, sink, marks=marks)
        assert done.reply.kind is ReplyKind.ACCOUNT
        assert "certificate" in done.reply.text
        assert marks.seen == []
        assert sink.asked == []


def test_s22_nothing_secret_shows_in_a_repr() -> None:
    shown = account("https://sms.example.com")
    ask = AnyGateway(shown).ask(envelope())
    assert "s3cret" not in repr(shown)
    assert "595981" not in repr(ask)

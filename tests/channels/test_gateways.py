"""Each gateway's own words: what it is asked, what its answers mean, which receipts it sends."""

import base64
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.channels.base import (
    AccountFailure,
    Envelope,
    Handover,
    PhoneFile,
    PhoneText,
    ReplyKind,
)
from emailketing.channels.http.adapter import HttpAccount, HttpAdapter
from emailketing.channels.sms import http, http_template, kannel, twilio
from emailketing.channels.sms.http_template import RequestInvalid
from emailketing.channels.whatsapp import cloud
from emailketing.outbox.sending.verdict import in_words
from tests.channels.http_sink import Asked, HttpSink, Says

Run = Callable[[Coroutine[Any, Any, Any]], Any]
HOOK = "https://avisos.example.com/hooks/tok/"
PDF = PhoneFile("orden.pdf", "application/pdf", "ab" * 32, b"%PDF-1.7 body")


@pytest.fixture(autouse=True)
def _words_are_shown(settings: Settings) -> None:
    """The sink stands for a gateway of the Internet: what it says may be read (S13)."""
    settings.GATEWAY_HOSTS = ["127.0.0.1"]


def envelope(phone: PhoneText | None = None) -> Envelope:
    phone = phone or PhoneText("Orden lista")
    return Envelope("1234", "+595981123456", phone.text.encode(), "77", phone)


async def yes() -> bool:
    return True


def send(
    run: Run,
    adapter: HttpAdapter,
    says: Says | list[Says],
    *,
    phones: list[PhoneText] | None = None,
    path: str = "/cgi-bin/sendsms",
    **options: Any,
) -> tuple[list[Handover], list[Asked]]:
    async def all_of_them(url: str) -> list[Handover]:
        talk = await adapter.connect(HttpAccount(url + path, "user", "s3cret", options, HOOK))
        try:
            return [await talk.hand_over(envelope(p), yes) for p in phones or [PhoneText("Hola")]]
        finally:
            await talk.close()

    with HttpSink(*(says if isinstance(says, list) else [says])) as sink:
        return run(all_of_them(sink.url)), sink.asked


class TestKannel:
    def test_what_it_is_asked(self, run: Run) -> None:
        says = Says(202, "0: Accepted for delivery")
        texts = [PhoneText("Hola"), PhoneText("Ñandú número 7")]
        done, asked = send(run, kannel.adapter, says, phones=texts, smsc="tigo")
        assert [d.is_accepted for d in done] == [True, True]
        assert done[0].reference == "77"
        first, second = (a.query for a in asked)
        assert first == {
            "username": "user",
            "password": "s3cret",
            "from": "1234",
            "to": "+595981123456",
            "text": "Hola",
            "charset": "utf-8",
            "coding": "0",
            "smsc": "tigo",
            "dlr-mask": "31",
            "dlr-url": f"{HOOK}?r=77&type=%d&at=%T&answer=%A",
        }
        assert (second["text"], second["coding"]) == ("Ñandú número 7", "2")

    def test_a_priority_is_passed_on(self, run: Run) -> None:
        says = Says(202, "0: Accepted for delivery")
        _done, asked = send(run, kannel.adapter, says, priority="2")
        assert asked[0].query["priority"] == "2"

    @pytest.mark.parametrize(
        ("says", "kind"),
        [
            (Says(202, "3: Queued for later delivery"), ReplyKind.ACCEPTED),
            (Says(202, "4: Rejected"), ReplyKind.REFUSED),
            (Says(400, "Invalid receiver, rejected"), ReplyKind.REFUSED),
            (Says(403, "Authorization failed for sendsms"), ReplyKind.ACCOUNT),
            (Says(503, "Temporal failure, try again later."), ReplyKind.LATER),
            (Says(202, "Sent."), ReplyKind.BY_CODE),
            (Says(500, "?"), ReplyKind.BY_CODE),
        ],
    )
    def test_what_its_answers_mean(self, run: Run, says: Says, kind: ReplyKind) -> None:
        done = send(run, kannel.adapter, says)[0][0]
        assert done.reply.kind is kind
        assert done.is_in_doubt is (kind is ReplyKind.BY_CODE)
        assert in_words(done.reply).count("answered") <= 1
        assert in_words(done.reply).count(str(says.status)) <= 1, "nothing is said twice"

    def test_trying_it_sends_nothing(self, run: Run) -> None:
        with HttpSink(Says(400, "Missing receiver number"), Says(403, "no")) as sink:
            account = HttpAccount(f"{sink.url}/cgi-bin/sendsms", "user", "s3cret")
            assert run(kannel.adapter.check(account)).code == 200
            with pytest.raises(AccountFailure):
                run(kannel.adapter.check(account))
        assert all("to" not in asked.query for asked in sink.asked)


class TestTwilio:
    PATH = "/2010-04-01"

    def test_what_it_is_asked(self, run: Run) -> None:
        says = Says(201, '{"sid": "SM1", "status": "queued"}')
        done, asked = send(run, twilio.adapter, says, path=self.PATH)
        assert (done[0].is_accepted, done[0].reference) == (True, "SM1")
        assert asked[0].path == "/2010-04-01/Accounts/user/Messages.json"
        assert asked[0].form == {
            "To": "+595981123456",
            "From": "1234",
            "Body": "Hola",
            "StatusCallback": f"{HOOK}?r=77",
        }
        given = base64.b64decode(asked[0].headers["authorization"].removeprefix("Basic "))
        assert given == b"user:s3cret"

    def test_another_owner_and_a_service(self, run: Run) -> None:
        says = Says(201, '{"sid": "SM1", "status": "queued"}')
        options: dict[str, Any] = {"account_sid": "AC/9", "messaging_service": "MG1"}
        _done, asked = send(run, twilio.adapter, says, path=self.PATH, **options)
        assert asked[0].path == "/2010-04-01/Accounts/AC%2F9/Messages.json"
        assert asked[0].form["MessagingServiceSid"] == "MG1"
        assert "From" not in asked[0].form

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (400, 21211, ReplyKind.ADDRESS),
            (400, 21614, ReplyKind.ADDRESS),
            (400, 21610, ReplyKind.ADDRESS),
            (401, 20003, ReplyKind.ACCOUNT),
            (429, 20429, ReplyKind.LATER),
            (400, 21617, ReplyKind.REFUSED),
            (500, 20500, ReplyKind.LATER),
            (500, 99999, ReplyKind.LATER),
        ],
    )
    def test_its_codes(self, run: Run, status: int, code: int, kind: ReplyKind) -> None:
        says = Says(status, json.dumps({"code": code, "message": "m", "status": status}))
        done = send(run, twilio.adapter, says, path=self.PATH)[0][0]
        assert done.reply.kind is kind
        assert str(code) in done.reply.text or done.reply.text

    @pytest.mark.parametrize("says", [Says(500, "oops"), Says(201, "{}"), Says(200, "ok")])
    def test_what_it_does_not_say_is_in_doubt(self, run: Run, says: Says) -> None:
        done = send(run, twilio.adapter, says, path=self.PATH)[0][0]
        assert done.is_in_doubt
        assert done.reference == "77"  # its receipt names our number as well


class TestWhatsApp:
    OPTIONS: Mapping[str, Any] = {"phone_number_id": "555"}
    GOOD = Says(200, '{"messages": [{"id": "wamid.1"}]}')

    def test_an_approved_text_with_its_parameters_in_order(self, run: Run) -> None:
        phone = PhoneText("a\nb", "pt", "orden_lista", ("a", "b"))
        done, asked = send(run, cloud.adapter, self.GOOD, phones=[phone], path="", **self.OPTIONS)
        assert done[0].reference == "wamid.1"
        assert asked[0].path == "/555/messages"
        assert asked[0].headers["authorization"] == "Bearer s3cret"
        said = json.loads(asked[0].body)
        assert (said["to"], said["biz_opaque_callback_data"]) == ("595981123456", "77")
        assert said["template"] == {
            "name": "orden_lista",
            "language": {"code": "pt_BR"},
            "components": [
                {
                    "type": "body",
                    "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
                }
            ],
        }

    def test_p11_the_button_gets_what_fills_the_place_in_its_address(self, run: Run) -> None:
        phone = PhoneText("a", "es", "informe_listo", ("a",), button="AAAB-_token=")
        _done, asked = send(run, cloud.adapter, self.GOOD, phones=[phone], path="", **self.OPTIONS)
        body, button = json.loads(asked[0].body)["template"]["components"]
        assert body["type"] == "body"
        assert button == {
            "type": "button",
            "sub_type": "url",
            "index": "0",
            "parameters": [{"type": "text", "text": "AAAB-_token="}],
        }

    def test_a_document_is_uploaded_once_and_named_in_the_head(self, run: Run) -> None:
        phone = PhoneText("", "es", "orden_lista", (), PDF)
        other = replace(phone, file=replace(PDF, sha256="cd" * 32))
        says = [
            Says(200, '{"id": "M1"}'),
            self.GOOD,
            self.GOOD,
            Says(200, '{"id": "M2"}'),
            self.GOOD,
        ]
        done, asked = send(
            run, cloud.adapter, says, phones=[phone, phone, other], path="", **self.OPTIONS
        )
        assert all(d.is_accepted for d in done)
        places = [a.path.rpartition("/")[2] for a in asked]
        assert places == ["media", "messages", "messages", "media", "messages"]
        assert PDF.content in asked[0].body
        assert b'filename="orden.pdf"' in asked[0].body
        head = json.loads(asked[2].body)["template"]["components"][0]
        assert head["parameters"][0]["document"] == {"id": "M1", "filename": "orden.pdf"}

    def test_an_upload_that_fails_hands_nothing_over(self, run: Run) -> None:
        phone = PhoneText("", "es", "orden_lista", (), PDF)
        done, asked = send(
            run, cloud.adapter, Says(hangs_up=True), phones=[phone], path="", **self.OPTIONS
        )
        assert done[0].reply.kind is ReplyKind.LATER
        assert not done[0].is_in_doubt
        assert len(asked) == 1

    def test_free_text(self, run: Run) -> None:
        _done, asked = send(run, cloud.adapter, self.GOOD, path="", **self.OPTIONS)
        said = json.loads(asked[0].body)
        assert said["text"] == {"body": "Hola", "preview_url": False}

    @pytest.mark.parametrize(
        ("status", "code", "kind", "word"),
        [
            (400, 131047, ReplyKind.REFUSED, "24 hours"),
            (400, 131026, ReplyKind.REFUSED, "no WhatsApp"),
            (429, 130429, ReplyKind.LATER, "130429"),
            (400, 131056, ReplyKind.LATER, "131056"),
            (401, 190, ReplyKind.ACCOUNT, "token"),
            (500, 131000, ReplyKind.LATER, "131000"),
            (404, 132001, ReplyKind.REFUSED, "no approved text"),
        ],
    )
    def test_m5_its_codes(
        self, run: Run, status: int, code: int, kind: ReplyKind, word: str
    ) -> None:
        says = Says(status, json.dumps({"error": {"code": code, "message": "(#1) m"}}))
        done = send(run, cloud.adapter, says, path="", **self.OPTIONS)[0][0]
        assert done.reply.kind is kind
        assert word in done.reply.text

    @pytest.mark.parametrize("says", [Says(500, "x"), Says(200, "{}"), Says(hangs_up=True)])
    def test_what_it_does_not_say_is_in_doubt(self, run: Run, says: Says) -> None:
        done = send(run, cloud.adapter, says, path="", **self.OPTIONS)[0][0]
        assert done.is_in_doubt
        assert done.reference == "77"


class TestDescribed:
    """A local gateway attached without code: the options describe request and answer."""

    def test_a_get_with_a_key_in_a_header(self, run: Run) -> None:
        options: dict[str, Any] = {
            "method": "GET",
            "format": "form",
            "headers": "X-Api-Key: {{ password }}",
            "body": "numero = {{ national }}\nmensaje = {{ text }}\nid = {{ reference }}",
            "success_if": r"^OK",
            "id_if": r"OK (\w+)",
        }
        says = Says(200, "OK A77")
        done, asked = send(run, http.adapter, says, path="/enviar?v=2", **options)
        assert done[0].reference == "A77"
        assert asked[0].query == {
            "v": "2",
            "numero": "0981123456",
            "mensaje": "Hola",
            "id": "77",
        }
        assert asked[0].headers["x-api-key"] == "s3cret"

    def test_an_xml_body_is_escaped(self) -> None:
        values = dict.fromkeys(http_template.NAMES, "") | {"text": "<a> & 'b'"}
        body = http_template.body("xml", "<t>{{ text }}</t>", values)
        assert b"<a>" not in body
        assert b"&lt;a&gt; &amp;" in body

    def test_a_header_stays_one_line(self, run: Run) -> None:
        options: dict[str, Any] = {"headers": "X-Text: {{ text }}", "body": "{}", "format": "json"}
        text = PhoneText("uno\r\nX-Evil: 1")
        done, asked = send(run, http.adapter, Says(), phones=[text], **options)
        assert asked[0].headers["x-text"] == "uno X-Evil: 1"
        assert "x-evil" not in asked[0].headers
        assert done[0].is_accepted

    @pytest.mark.parametrize(
        ("style", "source"),
        [
            ("json", '{"a": {{ text }}}'),
            ("json", "{"),
            ("form", "no name here"),
            ("form", "a = {{ nothing }}"),
            ("text", "{% for"),
            ("text", "{{ text.__class__ }}"),
            (
                "text",
                "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            ),
        ],
    )
    def test_a_description_that_cannot_be_used_says_why(self, style: str, source: str) -> None:
        values = dict.fromkeys(http_template.NAMES, "x")
        with pytest.raises(RequestInvalid) as found:
            http_template.body(style, source, values)
        assert str(found.value)

    def test_the_senders_mistake_is_an_account_error_and_sends_nothing(self, run: Run) -> None:
        done, asked = send(run, http.adapter, Says(), body='{"a": "{{ nada }}"}')
        assert done[0].reply.kind is ReplyKind.ACCOUNT
        assert asked == []

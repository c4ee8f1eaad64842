"""What gateways tell us: tokens, signatures (S20), repetitions, wrong order (R31), STOP (M2)."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from emailketing.channels.answered import is_open, note_word
from emailketing.channels.models import LastWord, Sender
from emailketing.channels.sms.twilio import signature
from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import Told, suppress
from emailketing.outbox.models import Message, Receipt, State
from emailketing.web.public.hooks import MOST_BYTES, MOST_FAILURES
from tests.outbox import cast

pytestmark = pytest.mark.django_db
TOKEN = "t" * 32
SECRET = "the app's secret"  # noqa: S105 - of a test
ANA = "+595981123456"
NOW = cast.NOON
DAY = timedelta(hours=24)


@pytest.fixture(autouse=True)
def _known_by_name(settings: Settings) -> Iterator[None]:
    Company.get()
    Company.objects.update(base_url="https://avisos.example.com/", language="en")
    with translation.override("en"):
        yield


def sender(kind: str, **options: Any) -> Sender:
    by = cast.phone_sender(
        kind=kind,
        channel="whatsapp" if kind == "whatsapp" else "sms",
        hook_token=TOKEN,
        options=options,
    )
    by.password, by.hook_secret = "auth token", SECRET
    by.save()
    return by


def sent(by: Sender, *, state: str = State.ACCEPTED, reference: str = "A-1") -> Message:
    template = cast.short_template(
        channel=by.channel, subject="hola" if by.channel != "sms" else ""
    )
    message = cast.queue_phone(ANA, by, template=template)
    Message.objects.filter(pk=message.pk).update(state=state, reference=reference)
    return message


def state_of(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def hook(client: Client, query: str = "", body: bytes | None = None, **headers: str) -> int:
    address = f"{reverse('public:hook', args=[TOKEN])}{query}"
    if body is None:
        return client.get(address, headers=headers).status_code
    kind = headers.pop("kind", "application/json")
    return client.post(address, body, content_type=kind, headers=headers).status_code


class TestEverybody:
    @pytest.mark.parametrize("token", ["x", "u" * 32])
    def test_an_unknown_token_is_not_there(self, client: Client, token: str) -> None:
        sender("kannel")
        assert client.get(f"/hooks/{token}/").status_code == 404
        assert client.post(f"/hooks/{token}/", b"{}", content_type="x/y").status_code == 404

    def test_a_sender_without_a_token_is_not_open(self, client: Client) -> None:
        cast.phone_sender(kind="kannel", hook_token="")
        assert client.get("/hooks//").status_code == 302  # the sign-in page: no such address

    def test_no_csrf_token_and_no_login_is_asked_for(self) -> None:
        sender("kannel")
        strict = Client(enforce_csrf_checks=True)
        assert hook(strict, "?r=1&type=1", b"") == 200

    @pytest.mark.parametrize("kind", ["smpp", "gammu"])
    def test_a_kind_that_calls_nobody(self, client: Client, kind: str) -> None:
        sender(kind)
        assert hook(client, "?r=1&type=1") == 400

    def test_too_large(self, client: Client) -> None:
        sender("http", receipt_id="id", receipt_status="s")
        assert hook(client, body=b"x" * (MOST_BYTES + 1)) == 413

    @pytest.mark.parametrize("token", ["x%00" + "y" * 30, "ñ" * 32, "a" * 41, "%2e%2e%2f" * 8])
    def test_a_token_that_cannot_be_one_is_not_looked_for(self, client: Client, token: str) -> None:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/hooks/{token}/").status_code in {302, 404}
        assert not [query for query in asked if "channels_sender" in query["sql"]]

    def test_nothing_unstorable_gets_in(self, client: Client) -> None:
        sender("http", receipt_id="id", receipt_status="s", receipt_delivered="ok")
        rows = json.dumps({"id": "A\0B", "s": "o\0k"}).encode()
        assert hook(client, "", rows) == 200
        assert hook(client, "?id=C%00D&s=%00") == 200
        assert {r.reference for r in Receipt.objects.all()} == {"A B", "C D"}

    def test_whoever_keeps_guessing_tokens_silences_nobody(self, client: Client) -> None:
        sender("kannel")
        for _ in range(MOST_FAILURES + 1):
            assert client.get(f"/hooks/{'u' * 32}/").status_code == 404
        assert hook(client, "?r=1&type=1") == 200

    def test_whoever_keeps_signing_wrongly_is_not_listened_to(self, client: Client) -> None:
        """From that address, and about that sender; of the others it says nothing."""
        sender("whatsapp")
        other = cast.phone_sender(
            name="other", kind="kannel", hook_token="o" * 32, is_default=False
        )
        for _ in range(MOST_FAILURES):
            assert hook(client, "", b"{}") == 403
        assert hook(client, "", b"{}") == 429
        assert hook(Client(REMOTE_ADDR="192.0.2.7"), "", b"{}") == 403
        assert client.get(f"/hooks/{other.hook_token}/?r=1&type=1").status_code == 200


class TestKannel:
    def test_forward_only_twice_and_out_of_order(self, client: Client) -> None:
        """R31: delivered, then again, then the earlier “taken”, then a late failure."""
        by = sender("kannel")
        message = sent(by)
        Message.objects.filter(pk=message.pk).update(reference=str(message.pk))
        for kind in ("1", "1", "8", "2"):
            assert hook(client, f"?r={message.pk}&type={kind}&at=1764000000&answer=id:1") == 200
            assert state_of(message) == State.DELIVERED
        assert Receipt.objects.filter(message=message).count() == 3

    def test_a_receipt_ends_a_doubt(self, client: Client) -> None:
        """R29: it names our number, so it is known although no answer came."""
        message = sent(sender("kannel"), state=State.IN_DOUBT, reference="")
        assert hook(client, f"?r={message.pk}&type=8") == 200
        assert state_of(message) == State.ACCEPTED
        assert hook(client, f"?r={message.pk}&type=1") == 200
        assert state_of(message) == State.DELIVERED

    def test_not_delivered(self, client: Client) -> None:
        message = sent(sender("kannel"))
        assert hook(client, f"?r={message.pk}&type=2&answer=UNDELIV") == 200
        assert state_of(message) == State.BOUNCED
        assert "UNDELIV" in message.detail

    def test_news_of_nobodys_message_are_kept(self, client: Client) -> None:
        sender("kannel")
        assert hook(client, "?r=99999&type=1") == 200
        assert Receipt.objects.get().message is None

    @pytest.mark.parametrize(
        ("text", "stops"), [("STOP", True), ("baja.", True), ("no pare", False)]
    )
    def test_m2_stop_ends_and_start_begins_again(
        self, client: Client, text: str, *, stops: bool
    ) -> None:
        sender("kannel")
        assert hook(client, f"?from=595981123456&text={text}") == 200
        assert cast.is_suppressed(ANA, kind="phone") is stops
        assert hook(client, "?from=595981123456&text=START") == 200
        assert not cast.is_suppressed(ANA, kind="phone")

    def test_start_does_not_undo_what_an_operator_decided(self, client: Client) -> None:
        sender("kannel")
        suppress(ANA, Suppression.Reason.OPERATOR, now=NOW, kind="phone", told=Told(via="operator"))
        hook(client, "?from=595981123456&text=START")
        assert cast.is_suppressed(ANA, kind="phone")

    def test_what_says_nothing(self, client: Client) -> None:
        sender("kannel")
        assert hook(client, "?nothing=1") == 400


def call_twilio(client: Client, key: str, form: dict[str, str], query: str = "") -> int:
    url = f"https://avisos.example.com/hooks/{TOKEN}/{query}"
    given = {"X-Twilio-Signature": signature(url, form, key)}
    return client.post(f"/hooks/{TOKEN}/{query}", form, headers=given).status_code


class TestTwilio:
    FORM = {"MessageSid": "SM1", "MessageStatus": "delivered"}

    def test_signed(self, client: Client) -> None:
        message = sent(sender("twilio"), reference="SM1")
        assert call_twilio(client, SECRET, self.FORM) == 200
        assert state_of(message) == State.DELIVERED

    def test_the_known_example_of_the_documentation(self) -> None:
        form = {
            "CallSid": "CA1234567890ABCDE",
            "Caller": "+14158675309",
            "Digits": "1234",
            "From": "+14158675309",
            "To": "+18005551212",
        }
        url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        assert signature(url, form, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="

    @pytest.mark.parametrize("key", ["", "wrong"])
    def test_s20_a_wrong_signature_changes_nothing(self, client: Client, key: str) -> None:
        message = sent(sender("twilio"), reference="SM1")
        assert call_twilio(client, key, self.FORM) == 403
        assert state_of(message) == State.ACCEPTED
        assert not Receipt.objects.exists()

    def test_a_doubt_ends_by_our_own_number(self, client: Client) -> None:
        message = sent(sender("twilio"), state=State.IN_DOUBT, reference="")
        assert call_twilio(client, SECRET, self.FORM, f"?r={message.pk}") == 200
        assert state_of(message) == State.DELIVERED

    def test_an_answer_of_a_person(self, client: Client) -> None:
        sender("twilio")
        form = {"MessageSid": "SM9", "SmsStatus": "received", "From": ANA, "Body": " Stop "}
        assert call_twilio(client, SECRET, form) == 200
        assert cast.is_suppressed(ANA, kind="phone")


class TestWhatsApp:
    def say(self, client: Client, value: dict[str, Any], key: str = SECRET) -> int:
        body = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
        given = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        return hook(client, "", body, **{"X-Hub-Signature-256": f"sha256={given}"})

    def status(self, name: str, **more: Any) -> dict[str, Any]:
        return {"statuses": [{"id": "wamid.1", "status": name, "timestamp": "1764000000", **more}]}

    def test_the_challenge_of_the_set_up(self, client: Client) -> None:
        sender("whatsapp")
        query = f"?hub.mode=subscribe&hub.verify_token={TOKEN}&hub.challenge=11<b>58"
        answer = client.get(f"/hooks/{TOKEN}/{query}")
        assert (answer.status_code, answer.content) == (200, b"11b58\n")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert hook(client, "?hub.mode=subscribe&hub.verify_token=no&hub.challenge=1") == 403

    def test_statuses_move_forward(self, client: Client) -> None:
        message = sent(sender("whatsapp"), reference="wamid.1")
        for name in ("read", "delivered", "sent", "delivered"):
            assert self.say(client, self.status(name)) == 200
        assert state_of(message) == State.DELIVERED
        assert Receipt.objects.count() == 3

    def test_m5_an_error_comes_in_the_status_too(self, client: Client) -> None:
        message = sent(sender("whatsapp"), reference="wamid.1")
        errors = [{"code": 131026, "title": "Message undeliverable"}]
        assert self.say(client, self.status("failed", errors=errors)) == 200
        assert state_of(message) == State.BOUNCED
        assert "no WhatsApp" in message.detail

    def test_s20_a_wrong_signature_changes_nothing(self, client: Client) -> None:
        message = sent(sender("whatsapp"), reference="wamid.1")
        assert self.say(client, self.status("failed"), key="wrong") == 403
        assert hook(client, "", b"{}") == 403
        Sender.objects.update(hook_secret_encrypted="")
        assert self.say(client, self.status("failed"), key="") == 403
        assert state_of(message) == State.ACCEPTED

    @pytest.mark.parametrize("value", [{}, {"statuses": 3}, {"statuses": [7, {"id": 4}]}])
    def test_what_nobody_announced_is_taken_calmly(
        self, client: Client, value: dict[str, Any]
    ) -> None:
        sender("whatsapp")
        assert self.say(client, value) == 200

    def test_s20_what_was_said_before_the_stop_lifts_nothing(self, client: Client) -> None:
        """Signed and never heard before, yet older: it was kept back on its way."""
        sender("whatsapp")
        for number, at, word in (("a", 1764000100, "baja"), ("b", 1764000000, "alta")):
            row = {"from": "595981123456", "id": number, "timestamp": str(at)}
            assert self.say(client, {"messages": [row | {"text": {"body": word}}]}) == 200
        assert cast.is_suppressed(ANA, kind="phone")
        row = {"from": "595981123456", "id": "c", "timestamp": "1764000200"}
        assert self.say(client, {"messages": [row | {"text": {"body": "alta"}}]}) == 200
        assert not cast.is_suppressed(ANA, kind="phone")

    def test_what_a_person_writes_opens_the_window(self, client: Client) -> None:
        by = sender("whatsapp")
        now = timezone.now()  # noqa: TID251 - the view reads the clock
        stamp = str(int(now.timestamp()) - 60)
        said = {
            "messages": [{"from": "595981123456", "timestamp": stamp, "text": {"body": "hola"}}]
        }
        for _ in range(2):
            assert self.say(client, said) == 200
        assert LastWord.objects.count() == 1
        assert is_open(by, ANA, within=DAY, now=now)
        assert not is_open(by, ANA, within=DAY, now=now + timedelta(hours=24))
        assert not is_open(by, "+595981000000", within=DAY, now=now)


class TestWindow:
    """Issue 4, 9: a free text only while the person's last message is at most a day old."""

    def queue(self, by: Sender, hours: int) -> Message:
        when = NOW + timedelta(hours=hours)
        return cast.queue_phone(ANA, by, now=when, key=f"k{hours}")

    def test_free_texts_only_while_it_is_open(self) -> None:
        by = sender("whatsapp")
        with translation.override("en"):
            before = self.queue(by, 0)
        assert (before.state, before.reason) == (State.FAILED, "window")
        assert "approved text" in before.detail
        note_word(by, ANA, at=NOW, now=NOW)
        assert self.queue(by, 23).state == State.READY
        assert self.queue(by, 24).reason == "window"

    def test_an_older_message_told_late_does_not_close_it(self) -> None:
        by = sender("whatsapp")
        note_word(by, ANA, at=NOW, now=NOW)
        note_word(by, ANA, at=NOW - timedelta(days=3), now=NOW)
        note_word(by, ANA, at=NOW + timedelta(days=9), now=NOW)  # a clock that goes ahead
        assert LastWord.objects.get().at == NOW


class TestDescribed:
    OPTIONS = {
        "id_path": "id",
        "receipt_id": "data.id",
        "receipt_status": "data.state",
        "receipt_delivered": "DELIVRD, entregado",
        "receipt_failed": "UNDELIV, rechazado",
        "receipt_list": "",
        "receipt_answer": "OK-1",
    }

    def test_json_with_a_secret_in_a_header(self, client: Client) -> None:
        options = self.OPTIONS | {"signature": "secret", "signature_header": "X-Key"}
        message = sent(sender("http", **options))
        body = json.dumps({"data": {"id": "A-1", "state": "Entregado"}}).encode()
        assert hook(client, "", body) == 403
        assert hook(client, "", body, **{"X-Key": "other"}) == 403
        assert state_of(message) == State.ACCEPTED
        assert hook(client, "", body, **{"X-Key": SECRET}) == 200
        assert state_of(message) == State.DELIVERED

    def test_a_signature_of_the_body(self, client: Client) -> None:
        options = self.OPTIONS | {"signature": "sha256", "signature_header": "X-Sign"}
        message = sent(sender("http", **options))
        body = json.dumps({"data": {"id": "A-1", "state": "UNDELIV"}}).encode()
        good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert hook(client, "", body + b" ", **{"X-Sign": good}) == 403
        assert hook(client, "", body, **{"X-Sign": f"sha256={good}"}) == 200
        assert state_of(message) == State.BOUNCED

    @pytest.mark.parametrize("path", ["", "n"])
    def test_s20_a_signed_body_counts_once(self, client: Client, path: str) -> None:
        signing = {"signature": "sha256", "signature_header": "X-Sign", "inbound_id": path}
        sender("http", **self.OPTIONS, inbound_from="f", inbound_text="t", **signing)

        def say(number: int, word: str) -> None:
            body = json.dumps({"f": "595981123456", "t": word, "n": number}).encode()
            good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            assert hook(client, "", body, **{"X-Sign": good}) == 200

        for number, word in ((1, "STOP"), (2, "START"), (3, "STOP"), (2, "START")):
            say(number, word)
        assert cast.is_suppressed(ANA, kind="phone")
        say(4, "START")
        assert not cast.is_suppressed(ANA, kind="phone")

    def test_fields_of_a_form_and_of_the_address(self, client: Client) -> None:
        options = self.OPTIONS | {"receipt_id": "id", "receipt_status": "s"}
        message = sent(sender("http", **options))
        kind = {"kind": "application/x-www-form-urlencoded"}
        assert hook(client, "?id=A-1", b"s=otra+cosa", **kind) == 200
        assert Receipt.objects.get().status == "unknown"
        assert hook(client, "?id=A-1&s=entregado") == 200
        assert state_of(message) == State.DELIVERED

    def test_several_in_one_call_and_the_answer_they_want(self, client: Client) -> None:
        options = self.OPTIONS | {"receipt_list": "all", "receipt_id": "i", "receipt_status": "s"}
        message = sent(sender("http", **options))
        rows = [{"i": "A-1", "s": "DELIVRD"}, {"i": "B-2", "s": "UNDELIV"}, {"x": 1}, 5]
        answer = client.post(
            f"/hooks/{TOKEN}/", json.dumps({"all": rows}), content_type="application/json"
        )
        assert (answer.status_code, answer.content) == (200, b"OK-1\n")
        assert state_of(message) == State.DELIVERED
        assert Receipt.objects.count() == 2

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[[[[", b'{"data": 3}'])
    def test_rubbish(self, client: Client, body: bytes) -> None:
        sender("http", **self.OPTIONS)
        assert hook(client, "", body) == 400

"""WhatsApp Cloud API: one JSON request a message; a PDF is uploaded first.

Outside the 24 hours after a person's last message only approved texts may go; the outbox asks
`window` before it queues a free one, and 131047 tells the rest. 5xx with Meta's own error object
made nothing of the request (later); without it nobody knows (in doubt).
"""

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import quote

from emailketing.channels.base import Envelope, Inbound, PhoneFile, PhoneText, ReceiptHeard, Reply
from emailketing.channels.hooks import (
    BadSignature,
    Call,
    CallUnreadable,
    Heard,
    e164,
    is_same,
    moment,
)
from emailketing.channels.http.adapter import HttpAdapter, HttpGateway
from emailketing.channels.http.answer import HttpAnswer, accepted, common_reply, in_doubt, refused
from emailketing.channels.http.conversation import (
    Ask,
    GatewayAnswer,
    HttpConversation,
    Unanswered,
    Unsent,
)
from emailketing.channels.models import Sender
from emailketing.channels.whatsapp.codes import error_in, kind_of, sentence_of
from emailketing.common.plain import Entry, Values
from emailketing.common.said import say as _

LANGUAGES = {"es": "es", "en": "en_US", "pt": "pt_BR"}
STATUS = {"sent": "accepted", "delivered": "delivered", "read": "read", "failed": "failed"}
MOST_KEPT = 200  # uploaded files whose numbers are remembered


class Cloud(HttpGateway):
    """The dialect of graph.facebook.com."""

    def question(self) -> Ask:
        return Ask("GET", f"{self._mine()}?fields=display_phone_number", self._headers())

    def ask(self, envelope: Envelope, media: str = "") -> Ask:
        assert envelope.phone  # noqa: S101 - the outbox writes phone messages for phone channels
        said: Values = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": envelope.rcpt_to.lstrip("+"),
            "biz_opaque_callback_data": envelope.envid,
            **self._content(envelope.phone, media),
        }
        headers = self._headers() | {"Content-Type": "application/json"}
        return Ask(
            "POST",
            f"{self._mine()}/messages",
            headers,
            json.dumps(said, ensure_ascii=False).encode(),
        )

    def _content(self, phone: PhoneText, media: str) -> Entry:
        if phone.approved:
            return {"type": "template", "template": self._approved(phone, media)}
        if media and phone.file:
            document = {"id": media, "filename": phone.file.file_name, "caption": phone.text[:1024]}
            return {"type": "document", "document": document}
        return {"type": "text", "text": {"body": phone.text[:4096], "preview_url": False}}

    def _approved(self, phone: PhoneText, media: str) -> Entry:
        parts: list[Entry] = []
        if media and phone.file:
            document = {"id": media, "filename": phone.file.file_name}
            parts.append(
                {"type": "header", "parameters": [{"type": "document", "document": document}]}
            )
        if phone.parameters:
            texts = [{"type": "text", "text": value} for value in phone.parameters]
            parts.append({"type": "body", "parameters": texts})
        if phone.button:
            place: Entry = {"type": "text", "text": phone.button}
            parts.append({"type": "button", "sub_type": "url", "index": "0", "parameters": [place]})
        language = self.account.option(
            f"language_{phone.language}", LANGUAGES.get(phone.language, phone.language)
        )
        return {"name": phone.approved, "language": {"code": language}, "components": parts}

    def upload(self, file: PhoneFile) -> Ask:
        """Make the request that hands over a document; its answer holds the number to name."""
        border = secrets.token_hex(16)
        shown = "".join(sign for sign in file.file_name if sign.isprintable() and sign != '"')
        fields = (("messaging_product", "whatsapp"), ("type", file.mime_type))
        field = '--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        body = "".join(field % (border, name, value) for name, value in fields).encode()
        head = f'Content-Disposition: form-data; name="file"; filename="{shown}"'
        body += f"--{border}\r\n{head}\r\nContent-Type: {file.mime_type}\r\n\r\n".encode()
        body += file.content + f"\r\n--{border}--\r\n".encode()
        headers = self._headers() | {"Content-Type": f"multipart/form-data; boundary={border}"}
        return Ask("POST", f"{self._mine()}/media", headers, body)

    def told(self, answer: HttpAnswer, envelope: Envelope) -> GatewayAnswer:
        found = answer.json()
        said: Values = found if isinstance(found, dict) else {}
        if reply := refusal(answer, said):
            return GatewayAnswer(reply, self.reference(envelope) if not reply.kind else "")
        number = _first_id(said.get("messages"))
        if not number:
            sentence = _("WhatsApp answered without the number of the message: %(words)s")
            return GatewayAnswer(
                in_doubt(sentence % {"words": answer.words}), self.reference(envelope)
            )
        return GatewayAnswer(accepted(answer, "accepted"), number)

    def _mine(self) -> str:
        number = quote(self.account.option("phone_number_id"), safe="")
        return f"{self.account.url.rstrip('/')}/{number}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.account.password}"}


def refusal(answer: HttpAnswer, said: Values) -> Reply | None:
    """Judge an answer that is no success, None where it is one."""
    if error := error_in(said.get("error")):
        code, words = error
        text = sentence_of(code, words)
        return Reply(
            answer.status, enhanced=str(code), text=text, kind=kind_of(code), wait=answer.wait
        )
    if common := common_reply(answer):
        return common
    return refused(answer, answer.words) if answer.status >= 400 else None  # noqa: PLR2004 - HTTP


def _first_id(rows: Any) -> str:
    first = rows[0] if isinstance(rows, list) and rows else None
    number = first.get("id") if isinstance(first, dict) else None
    return number if isinstance(number, str) else ""


class CloudConversation(HttpConversation):
    """Uploads a document once and names it in every message that carries it."""

    _gateway: Cloud

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._media: dict[str, str] = {}

    async def prepare(self, envelope: Envelope) -> Ask:
        """Make the request, its document uploaded; nothing of the message has left by then."""
        file = envelope.phone.file if envelope.phone else None
        return self._gateway.ask(envelope, await self._uploaded(file) if file else "")

    async def _uploaded(self, file: PhoneFile) -> str:
        if file.sha256 not in self._media:
            try:
                answer = await self.exchange(self._gateway.upload(file))
            except Unanswered as error:
                raise Unsent(Reply(0, text=str(error), kind=kind_of(1))) from error
            found = answer.json()
            said: Values = found if isinstance(found, dict) else {}
            number = said.get("id")
            if not isinstance(number, str) or not number:
                raise Unsent(refusal(answer, said) or refused(answer, answer.words))
            while len(self._media) >= MOST_KEPT:
                self._media.pop(next(iter(self._media)))
            self._media[file.sha256] = number
        return self._media[file.sha256]


def hear(sender: Sender, call: Call) -> Heard:
    """Answer the challenge of the set-up, or read signed receipts and what people wrote.

    Raises:
        BadSignature: the token or the signature does not fit.
    """
    if call.method == "GET":
        return _challenge(sender, call)
    _check_signature(sender, call)
    try:
        said = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise CallUnreadable from error
    receipts: list[ReceiptHeard] = []
    inbound: list[Inbound] = []
    for value in _values(said):
        receipts += [found for row in _rows(value, "statuses") if (found := _receipt(row))]
        inbound += [_written(row) for row in _rows(value, "messages") if row.get("from")]
    return Heard(tuple(receipts), tuple(inbound))


def _challenge(sender: Sender, call: Call) -> Heard:
    """The set-up page asks once whether this address is ours: the token proves it."""
    given = call.query.get("hub.verify_token", "")
    if call.query.get("hub.mode") != "subscribe" or not is_same(given, sender.hook_token):
        raise BadSignature
    challenge = call.query.get("hub.challenge", "")
    return Heard(answer="".join(sign for sign in challenge if sign.isalnum())[:200])


def _check_signature(sender: Sender, call: Call) -> None:
    """X-Hub-Signature-256: HMAC of the raw body with the app's secret, before it is parsed."""
    secret, given = sender.hook_secret, call.headers.get("x-hub-signature-256", "")
    if not secret:
        raise BadSignature
    wanted = hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    if not is_same(given, f"sha256={wanted}"):
        raise BadSignature


def _values(said: Any) -> list[Entry]:
    found = [
        change.get("value")
        for entry in _rows(said if isinstance(said, dict) else {}, "entry")
        for change in _rows(entry, "changes")
    ]
    return [value for value in found if isinstance(value, dict)]


def _rows(owner: Entry, name: str) -> list[Entry]:
    rows = owner.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _receipt(row: Entry) -> ReceiptHeard | None:
    number, status = row.get("id"), str(row.get("status", ""))
    if not isinstance(number, str) or not number:
        return None
    errors = _rows(row, "errors")
    code, words = (error_in(errors[0]) if errors else None) or (0, "")
    return ReceiptHeard(
        number[:120],
        STATUS.get(status, "unknown"),
        str(code or ""),
        sentence_of(code, words) if code else "",
        moment(str(row.get("timestamp", ""))),
        envid=str(row.get("biz_opaque_callback_data", ""))[:40],
    )


def _written(row: Entry) -> Inbound:
    text = row.get("text")
    words = text.get("body", "") if isinstance(text, dict) else ""
    at, number = moment(str(row.get("timestamp", ""))), row.get("id")
    reference = number[:120] if isinstance(number, str) else ""
    return Inbound(e164(str(row["from"])), str(words), at, reference)


adapter = HttpAdapter(Cloud, conversation=CloudConversation)

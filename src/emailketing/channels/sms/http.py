"""Any gateway that takes a message by one HTTP request, described by the sender's options.

docs/reference/gateways.md lists the options. 5xx leaves it open whether the message was taken (in
doubt), unless `later_if` finds in the answer that it was not.
"""

import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import urlsplit

from emailketing.channels.base import Envelope, Inbound, ReceiptHeard, Reply, ReplyKind
from emailketing.channels.hooks import (
    BadSignature,
    Call,
    CallUnreadable,
    Heard,
    e164,
    is_same,
    moment,
)
from emailketing.channels.http.adapter import HttpAccount, HttpAdapter, HttpGateway
from emailketing.channels.http.answer import HttpAnswer, accepted, common_reply, in_doubt, refused
from emailketing.channels.http.conversation import Ask, GatewayAnswer, Unsent
from emailketing.channels.models import Sender
from emailketing.channels.sms import http_template as template
from emailketing.channels.sms.encoding import wire_text
from emailketing.channels.sms.http_values import at_path, search, words_of
from emailketing.common.plain import Entry, Values
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of

MOST_ROWS = 1_000  # receipts in one call
CLEARLY = {
    "account_if": ReplyKind.ACCOUNT,
    "address_if": ReplyKind.ADDRESS,
    "later_if": ReplyKind.LATER,
}


class AnyGateway(HttpGateway):
    """The dialect that an administrator described."""

    def ask(self, envelope: Envelope) -> Ask:
        assert envelope.phone  # noqa: S101 - the outbox writes phone messages for phone channels
        try:
            return make_request(self.account, self._values(envelope, envelope.phone.text))
        except template.RequestInvalid as error:
            raise Unsent(Reply(0, text=sentence_of(error), kind=ReplyKind.ACCOUNT)) from error

    def _values(self, envelope: Envelope, text: str) -> dict[str, str]:
        account = self.account
        return {
            "to": envelope.rcpt_to,
            "digits": envelope.rcpt_to.lstrip("+"),
            "national": template.national(envelope.rcpt_to),
            "text": wire_text(text),
            "reference": envelope.envid,
            "sender": envelope.mail_from,
            "user": account.username,
            "password": account.password,
            "hook": account.hook_url,
        }

    def told(self, answer: HttpAnswer, envelope: Envelope) -> GatewayAnswer:
        for name, kind in CLEARLY.items():
            source = self.account.option(name)
            if source and search(source, answer.text):
                wait = answer.wait if kind is ReplyKind.LATER else None
                return GatewayAnswer(replace(refused(answer, answer.words, kind), wait=wait))
        reference = self._reference(answer, envelope)
        if self._is_success(answer):
            return GatewayAnswer(accepted(answer), reference)
        if common := common_reply(answer):
            return GatewayAnswer(common, reference)
        if not self._says_something(answer):
            sentence = _("The gateway answered something unknown: %(words)s")
            return GatewayAnswer(in_doubt(sentence % {"words": answer.words}), reference)
        return GatewayAnswer(refused(answer, answer.words))

    def _is_success(self, answer: HttpAnswer) -> bool:
        """Whether status and content are what the administrator calls a success."""
        fine = self.account.option("success_status", "200-299")
        if answer.is_html or not any(answer.status in span for span in statuses(fine)):
            return False
        wanted = words_of(self.account.option("success_value"))
        if path := self.account.option("success_path"):
            value = at_path(answer.json(), path)
            return value is not None and (not wanted or value.lower() in wanted)
        if source := self.account.option("success_if"):
            return bool(search(source, answer.text))
        return True

    def _says_something(self, answer: HttpAnswer) -> bool:
        """Whether a 2xx that is no success has the form that was announced: then it is a no."""
        if answer.status >= 400:  # noqa: PLR2004 - HTTP
            return True
        if path := self.account.option("success_path"):
            return at_path(answer.json(), path) is not None
        return bool(answer.content.strip())

    def _reference(self, answer: HttpAnswer, envelope: Envelope) -> str:
        if path := self.account.option("id_path"):
            return (at_path(answer.json(), path) or "")[:120]
        if source := self.account.option("id_if"):
            return search(source, answer.text)[:120]
        return self.reference(envelope)

    def reference(self, envelope: Envelope) -> str:
        """Our own number, where the gateway gives none: its receipts name ours then."""
        has_own = self.account.option("id_path") or self.account.option("id_if")
        return "" if has_own else envelope.envid


def make_request(account: HttpAccount, values: dict[str, str]) -> Ask:
    """Write the request out as the options say.

    Raises:
        RequestInvalid: it cannot be written.
    """
    method, style = account.option("method", "POST").upper(), account.option("format", "json")
    headers = {
        name: template.header_line(value)
        for name, value in template.filled_pairs(account.option("headers"), values).items()
    }
    content = template.body(style, account.option("body"), values)
    if method == "GET":
        sign = "&" if urlsplit(account.url).query else "?"
        return Ask("GET", f"{account.url}{sign}{content.decode()}", headers)
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = template.TYPES[style]
    return Ask(method, account.url, headers, content)


def statuses(text: str) -> list[range]:
    """Read `200-299, 302` into ranges; what cannot be read is no status."""
    found = []
    for part in text.replace(";", ",").split(","):
        first, _dash, last = part.strip().partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            found.append(range(int(first), int(last or first) + 1))
    return found


def signed(sender: Sender, call: Call) -> bool:
    """Check what was agreed on: nothing but the address, a secret, or a signature of the body.

    `signature_header` names the header; `signature` is "secret" (the header is the secret) or
    "sha256" (HMAC-SHA256 of the body in hexadecimal, maybe after `sha256=`).
    """
    way = str(sender.options.get("signature") or "")
    if not way:
        return True
    secret = sender.hook_secret
    given = call.headers.get(str(sender.options.get("signature_header") or "").lower(), "")
    if way == "secret":
        return is_same(given, secret)
    if not secret:
        return False
    wanted = hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    return is_same(given.removeprefix("sha256=").lower(), wanted)


def rows_of(call: Call, path: str) -> list[Entry]:
    """Return the receipts in a call: its fields, or JSON, or the list in it that `path` names."""
    try:
        value = json.loads(call.body) if call.body[:1] in (b"{", b"[") else None
    except (ValueError, RecursionError):
        value = None
    if value is None:
        return [{**call.values}]
    for part in filter(None, path.split(".")):
        value = value.get(part) if isinstance(value, dict) else None
    found = value if isinstance(value, list) else [value]
    return [{**call.query, **row} for row in found[:MOST_ROWS] if isinstance(row, dict)]


def hear(sender: Sender, call: Call) -> Heard:
    """Read receipts by the fields that the options name.

    Raises:
        BadSignature: a secret is agreed on, and it is not there.
    """
    options = sender.options
    if not signed(sender, call):
        raise BadSignature
    wanted = {name: str(options.get(f"receipt_{name}") or "") for name in ("id", "status", "error")}
    receipts = []
    for row in rows_of(call, str(options.get("receipt_list") or "")):
        number, status = at_path(row, wanted["id"]), at_path(row, wanted["status"])
        if not wanted["id"] or number is None or status is None:
            continue
        error = (at_path(row, wanted["error"]) if wanted["error"] else "") or ""
        meaning = _meaning(status, options)
        receipts.append(
            ReceiptHeard(
                number[:120],
                meaning,
                error[:40],
                status[:300],
                moment(at_path(row, str(options.get("receipt_at") or "")) or ""),
                envid=number if not options.get("id_path") and not options.get("id_if") else "",
            )
        )
    inbound = _inbound(call, options)
    if not receipts and not inbound:
        raise CallUnreadable
    return Heard(tuple(receipts), inbound, answer=str(options.get("receipt_answer") or ""))


def _meaning(status: str, options: Values) -> str:
    for meaning in ("delivered", "failed", "read", "accepted"):
        if status.strip().lower() in words_of(str(options.get(f"receipt_{meaning}") or "")):
            return meaning
    return "unknown"


def _inbound(call: Call, options: Values) -> tuple[Inbound, ...]:
    """Read what a person wrote, when the options say where that stands."""
    who, what = options.get("inbound_from"), options.get("inbound_text")
    if not who or not what:
        return ()
    found = []
    for place, row in enumerate(rows_of(call, str(options.get("receipt_list") or ""))):
        number, text = at_path(row, str(who)), at_path(row, str(what))
        if number and text:
            at = moment(at_path(row, str(options.get("receipt_at") or "")) or "")
            known_as = _known_as(call, options, row, place)
            found.append(Inbound(e164(number), text, at, known_as))
    return tuple(found)


def _known_as(call: Call, options: Values, row: Entry, place: int) -> str:
    """Return what this one message is known by; signed without a number, by what was signed."""
    path = options.get("inbound_id")
    if path and (number := at_path(row, str(path))):
        return number[:120]
    is_signed = options.get("signature") == "sha256"
    return f"{hashlib.sha256(call.body).hexdigest()}:{place}" if is_signed else ""


adapter = HttpAdapter(AnyGateway)

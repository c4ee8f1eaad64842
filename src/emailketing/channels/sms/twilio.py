"""Twilio's Messages API and its look-alikes: a form, basic auth, signed receipts.

5xx: with Twilio's own error object nothing was made of the request (later); without it, or with a
time-out, nobody knows (in doubt): the API has no idempotency key.
"""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote, urlencode

from emailketing.channels.base import Envelope, Inbound, ReceiptHeard, Reply, ReplyKind
from emailketing.channels.hooks import (
    BadSignature,
    Call,
    CallUnreadable,
    Heard,
    e164,
    is_same,
)
from emailketing.channels.http.adapter import HttpAdapter, HttpGateway
from emailketing.channels.http.answer import HttpAnswer, accepted, common_reply, in_doubt, refused
from emailketing.channels.http.conversation import Ask, GatewayAnswer
from emailketing.channels.models import Sender
from emailketing.channels.sms.encoding import wire_text
from emailketing.common.said import say as _

KIND_OF = {
    **dict.fromkeys((21211, 21217, 21610, 21614), ReplyKind.ADDRESS),
    **dict.fromkeys((20003, 20005, 20404, 21212, 21603, 21606, 21659, 21660), ReplyKind.ACCOUNT),
    **dict.fromkeys((20429, 14107, 21611, 20500, 20503), ReplyKind.LATER),
}
STATUS = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), "accepted"),
    **dict.fromkeys(("undelivered", "failed", "canceled"), "failed"),
    "delivered": "delivered",
    "read": "read",
}


class Twilio(HttpGateway):
    """Twilio's dialect."""

    def question(self) -> Ask:
        return Ask("GET", f"{self._mine()}.json", self._headers())

    def ask(self, envelope: Envelope) -> Ask:
        assert envelope.phone  # noqa: S101 - the outbox writes phone messages for phone channels
        values = {"To": envelope.rcpt_to, "Body": wire_text(envelope.phone.text)}
        if service := self.account.option("messaging_service"):
            values["MessagingServiceSid"] = service
        else:
            values["From"] = envelope.mail_from
        if self.account.hook_url:
            # our own number comes back, too: a receipt can end a doubt (R29)
            values["StatusCallback"] = f"{self.account.hook_url}?{urlencode({'r': envelope.envid})}"
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        return Ask("POST", f"{self._mine()}/Messages.json", headers, urlencode(values).encode())

    def told(self, answer: HttpAnswer, envelope: Envelope) -> GatewayAnswer:
        found = answer.json()
        said: dict[str, Any] = found if isinstance(found, dict) else {}
        if answer.status >= 400 and isinstance(said.get("code"), int):  # noqa: PLR2004 - HTTP
            return GatewayAnswer(_refusal(answer, said["code"], str(said.get("message", ""))[:300]))
        if common := common_reply(answer):
            return GatewayAnswer(common, self.reference(envelope))
        if answer.status >= 400:  # noqa: PLR2004 - HTTP
            return GatewayAnswer(refused(answer, answer.words))
        number = said.get("sid")
        if not isinstance(number, str) or not number:
            sentence = _("The gateway answered without the number of the message: %(words)s")
            return GatewayAnswer(
                in_doubt(sentence % {"words": answer.words}), self.reference(envelope)
            )
        if STATUS.get(str(said.get("status"))) == "failed":
            return GatewayAnswer(
                refused(answer, str(said.get("error_message") or said["status"])), number
            )
        return GatewayAnswer(accepted(answer, str(said.get("status", ""))), number)

    def _mine(self) -> str:
        owner = self.account.option("account_sid", self.account.username)
        return f"{self.account.url.rstrip('/')}/Accounts/{quote(owner, safe='')}"

    def _headers(self) -> dict[str, str]:
        pair = f"{self.account.username}:{self.account.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _refusal(answer: HttpAnswer, code: int, words: str) -> Reply:
    if (common := common_reply(answer, words=words)) and code not in KIND_OF:
        return common if common.kind else refused(answer, words, ReplyKind.LATER)
    kind = KIND_OF.get(code, ReplyKind.REFUSED)
    text = _("The gateway answered %(code)s: %(words)s") % {"code": code, "words": words}
    wait = answer.wait if kind is ReplyKind.LATER else None
    return Reply(answer.status, enhanced=str(code), text=text, kind=kind, wait=wait)


def signature(url: str, form: dict[str, str], token: str) -> str:
    """Return what X-Twilio-Signature must be: HMAC-SHA1 of the address and the sorted form."""
    whole = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(token.encode(), whole.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def hear(sender: Sender, call: Call) -> Heard:
    """Read a signed receipt, or what a person wrote.

    Raises:
        BadSignature: it was not signed with this account's token.
    """
    token, given = sender.hook_secret or sender.password, call.headers.get("x-twilio-signature", "")
    form = dict(call.form)
    if not token or not any(is_same(given, signature(url, form, token)) for url in call.urls):
        raise BadSignature
    number = form.get("MessageSid") or form.get("SmsSid") or ""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    if status == "received" or ("Body" in form and "From" in form and status not in STATUS):
        said = Inbound(e164(form.get("From", "")), form.get("Body", ""), reference=number[:120])
        return Heard(inbound=(said,))
    if not number:
        raise CallUnreadable
    code, text = form.get("ErrorCode", ""), form.get("ErrorMessage", "")[:300]
    meaning = STATUS.get(status, "unknown")
    ours = call.query.get("r", "")
    return Heard((ReceiptHeard(number, meaning, code, text, envid=ours),))


adapter = HttpAdapter(Twilio)

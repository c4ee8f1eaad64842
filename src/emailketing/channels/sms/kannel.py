"""Kannel's sendsms (HTTP): `202 0: Accepted for delivery`, receipts by dlr-url with our number.

5xx: smsbox says 503 when it took nothing (later); any other 5xx leaves it open (in doubt).
"""

import re
from urllib.parse import urlencode

from emailketing.channels.base import Envelope, Inbound, ReceiptHeard
from emailketing.channels.hooks import Call, CallUnreadable, Heard, e164, moment
from emailketing.channels.http.adapter import HttpAdapter, HttpGateway
from emailketing.channels.http.answer import HttpAnswer, accepted, common_reply, in_doubt, refused
from emailketing.channels.http.conversation import Ask, GatewayAnswer
from emailketing.channels.models import Sender
from emailketing.channels.sms.encoding import encoding_of, wire_text
from emailketing.common.said import say as _

EVERY_RECEIPT = 31  # delivered 1, failed 2, queued 4, taken 8, refused 16
STATUS = {"1": "delivered", "2": "failed", "4": "accepted", "8": "accepted", "16": "failed"}
TAKEN = ("0", "3")  # “accepted for delivery”, “queued for later delivery”
SAYS = re.compile(r"(\d+):")


class Kannel(HttpGateway):
    """Kannel's dialect; it gives no number of its own, its receipts name ours."""

    ok = (400,)  # a question without a number: whoever may not ask gets 403 first

    def question(self) -> Ask:
        return self._get(self._identity())

    def ask(self, envelope: Envelope) -> Ask:
        assert envelope.phone  # noqa: S101 - the outbox writes phone messages for phone channels
        text = wire_text(envelope.phone.text)
        values = self._identity() | {
            "to": envelope.rcpt_to,
            "text": text,
            "charset": "utf-8",
            "coding": "0" if encoding_of(text) == "gsm7" else "2",
        }
        if envelope.mail_from:
            values["from"] = envelope.mail_from
        for name in ("smsc", "priority"):
            if value := self.account.option(name):
                values[name] = value
        if self.account.hook_url:
            values |= {"dlr-mask": str(EVERY_RECEIPT), "dlr-url": self._hook(envelope)}
        return self._get(values)

    def told(self, answer: HttpAnswer, envelope: Envelope) -> GatewayAnswer:
        reference = self.reference(envelope)
        if common := common_reply(answer):
            return GatewayAnswer(common, reference)
        said = SAYS.match(answer.words)
        if answer.status >= 400 or (said and said.group(1) not in TAKEN):  # noqa: PLR2004 - HTTP
            return GatewayAnswer(refused(answer, answer.words))
        if said is None:
            sentence = _("Kannel answered something unknown: %(words)s")
            return GatewayAnswer(in_doubt(sentence % {"words": answer.words}), reference)
        return GatewayAnswer(accepted(answer), reference)

    def _identity(self) -> dict[str, str]:
        return {"username": self.account.username, "password": self.account.password}

    def _get(self, values: dict[str, str]) -> Ask:
        return Ask("GET", f"{self.account.url}?{urlencode(values)}")

    def _hook(self, envelope: Envelope) -> str:
        ours = urlencode({"r": envelope.envid})
        return f"{self.account.hook_url}?{ours}&type=%d&at=%T&answer=%A"


def hear(_sender: Sender, call: Call) -> Heard:
    """Read a receipt (`r`, `type`), or what a person wrote (`from`, `text`).

    Kannel signs nothing: who knows the sender's address of receipts is believed (its token cannot
    be guessed).
    """
    values = call.values
    if reference := values.get("r"):
        status = STATUS.get(values.get("type", ""), "unknown")
        at, code, text = (
            moment(values.get("at", "")),
            values.get("type", ""),
            values.get("answer", ""),
        )
        if status in {"delivered", "accepted"}:
            code = text = ""  # “ACK/” and the like say nothing beside a status that is good
        return Heard((ReceiptHeard(reference, status, code, text[:300], at, envid=reference),))
    if number := e164(values.get("from", "")):
        at, known_as = moment(values.get("at", "")), values.get("id", "")[:120]
        return Heard(inbound=(Inbound(number, values.get("text", ""), at, known_as),))
    raise CallUnreadable


adapter = HttpAdapter(Kannel)

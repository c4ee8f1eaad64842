"""What a gateway answered, and what that means where all gateways agree (R14, R15)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from emailketing.channels.base import Reply, ReplyKind
from emailketing.common.said import say as _

MOST_WORDS = 300
_NUMBER = re.compile(r"[A-Za-z0-9._:@-]{1,64}")
HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html\b|<head\b|<body\b)", re.IGNORECASE)
LATER = frozenset({408, 425, 429, 503})  # it says itself that it did not take the message
ACCOUNT = frozenset({401, 402, 403, 404, 405, 407, 410, 411, 415, 501, 505, 511})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, headers in lower case, and as much of the content as was read."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def words(self) -> str:
        """One printable line of it, for the ledger."""
        shown = "".join(sign if sign.isprintable() else " " for sign in self.text[:2000])
        return " ".join(shown.split())[:MOST_WORDS]

    @property
    def is_html(self) -> bool:
        return HTML.match(self.content) is not None

    def json(self) -> Any:
        """Return the content as JSON, None where it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def wait(self) -> timedelta | None:
        """Read Retry-After: seconds, or a date, meant by the far side's own clock (R14)."""
        text = self.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return timedelta(seconds=min(int(text[:9]), 86_400))
        until, now = _instant(text), _instant(self.headers.get("date", ""))
        return max(until - now, timedelta()) or None if until and now else None


def _instant(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def common_reply(answer: HttpAnswer, *, words: str = "") -> Reply | None:
    """Judge by what every gateway means with it; None: it is for the gateway's own rules.

    500, 502, 504 and the like came after the message was with them: nobody knows (in doubt); a
    gateway that says clearly that it took nothing is asked before this.
    """
    status, words = answer.status, words or answer.words
    if status in LATER:
        sentence = _("The gateway asks us to wait (%(status)s): %(words)s")
        return _reply(answer, sentence, words, ReplyKind.LATER, answer.wait)
    if 300 <= status < 400:  # noqa: PLR2004 - redirects are never followed (S13)
        sentence = _("The gateway answered with another address (%(status)s). Enter its final one.")
        return _reply(answer, sentence, words, ReplyKind.ACCOUNT)
    if status in ACCOUNT:
        sentence = _("The gateway refuses the sender (%(status)s): %(words)s")
        return _reply(answer, sentence, words, ReplyKind.ACCOUNT)
    if status >= 500:  # noqa: PLR2004 - HTTP
        sentence = _("The gateway failed (%(status)s) after it had the message: %(words)s")
        return in_doubt(sentence % {"status": status, "words": words})
    if 200 <= status < 300 and answer.is_html:  # noqa: PLR2004 - HTTP
        return web_page(answer)
    return None


def hushed(reply: Reply, status: int) -> Reply:
    """Say what it means, and nothing of what was said (S13)."""
    sentence = _(
        "The service on this computer answered %(status)s. To read its words here, name 127.0.0.1"
        " in EMAILKETING_GATEWAY_HOSTS."
    )
    is_fine = reply.kind is ReplyKind.ACCEPTED
    return replace(reply, enhanced="", text="" if is_fine else sentence % {"status": status})


def plain_number(reference: str) -> str:
    """Return the number of a message, nothing where it could be words."""
    return reference if _NUMBER.fullmatch(reference) else ""


def web_page(answer: HttpAnswer) -> Reply:
    """A page for people where an answer for machines belongs: somebody else answered."""
    sentence = _(
        "A web page came instead of the gateway's answer (%(status)s). Check the address; it is"
        " tried again."
    )
    return Reply(answer.status, text=sentence % {"status": answer.status}, kind=ReplyKind.LATER)


def in_doubt(sentence: str) -> Reply:
    """No answer that says whether the message was taken (R4)."""
    return Reply(0, text=sentence)


def refused(answer: HttpAnswer, words: str, kind: ReplyKind = ReplyKind.REFUSED) -> Reply:
    return _reply(answer, _("The gateway answered %(status)s: %(words)s"), words, kind)


def accepted(answer: HttpAnswer, words: str = "") -> Reply:
    return Reply(answer.status, text=words or answer.words, kind=ReplyKind.ACCEPTED)


def _reply(
    answer: HttpAnswer,
    sentence: str,
    words: str,
    kind: ReplyKind,
    wait: timedelta | None = None,
) -> Reply:
    text = sentence % {"status": answer.status, "words": words}
    return Reply(answer.status, text=text.strip().rstrip(":"), kind=kind, wait=wait)

"""The headers that each class of message carries in addition (deliverability §1.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop

from emailketing.channels.email.headers import phrase
from emailketing.common.plain import JSON
from emailketing.outbox.classes import NEED_WAY_OUT, OFFER_WAY_OUT
from emailketing.outbox.models import MailClass

_AUTOMATIC = (
    ("Auto-Submitted", "auto-generated"),
    # never “All”: that would silence the non-delivery reports as well
    ("X-Auto-Response-Suppress", "OOF, AutoReply"),
)
# as the reader's own page calls what is ended
_LISTS = {
    MailClass.REPORT: gettext_noop("reports"),
    MailClass.GREETING: gettext_noop("greetings"),
    MailClass.MARKETING: gettext_noop("news and offers"),
}
LONGEST_TOKEN, _LONGEST_DOMAIN = 76, 44  # (T1)
_MESSAGE_ID = re.compile(r"<[!-~]{1,120}>")
_KINDS = {MailClass.REPORT: "report", MailClass.GREETING: "mkt", MailClass.MARKETING: "mkt"}


def thread_headers(first: str) -> tuple[tuple[str, str], ...]:
    """Return what puts a mail below the first one about its document (RFC 5322 3.6.4)."""
    if not _MESSAGE_ID.fullmatch(first):
        return ()
    return ("In-Reply-To", first), ("References", first)


@dataclass(frozen=True, slots=True)
class WayOut:
    """How the reader of one message ends what it belongs to, as it was frozen with it.

    Attributes:
        base: of the page, and `token`: the rest of its address; empty base: there is no page.
        mailto: an address that is read.
        about: what is ended (report:12); empty: the class.
        name: what that is called.
    """

    base: str = ""
    token: str = ""
    mailto: str = ""
    about: str = ""
    name: str = ""

    @classmethod
    def of(cls, kept: JSON) -> "WayOut | None":
        if not isinstance(kept, Mapping):
            return None
        return cls(*(str(kept.get(name) or "") for name in cls.__slots__))

    @property
    def url(self) -> str:
        return self.base and f"{self.base}{self.token}"

    @property
    def subject(self) -> str:
        return f"u-{self.token}"


def list_headers(
    mail_class: str, out: WayOut | None, *, from_address: str, language: str
) -> tuple[tuple[str, str], ...]:
    """Return what mail programs make their button of (RFC 2369, 2919, 8058); never of papers."""
    if mail_class not in OFFER_WAY_OUT:
        return ()
    domain = from_address.rpartition("@")[2][-_LONGEST_DOMAIN:].lstrip(".-")
    found = [("List-ID", _list_id(mail_class, out, domain, language))]
    if out is None:
        return tuple(found)
    ways = [f"<{out.url}>"] if out.url else []
    by_mail = f"<mailto:{out.mailto}?subject={out.subject}>" if out.mailto else ""
    if by_mail and len(by_mail) <= LONGEST_TOKEN:
        ways.append(by_mail)
    if ways:
        found.append(("List-Unsubscribe", ", ".join(ways)))
    if out.url:
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if out.url and mail_class in NEED_WAY_OUT:
        found.append(("List-Help", f"<{out.url}>"))
    return tuple(found)


def _list_id(mail_class: str, out: WayOut | None, domain: str, language: str) -> str:
    if out and out.about:
        number = f"<{out.about.replace(':', '-')[:20]}.reports.{domain}>"
        return f"{phrase(out.name)} {number}".strip()
    return f"{_list_name(mail_class, language)} <{mail_class}.lists.{domain}>"


@lru_cache(maxsize=64)
def _list_name(mail_class: str, language: str) -> str:
    """Return what the list is called in the language of its mail: some programs show it."""
    with translation.override(language or None):
        return phrase(capfirst(gettext(_LISTS[MailClass(mail_class)])))


@lru_cache(maxsize=256)
def class_headers(
    mail_class: str, *, trigger: str, from_address: str, sender_id: int
) -> tuple[tuple[str, str], ...]:
    """Return what tells robots that nobody sits at the other end, and providers what this is."""
    headers = list(_AUTOMATIC)
    if mail_class == MailClass.MARKETING:
        headers = [("Precedence", "bulk"), _AUTOMATIC[1]]
    kind = _KINDS.get(MailClass(mail_class), "txn")
    tenant = from_address.rpartition("@")[2]
    fields = (trigger.replace(":", "-"), tenant[-40:], kind, str(sender_id))
    feedback = ":".join(re.sub(r"[^A-Za-z0-9._-]", "-", field)[:40] for field in fields)
    return (*headers, ("Feedback-ID", feedback))

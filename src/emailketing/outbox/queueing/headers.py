"""The headers that each class of message carries in addition (deliverability §1.3)."""

import re
from functools import lru_cache

from emailketing.outbox.models import MailClass

_AUTOMATIC = (
    ("Auto-Submitted", "auto-generated"),
    # never “All”: that would silence the non-delivery reports as well
    ("X-Auto-Response-Suppress", "OOF, AutoReply"),
)
_MESSAGE_ID = re.compile(r"<[!-~]{1,120}>")
_KINDS = {MailClass.REPORT: "report", MailClass.GREETING: "mkt", MailClass.MARKETING: "mkt"}


def thread_headers(first: str) -> tuple[tuple[str, str], ...]:
    """Return what puts a mail below the first one about its document (RFC 5322 3.6.4)."""
    if not _MESSAGE_ID.fullmatch(first):
        return ()
    return ("In-Reply-To", first), ("References", first)


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

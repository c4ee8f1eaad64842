"""The headers that each class of message carries in addition (deliverability §1.3)."""

import re

from emailketing.outbox.models import MailClass

_AUTOMATIC = (
    ("Auto-Submitted", "auto-generated"),
    # never “All”: that would silence the non-delivery reports as well
    ("X-Auto-Response-Suppress", "OOF, AutoReply"),
)
_KINDS = {MailClass.REPORT: "report", MailClass.GREETING: "mkt", MailClass.MARKETING: "mkt"}


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

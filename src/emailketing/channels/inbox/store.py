"""Keep what the built-in inbox received, exactly as it came."""

from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import default

from emailketing.channels.catalogue import is_phone, phones
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import InboxMessage


def store(mail_from: str, rcpt_to: str, raw: bytes, *, now: datetime) -> InboxMessage:
    """Keep one message; headers that cannot be read are kept as they are."""
    headers = BytesHeaderParser().parsebytes(raw)
    channel = _channel(rcpt_to)
    subject = readable(headers.get("Subject"))
    if not subject and is_phone(channel):
        subject = _said(raw)
    return InboxMessage.objects.create(
        received_at=now,
        channel=channel,
        mail_from=mail_from[:254],
        rcpt_to=rcpt_to[:254],
        sender=readable(headers.get("From"))[:300],
        subject=subject[:400],
        message_id=str(headers.get("Message-ID", ""))[:120],
        size=len(raw),
        raw=raw,
    )


def _channel(rcpt_to: str) -> str:
    """Phone messages come as mail to a number at `sms.invalid` or `whatsapp.invalid`."""
    name = rcpt_to.rpartition("@")[2].lower().removesuffix(".invalid")
    is_number = name in phones() and rcpt_to.lower().endswith(".invalid")
    return name if is_number else EMAIL


def _said(raw: bytes) -> str:
    """Return what a phone message says: it has no subject, and the list must tell it apart."""
    with suppress(LookupError, ValueError):
        body = message_from_bytes(raw, policy=default).get_body(("plain",))
        return " ".join(body.get_content().replace("\0", " ").split()) if body else ""
    return ""


def readable(value: object) -> str:
    """Return a header as people read it, in one line and without NUL."""
    text = str(value or "")
    with suppress(LookupError, ValueError):  # an unknown or broken encoding: show what is there
        text = str(make_header(decode_header(text)))
    return " ".join(text.replace("\0", " ").split())

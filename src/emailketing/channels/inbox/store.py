"""Keep what the built-in inbox received, exactly as it came."""

from contextlib import suppress
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

from emailketing.channels.models import Channel, InboxMessage


def store(mail_from: str, rcpt_to: str, raw: bytes, *, now: datetime) -> InboxMessage:
    """Keep one message; headers that cannot be read are kept as they are."""
    headers = BytesHeaderParser().parsebytes(raw)
    return InboxMessage.objects.create(
        received_at=now,
        channel=_channel(rcpt_to),
        mail_from=mail_from[:254],
        rcpt_to=rcpt_to[:254],
        sender=readable(headers.get("From"))[:300],
        subject=readable(headers.get("Subject"))[:400],
        message_id=str(headers.get("Message-ID", ""))[:120],
        size=len(raw),
        raw=raw,
    )


def _channel(rcpt_to: str) -> str:
    """Phone messages come as mail to a number at `sms.invalid` or `whatsapp.invalid`."""
    name = rcpt_to.rpartition("@")[2].lower().removesuffix(".invalid")
    is_phone = name in {Channel.SMS, Channel.WHATSAPP} and rcpt_to.lower().endswith(".invalid")
    return name if is_phone else Channel.EMAIL.value


def readable(value: object) -> str:
    """Return a header as people read it, in one line and without NUL."""
    text = str(value or "")
    with suppress(LookupError, ValueError):  # an unknown or broken encoding: show what is there
        text = str(make_header(decode_header(text)))
    return " ".join(text.replace("\0", " ").split())

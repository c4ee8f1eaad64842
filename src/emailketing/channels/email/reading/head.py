"""What the head of a mail says: its subject, and whether a person or a program sent it."""

import hashlib
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from emailketing.channels.email.reading.batch import LONGEST_HEAD

IDENTITY = ("Message-ID", "Date", "From", "Subject")
LONGEST_SUBJECT = 1_000
# a program that answers a mail says so (RFC 3834 5); one that writes for a person does not count:
# large providers press the button for their readers
_ANSWERS = ("auto-replied", "auto-notified")
_PRECEDENCE = ("auto_reply", "auto-reply")
_OF_PROGRAMS = ("X-Autoreply", "X-Autorespond", "X-Failed-Recipients")
_REPORTS = ("multipart/report", "message/delivery-status", "message/disposition-notification")


@dataclass(frozen=True, slots=True)
class MailHead:
    """What is asked of a mail.

    Attributes:
        subject: decoded, in one line.
        from_address: as it says; nobody believes it.
        is_automatic: a bounce, a receipt, an answer of a program.
        key: the same however and wherever this mail is read again.
    """

    subject: str
    from_address: str
    is_automatic: bool
    key: str


def read_head(raw: bytes) -> MailHead:
    """Read it; whatever a hostile head makes the parser raise is the caller's to catch (R26)."""
    head = BytesHeaderParser().parsebytes(raw[:LONGEST_HEAD])
    identity = "\n".join(_plain(head, name) for name in IDENTITY)
    return MailHead(
        subject=_decoded(_plain(head, "Subject"))[:LONGEST_SUBJECT],
        from_address=parseaddr(_plain(head, "From"))[1][:254],
        is_automatic=_is_automatic(head),
        key=hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest(),
    )


def _plain(head: "Message[str, str]", name: str) -> str:
    """Return a header in one line, without what no database keeps."""
    value = str(head.get(name, "")).encode("utf-8", "replace").decode("utf-8", "replace")
    return " ".join(value.replace("\0", " ").split())


def _decoded(value: str) -> str:
    try:
        parts = decode_header(value)
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", "replace")
            for part, charset in parts
        )
    except (MessageError, LookupError, ValueError):
        return value


def _is_automatic(head: "Message[str, str]") -> bool:
    kind = _plain(head, "Content-Type").lower()
    return (
        _plain(head, "Auto-Submitted").lower().startswith(_ANSWERS)
        or _plain(head, "Precedence").lower() in _PRECEDENCE
        or any(name in head for name in _OF_PROGRAMS)
        or kind.startswith(_REPORTS)
        or _plain(head, "Return-Path") == "<>"
    )

"""Addresses beyond ASCII (RFC 6531): to a server that takes them, else left out or refused.

Domains are A-labels everywhere; letters such as ñ can only stand before the @. What counts is every
address of the message, in the envelope and in the headers: the words of a header are encoded, so a
byte beyond ASCII in the head is part of an address.
"""

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from emailketing.channels.base import Envelope

_ANSWERS_TO = re.compile(rb"^Reply-To:[^\r]*\r\n(?:[ \t][^\r]*\r\n)*", re.MULTILINE | re.IGNORECASE)


def asks_for_utf8(envelope: Envelope) -> bool:
    """Whether some address of the message needs a server that offers SMTPUTF8."""
    addresses = envelope.mail_from + envelope.rcpt_to
    return not (addresses.isascii() and _head(envelope.content).isascii())


def fitted(envelope: Envelope) -> tuple[Envelope, str]:
    """Leave out the answer address when it is one that an old server cannot take; say so."""
    head = _head(envelope.content)
    found = None if head.isascii() else _ANSWERS_TO.search(head)
    if found is None or found[0].isascii():
        return envelope, ""
    address = found[0].decode(errors="replace").partition(":")[2].strip().strip("<>")
    sentence = _(
        "Sent without the answer address %(address)s: the server does not take letters such as ñ"
        " before the @. Answers go to the sender's address."
    )
    content = envelope.content[: found.start()] + envelope.content[found.end() :]
    return replace(envelope, content=content), sentence % {"address": address}


def own_letters(envelope: Envelope) -> str:
    """Say which address an old server cannot take, and what to do; nothing: it can take all."""
    if not envelope.rcpt_to.isascii():
        return _("The server cannot write to addresses with letters such as ñ before the @.")
    if asks_for_utf8(envelope):
        sentence = _(
            "The server does not take the sender's address %(address)s: it has letters such as ñ"
            " before the @. Enter another address under Senders."
        )
        return sentence % {"address": envelope.mail_from}
    return ""


def _head(content: bytes) -> bytes:
    """Return the headers, with their last line end."""
    end = content.find(b"\r\n\r\n")
    return content if end < 0 else content[: end + 2]

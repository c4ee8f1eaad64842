"""Why a line of our own to a server did not stand: the same words for SMTP and SMPP."""

import ssl

from emailketing.channels.base import AccountFailure, ChannelFailure
from emailketing.common import os_errors
from emailketing.common.said import say as _


def unknown(host: str) -> ChannelFailure:
    sentence = _("The server %(host)s is not known. Check its name.")
    return ChannelFailure(sentence % {"host": host})


def unreachable(host: str, port: int, error: OSError | None) -> ChannelFailure:
    """`error`: what the last attempt met (TimeoutError is one); None: there was no address."""
    why: str = _("no address")
    if error is not None:
        why = os_errors.why(error) if error.errno else _("no answer")
    sentence = _("The server %(host)s, port %(port)s, cannot be reached: %(why)s.")
    return ChannelFailure(sentence % {"host": host, "port": port, "why": why})


def untrusted(host: str, error: ssl.SSLCertVerificationError) -> AccountFailure:
    sentence = _("The certificate of %(host)s cannot be trusted: %(why)s.")
    return AccountFailure(sentence % {"host": host, "why": error.verify_message.rstrip(".")})

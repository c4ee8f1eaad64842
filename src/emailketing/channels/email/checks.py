"""What a sender of mail must be before it is saved (S14, S24)."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.channels.email.account import is_loopback
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender
from emailketing.channels.shared_checks import check_filled, check_port, check_security
from emailketing.common.email_address import EmailInvalid, email


def _check_mail(sender: Sender) -> Iterator[SenderInvalid]:
    yield from check_filled(sender, "host")
    for name in ("from_address", "reply_to"):
        yield from _check_address(sender, name)
    yield from check_security(sender, Sender.Security.values)
    if sender.security == Sender.Security.PLAIN and not is_loopback(sender.host):
        sentence = _("Without encryption mail may go to this computer only.")
        yield SenderInvalid(sentence, "security")
    yield from check_port(sender)
    if sender.port not in settings.SENDER_PORTS and not is_loopback(sender.host):
        ports = ", ".join(str(number) for number in settings.SENDER_PORTS)
        sentence = _("Mail servers listen on port %(ports)s; another one is refused.")
        yield SenderInvalid(sentence % {"ports": ports}, "port")


def _check_address(sender: Sender, name: str) -> Iterator[SenderInvalid]:
    value = getattr(sender, name)
    if not value and name == "reply_to":
        return
    try:
        found = email(value)
    except EmailInvalid:
        sentence = _("“%s” is not an e-mail address.") % " ".join(value.split())
        yield SenderInvalid(sentence, name)
        return
    if name == "from_address" and not found.wire.isascii():
        # a server without SMTPUTF8 (RFC 6531) takes not one mail of it, and so do most on the way;
        # an answer address is left out there and said, a From cannot be
        sentence = _(
            "“%s” has letters such as ñ or accents before the @: many servers take no mail from"
            " it. Write an address without them."
        )
        yield SenderInvalid(sentence % found.value, name)


CHECKS = {"smtp": _check_mail}

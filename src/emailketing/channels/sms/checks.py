"""What a sender of text messages must be before it is saved, kind by kind (S14, S24)."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.channels.email.account import is_loopback
from emailketing.channels.http.address import is_allowed
from emailketing.channels.http.url_check import check_url
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender
from emailketing.channels.shared_checks import (
    check_filled,
    check_our_number,
    check_port,
    check_security,
)
from emailketing.channels.sms.account import SenderNumberInvalid, source_of
from emailketing.channels.sms.http_check import check_described


def _check_smpp(sender: Sender) -> Iterator[SenderInvalid]:
    """S14, S24: an operator's centre by TLS, or by a way that the administrator named (VPN)."""
    yield from check_filled(sender, "host", "username")
    yield from _check_source(sender)
    yield from check_port(sender)
    yield from check_security(sender, [Sender.Security.TLS, Sender.Security.PLAIN])
    if is_loopback(sender.host) or is_allowed(sender.host):
        return
    if sender.security == Sender.Security.PLAIN:
        sentence = _(
            "Without encryption only to this computer, or to a place (of a VPN, for example) that"
            " the administrator names in EMAILKETING_GATEWAY_HOSTS."
        )
        yield SenderInvalid(sentence, "security")
    if sender.port not in settings.SMPP_PORTS:
        ports = ", ".join(str(number) for number in settings.SMPP_PORTS)
        sentence = _("Operators listen on port %(ports)s; another one is refused.")
        yield SenderInvalid(sentence % {"ports": ports}, "port")


def _check_source(sender: Sender) -> Iterator[SenderInvalid]:
    yield from check_our_number(sender)
    try:
        source_of(sender.from_address)
    except SenderNumberInvalid as error:
        yield SenderInvalid(str(error), "from_address")


def _check_kannel(sender: Sender) -> Iterator[SenderInvalid]:
    yield from _check_source(sender)
    yield from check_url(sender)
    yield from check_filled(sender, "username")


def _check_twilio(sender: Sender) -> Iterator[SenderInvalid]:
    yield from _check_source(sender)
    yield from check_url(sender)
    yield from check_filled(sender, "username")
    if not sender.from_address and not sender.options.get("messaging_service"):
        sentence = _("Enter our number, or the messaging service instead.")
        yield SenderInvalid(sentence, "from_address")


def _check_http(sender: Sender) -> Iterator[SenderInvalid]:
    yield from check_our_number(sender)
    yield from check_url(sender)
    if sender.options.get("url") and sender.options.get("body"):
        for wrong in check_described(sender.options):
            yield SenderInvalid(wrong.sentence, f"option_{wrong.option}")


def _check_gammu(sender: Sender) -> Iterator[SenderInvalid]:
    if not str(sender.options.get("folder") or "").startswith("/"):
        yield SenderInvalid(_("The whole path of the folder, please."), "option_folder")


CHECKS = {
    "smpp": _check_smpp,
    "kannel": _check_kannel,
    "twilio": _check_twilio,
    "http": _check_http,
    "gammu": _check_gammu,
}

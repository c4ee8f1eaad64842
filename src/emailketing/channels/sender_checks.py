"""What a sender must be before it is saved: the same for every kind, then by kind (S14, S22, S24).

One check, for console and command line alike.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.channels.email.account import is_loopback
from emailketing.channels.email.headers import HeaderInvalid, refuse_control
from emailketing.channels.http.address import UrlRefused, check_url, is_allowed
from emailketing.channels.kinds import KindOf, kind_of
from emailketing.channels.models import Sender
from emailketing.channels.sms.account import SourceInvalid, source_of
from emailketing.channels.sms.http_check import check_described
from emailketing.channels.sms.kind_options import Option
from emailketing.common.email_address import EmailInvalid, email

HIGHEST_PORT = 65_535
MOST_CONNECTIONS = 50
MOST_OPTION = 4_000  # characters
MOST_PER_SECOND = 10_000


class SenderInvalid(Exception):
    """This sender cannot be saved; the sentence says what to change, `field` where.

    The field of an option is `option_<name>`.
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def check_sender(sender: Sender) -> None:
    """Tidy and check what was entered; secrets are `senders.save_sender`'s.

    Raises:
        SenderInvalid: the first thing that is wrong.
    """
    about = kind_of(sender.kind)
    if sender.kind not in Sender.Kind.values:
        names = ", ".join(Sender.Kind.values)
        raise SenderInvalid(_("The kind is one of: %s.") % names, "kind")
    sender.channel = about.channel
    _check_lines(sender)
    _check_limits(sender)
    _check_options(sender, about)
    _CHECKS[Sender.Kind(sender.kind)](sender)


def _check_lines(sender: Sender) -> None:
    for name in ("name", "from_name", "host", "username"):
        setattr(sender, name, _one_line(name, getattr(sender, name)))
    if not sender.name:
        raise SenderInvalid(_("This must not be empty."), "name")
    if Sender.objects.exclude(pk=sender.pk).filter(name=sender.name).exists():
        raise SenderInvalid(_("There is already a sender with this name."), "name")


def _one_line(name: str, value: str) -> str:
    value = value.strip()
    try:
        refuse_control(name, value)
    except HeaderInvalid as error:
        raise SenderInvalid(_("Only one line, please."), name) from error
    return value


def _check_limits(sender: Sender) -> None:
    if sender.daily_limit is not None and sender.daily_limit < 1:
        raise SenderInvalid(_("The daily limit is at least 1, or empty for none."), "daily_limit")
    if not 1 <= sender.connections <= MOST_CONNECTIONS:
        sentence = _("Between 1 and %(most)s connections.") % {"most": MOST_CONNECTIONS}
        raise SenderInvalid(sentence, "connections")
    if sender.per_second is not None and not 1 <= sender.per_second <= MOST_PER_SECOND:
        raise SenderInvalid(_("At least one a second, or empty for no limit."), "per_second")
    for name in ("price", "monthly_budget"):
        value = getattr(sender, name)
        if value is not None and value < 0:
            raise SenderInvalid(_("An amount, or empty."), name)


# --- options


def _check_options(sender: Sender, about: KindOf) -> None:
    given = sender.options if isinstance(sender.options, dict) else {}
    unknown = sorted(name for name in given if about.option(name) is None)
    if unknown:
        sentence = _("This kind of sender has no option “%s”.") % unknown[0]
        raise SenderInvalid(sentence, f"option_{unknown[0]}")
    kept: dict[str, Any] = {}
    for option in about.options:
        value = _read_option(option, given.get(option.name))
        if value not in ("", False, None):
            kept[option.name] = value
        elif option.required:
            raise SenderInvalid(_("This must not be empty."), f"option_{option.name}")
    sender.options = kept


def _read_option(option: Option, value: Any) -> Any:
    field = f"option_{option.name}"
    if option.way == "switch":
        return value in (True, "true", "on", "yes", "1", "sí", "si")
    text = str("" if value is None else value).replace("\r\n", "\n").strip()
    if len(text) > MOST_OPTION or "\0" in text:
        raise SenderInvalid(_("At most %(most)s characters.") % {"most": MOST_OPTION}, field)
    if option.way == "choice" and text not in dict(option.choices):
        names = ", ".join(name for name, _label in option.choices if name)
        raise SenderInvalid(_("One of: %s.") % names, field)
    if option.way == "number" and text:
        if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - digits
            raise SenderInvalid(_("A whole number, please."), field)
        return int(text)
    return text if option.way == "lines" else _one_line(field, text)


# --- by kind


def _check_mail(sender: Sender) -> None:
    if not sender.host:
        raise SenderInvalid(_("This must not be empty."), "host")
    for name in ("from_address", "reply_to"):
        _check_address(sender, name)
    _check_security(sender, Sender.Security.values)
    if sender.security == Sender.Security.PLAIN and not is_loopback(sender.host):
        sentence = _("Without encryption mail may go to this computer only.")
        raise SenderInvalid(sentence, "security")
    _check_port(sender)
    if sender.port not in settings.SENDER_PORTS and not is_loopback(sender.host):
        ports = ", ".join(str(number) for number in settings.SENDER_PORTS)
        sentence = _("Mail servers listen on port %(ports)s; another one is refused.")
        raise SenderInvalid(sentence % {"ports": ports}, "port")


def _check_address(sender: Sender, name: str) -> None:
    value = getattr(sender, name)
    if not value and name == "reply_to":
        return
    try:
        email(value)
    except EmailInvalid as error:
        sentence = _("“%s” is not an e-mail address.") % " ".join(value.split())
        raise SenderInvalid(sentence, name) from error


def _check_security(sender: Sender, allowed: list[str]) -> None:
    if sender.security not in allowed:
        raise SenderInvalid(_("Encryption is one of: %s.") % ", ".join(allowed), "security")


def _check_port(sender: Sender) -> None:
    if not 0 < sender.port <= HIGHEST_PORT:
        raise SenderInvalid(_("A port is a number from 1 to 65535."), "port")


def _check_smpp(sender: Sender) -> None:
    """S14, S24: an operator's centre by TLS, or by a way that the administrator named (VPN)."""
    if not sender.host:
        raise SenderInvalid(_("This must not be empty."), "host")
    if not sender.username:
        raise SenderInvalid(_("This must not be empty."), "username")
    _check_source(sender)
    _check_port(sender)
    _check_security(sender, [Sender.Security.TLS, Sender.Security.PLAIN])
    if is_loopback(sender.host) or is_allowed(sender.host):
        return
    if sender.security == Sender.Security.PLAIN:
        sentence = _(
            "Without encryption only to this computer, or to a place (of a VPN, for example) that"
            " the administrator names in EMAILKETING_GATEWAY_HOSTS."
        )
        raise SenderInvalid(sentence, "security")
    if sender.port not in settings.SMPP_PORTS:
        ports = ", ".join(str(number) for number in settings.SMPP_PORTS)
        sentence = _("Operators listen on port %(ports)s; another one is refused.")
        raise SenderInvalid(sentence % {"ports": ports}, "port")


def _check_source(sender: Sender) -> None:
    sender.from_address = _one_line("from_address", sender.from_address)
    try:
        source_of(sender.from_address)
    except SourceInvalid as error:
        raise SenderInvalid(str(error), "from_address") from error


def _check_url(sender: Sender) -> None:
    url = str(sender.options["url"])
    try:
        check_url(url)
    except UrlRefused as error:
        raise SenderInvalid(str(error), "option_url") from error


def _check_kannel(sender: Sender) -> None:
    _check_source(sender)
    _check_url(sender)
    if not sender.username:
        raise SenderInvalid(_("This must not be empty."), "username")
    if int(sender.options.get("priority") or 0) > 3:  # noqa: PLR2004 - Kannel's highest
        raise SenderInvalid(_("A number from 0 to 3."), "option_priority")


def _check_twilio(sender: Sender) -> None:
    _check_source(sender)
    _check_url(sender)
    if not sender.username:
        raise SenderInvalid(_("This must not be empty."), "username")
    if not sender.from_address and not sender.options.get("messaging_service"):
        sentence = _("Enter our number, or the messaging service instead.")
        raise SenderInvalid(sentence, "from_address")


def _check_http(sender: Sender) -> None:
    sender.from_address = _one_line("from_address", sender.from_address)
    _check_url(sender)
    if wrong := check_described(sender.options):
        raise SenderInvalid(wrong.sentence, f"option_{wrong.option}")


def _check_gammu(sender: Sender) -> None:
    if not str(sender.options["folder"]).startswith("/"):
        raise SenderInvalid(_("The whole path of the folder, please."), "option_folder")


def _check_whatsapp(sender: Sender) -> None:
    sender.from_address = _one_line("from_address", sender.from_address)
    _check_url(sender)
    if not str(sender.options["phone_number_id"]).isdecimal():
        sentence = _("Only digits: it is not the number itself but its identifier.")
        raise SenderInvalid(sentence, "option_phone_number_id")


_CHECKS: dict[Sender.Kind, Callable[[Sender], None]] = {
    Sender.Kind.SMTP: _check_mail,
    Sender.Kind.SMPP: _check_smpp,
    Sender.Kind.KANNEL: _check_kannel,
    Sender.Kind.TWILIO: _check_twilio,
    Sender.Kind.HTTP: _check_http,
    Sender.Kind.GAMMU: _check_gammu,
    Sender.Kind.WHATSAPP: _check_whatsapp,
}

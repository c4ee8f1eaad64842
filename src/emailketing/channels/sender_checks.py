"""What a sender must be before it is saved: the same for every kind, then by kind (S14, S22, S24).

One check, for console and command line alike.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from emailketing.channels.email.account import is_loopback
from emailketing.channels.email.headers import HeaderInvalid, refuse_control
from emailketing.channels.http.address import UrlRefused, check_url, is_allowed
from emailketing.channels.kinds import KindOf, kind_of
from emailketing.channels.models import Sender
from emailketing.channels.sms.account import SourceInvalid, our_number, source_of
from emailketing.channels.sms.http_check import check_described
from emailketing.channels.sms.kind_options import Option
from emailketing.common.email_address import EmailInvalid, email
from emailketing.company.models import Company

LINES = ("name", "from_name", "from_address", "host", "username")
HIGHEST_PORT = 65_535
MOST_CONNECTIONS = 50
MOST_AMOUNT = {"price": 10**8, "monthly_budget": 10**12}  # what their columns hold
MOST_OPTION = 4_000  # characters
MOST_PER_SECOND = 10_000
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")


class SenderInvalid(Exception):
    """This sender cannot be saved; the sentence says what to change, `field` where.

    The field of an option is `option_<name>`.
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.all: list[SenderInvalid] = [self]

    @classmethod
    def of(cls, found: Iterable["SenderInvalid"]) -> "SenderInvalid | None":
        """Return one for all that was found, the first for each field; None for nothing."""
        by_field: dict[str, SenderInvalid] = {}
        for one in found:
            by_field.setdefault(one.field, one)
        if not by_field:
            return None
        first = next(iter(by_field.values()))
        whole = cls(" ".join(dict.fromkeys(map(str, by_field.values()))), first.field)
        whole.all = list(by_field.values())
        return whole


def check_sender(sender: Sender) -> None:
    """Tidy and check what was entered; secrets are `senders.save_sender`'s.

    Raises:
        SenderInvalid: everything that is wrong, in `all`.
    """
    if wrong := SenderInvalid.of(problems_of(sender)):
        raise wrong


def problems_of(sender: Sender) -> Iterator[SenderInvalid]:
    """Tidy what was entered and yield everything that is wrong with it."""
    about = kind_of(sender.kind)
    if sender.kind not in Sender.Kind.values:
        names = ", ".join(Sender.Kind.values)
        yield SenderInvalid(_("The kind is one of: %s.") % names, "kind")
        return
    sender.channel = about.channel
    yield from _check_lines(sender)
    yield from _check_limits(sender)
    yield from _check_options(sender, about)
    yield from _CHECKS[Sender.Kind(sender.kind)](sender)


def _check_lines(sender: Sender) -> Iterator[SenderInvalid]:
    for name in LINES:
        try:
            setattr(sender, name, _one_line(name, getattr(sender, name)))
        except SenderInvalid as error:
            yield error
    for name in (*LINES, "reply_to"):
        longest = getattr(Sender._meta.get_field(name), "max_length", None)
        if longest is not None and len(getattr(sender, name)) > longest:
            yield SenderInvalid(_("At most %(most)s characters.") % {"most": longest}, name)
    if not sender.name:
        yield SenderInvalid(_("This must not be empty."), "name")
    if Sender.objects.exclude(pk=sender.pk).filter(name=sender.name).exists():
        yield SenderInvalid(_("There is already a sender with this name."), "name")


def _one_line(name: str, value: str) -> str:
    value = value.strip()
    try:
        refuse_control(name, value)
    except HeaderInvalid as error:
        raise SenderInvalid(_("Only one line, please."), name) from error
    return value


def _check_limits(sender: Sender) -> Iterator[SenderInvalid]:
    if sender.daily_limit is not None and sender.daily_limit < 1:
        yield SenderInvalid(_("The daily limit is at least 1, or empty for none."), "daily_limit")
    if not 1 <= sender.connections <= MOST_CONNECTIONS:
        sentence = _("Between 1 and %(most)s connections.") % {"most": MOST_CONNECTIONS}
        yield SenderInvalid(sentence, "connections")
    if sender.per_second is not None and not 1 <= sender.per_second <= MOST_PER_SECOND:
        yield SenderInvalid(_("At least one a second, or empty for no limit."), "per_second")
    for name in ("price", "monthly_budget"):
        value = getattr(sender, name)
        if value is not None and not 0 <= _finite(value) < MOST_AMOUNT[name]:
            yield SenderInvalid(_("An amount, or empty."), name)


def _finite(value: Decimal) -> Decimal:
    """Return what can be compared: “NaN” and “Infinity” are read as numbers, and are no amounts."""
    return value if Decimal(value).is_finite() else Decimal(-1)


# --- options


def _check_options(sender: Sender, about: KindOf) -> Iterator[SenderInvalid]:
    given = sender.options if isinstance(sender.options, dict) else {}
    unknown = sorted(name for name in given if about.option(name) is None)
    if unknown:
        sentence = _("This kind of sender has no option “%s”.") % unknown[0]
        yield SenderInvalid(sentence, f"option_{unknown[0]}")
    kept: dict[str, Any] = {}
    for option in about.options:
        try:
            value = _read_option(option, given.get(option.name))
        except SenderInvalid as error:
            yield error
            continue
        if value not in ("", False, None):
            kept[option.name] = value
        elif option.required:
            yield SenderInvalid(_("This must not be empty."), f"option_{option.name}")
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
        return _read_number(option, text)
    return text if option.way == "lines" else _one_line(field, text)


def _read_number(option: Option, text: str) -> int:
    lowest, highest = option.between
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - digits
        raise SenderInvalid(_("A whole number, please."), f"option_{option.name}")
    if not lowest <= int(text) <= highest:
        sentence = _("A number from %(lowest)s to %(highest)s.")
        words = {"lowest": lowest, "highest": highest}
        raise SenderInvalid(sentence % words, f"option_{option.name}")
    return int(text)


# --- by kind


def _check_mail(sender: Sender) -> Iterator[SenderInvalid]:
    if not sender.host:
        yield SenderInvalid(_("This must not be empty."), "host")
    for name in ("from_address", "reply_to"):
        yield from _check_address(sender, name)
    yield from _check_security(sender, Sender.Security.values)
    if sender.security == Sender.Security.PLAIN and not is_loopback(sender.host):
        sentence = _("Without encryption mail may go to this computer only.")
        yield SenderInvalid(sentence, "security")
    yield from _check_port(sender)
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


def _check_security(sender: Sender, allowed: list[str]) -> Iterator[SenderInvalid]:
    if sender.security not in allowed:
        yield SenderInvalid(_("Encryption is one of: %s.") % ", ".join(allowed), "security")


def _check_port(sender: Sender) -> Iterator[SenderInvalid]:
    if not 0 < sender.port <= HIGHEST_PORT:
        yield SenderInvalid(_("A port is a number from 1 to 65535."), "port")


def _check_smpp(sender: Sender) -> Iterator[SenderInvalid]:
    """S14, S24: an operator's centre by TLS, or by a way that the administrator named (VPN)."""
    if not sender.host:
        yield SenderInvalid(_("This must not be empty."), "host")
    if not sender.username:
        yield SenderInvalid(_("This must not be empty."), "username")
    yield from _check_source(sender)
    yield from _check_port(sender)
    yield from _check_security(sender, [Sender.Security.TLS, Sender.Security.PLAIN])
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
    yield from _check_our_number(sender)
    try:
        source_of(sender.from_address)
    except SourceInvalid as error:
        yield SenderInvalid(str(error), "from_address")


def _check_our_number(sender: Sender) -> Iterator[SenderInvalid]:
    try:
        sender.from_address = our_number(sender.from_address, Company.get().country)
    except SourceInvalid as error:
        yield SenderInvalid(str(error), "from_address")


def _check_url(sender: Sender) -> Iterator[SenderInvalid]:
    url = str(sender.options.get("url") or "")
    if not url:  # said already
        return
    try:
        check_url(url)
    except UrlRefused as error:
        yield SenderInvalid(str(error), "option_url")


def _check_kannel(sender: Sender) -> Iterator[SenderInvalid]:
    yield from _check_source(sender)
    yield from _check_url(sender)
    if not sender.username:
        yield SenderInvalid(_("This must not be empty."), "username")


def _check_twilio(sender: Sender) -> Iterator[SenderInvalid]:
    yield from _check_source(sender)
    yield from _check_url(sender)
    if not sender.username:
        yield SenderInvalid(_("This must not be empty."), "username")
    if not sender.from_address and not sender.options.get("messaging_service"):
        sentence = _("Enter our number, or the messaging service instead.")
        yield SenderInvalid(sentence, "from_address")


def _check_http(sender: Sender) -> Iterator[SenderInvalid]:
    yield from _check_our_number(sender)
    yield from _check_url(sender)
    if sender.options.get("url") and sender.options.get("body"):
        for wrong in check_described(sender.options):
            yield SenderInvalid(wrong.sentence, f"option_{wrong.option}")


def _check_gammu(sender: Sender) -> Iterator[SenderInvalid]:
    if not str(sender.options.get("folder") or "").startswith("/"):
        yield SenderInvalid(_("The whole path of the folder, please."), "option_folder")


def _check_whatsapp(sender: Sender) -> Iterator[SenderInvalid]:
    yield from _check_url(sender)
    yield from _check_our_number(sender)
    if not str(sender.options.get("phone_number_id") or "").isdecimal():
        sentence = _("Only digits: it is not the number itself but its identifier.")
        yield SenderInvalid(sentence, "option_phone_number_id")
    for name, value in sender.options.items():
        if name.startswith("language_") and not LANGUAGE_CODE.fullmatch(str(value)):
            sentence = _("“%(value)s” is no code of a language: es, en_US, pt_BR …")
            yield SenderInvalid(sentence % {"value": str(value)[:20]}, f"option_{name}")


_CHECKS: dict[Sender.Kind, Callable[[Sender], Iterator[SenderInvalid]]] = {
    Sender.Kind.SMTP: _check_mail,
    Sender.Kind.SMPP: _check_smpp,
    Sender.Kind.KANNEL: _check_kannel,
    Sender.Kind.TWILIO: _check_twilio,
    Sender.Kind.HTTP: _check_http,
    Sender.Kind.GAMMU: _check_gammu,
    Sender.Kind.WHATSAPP: _check_whatsapp,
}

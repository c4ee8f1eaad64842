"""What each kind of sender is called and asks for: one list for console, command line and check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from emailketing.channels.models import Channel, Sender
from emailketing.channels.sms.kind_options import HTTP, PLAIN, Option

Text = str | Promise
PASSWORD = _("Password")


@dataclass(frozen=True, slots=True)
class KindOf:
    """A kind of sender.

    Attributes:
        fields: which of the sender's own fields it uses, besides name, limits and price.
        names: what they are called here, where that differs; `helps` the same for their help.
        defaults: of those fields; an option has its own.
        password: what the secret is called; empty: there is none.
        needs_user: a password belongs to a user name; False: it stands alone.
        hook_secret: what the signing secret of its receipts is called; empty: there is none.
    """

    kind: str
    channel: str
    title: Text
    hint: Text
    icon: str
    fields: tuple[str, ...]
    options: tuple[Option, ...] = ()
    names: Mapping[str, Text] = field(default_factory=dict)
    helps: Mapping[str, Text] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    password: Text = PASSWORD
    needs_user: bool = True
    hook_secret: Text = ""

    @property
    def is_phone(self) -> bool:
        return self.channel != Channel.EMAIL

    @property
    def may_lack_password(self) -> bool:
        """Say whether it works without a secret: some local gateways know us by our address."""
        return not self.needs_user and self.kind != Sender.Kind.WHATSAPP

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)


OUR_NUMBER = {"from_address": _("Our number or name")}
NUMBER_HELP = {
    "from_address": _(
        "What the phone shows: a number, a short code, or up to 11 letters without accents, as your"
        " contract says."
    )
}


def _url(label: Text, usual: str) -> Option:
    help_text = _("The address to which messages are handed over")
    return Option("url", label, help_text, required=True, default=usual)


KINDS: dict[str, KindOf] = {
    found.kind: found
    for found in (
        KindOf(
            kind=Sender.Kind.SMTP,
            channel=Channel.EMAIL,
            title=_("E-mail: a mail server (SMTP)"),
            hint=_("The server of your provider or your own: Google, Microsoft, cPanel, Postfix."),
            icon="mail",
            fields=(
                *("from_name", "from_address", "reply_to", "host", "port", "security"),
                *("username", "connections"),
            ),
        ),
        KindOf(
            kind=Sender.Kind.SMPP,
            channel=Channel.SMS,
            title=_("SMS: a telephone operator (SMPP)"),
            hint=_(
                "A contract with Tigo, Personal, Claro or a wholesaler: server, user, password."
            ),
            icon="cell_tower",
            fields=("from_address", "host", "port", "security", "username"),
            options=(
                Option("system_type", _("System type"), _("Only if the operator names one.")),
                Option(
                    "window",
                    _("Messages under way at once"),
                    _("10 unless the operator says otherwise."),
                    way="number",
                    default="10",
                    between=(1, 200),
                ),
                Option(
                    "id_base",
                    _("Numbers in receipts"),
                    _("Only if receipts do not find their messages."),
                    way="choice",
                    choices=(
                        ("", _("as in the answers")),
                        ("hex", _("answers hexadecimal, receipts decimal")),
                        ("decimal", _("answers decimal, receipts hexadecimal")),
                    ),
                ),
                Option(
                    "data_coding",
                    _("Code of the operator's own alphabet"),
                    _("0 nearly everywhere."),
                    way="number",
                    default="0",
                    between=(0, 255),
                ),
                PLAIN,
            ),
            names={**OUR_NUMBER, "username": _("User (system_id)")},
            helps=NUMBER_HELP,
            defaults={"port": 2775, "security": Sender.Security.TLS, "connections": 1},
        ),
        KindOf(
            kind=Sender.Kind.KANNEL,
            channel=Channel.SMS,
            title=_("SMS: a Kannel gateway"),
            hint=_("Kannel's smsbox in your house, with its own modems or operators."),
            icon="dns",
            fields=("from_address", "username", "connections"),
            options=(
                _url(_("Address of sendsms"), "http://127.0.0.1:13013/cgi-bin/sendsms"),
                Option("smsc", _("Way out (smsc)"), _("Only if Kannel has several.")),
                Option("priority", _("Priority (0 to 3)"), "", way="number", between=(0, 3)),
                PLAIN,
            ),
            names=OUR_NUMBER,
            helps=NUMBER_HELP,
        ),
        KindOf(
            kind=Sender.Kind.TWILIO,
            channel=Channel.SMS,
            title=_("SMS: Twilio, or a service that works like it"),
            hint=_("Account number and token; receipts are signed."),
            icon="cloud",
            fields=("from_address", "username", "connections"),
            options=(
                _url(_("Address of the service"), "https://api.twilio.com/2010-04-01"),
                Option("account_sid", _("Account number"), _("Only if the user is an API key.")),
                Option("messaging_service", _("Messaging service"), _("Instead of our number.")),
                PLAIN,
            ),
            names={**OUR_NUMBER, "username": _("Account number (Account SID) or API key")},
            helps=NUMBER_HELP,
            password=_("Token (Auth Token)"),
            hook_secret=_("Token that signs receipts, if it is another"),
        ),
        KindOf(
            kind=Sender.Kind.HTTP,
            channel=Channel.SMS,
            title=_("SMS: any other gateway with an HTTP address"),
            hint=_(
                "A local provider: you describe its request and its answer, without programming."
            ),
            icon="lan",
            fields=("from_address", "username", "connections"),
            options=HTTP,
            names=OUR_NUMBER,
            helps=NUMBER_HELP,
            password=_("Password or key"),
            needs_user=False,
            hook_secret=_("Secret of the receipts"),
        ),
        KindOf(
            kind=Sender.Kind.GAMMU,
            channel=Channel.SMS,
            title=_("SMS: a GSM modem on this computer (gammu-smsd)"),
            hint=_("A modem with a SIM card: for few messages, slow, without a contract."),
            icon="router",
            fields=(),
            options=(
                Option(
                    "folder",
                    _("Folder of gammu-smsd"),
                    _("With outbox, sent and error in it."),
                    required=True,
                    default="/var/spool/gammu",  # as Debian has it
                ),
                PLAIN,
            ),
            defaults={"connections": 1},
            password="",
        ),
        KindOf(
            kind=Sender.Kind.WHATSAPP,
            channel=Channel.WHATSAPP,
            title=_("WhatsApp (Cloud API of Meta)"),
            hint=_("Approved texts, with the PDF; a business number registered with Meta."),
            icon="chat",
            fields=("from_address", "connections"),
            options=(
                _url(_("Address of the service"), "https://graph.facebook.com/v21.0"),
                Option(
                    "phone_number_id",
                    _("Identifier of the number (phone number ID)"),
                    "",
                    required=True,
                ),
                Option(
                    "language_es",
                    _("Code of Spanish"),
                    _("As the approved texts have it."),
                    default="es",
                ),
                Option("language_en", _("Code of English"), "", default="en_US"),
                Option("language_pt", _("Code of Portuguese"), "", default="pt_BR"),
            ),
            names={"from_address": _("Our number")},
            helps={"from_address": _("As people see it; for the lists here.")},
            password=_("Access token"),
            needs_user=False,
            hook_secret=_("App secret (signs receipts)"),
        ),
    )
}


def kind_of(kind: str) -> KindOf:
    """Return what this kind asks for; of an unknown one, what a mail server does."""
    return KINDS.get(kind, KINDS[Sender.Kind.SMTP])


def begun(kind: str) -> Sender:
    """Return a new sender of a kind with what usually fits, not saved."""
    about = kind_of(kind)
    options = {option.name: option.default for option in about.options if option.default}
    return Sender(kind=about.kind, channel=about.channel, options=options, **about.defaults)

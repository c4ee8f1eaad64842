"""Text messages: short, counted in segments, by an operator, a gateway or a modem."""

from django.utils.translation import gettext_lazy as _

from emailketing.channels.declared import ChannelOf, KindOf, Option, Text
from emailketing.channels.models import Sender
from emailketing.channels.segments import Segments
from emailketing.channels.sms.encoding import encoding_of, measure, wire_text
from emailketing.channels.sms.kind_options import HTTP, PLAIN

PRICED = {"price": _("Price of one SMS")}
PRICE_HELP = {"price": _("In the company's currency; a long text takes several.")}
OUR_NUMBER = PRICED | {"from_address": _("Our number or name")}
NUMBER_HELP = PRICE_HELP | {
    "from_address": _(
        "What the phone shows: a number, a short code, or up to 11 letters without accents, as your"
        " contract says."
    )
}
TOLD_EACH_TIME = _(
    "The gateway is told this address with each message. For answers such as STOP enter it there"
    " as well."
)


def _url(label: Text, usual: str) -> Option:
    help_text = _("The address to which messages are handed over")
    return Option("url", label, help_text, required=True, default=usual)


SMPP = KindOf(
    kind="smpp",
    label=_("operator's SMS centre (SMPP 3.4)"),
    module="smpp",
    title=_("SMS: a telephone operator (SMPP)"),
    hint=_("A contract with Tigo, Personal, Claro or a wholesaler: server, user, password."),
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
    defaults={"port": 2775, "security": Sender.Security.TLS, "connections": 1},
    helps=NUMBER_HELP | {"host": _("As the operator gave it: a name or an address.")},
    securities=(
        (Sender.Security.TLS, Sender.Security.TLS.label),
        (Sender.Security.PLAIN, _("none (this computer or a VPN)")),
    ),
    wire_title=_("The operator"),
)
KANNEL = KindOf(
    kind="kannel",
    label=_("Kannel gateway"),
    module="kannel",
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
    hook_help=TOLD_EACH_TIME,
)
TWILIO = KindOf(
    kind="twilio",
    label=_("Twilio and look-alikes (HTTP)"),
    module="twilio",
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
    hook_help=TOLD_EACH_TIME,
)
DESCRIBED = KindOf(
    kind="http",
    label=_("any gateway (HTTP)"),
    module="http",
    title=_("SMS: any other gateway with an HTTP address"),
    hint=_("A local provider: you describe its request and its answer, without programming."),
    icon="lan",
    fields=("from_address", "username", "connections"),
    options=HTTP,
    names=OUR_NUMBER,
    helps=NUMBER_HELP,
    password=_("Password or key"),
    needs_user=False,
    hook_secret=_("Secret of the receipts"),
    hook_help=_(
        "Give this address to your provider for delivery receipts, or put {{ hook }} into the"
        " request."
    ),
    may_lack_password=True,
    has_own_receipts=True,
)
GAMMU = KindOf(
    kind="gammu",
    label=_("GSM modem (gammu-smsd)"),
    module="gammu",
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
    names=PRICED,
    helps=PRICE_HELP,
    password="",
    wire_title=_("The modem"),
    hears_people=False,
)
CHANNEL = ChannelOf(
    name="sms",
    label=_("SMS"),
    icon="sms",
    folder=__package__,
    kinds=(SMPP, KANNEL, TWILIO, DESCRIBED, GAMMU),
    place=2,
    turn=2,
    needs_mobile=True,
    formats={"short": _("Text of the SMS")},
    segments=Segments(
        measure=measure,
        plain=lambda text: wire_text(text, plain=True),
        costly=lambda letter: encoding_of(letter) == "ucs2",
    ),
    text_label=_("text for the phone"),
    no_text=_("None: no SMS"),
)

"""WhatsApp: approved texts with a document; free ones for a day after the person wrote (M5)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from emailketing.channels.declared import ChannelOf, KindOf, Option
from emailketing.channels.whatsapp.codes import WINDOW_CLOSED, sentence_of

CLOUD = KindOf(
    kind="whatsapp",
    label="WhatsApp Cloud API",
    title=_("WhatsApp (Cloud API of Meta)"),
    hint=_("Approved texts, with the PDF; a business number registered with Meta."),
    icon="chat",
    fields=("from_address", "connections"),
    module="cloud",
    options=(
        Option(
            "url",
            _("Address of the service"),
            _("The address to which messages are handed over"),
            required=True,
            default="https://graph.facebook.com/v21.0",
        ),
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
    names={"from_address": _("Our number"), "price": _("Price of one message")},
    helps={
        "from_address": _("As people see it; for the lists here."),
        "price": _("In the company's currency."),
    },
    password=_("Access token"),
    needs_user=False,
    hook_secret=_("App secret (signs receipts)"),
    hook_help=_(
        "Enter this address in Meta's console as the webhook, subscribed to “messages”. The"
        " verification token is its last part."
    ),
)
CHANNEL = ChannelOf(
    name="whatsapp",
    label="WhatsApp",
    icon="forum",
    folder=__package__,
    kinds=(CLOUD,),
    place=3,
    turn=1,
    formats={
        "approved": _("Approved text: its name and parameters"),
        "short": _("Free text: only within 24 hours of an answer"),
    },
    needs_approved_text=True,
    approved_help=_("As it stands in WhatsApp, for example orden_lista."),
    approved_test="hello_world",
    test_language="en",  # its own test text is in English only
    answers_within=timedelta(hours=24),
    outside_answers=lambda: sentence_of(WINDOW_CLOSED, ""),
    carries_files=True,
    look="green",
    text_label=_("text for WhatsApp"),
    no_text=_("None: no WhatsApp"),
    previews_as="WhatsApp/",
)

"""E-mail: what it can do, and the one kind of sender it has."""

from django.utils.translation import gettext_lazy as _

from emailketing.channels.attachments import DEFAULT_MB, LARGEST_MB, MOST_ATTACHED
from emailketing.channels.declared import EMAIL, LIMITS, ChannelOf, KindOf, Option

SMTP = KindOf(
    kind="smtp",
    label=_("mail server (SMTP)"),
    title=_("E-mail: a mail server (SMTP)"),
    hint=_("The server of your provider or your own: Google, Microsoft, cPanel, Postfix."),
    icon="mail",
    fields=(
        *("from_name", "from_address", "reply_to", "host", "port", "security"),
        *("username", "connections"),
    ),
    module="smtp",
    may_lack_password=False,
    options=(
        Option(
            MOST_ATTACHED,
            _("Attachments of a mail at most (MB)"),
            _("As your provider takes them, and those who receive. What is larger is zipped."),
            way="number",
            default=str(DEFAULT_MB),
            part=LIMITS,
            between=(1, LARGEST_MB),
        ),
    ),
    wire_title=_("The mail server"),
)
CHANNEL = ChannelOf(
    name=EMAIL,
    label=_("e-mail"),
    icon="mail",
    folder=__package__,
    kinds=(SMTP,),
    place=1,
    address="email",
    formats={"simple": _("Simple: text and blocks"), "mjml": _("Advanced: MJML")},
    carries_files=True,
)

"""The options of `emailketing rule add`: one for everything a rule can say."""

from typing import Annotated

import typer
from django.utils.translation import gettext_lazy as _

from emailketing.outbox.queueing.dispatch import MailClass as Classes
from emailketing.triggers.notifications.models import Rule

Source = Annotated[str, typer.Option()]
Process = Annotated[str, typer.Option()]
Template = Annotated[str, typer.Option(help=str(_("Words of the mail")))]
To = Annotated[
    list[str],
    typer.Option(
        help=str(
            _(
                "party:orders, role:Name, contact:Name, field:driver.phone, an e-mail address or a"
                " phone; copy: in front for who only reads along"
            )
        )
    ),
]
Fallback = Annotated[str, typer.Option(help=str(_("Who hears of it when nobody has an address")))]
Condition = Annotated[str, typer.Option("--if", help=str(_("“field operator value”, or JSON")))]
Delivery = Annotated[str, typer.Option(help=", ".join(Rule.Delivery.values))]
Way = Annotated[
    list[str] | None,
    typer.Option(
        help=str(_("Text of another channel: channel:template or channel:template:sender"))
    ),
]
Sender = Annotated[str, typer.Option()]
# as 0.1.0 had them
Sms = Annotated[str, typer.Option(help=str(_("The same as --way sms:…")))]
Whatsapp = Annotated[str, typer.Option(help=str(_("The same as --way whatsapp:…")))]
PhoneSender = Annotated[
    str, typer.Option(help=str(_("Sender for the phone’s channel that it writes by")))
]
MailClass = Annotated[str, typer.Option("--class", help=", ".join(Classes.values))]
Pdf = Annotated[bool, typer.Option(help=str(_("Attach the document")))]
Repeat = Annotated[str, typer.Option(help=", ".join(Rule.Repeat.values))]
Delay = Annotated[int, typer.Option(help=str(_("Minutes to wait")))]
Window = Annotated[
    str, typer.Option(help=str(_("“mon-fri 08:00-18:00”, “not holidays” behind it")))
]
Urgent = Annotated[bool, typer.Option(help=str(_("Also in the quiet hours")))]
Digest = Annotated[str, typer.Option(help=str(_("Gather: hour or day")))]
DigestHour = Annotated[int, typer.Option()]
DailyCap = Annotated[int | None, typer.Option(help=str(_("Per person and day at most")))]
Remind = Annotated[
    list[int] | None,
    typer.Option(help=str(_("Remind after so many days while it is still so"))),
]
RemindFrom = Annotated[str, typer.Option(help=str(_("Date of the document to count from")))]
NotToActor = Annotated[bool, typer.Option(help=str(_("Not to who did it")))]
FloodLimit = Annotated[int, typer.Option(help=str(_("Hold when more than this many an hour")))]
# the option → the field of a rule that takes it as it is
AS_SAID = {
    "name": "name",
    "process": "process",
    "delivery": "delivery",
    "mail_class": "mail_class",
    "pdf": "attach_document",
    "repeat": "repeat",
    "delay": "delay_minutes",
    "urgent": "is_urgent",
    "digest": "digest",
    "digest_hour": "digest_hour",
    "daily_cap": "daily_cap",
    "remind_from": "remind_from",
    "not_to_actor": "leaves_out_actor",
    "flood_limit": "flood_limit",
    "active": "is_active",
}

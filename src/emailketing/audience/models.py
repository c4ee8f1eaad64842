"""What every reason to write has in common: its people, its ways to them, its hours."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.content.models import Template
from emailketing.outbox.models import MailClass
from emailketing.sources.field_info import FieldInfo
from emailketing.sources.models import Source

# the column of a rule with the words of each channel; nobody else keeps such a list
WORDS = {EMAIL: "template", "sms": "sms_template", "whatsapp": "whatsapp_template"}


class Audience(models.Model):
    """Who hears of it, by which way, and when; each trigger keeps these columns in its own table.

    `recipients`: [{"kind": "party", "usage": "orders"} | {"kind": "role", "role": 3} |
    {"kind": "address", "value": "a@b.test" or a phone, "name": "", "language": "es"} |
    {"kind": "field", "path": "driver.phone"}], each with "copy": true for those who only read
    along. `fallback`: one more of them (or {}), used when
    the others give no address.
    """

    class Delivery(models.TextChoices):
        EMAIL = "email", _("by e-mail")
        PHONE = "phone", _("by phone")
        BOTH = "both", _("by e-mail and phone")
        EMAIL_FIRST = "email_first", _("by e-mail; by phone when that fails")
        PHONE_FIRST = "phone_first", _("by phone; by e-mail when that fails")
        CONTACT = "contact", _("as each person prefers")

    recipients = models.JSONField(_("recipients"), default=list, blank=True)
    fallback = models.JSONField(_("when nobody has an address"), default=dict, blank=True)
    template = models.ForeignKey(
        Template, verbose_name=_("template"), on_delete=models.PROTECT, related_name="+"
    )
    sms_template = models.ForeignKey(
        Template,
        verbose_name=_("text for the phone"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    whatsapp_template = models.ForeignKey(
        Template,
        verbose_name=_("text for WhatsApp"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    delivery = models.CharField(_("how"), max_length=12, choices=Delivery, default=Delivery.EMAIL)
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the default sender"),
    )
    phone_sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender for the phone"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the default sender"),
    )
    mail_class = models.CharField(
        _("class"), max_length=20, choices=MailClass, default=MailClass.DOCUMENT
    )
    # {"days": [0…6, Monday first], "from": "08:00", "to": "18:00", "holidays": false}; {} = always
    window = models.JSONField(_("only at these hours"), default=dict, blank=True)
    is_urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("Also in the quiet hours")
    )
    daily_cap = models.PositiveIntegerField(_("per person and day at most"), null=True, blank=True)
    leaves_out_actor = models.BooleanField(_("not to who did it"), default=False)

    class Meta:
        abstract = True

    @property
    def system(self) -> Source | None:
        """The business system whose parties and usages are meant; None where there is none."""
        return None

    def document_fields(self) -> Mapping[str, FieldInfo]:
        """Return path → field of the documents it is about, labelled in the active language."""
        return {}

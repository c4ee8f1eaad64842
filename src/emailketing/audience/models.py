"""What every reason to write has in common: its people, its ways to them, its hours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from emailketing.channels.catalogue import channel_choices
from emailketing.channels.declared import EMAIL
from emailketing.channels.models import Sender
from emailketing.common.said import SentenceColumns
from emailketing.content.models import Template
from emailketing.outbox.models import MailClass
from emailketing.sources.field_info import FieldInfo
from emailketing.sources.models import Source

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for one channel: its words, and a sender other than the default one."""

    template: Template | None = None
    sender: Sender | None = None


class Audience(models.Model):
    """Who hears of it, by which way, and when; each trigger keeps these columns in its own table.

    `recipients`: [{"kind": "party", "usage": "orders"} | {"kind": "role", "role": 3} |
    {"kind": "address", "value": "a@b.test" or a phone, "name": "", "language": "es",
    "contact": 7, where it follows somebody chosen among the contacts} |
    {"kind": "field", "path": "driver.phone"}], each with "copy": true for those who only read
    along. `fallback`: one more of them (or {}), used when
    the others give no address. The words and the sender of each channel are rows beside it, see
    `AudienceWay`; a text is chosen with `choose` and saved with everything else.
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
    delivery = models.CharField(_("how"), max_length=12, choices=Delivery, default=Delivery.EMAIL)
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
    ways: Any  # the manager of the trigger's own AudienceWay
    _choices: Mapping[str, Choice] | None = None  # what it says by now, once somebody asked

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it with its ways, all or nothing; named fields only where some are named."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            if kwargs.get("update_fields") is None:
                self._save_ways()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self._choices = None
        super().refresh_from_db(*args, **kwargs)

    @property
    def choices(self) -> Mapping[str, Choice]:
        """What was chosen by channel, saved or not; `prefetch_related("ways")` for many."""
        if self._choices is None:
            rows = self.ways.all() if self.pk else ()
            self._choices = {row.channel: row.choice for row in rows}
        return self._choices

    def choice(self, channel: str) -> Choice:
        return self.choices.get(channel) or Choice()

    def choose(self, channel: str, **parts: Any) -> None:
        """Choose `template` or `sender` of a channel; what is not named stays."""
        chosen = replace(self.choice(channel), **parts)
        self._choices = {**self.choices, channel: chosen}

    def _save_ways(self) -> None:
        if self._choices is None:
            return
        there = {row.channel: row for row in self.ways.order_by("pk")}
        for channel, choice in self._choices.items():
            row = there.pop(channel, None) or self.ways.model(channel=channel)
            if row.choice != choice:
                row.template, row.sender = choice.template, choice.sender
                self.ways.add(row, bulk=False)
        self.ways.filter(template=None, sender=None).delete()

    @property
    def template(self) -> Template | None:
        """The words of the mail."""
        return self.choice(EMAIL).template

    @template.setter
    def template(self, template: Template | None) -> None:
        self.choose(EMAIL, template=template)

    @property
    def sender(self) -> Sender | None:
        """The sender of the mail; None: the default one."""
        return self.choice(EMAIL).sender

    @sender.setter
    def sender(self, sender: Sender | None) -> None:
        self.choose(EMAIL, sender=sender)

    @property
    def system(self) -> Source | None:
        """The business system whose parties and usages are meant; None where there is none."""
        return None

    def document_fields(self) -> Mapping[str, FieldInfo]:
        """Return path → field of the documents it is about, labelled in the active language."""
        return {}


class PausableAudience(Audience):
    """One that rests until somebody resumes it; what the program paused says why."""

    is_active = models.BooleanField(_("active"), default=False)
    paused_reason = models.CharField(
        _("paused because"), max_length=LONGEST_REASON, blank=True, default=""
    )
    said = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150, blank=True)

    paused_in_words = SentenceColumns("paused_reason", "said")

    class Meta:
        abstract = True


W = TypeVar("W", bound="AudienceWay")


class WayManager(models.Manager[W]):
    """Reads a way with what it names."""

    def get_queryset(self) -> models.QuerySet[W]:
        return super().get_queryset().select_related("template__brand", "sender")


class AudienceWay(models.Model):
    """The words and the sender of one channel; each trigger keeps them in a table of its own.

    It adds a foreign key to its audience, with `ways` as the name back.
    """

    channel = models.CharField(_("channel"), max_length=20, choices=channel_choices)
    template = models.ForeignKey(
        Template,
        verbose_name=_("template"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the default sender"),
    )
    objects = WayManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.channel}: {self.template or '—'}"

    @property
    def choice(self) -> Choice:
        return Choice(self.template, self.sender)

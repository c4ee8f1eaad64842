"""Rules and what each made of every event."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.channels.models import Sender
from emailketing.content.models import Template
from emailketing.events.models import Event
from emailketing.outbox.models import Dispatch, MailClass
from emailketing.sources.models import Source


class Rule(models.Model):
    """When this happens, and that is so, write to these people.

    `condition`: a tree, empty = always: {"all": [leaf or tree…]} or {"any": […]};
    leaf: {"field": "totals.total", "when": "after" | "before", "op": "gte", "value": "100000"}.
    `recipients`: [{"kind": "party", "usage": "orders"} | {"kind": "role", "role": 3} |
    {"kind": "address", "value": "a@b.test", "name": "", "language": "es"}], each with
    "copy": true for those who only read along. `fallback`: one more of them (or {}), used when
    the others give no address.
    """

    class Repeat(models.TextChoices):
        ONCE = "once", _("the first time per document")
        EVERY = "every", _("every time")

    name = models.CharField(_("name"), max_length=120)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="+"
    )
    process = models.CharField(_("process"), max_length=60)
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    recipients = models.JSONField(_("recipients"), default=list, blank=True)
    fallback = models.JSONField(_("when nobody has an address"), default=dict, blank=True)
    template = models.ForeignKey(
        Template, verbose_name=_("template"), on_delete=models.PROTECT, related_name="+"
    )
    attach_document = models.BooleanField(_("attach the document as PDF"), default=True)
    channel = models.CharField(_("channel"), max_length=20, default="email")
    sender = models.ForeignKey(
        Sender,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the default sender"),
    )
    mail_class = models.CharField(
        _("class"), max_length=20, choices=MailClass, default=MailClass.DOCUMENT
    )
    repeat = models.CharField(_("how often"), max_length=10, choices=Repeat, default=Repeat.ONCE)
    delay_minutes = models.PositiveIntegerField(_("wait (minutes)"), default=0)
    flood_limit = models.PositiveIntegerField(
        _("hold when more than (an hour)"),
        default=300,
        help_text=_("An import must not become a flood of messages"),
    )
    flood_cleared_at = models.DateTimeField(_("flood looked at"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=False)
    active_since = models.DateTimeField(_("active since"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Outcome(models.Model):
    """What one rule made of one event: a dispatch, or the reason why nothing was sent."""

    class Result(models.TextChoices):
        SENT = "sent", _("message queued")
        CONDITION = "condition", _("condition false")
        ALREADY = "already", _("already sent")
        NO_ADDRESS = "no_address", _("nobody has an address")
        BEFORE = "before", _("happened before the rule was on")
        HELD = "held", _("held: too many at once")
        RELEASED = "released", _("released: about to be written")
        DROPPED = "dropped", _("dropped by an operator")
        FAILED = "failed", _("could not be made")

    rule = models.ForeignKey(
        Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="outcomes"
    )
    event = models.ForeignKey(
        Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="outcomes"
    )
    result = models.CharField(_("result"), max_length=12, choices=Result)
    detail = models.CharField(_("in words"), max_length=500, blank=True)
    dispatch = models.ForeignKey(
        Dispatch,
        verbose_name=_("dispatch"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="outcomes",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.UniqueConstraint(fields=["rule", "event"], name="outcome_once_per_event")
        ]
        indexes = [
            # what was released, what is held
            models.Index(
                fields=["result"],
                condition=models.Q(result__in=("held", "released")),
                name="outcome_held",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.event_id} {self.result}"

"""Rules and what each made of every event."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.audience.models import Audience, AudienceWay
from emailketing.common.said import Said, join, kept
from emailketing.events.models import Event
from emailketing.outbox.models import IN_TEST_INBOX, Dispatch, Message
from emailketing.sources.field_info import FieldInfo
from emailketing.sources.models import Source
from emailketing.triggers.notifications.reasons import say_again

LONGEST_DETAIL = 500


def kept_words(sentence: str) -> dict[str, Any]:
    """Return the columns a reason is kept in: as it is said here, and what it was made of."""
    return {"detail": sentence[:LONGEST_DETAIL], "said": kept(sentence)}


class InWords(models.Model):
    """A reason in words: in the company's language, and so that a reader gets it in their own."""

    detail = models.CharField(_("in words"), max_length=LONGEST_DETAIL, blank=True)
    said = models.JSONField(_("made of"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def in_words(self) -> str:
        """The reason in the active language; what was kept without its parts stays as it was."""
        return (say_again(self.said) if self.said else "") or self.detail

    def add_words(self, sentence: str) -> None:
        """Say one more thing behind what is said already."""
        before = Said(self.detail, self.said) if self.said else self.detail
        values = kept_words(join(" ", [before, sentence]))
        self.detail, self.said = values["detail"], values["said"]


class Rule(Audience):
    """When this happens, and that is so, write to these people.

    `condition`: a tree, empty = always: {"all": [leaf or tree…]} or {"any": […]};
    leaf: {"field": "totals.total", "when": "after" | "before", "op": "gte", "value": "100000"}.
    Who hears of it, by which way and when: see `Audience`.
    """

    class Repeat(models.TextChoices):
        ONCE = "once", _("the first time per document")
        EVERY = "every", _("every time")

    class Digest(models.TextChoices):
        NONE = "", _("at once")
        HOUR = "hour", _("gathered, once an hour")
        DAY = "day", _("gathered, once a day")

    name = models.CharField(_("name"), max_length=120)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="+"
    )
    process = models.CharField(_("process"), max_length=60)
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    attach_document = models.BooleanField(_("attach the document as PDF"), default=True)
    repeat = models.CharField(_("how often"), max_length=10, choices=Repeat, default=Repeat.ONCE)
    delay_minutes = models.PositiveIntegerField(_("wait (minutes)"), default=0)
    # a reminder ladder: still so after these days (counted from a date of the document)
    remind_days = models.JSONField(_("remind after (days)"), default=list, blank=True)
    remind_from = models.CharField(
        _("counted from"), max_length=60, blank=True, help_text=_("Empty: when it happened")
    )
    digest = models.CharField(
        _("when to write"), max_length=5, choices=Digest, default=Digest.NONE, blank=True
    )
    digest_hour = models.PositiveSmallIntegerField(_("hour of the day"), default=7)
    flood_limit = models.PositiveIntegerField(
        _("hold when more than (an hour)"),
        default=300,
        help_text=_("An import must not become a flood of messages"),
    )
    flood_cleared_at = models.DateTimeField(_("flood looked at"), null=True, blank=True)
    ready_made = models.CharField(
        _("from the pack"), max_length=60, blank=True, help_text=_("Its name in the connector")
    )
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

    @property
    def system(self) -> Source:
        return self.source

    def document_fields(self) -> dict[str, FieldInfo]:
        # connectors and databases are loaded when somebody asks, not with every command
        from emailketing.sources.fields import fields_of_process

        return fields_of_process(self.source, self.process)


class RuleWay(AudienceWay):
    """The words and the sender of one channel of a rule."""

    rule = models.ForeignKey(
        Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="ways"
    )

    class Meta:
        verbose_name = _("way of a rule")
        verbose_name_plural = _("ways of a rule")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "channel"], name="way_once_per_channel")
        ]


class Outcome(InWords):
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
        PLANNED = "planned", _("reminders planned")
        GATHERED = "gathered", _("gathered for later")
        CAPPED = "capped", _("enough for today")

    class Texts(models.TextChoices):
        """Texts for the phone that had no sender while the mail beside them left."""

        MISSING = "missing", _("not written: no sender")
        WANTED = "wanted", _("about to be written")
        WRITTEN = "written", _("written later")
        LEFT = "left", _("left by an operator")

    rule = models.ForeignKey(
        Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="outcomes"
    )
    event = models.ForeignKey(
        Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="outcomes"
    )
    result = models.CharField(_("result"), max_length=12, choices=Result)
    dispatch = models.ForeignKey(
        Dispatch,
        verbose_name=_("dispatch"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="outcomes",
    )
    texts = models.CharField(
        _("texts beside the mail"), max_length=8, choices=Texts, default="", blank=True
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
            ),
            models.Index(
                fields=["texts"],
                condition=models.Q(texts__in=("missing", "wanted")),
                name="outcome_texts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.event_id} {self.result}"

    def get_result_display(self) -> str:  # type: ignore[no-redef]  # instead of Django's
        """The result in a few words; what the test inbox took was told to nobody (S34)."""
        if self.is_in_test_inbox:
            return str(IN_TEST_INBOX)
        return str(self.Result(self.result).label)

    @property
    def is_in_test_inbox(self) -> bool:
        """Whether all that was written ended there; lists prefetch `dispatch__messages`."""
        if self.result != self.Result.SENT or self.dispatch is None:
            return False
        written = list(self.dispatch.messages.all())
        return bool(written) and all(message.is_in_test_inbox for message in written)


class Waiting(models.Model):
    """What happened and is not told yet: when it is due, and the dispatch it came to."""

    event = models.ForeignKey(
        Event, verbose_name=_("event"), on_delete=models.CASCADE, related_name="+"
    )
    due_at = models.DateTimeField(_("due at"))
    dispatch = models.ForeignKey(
        Dispatch,
        verbose_name=_("dispatch"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        abstract = True


class Reminder(InWords, Waiting):
    """One rung of a ladder: on this day, if it is still so, write."""

    class Result(models.TextChoices):
        SENT = "sent", _("reminded")
        SETTLED = "settled", _("settled meanwhile")
        GONE = "gone", _("the document is gone")
        OFF = "off", _("the rule was switched off")
        FAILED = "failed", _("could not be made")

    rule = models.ForeignKey(
        Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="reminders"
    )
    days = models.PositiveIntegerField(_("after (days)"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "event", "days"], name="reminder_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="reminder_due")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.event_id} +{self.days}"


class Gathered(Waiting):
    """An event that waits to be told to one person together with others: a digest."""

    rule = models.ForeignKey(
        Rule, verbose_name=_("rule"), on_delete=models.CASCADE, related_name="gathered"
    )
    recipient = models.JSONField(_("recipient"), default=dict)
    address = models.CharField(_("address"), max_length=254)
    is_done = models.BooleanField(_("told"), default=False)

    class Meta:
        verbose_name = _("gathered event")
        verbose_name_plural = _("gathered events")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "event", "address"], name="gathered_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(is_done=False), name="gathered_due")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.address}"


class Undelivered(InWords):
    """A message of a rule that certainly did not arrive, and who was written to instead."""

    message = models.OneToOneField(
        Message, verbose_name=_("message"), on_delete=models.CASCADE, related_name="undelivered"
    )
    rule = models.ForeignKey(
        Rule, verbose_name=_("rule"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    event = models.ForeignKey(
        Event, verbose_name=_("event"), null=True, on_delete=models.CASCADE, related_name="+"
    )
    instead = models.ForeignKey(
        Dispatch,
        verbose_name=_("written instead"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField(_("when"))
    seen_at = models.DateTimeField(_("taken care of at"), null=True, blank=True)
    seen_by = models.CharField(_("taken care of by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("undelivered message")
        verbose_name_plural = _("undelivered messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["at"], name="undelivered_at"),
            models.Index(
                fields=["id"], condition=models.Q(seen_at=None), name="undelivered_unseen"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.detail}"

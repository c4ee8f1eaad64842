"""One firing of a scheduled trigger: unique by its instant, or by the form that asked (P1)."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.common.said import SentenceColumns

LONGEST_REASON = 500
A_MINUTE = timedelta(minutes=1)


class Run(models.Model):
    """A trigger's run: planned by the clock or by hand, done by one worker at a time.

    `instant` says what it is about (P2: periods are computed from it), never when it was done.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        SENT = "sent", _("sent")
        EMPTY = "empty", _("nothing to report")
        HELD = "held", _("held")
        SKIPPED = "skipped", _("not run")
        FAILED = "failed", _("failed")

    trigger = models.CharField(_("trigger"), max_length=60, help_text="report:12")
    instant = models.DateTimeField(_("scheduled for"))
    # of a run made by hand: its form's token; empty for the clock's
    key = models.CharField(_("key"), max_length=64, blank=True)
    by = models.CharField(_("by"), max_length=150, blank=True)
    only_to = models.CharField(_("only to"), max_length=254, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    said = models.JSONField(null=True, blank=True, editable=False)
    planned_at = models.DateTimeField(_("planned at"))
    next_at = models.DateTimeField(_("not before"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # of those before it that did not run, how many have no row of their own (P4)
    missed = models.PositiveIntegerField(_("missed before it"), default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    messages = models.PositiveIntegerField(_("messages"), default=0)
    holder = models.CharField(_("worker"), max_length=200, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    is_cancelled = models.BooleanField(_("to be cancelled"), default=False)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-instant", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["trigger", "instant"],
                condition=models.Q(key=""),
                name="one_run_per_instant",
            ),
            models.UniqueConstraint(
                fields=["trigger", "key"],
                condition=~models.Q(key=""),
                name="one_run_per_form",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state__in=["planned", "running", "held"]),
                name="run_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.instant:%Y-%m-%d %H:%M}"

    in_words = SentenceColumns("reason", "said")

    @property
    def late_by(self) -> timedelta | None:
        """How long after its instant it began; None where that is less than a minute (P4)."""
        if self.started_at is None or self.key:
            return None
        late = self.started_at - self.instant
        return late if late >= A_MINUTE else None

    @property
    def took(self) -> timedelta | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at

    @property
    def dispatch_key(self) -> str:
        """The key of what it sends: whoever finishes it, nobody gets it twice."""
        return f"run:{self.pk}"

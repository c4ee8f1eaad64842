"""Reports: which listing, when, for whom, and what of it is shown."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.audience.models import AudienceWay, PausableAudience
from emailketing.sources.models import Source

KEEP_DAYS = 90
TOP = 10
WAIT_HOURS = 6


class Report(PausableAudience):
    """A listing that goes out by itself. Who gets it, by which way and when: see `Audience`.

    `listing` is its name as “listing list” shows it, of `source`; `values` what it is asked with.
    `schedule` is a `Recurrence` as JSON; {} only by hand. `rows_by`: {"column": "branch", "kind":
    "people" | "contact" | "address", "usage": "", "people": {"Casa Central": [recipient, …]}}; {}:
    everybody gets all rows. `phone_text`: language → its own words for a phone, with places for
    figures (`content.sheet.phone_words`). `only_if`: {"column": "total", "of": "total" | "any",
    "op": "gt" | "lt", "value": "0"}. `figures`: columns whose totals are told, or lines of a
    statement (“result.amount”); empty: all totals.
    """

    class Missed(models.TextChoices):
        ONCE = "once", _("the latest one, once")
        EACH = "each", _("each of them")
        SKIP = "skip", _("none of them")

    class Compare(models.TextChoices):
        NOTHING = "", _("nothing")
        BEFORE = "before", _("the period before")
        YEAR = "year", _("the same of last year")

    class Empty(models.TextChoices):
        SKIP = "skip", _("send nothing")
        SEND = "send", _("say that there is nothing to report")

    name = models.CharField(_("name"), max_length=120, unique=True)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="+"
    )
    listing = models.CharField(_("listing"), max_length=120)
    values = models.JSONField(_("asked with"), default=dict, blank=True)
    schedule = models.JSONField(_("schedule"), default=dict, blank=True)
    missed = models.CharField(_("missed runs"), max_length=5, choices=Missed, default=Missed.ONCE)
    wait_hours = models.PositiveSmallIntegerField(
        _("wait for the source (hours)"), default=WAIT_HOURS
    )
    when_empty = models.CharField(
        _("without rows"), max_length=5, choices=Empty, default=Empty.SKIP
    )
    only_if = models.JSONField(_("only if"), default=dict, blank=True)
    only_changed = models.BooleanField(_("only when something changed"), default=False)
    files = models.JSONField(_("files"), default=list, blank=True)
    figures = models.JSONField(_("key figures"), default=list, blank=True)
    phone_text = models.JSONField(_("text for the phone"), default=dict, blank=True)
    chart = models.JSONField(_("chart"), default=dict, blank=True)
    order = models.JSONField(_("order"), default=list, blank=True)
    group_by = models.CharField(_("subtotals by"), max_length=120, blank=True, default="")
    top = models.PositiveSmallIntegerField(_("rows in the mail"), default=TOP)
    columns = models.JSONField(_("columns in the mail"), default=list, blank=True)  # none: all
    compare = models.CharField(
        _("compared with"), max_length=6, choices=Compare, default=Compare.NOTHING, blank=True
    )
    trend = models.BooleanField(_("trend of the key figures"), default=False)
    rows_by = models.JSONField(_("whose rows"), default=dict, blank=True)
    keep_days = models.PositiveSmallIntegerField(_("keep its rows (days)"), default=KEEP_DAYS)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # whoever made it had an account: without it nobody's right could be asked (P12)
    has_owner = models.BooleanField(default=False, editable=False)
    pin_secret = models.CharField(_("PIN"), max_length=128, blank=True, editable=False)
    planned_until = models.DateTimeField(_("planned until"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def system(self) -> Source:
        return self.source

    @property
    def trigger(self) -> str:
        return f"report:{self.pk}"


class ReportWay(AudienceWay):
    """The words and the sender of one channel of a report."""

    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.CASCADE, related_name="ways"
    )

    class Meta:
        verbose_name = _("way of a report")
        verbose_name_plural = _("ways of a report")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "channel"], name="report_way_per_channel")
        ]


class ReportRun(models.Model):
    """What a run of a report leaves behind besides its row: what the next one compares with."""

    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.CASCADE, related_name="runs"
    )
    run = models.OneToOneField(
        "schedule.Run", verbose_name=_("run"), on_delete=models.CASCADE, related_name="of_report"
    )
    # of all rows as they were read: whether something changed since
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    # of the listing and what it was asked with: only runs that asked the same have one trend
    asked = models.CharField(_("asked"), max_length=64, blank=True, default="")
    # [[value, rows], …] that belong to nobody (P8)
    unowned = models.JSONField(_("rows of nobody"), default=list, blank=True)
    read_at = models.DateTimeField(_("read at"))
    expires_at = models.DateTimeField(_("kept until"))
    is_kept = models.BooleanField(_("rows are kept"), default=True)

    class Meta:
        verbose_name = _("rows of a run")
        verbose_name_plural = _("rows of runs")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(is_kept=True), name="report_run_expires"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.run_id}"


class ReportDraft(models.Model):
    """A report that is being made or changed; its author may leave it and go on later.

    `content`: what the report would say; `base`: what it said when the draft began; {}: a new one.
    `columns`: of its listing, as it answered last.
    """

    report = models.ForeignKey(
        Report,
        verbose_name=_("report"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="drafts",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    content = models.JSONField(_("content"), default=dict)
    base = models.JSONField(_("what it said before"), default=dict, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    step = models.CharField(_("step"), max_length=10, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("draft of a report")
        verbose_name_plural = _("drafts of reports")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return str(self.content.get("name") or self.pk)


class ReportReader(models.Model):
    """A reader who wants his copy otherwise than each time (P9)."""

    class Often(models.TextChoices):
        EACH = "each", _("each time")
        WEEKLY = "weekly", _("at most once a week")
        MONTHLY = "monthly", _("at most once a month")

    report = models.ForeignKey(
        Report, verbose_name=_("report"), on_delete=models.CASCADE, related_name="readers"
    )
    channel = models.CharField(_("channel"), max_length=20)
    address = models.CharField(_("address"), max_length=254)
    often = models.CharField(_("how often"), max_length=8, choices=Often, default=Often.EACH)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    is_ended = models.BooleanField(_("ended"), default=False)
    # what his last copy was about, where he wants it less often
    last_instant = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.CharField(_("changed by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("wish of a reader")
        verbose_name_plural = _("wishes of readers")
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "channel", "address"], name="report_reader_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.address}"

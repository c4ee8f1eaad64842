"""The company and the two brakes: sandbox for all, safe mode for a copied database."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.common.reading import once

INSTALLATION = "installation"
TOO_LONG = timedelta(minutes=5)  # for one turn of a step, or for nothing but errors


class Company(models.Model):
    """The one company of this installation (row 1)."""

    name = models.CharField(_("name"), max_length=120, default="", blank=True)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, default="PY")
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/Asuncion")
    language = models.CharField(
        _("language"),
        max_length=5,
        default="es",
        choices=[("es", "Español"), ("en", "English"), ("pt", "Português")],
    )
    currency = models.CharField(_("currency"), max_length=3, default="PYG")
    # nobody is disturbed between these hours, in the recipient's zone; both empty: never quiet
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    base_url = models.URLField(
        _("address of this console"), blank=True, help_text=_("For links in messages")
    )
    public_url = models.URLField(
        _("public address"),
        blank=True,
        help_text=_("Where people without an account open the links of their messages"),
    )
    is_live = models.BooleanField(_("live"), default=False)
    live_at = models.DateTimeField(_("live since"), null=True, blank=True)
    live_by = models.CharField(_("gone live by"), max_length=150, blank=True)
    is_stopped = models.BooleanField(
        _("everything stopped"), default=False, help_text=_("Nothing leaves, not even to the inbox")
    )
    setup_at = models.DateTimeField(_("set up at"), null=True, blank=True)
    # [5, 6] is Saturday and Sunday; None: as is usual in the country
    free_weekdays = models.JSONField(_("free days of the week"), null=True, blank=True)
    free_days_looked = models.PositiveSmallIntegerField(
        _("free days looked through until"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")

    def __str__(self) -> str:
        return self.name or str(_("company"))

    @classmethod
    def get(cls) -> "Company":
        return once(cls, lambda: cls.objects.get_or_create(pk=1)[0])


class FreeDay(models.Model):
    """A day that is free though the calendar does not say so, or is worked though it does (83)."""

    day = models.DateField(_("day"))
    branch = models.CharField(
        _("branch"), max_length=80, blank=True, help_text=_("Empty: for the whole company")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_free = models.BooleanField(_("free"), default=True)
    # of a holiday that was moved: where it went, or where it came from
    other_day = models.DateField(_("moved to or from"), null=True, blank=True)

    class Meta:
        verbose_name = _("free day")
        verbose_name_plural = _("free days")
        ordering = ["day", "branch"]
        constraints = [
            models.UniqueConstraint(fields=["day", "branch"], name="one_word_per_day_and_branch")
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()


class Identity(models.Model):
    """What a database said of itself when it was registered (C20)."""

    scope = models.CharField(_("scope"), max_length=80, unique=True)
    values = models.JSONField(_("identity"), default=dict)
    registered_at = models.DateTimeField(_("registered at"))

    class Meta:
        verbose_name = _("database identity")
        verbose_name_plural = _("database identities")

    def __str__(self) -> str:
        return self.scope


class SafeMode(models.Model):
    """A database is not the one that was registered: nothing leaves until somebody confirms."""

    class Kind(models.TextChoices):
        COPY = "copy", _("a copy, or moved")
        RESTORED = "restored", _("put back to an earlier state")
        TAKEN_OVER = "taken_over", _("taken over by another installation")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.COPY)
    scope = models.CharField(_("scope"), max_length=80)
    registered = models.JSONField(_("registered identity"), default=dict)
    found = models.JSONField(_("identity found"), default=dict)
    facts = models.JSONField(_("what was seen"), default=dict, blank=True)
    since = models.DateTimeField(_("since"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("safe mode")
        verbose_name_plural = _("safe modes")
        constraints = [
            models.UniqueConstraint(
                fields=["scope"],
                condition=models.Q(confirmed_at=None),
                name="one_open_safe_mode_per_scope",
            )
        ]

    def __str__(self) -> str:
        return self.scope


class Turn(models.Model):
    """How often messages have left (row 1); a file beside the database keeps it too (C20)."""

    mark = models.CharField(max_length=32)  # of this database: a file of another says nothing
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")

    def __str__(self) -> str:
        return f"{self.mark}: {self.number}"


class WorkerProcess(models.Model):
    """One worker process, by its number in its folder: the sign of life of whoever holds steps."""

    name = models.CharField(_("worker"), max_length=200, unique=True)
    pid = models.PositiveIntegerField(_("process"))
    started_at = models.DateTimeField(_("started at"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProgramError(models.Model):
    """What the program erred over, thing by thing: the last time, and how often (78)."""

    about = models.CharField(_("about"), max_length=80, unique=True, help_text="rule:7, events")
    name = models.CharField(_("name"), max_length=200)
    error = models.CharField(_("error"), max_length=300)
    times = models.PositiveIntegerField(_("times"), default=0)
    first_at = models.DateTimeField(_("first time"))
    last_at = models.DateTimeField(_("last time"))

    class Meta:
        verbose_name = _("error in the program")
        verbose_name_plural = _("errors in the program")
        ordering = ["-last_at"]

    def __str__(self) -> str:
        return f"{self.about}: {self.error}"


class StepState(models.Model):
    """One step of the worker: who has it, its last turn and the next, its last error."""

    class Name(models.TextChoices):
        SOURCES = "sources", _("reading the sources")
        AUDIT = "audit", _("telling of changes and deletions")
        RULES = "rules", _("applying the rules")
        REMINDERS = "reminders", _("reminders")
        DIGESTS = "digests", _("digests")
        RECEIPTS = "receipts", _("receipts of delivery")
        FALLBACKS = "fallbacks", _("writing by another channel")
        UNDELIVERED = "undelivered", _("what did not arrive")
        ALERTS = "alerts", _("alerts")
        MORNING = "morning", _("morning list")
        SEARCH = "search", _("words for the search")
        ADDRESS = "address", _("looking at the public address")
        OCCASIONS = "occasions", _("greeting people on their day")
        MAILBOXES = "mailboxes", _("reading the mailboxes")

    name = models.CharField(_("step"), max_length=20, choices=Name, unique=True)
    began_at = models.DateTimeField(_("at work since"), null=True, blank=True)
    done_at = models.DateTimeField(_("last success"), null=True, blank=True)
    took = models.FloatField(_("seconds it took"), null=True, blank=True)
    did = models.PositiveIntegerField(_("how much it did"), default=0)
    next_at = models.DateTimeField(_("next turn"), null=True, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("errors in a row"), default=0)
    error = models.CharField(_("last error"), max_length=500, blank=True)
    failed_at = models.DateTimeField(_("last error at"), null=True, blank=True)
    holder = models.CharField(_("worker"), max_length=200, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("step of the worker")
        verbose_name_plural = _("steps of the worker")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def stands_still_since(self, now: datetime) -> datetime | None:
        """Return since when it does not get on: at one thing for too long, or failing."""
        if self.failing_since is not None and now - self.failing_since >= TOO_LONG:
            return self.failing_since
        if self.began_at is not None and now - self.began_at >= TOO_LONG:
            return self.began_at
        return None

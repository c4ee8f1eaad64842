"""Troubles that were seen, when they were told and when they ended; mornings already looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Alert(models.Model):
    """One trouble of one thing, from when it was seen until it ended; told once."""

    class Kind(models.TextChoices):
        SENDER = "sender", _("a sender does not work")
        BUDGET = "budget", _("the budget of a sender is spent")
        SOURCE = "source", _("a source is in trouble")
        UNREADABLE = "unreadable", _("documents cannot be read")
        UNMATCHED = "unmatched", _("changes lead to no document")
        UNJUDGED = "unjudged", _("a source is read, but nothing is judged")
        STANDSTILL = "standstill", _("a part of the program stands still")
        RULE = "rule", _("a rule fails every time")
        PROGRAM = "program", _("an error in the program")
        UNREACHED = "unreached", _("messages did not arrive, and nobody heard of it")
        FLOOD = "flood", _("too many messages at once are held")
        WAITING = "waiting", _("messages wait for a person")
        STORE = "store", _("the attachment store is full")
        SAFE_MODE = "safe_mode", _("a database is in safe mode")
        CLOCK = "clock", _("the clock was wrong")
        GAP = "gap", _("not everything was noted for a while")
        FREE_DAYS = "free_days", _("free days to look through")
        ADDRESS = "address", _("the public address does not answer")
        OCCASION = "occasion", _("an occasion waits for a person")
        MAILBOX = "mailbox", _("a mailbox cannot be read")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    about = models.CharField(_("about"), max_length=80, help_text="7 (its number), installation")
    name = models.CharField(_("name"), max_length=200)
    sentence = models.CharField(_("in words"), max_length=500)
    since = models.DateTimeField(_("since"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=models.Q(ended_at=None),
                name="one_open_alert_per_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"


class Morning(models.Model):
    """A day whose morning list was made, or found empty: once, whatever happens."""

    day = models.DateField(_("day"), unique=True)
    count = models.PositiveIntegerField(_("things to look at"), default=0)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("morning list")
        verbose_name_plural = _("morning lists")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

"""The event log: what happened in a business system, with the document as it was then."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def unread(self) -> "EventQuerySet":
        """Events no trigger has looked at yet, oldest first."""
        return self.filter(read_at=None).order_by("pk")

    def about(self, source: str, document_type: str, document_key: str) -> "EventQuerySet":
        return self.filter(
            source=source, document_type=document_type, document_key=document_key
        ).order_by("occurred_at", "pk")


class Event(models.Model):
    """One thing that happened. Only `read_at` ever changes."""

    source = models.CharField(_("source"), max_length=60, help_text=_("Name of the source"))
    change = models.CharField(_("change"), max_length=255)
    kind = models.CharField(_("process"), max_length=80)
    document_type = models.CharField(_("kind of document"), max_length=60, blank=True)
    document_key = models.CharField(_("key of the document"), max_length=500, blank=True)
    document_label = models.CharField(_("document"), max_length=200, blank=True)
    actor = models.CharField(_("who did it"), max_length=150, blank=True)
    data = models.JSONField(_("frozen data"), default=dict, encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    read_at = models.DateTimeField(_("looked at"), null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "change"], name="event_once_per_change")
        ]
        indexes = [
            # fire_due: what is new?
            models.Index(fields=["id"], condition=models.Q(read_at=None), name="event_unread"),
            # the timeline of a business document
            models.Index(fields=["source", "document_type", "document_key"], name="event_document"),
            models.Index(fields=["recorded_at"], name="event_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_label}".strip()

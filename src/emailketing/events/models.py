"""The event log: what happened in a business system, with the document as it was then."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, source: str, document_type: str, document_key: str) -> "EventQuerySet":
        return self.filter(
            source=source, document_type=document_type, document_key=document_key
        ).order_by("occurred_at", "pk")


class Event(models.Model):
    """One thing that happened: written once, never changed. Who has read it: `Reading`."""

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

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "change"], name="event_once_per_change")
        ]
        indexes = [
            # the timeline of a business document
            models.Index(fields=["source", "document_type", "document_key"], name="event_document"),
            models.Index(fields=["recorded_at"], name="event_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.document_label}".strip()


class EventReader(models.Model):
    """Somebody who reads every event after number `after`, once (`events/readers.py`)."""

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    after = models.BigIntegerField(_("reads what comes after"), default=0)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("reader of events")
        verbose_name_plural = _("readers of events")

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """One event for one reader: still to be read, or read when. Kept, so that it is never again."""

    pk = models.CompositePrimaryKey("event_id", "reader_id")
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="readings", db_index=False
    )
    reader = models.ForeignKey(EventReader, on_delete=models.CASCADE, db_index=False)
    read_at = models.DateTimeField(_("looked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        indexes = [
            # has_news, unread: what is new for this reader?
            models.Index(
                fields=["reader", "event"],
                condition=models.Q(read_at=None),
                name="reading_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.event_id}"

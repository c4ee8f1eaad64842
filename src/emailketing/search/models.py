"""What a search asks: a folded text for each row, and how far the rows have been read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

ROOM = 2**48  # numbers for the rows of one kind


class Kind(models.IntegerChoices):
    """What has so many rows that it needs an index; the rest is read when somebody asks."""

    MESSAGE = 1, _("messages")
    EVENT = 2, _("events")
    CONTACT = 3, _("contacts")

    @property
    def first(self) -> int:
        """The number that the row 0 of this kind has among all entries."""
        return int(self) * ROOM


class Entry(models.Model):
    """The folded text of one row; its number says which (`Kind.first` + the row's own).

    On SQLite a table of FTS5, on PostgreSQL one with an index of trigrams (`tables.py`).
    """

    id = models.BigIntegerField(primary_key=True, db_column="rowid")
    text = models.TextField(_("words"))

    class Meta:
        verbose_name = _("words of a row")
        verbose_name_plural = _("words of rows")

    def __str__(self) -> str:
        return self.text


class Mark(models.Model):
    """How far the rows of a kind have been read; they only grow, and never change.

    Attributes:
        newest: everything up to this number has been read …
        oldest: … but what is at or below this one: there before the search was, read backwards.
        settled: up to here nothing can come late: a transaction that began before has long ended.
        waiting: what becomes `settled` some minutes after `waiting_since`.
    """

    kind = models.PositiveSmallIntegerField(_("kind"), choices=Kind, unique=True)
    newest = models.BigIntegerField(default=0)
    oldest = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    waiting_since = models.DateTimeField()
    swept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mark of the search")
        verbose_name_plural = _("marks of the search")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.newest}"


class Changed(models.Model):
    """A contact to be read (again): written by triggers, whoever changed it or its addresses."""

    contact = models.BigIntegerField(db_column="contact_id")

    class Meta:
        verbose_name = _("changed contact")
        verbose_name_plural = _("changed contacts")

    def __str__(self) -> str:
        return str(self.contact)

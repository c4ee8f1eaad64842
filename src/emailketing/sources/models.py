"""Sources, what each process of a document was last seen to be, and every change captured."""

from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.common.crypto import decrypt, encrypt
from emailketing.common.said import again, in_reader_language
from emailketing.company.identity import source_scope
from emailketing.sources.dialects.registry import dialects
from emailketing.sources.keys import LONGEST as LONGEST_KEY

if TYPE_CHECKING:
    from emailketing.sources.dialects.base import Dialect

CATCHING_UP = 500  # with so many changes waiting a source is still being read: there is more


SAID_BY_SESSION = "emk.actor: "  # in `CapturedChange.origin`


class SourceQuerySet(models.QuerySet["Source"]):
    def catching_up(self) -> "SourceQuerySet":
        """Sources of which only a part of what happened has been read."""
        return self.filter(
            backlog__gte=CATCHING_UP, status__in=[Source.Status.WORKING, Source.Status.TROUBLE]
        )


class Source(models.Model):
    """A business system we are attached to."""

    class Status(models.TextChoices):
        NEW = "new", _("not installed")
        WORKING = "working", _("working")
        PAUSED = "paused", _("paused")
        TROUBLE = "trouble", _("in trouble")

    slug = models.SlugField(_("identifier"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=120)
    connector = models.CharField(_("connector"), max_length=200)
    # which state of the connector's folder somebody agreed to: `ConnectorCopy`; empty: as it is
    connector_mark = models.CharField(max_length=40, blank=True)
    dialect = models.CharField(_("kind of database"), max_length=20)  # one of `dialects()`
    host = models.CharField(_("server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("port"), null=True, blank=True)
    database = models.CharField(
        _("database"), max_length=500, help_text=_("The name of the database, or its file")
    )
    username = models.CharField(_("user"), max_length=120, blank=True)
    installation = models.CharField(
        _("mark"), max_length=32, blank=True, help_text=_("Kept in both places: tells a copy (C20)")
    )
    password_encrypted = models.TextField(_("password"), blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.NEW)
    problem = models.CharField(
        _("problem"), max_length=500, blank=True, help_text=_("In words, with what to do")
    )
    said = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    paused_processes = models.JSONField(
        _("paused processes"), default=dict, blank=True, help_text=_("Process → why it is paused")
    )
    stocked = models.JSONField(
        _("processes whose past is noted"),
        default=list,
        blank=True,
        help_text=_("The past causes no message"),
    )
    health = models.JSONField(_("health"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    backlog = models.PositiveIntegerField(_("changes waiting"), default=0)
    installed_at = models.DateTimeField(_("installed at"), null=True, blank=True)
    polled_at = models.DateTimeField(_("last read at"), null=True, blank=True)
    checked_at = models.DateTimeField(_("health checked at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last change at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    # raised whenever something read from it is written down: two readers find out about each other
    turn = models.PositiveBigIntegerField(default=0)
    # what we left in its database last (`sources/upkeep/turns.py`): turn, intended, left, is_held
    marks = models.JSONField(default=dict, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Leave `marks` alone: only `turns.remember` writes them, whoever read this row before."""
        if self.pk and not self._state.adding and not kwargs.get("update_fields"):
            fields = self._meta.concrete_fields
            kwargs["update_fields"] = [
                field.name for field in fields if field.name not in {"id", "marks"}
            ]
        super().save(*args, **kwargs)

    @property
    def kind_of_database(self) -> "Dialect | None":
        """The dialect; None where this program does not know it."""
        return dialects()[self.dialect]() if self.dialect in dialects() else None

    @property
    def in_words(self) -> str:
        """The problem in the active language."""
        return in_reader_language(self.problem, self.said)

    def again(self, sentence: str) -> str:
        """Say a reason to pause, or what is wrong with a query, in the active language."""
        stored = (self.health.get("said") or {}).get(sentence)
        return again(stored) or sentence if stored else sentence

    @property
    def paused_in_words(self) -> dict[str, str]:
        """Process → why it is paused, in the active language."""
        return {name: self.again(str(why)) for name, why in self.paused_processes.items()}

    @property
    def password(self) -> str:
        return decrypt(self.password_encrypted)

    @password.setter
    def password(self, value: str) -> None:
        self.password_encrypted = encrypt(value)

    @property
    def scope(self) -> str:
        return source_scope(self.slug)


class ConnectorCopy(models.Model):
    """The files of a connector as a source uses them, whatever becomes of the folder."""

    mark = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    files = models.JSONField(default=dict)  # name → text
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("copy of a connector")
        verbose_name_plural = _("copies of connectors")

    def __str__(self) -> str:
        return f"{self.name} {self.mark[:8]}"


class DocumentState(models.Model):
    """Whether a condition held when its document was last read: the “before” of an edge."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    process = models.CharField(max_length=60)
    document_key = models.CharField(max_length=LONGEST_KEY)
    is_true = models.BooleanField()
    # how often the number was given to another document after a deletion
    life = models.PositiveIntegerField(default=0)
    number = models.CharField(max_length=200, blank=True)  # of the document it was last true for
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("state of a document")
        verbose_name_plural = _("states of documents")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "process", "document_key"], name="document_state_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.process} {self.document_key}: {self.is_true}"


class PendingDocument(models.Model):
    """A document that changed but could not be read: judged again when its queries work."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="pending")
    document_type = models.CharField(max_length=60)
    document_key = models.CharField(max_length=LONGEST_KEY)
    key = models.JSONField(default=None, null=True, encoder=DjangoJSONEncoder)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    actor = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    file = models.CharField(max_length=200, blank=True)  # the query that cannot run
    said = models.CharField(max_length=300, blank=True)  # the database's own words
    # 0: it could be read, but waits for a paused process
    attempts = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)  # None: as soon as the process works
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("document waiting to be read")
        verbose_name_plural = _("documents waiting to be read")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "document_type", "document_key"], name="pending_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_type} {self.document_key}: {self.reason}"


class Unmatched(models.Model):
    """Changes of a table of a document that led to no document, since the last one that did."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="unmatched")
    table = models.CharField(max_length=200)
    changes = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=300, blank=True)  # why the way to it could not be read
    since = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("changes without a document")
        verbose_name_plural = _("changes without a document")
        constraints = [models.UniqueConstraint(fields=["source", "table"], name="unmatched_once")]

    def __str__(self) -> str:
        return f"{self.table}: {self.changes}"


class CapturedChange(models.Model):
    """One change noted in the source's database: the raw material of events and of the audit."""

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="changes"
    )
    uid = models.CharField(_("identifier"), max_length=64)
    at = models.DateTimeField(_("when"))
    table = models.CharField(_("table"), max_length=200)
    operation = models.CharField(_("operation"), max_length=1)
    key = models.JSONField(_("key"), default=dict, encoder=DjangoJSONEncoder)
    old = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    new = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    actor = models.CharField(_("who did it"), max_length=150, blank=True)
    transaction = models.CharField(_("transaction"), max_length=40, blank=True)
    document_type = models.CharField(_("kind of document"), max_length=60, blank=True)
    document_key = models.CharField(_("key of the document"), max_length=LONGEST_KEY, blank=True)
    origin = models.CharField(
        _("from where"), max_length=150, blank=True, help_text=_("Program and database account")
    )
    claim = models.CharField(
        _("said by the session"),
        max_length=150,
        blank=True,
        help_text=_("Who it said it works for: anybody with an account may say so"),
    )
    is_ours = models.BooleanField(default=False)  # a change of a table of ours
    record_key = models.CharField(max_length=LONGEST_KEY, blank=True)  # the key as text
    record = models.CharField(_("record"), max_length=200, blank=True)  # in words, by the audit
    names = models.JSONField(default=dict)  # column → value → the name behind it, by the audit
    columns = models.CharField(max_length=1000, blank=True)  # ",name,price,": what was changed
    audit_key = models.CharField(max_length=80, blank=True)  # the event that told it
    recorded_at = models.DateTimeField(_("recorded at"))
    audited_at = models.DateTimeField(_("looked at for the audit"), null=True, blank=True)

    class Meta:
        verbose_name = _("captured change")
        verbose_name_plural = _("captured changes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="change_once_per_source")
        ]
        indexes = [
            models.Index(
                fields=["source", "document_type", "document_key"], name="change_document"
            ),
            models.Index(fields=["at"], name="change_at"),
            # the search of the audit: newest first, by table, by person, one record's history
            models.Index(fields=["table", "id"], name="change_table"),
            models.Index(fields=["actor", "id"], name="change_actor"),
            models.Index(fields=["record_key", "table"], name="change_record"),
            models.Index(
                fields=["audit_key"], condition=~models.Q(audit_key=""), name="change_told"
            ),
            models.Index(
                fields=["source", "id"],
                condition=models.Q(audited_at=None),
                name="change_to_audit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table}"

    @property
    def session_says(self) -> str:
        """Whose name the session gave, where the row itself does not give it."""
        return self.claim if SAID_BY_SESSION in self.origin else ""

    @property
    def program(self) -> str:
        """Program and database account, without what the session said."""
        return self.origin.partition(SAID_BY_SESSION)[0].removesuffix(" · ")


class TableChoice(models.Model):
    """What somebody decided about a table, or one of its columns: tell of it, or leave it out.

    Kept here and not in the connector's folder: it is the house's, and survives a new connector.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="table_choices")
    table = models.CharField(_("table"), max_length=200)
    column = models.CharField(
        _("column"), max_length=200, blank=True, help_text=_("Empty: the whole table")
    )
    is_told = models.BooleanField(_("told"))
    by = models.CharField(_("decided by"), max_length=150)
    at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("decision about a table")
        verbose_name_plural = _("decisions about tables")
        ordering = ["table", "column"]
        constraints = [
            models.UniqueConstraint(fields=["source", "table", "column"], name="table_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


class Gap(models.Model):
    """A time in which changes were not noted, or not wholly: kept for ever, shown to the auditor.

    `end` is None while nobody knows that notes are taken again.
    """

    class Kind(models.TextChoices):
        MISSED = "missed", _("the database could not note these changes")
        UNTRIGGERED = "untriggered", _("the triggers were gone")
        UPGRADE = "upgrade", _("paused for an upgrade of the business system")
        LEASE = "lease", _("the permission to note had run out")
        STATE_LOST = "state_lost", _("our tables in the business database were damaged")
        NOTES_LOST = "notes_lost", _("notes were deleted before they were read")
        UNREADABLE = "unreadable", _("notes that nobody could read were dropped")
        RESTORED = "restored", _("the business database was put back")
        SWITCHED_OFF = "switched_off", _("the database was told not to run triggers")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="gaps")
    kind = models.CharField(_("what happened"), max_length=20, choices=Kind)
    table = models.CharField(
        _("table"), max_length=200, blank=True, help_text=_("Empty: every table")
    )
    begin = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("to"), null=True, blank=True)
    misses = models.PositiveIntegerField(_("changes not noted"), null=True, blank=True)
    found = models.PositiveIntegerField(
        _("changes found by comparing"), null=True, blank=True, help_text=_("Empty: not compared")
    )
    detail = models.CharField(_("in the database's own words"), max_length=500, blank=True)
    noted_at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ["-begin", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "table", "begin"], name="gap_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table} {self.begin:%Y-%m-%d %H:%M}"

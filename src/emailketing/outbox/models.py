"""The ledger (reliability rules §2.1). States are lower-case words stored as written."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from emailketing.channels.models import Sender
from emailketing.common.said import SentenceColumns
from emailketing.contacts.mail_class import MailClass as MailClass
from emailketing.contacts.models import Contact
from emailketing.content.models import Revision
from emailketing.events.models import Event
from emailketing.outbox.clock_jump import ClockJump as ClockJump


class State(models.TextChoices):
    SCHEDULED = "scheduled", _("scheduled")
    READY = "ready", _("waiting")
    CLAIMED = "claimed", _("taken by a worker")
    TRANSMITTING = "transmitting", _("being handed over")
    ACCEPTED = "accepted", _("sent")
    DELIVERED = "delivered", _("delivered")
    BOUNCED = "bounced", _("returned")
    COMPLAINED = "complained", _("marked as unwanted")
    IN_DOUBT = "in_doubt", _("in doubt")
    DEFERRED = "deferred", _("to be tried again")
    HELD = "held", _("held")
    SUPPRESSED = "suppressed", _("not allowed")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")
    QUARANTINED = "quarantined", _("quarantined")


IN_TEST_INBOX = _("in the test inbox")  # not “sent”: it reached nobody
TAKEN = ("accepted", "delivered", "complained")  # by a far side, the built-in inbox included
OPEN = ("scheduled", "ready", "claimed", "transmitting", "deferred", "held", "in_doubt")
# ends of a message that did not reach its person; in doubt is none of them (R30)
ENDED_BADLY = ("failed", "bounced", "suppressed", "expired")
DUE = ("scheduled", "ready", "deferred")  # what a claim may take once next_at is reached


class Dispatch(models.Model):
    """One decision to write to some people: unique key, frozen data, and the reason why.

    `stage` and `terms` are of those whose people come in blocks (outbox.blocks): what must be the
    same for every block stands in `terms`.
    """

    class Stage(models.TextChoices):
        WHOLE = "", _("written at once")
        OPEN = "open", _("recipients are still being added")
        CLOSED = "closed", _("complete")
        CANCELLED = "cancelled", _("cancelled")

    key = models.CharField(_("key"), max_length=255, unique=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    trigger = models.CharField(_("trigger"), max_length=80, help_text="rule:7, test:3, resend:9")
    trigger_label = models.CharField(_("reason to write"), max_length=200)
    event = models.ForeignKey(
        Event, verbose_name=_("event"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    scope = models.CharField(_("scope"), max_length=80, help_text="installation, source:<slug>")
    document_type = models.CharField(_("kind of document"), max_length=60, blank=True)
    document_key = models.CharField(_("key of the document"), max_length=500, blank=True)
    document_label = models.CharField(_("document"), max_length=200, blank=True)
    data = models.JSONField(_("frozen data"), default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, blank=True, default="")
    terms = models.JSONField(_("the same for every block"), default=dict, blank=True)

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["scope", "document_type", "document_key"], name="dispatch_document"
            ),
            models.Index(fields=["trigger"], name="dispatch_trigger"),
        ]

    def __str__(self) -> str:
        return f"{self.trigger_label} {self.document_label}".strip()


class Block(models.Model):
    """Some of a dispatch's recipients, added in one transaction; its name makes it once."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="blocks")
    name = models.CharField(_("name"), max_length=80)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    messages = models.PositiveIntegerField(_("messages"))
    repeated = models.PositiveIntegerField(_("had one already"))
    refused = models.PositiveIntegerField(_("unusable addresses"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("dispatch", "name", name="block_once_per_name")]

    def __str__(self) -> str:
        return f"{self.dispatch_id} {self.name}"


class Attachment(models.Model):
    """A file that goes with a dispatch, kept once by the hash of its content."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="attachments")
    language = models.CharField(_("language"), max_length=5, blank=True)
    file_name = models.CharField(_("file name"), max_length=150)
    mime_type = models.CharField(_("kind of file"), max_length=100)
    sha256 = models.CharField(_("hash of the content"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.file_name


class Message(models.Model):
    """One text to one address over one channel: one row for everything we send."""

    # no index of its own: the constraint below begins with it, and each costs a write three times
    dispatch = models.ForeignKey(
        Dispatch,
        verbose_name=_("dispatch"),
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=20, default="email")
    sender = models.ForeignKey(
        Sender, verbose_name=_("sender"), on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("address"), max_length=254)
    name = models.CharField(_("recipient"), max_length=200, blank=True)
    # who we were when it was queued: a sender edited later must not change the bytes (R5)
    from_name = models.CharField(_("name shown"), max_length=120, blank=True)
    from_address = models.CharField(_("sent from"), max_length=254, blank=True)
    reply_to = models.CharField(_("answers go to"), max_length=254, blank=True)
    why = models.CharField(_("why this person"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="es")
    revision = models.ForeignKey(
        Revision, verbose_name=_("revision"), on_delete=models.PROTECT, related_name="+"
    )
    fields = models.JSONField(_("own data"), default=dict, encoder=DjangoJSONEncoder)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    mail_class = models.CharField(_("class"), max_length=20, choices=MailClass)
    priority = models.SmallIntegerField(_("priority"), default=50, help_text="0 = first")
    message_id = models.CharField(_("Message-ID"), max_length=120)

    state = models.CharField(_("state"), max_length=20, choices=State, default=State.READY)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    detail = models.CharField(_("in words"), max_length=500, blank=True)
    # what the two sentences are made of, to say them in the language of whoever reads
    said = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    why_said = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    in_words = SentenceColumns("detail", "said")
    why_in_words = SentenceColumns("why", "why_said")
    in_doubt_policy = models.CharField(_("in doubt"), max_length=10, default="retry")
    attempt = models.PositiveIntegerField(_("attempts"), default=0)
    crash_count = models.PositiveIntegerField(_("crashes"), default=0)
    created_at = models.DateTimeField(_("queued at"))
    not_before = models.DateTimeField(_("not before"))
    next_at = models.DateTimeField(_("next attempt at"))
    expires_at = models.DateTimeField(_("expires at"))
    # what a phone message costs: counted when it is queued
    segments = models.PositiveSmallIntegerField(_("segments"), null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=4, null=True, blank=True)
    reference = models.CharField(_("the far side's number"), max_length=120, blank=True)
    # other ways to reach this person, tried in order when this one fails, never in doubt (R30)
    alternatives = models.JSONField(_("other ways"), default=list, blank=True)
    falls_back = models.BooleanField(_("tries another way when it fails"), default=False)
    follows = models.OneToOneField(
        "self",
        verbose_name=_("instead of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
    )
    claim_token = models.CharField(_("claimed by"), max_length=32, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    is_redirected = models.BooleanField(_("went to the inbox"), default=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            # small and capital letters are one mailbox to everybody but RFC 5321
            models.UniqueConstraint(
                "dispatch", "channel", Lower("address"), name="message_once_per_mailbox"
            ),
            # not `unique=True`: that has a second index on PostgreSQL, for patterns nobody asks
            models.UniqueConstraint(fields=["message_id"], name="message_id_once"),
        ]
        indexes = [
            # the claim: what is due, sender by sender, most urgent first (R10, R11, R12)
            models.Index(
                fields=["sender", "priority", "next_at", "id"],
                condition=Q(state__in=("scheduled", "ready", "deferred")),
                name="message_due",
            ),
            # what is no longer worth sending
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=("scheduled", "ready", "deferred")),
                name="message_expiry",
            ),
            # the daily limit: how many left today by this sender?
            models.Index(
                fields=["sender", "accepted_at"],
                condition=Q(accepted_at__isnull=False),
                name="message_accepted",
            ),
            # the reaper: whose lease has run out?
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=("claimed", "transmitting")),
                name="message_lease",
            ),
            # the console's lists
            models.Index(fields=["state", "created_at"], name="message_state"),
            models.Index(fields=["created_at"], name="message_created"),
            models.Index(fields=["address"], name="message_address"),
            # who is to be reached by another way?
            models.Index(
                fields=["state", "id"], condition=Q(falls_back=True), name="message_fall_back"
            ),
            # a receipt names the far side's number
            models.Index(
                fields=["sender", "reference"],
                condition=~Q(reference=""),
                name="message_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # instead of Django's
        """The state in a word; what the test inbox took was sent to nobody."""
        if self.is_in_test_inbox:
            return str(IN_TEST_INBOX)
        return str(State(self.state).label) if self.state in State.values else self.state

    @property
    def is_in_test_inbox(self) -> bool:
        """Whether it ended in the built-in inbox instead of with its recipient (S34)."""
        return self.is_redirected and self.state in TAKEN

    @property
    def note_on_file(self) -> str:
        """What is wrong with the file it carries, in words (`write_out.NOTE`)."""
        return str(self.fields.get("_note") or "")


class Attempt(models.Model):
    """One try at handing a message over: how far it came and what the server said."""

    class Phase(models.TextChoices):
        """The words of `channels.base.Phase`; from “dot” on the far side may have it."""

        CLAIMED = "claimed", _("taken by a worker")
        CONNECT = "connect", _("connecting")
        MAIL = "mail", _("naming the sender")
        RCPT = "rcpt", _("naming the recipient")
        DATA = "data", _("transmitting the text")
        DOT = "dot", _("waiting for the acceptance")

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DEFERRED = "deferred", _("to be tried again")
        FAILED = "failed", _("refused")
        IN_DOUBT = "in_doubt", _("in doubt")
        ACCOUNT = "account", _("the sender was refused")
        WITHDRAWN = "withdrawn", _("withdrawn in time")
        CRASHED = "crashed", _("the worker stopped")

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )  # the constraint below begins with it
    number = models.PositiveIntegerField(_("number"))
    phase = models.CharField(_("how far"), max_length=20, choices=Phase, default="claimed")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    peer = models.CharField(_("server"), max_length=200, blank=True)
    code = models.PositiveIntegerField(_("code"), null=True)
    enhanced = models.CharField(_("enhanced code"), max_length=12, blank=True)
    reply = models.CharField(_("reply"), max_length=500, blank=True)
    said = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    reply_in_words = SentenceColumns("reply", "said")
    started_at = models.DateTimeField(_("began"))
    finished_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["message_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempt_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number} {self.outcome}"


class Receipt(models.Model):
    """What the far side told us later about a message; kept also when it is unknown or late."""

    class Status(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("not delivered")
        UNKNOWN = "unknown", _("unknown")

    sender = models.ForeignKey(
        Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="+"
    )
    message = models.ForeignKey(
        Message,
        verbose_name=_("message"),
        null=True,
        on_delete=models.CASCADE,
        related_name="receipts",
    )
    reference = models.CharField(_("the far side's number"), max_length=120)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    code = models.CharField(_("code"), max_length=40, blank=True)
    text = models.CharField(_("in the far side's words"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["pk"]
        constraints = [
            # a far side counts again from the start one day: the same number, another message
            models.UniqueConstraint(
                fields=["sender", "reference", "status", "message"], name="receipt_once"
            ),
            models.UniqueConstraint(
                fields=["sender", "reference", "status"],
                condition=Q(message=None),
                name="receipt_once_unknown",
            ),
        ]
        indexes = [
            # what was heard before its message was written down
            models.Index(fields=["received_at"], condition=Q(message=None), name="receipt_unknown")
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"


class Decision(models.Model):
    """What a person did to a message: released, cancelled, “was sent”, “send again”, “give up”."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="decisions")
    at = models.DateTimeField(_("when"))
    by = models.CharField(_("who"), max_length=150)
    action = models.CharField(_("action"), max_length=30)
    note = models.CharField(_("reason"), max_length=300, blank=True)
    state_before = models.CharField(_("state before"), max_length=20)
    state_after = models.CharField(_("state after"), max_length=20)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.by}: {self.action}"

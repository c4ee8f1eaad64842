"""Senders (configured accounts of a channel) and what the built-in inbox received."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.channels.catalogue import channel_choices, kind_choices
from emailketing.channels.declared import EMAIL
from emailketing.common.crypto import decrypt, encrypt
from emailketing.common.said import in_reader_language


class Sender(models.Model):
    """An account of a channel that we send with, and the identity it may use (S6).

    `options`: what its kind needs besides server, port, user and password; nothing secret.
    """

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        PLAIN = "plain", _("none (this computer only)")

    name = models.CharField(_("name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=20, choices=channel_choices, default=EMAIL)
    kind = models.CharField(_("kind"), max_length=10, choices=kind_choices, default="smtp")
    from_name = models.CharField(_("name shown"), max_length=120, blank=True)
    from_address = models.CharField(
        _("sent from"), max_length=254, blank=True, help_text=_("E-mail address, number or name")
    )
    reply_to = models.EmailField(_("answers go to"), blank=True)
    host = models.CharField(_("server"), max_length=200, blank=True)
    port = models.PositiveIntegerField(_("port"), default=587)
    security = models.CharField(
        _("encryption"), max_length=10, choices=Security, default=Security.STARTTLS
    )
    username = models.CharField(_("user"), max_length=200, blank=True)
    password_encrypted = models.TextField(_("password"), blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    hook_token = models.CharField(
        _("token of its receipts"), max_length=40, blank=True, help_text=_("Part of a public URL")
    )
    hook_secret_encrypted = models.TextField(_("signing secret of its receipts"), blank=True)
    price = models.DecimalField(
        _("price of a message or segment"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    monthly_budget = models.DecimalField(
        _("budget a month"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    per_second = models.PositiveIntegerField(_("messages a second at most"), null=True, blank=True)
    connections = models.PositiveIntegerField(_("connections at most"), default=4)
    daily_limit = models.PositiveIntegerField(_("messages a day at most"), null=True, blank=True)
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who may use it"),
        blank=True,
        help_text=_("Nobody chosen: every operator"),
    )
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    paused_reason = models.CharField(_("why paused"), max_length=300, blank=True)
    paused_said = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    failure_count = models.PositiveIntegerField(_("failures in a row"), default=0)
    # the last test of its connection, and of which settings it was
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    tried_as = models.CharField(_("settings that were tried"), max_length=64, blank=True)
    tried_why = models.CharField(_("why the test failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} <{self.from_address}>" if self.from_address else self.name

    @property
    def paused_in_words(self) -> str:
        """Why it rests, in the active language."""
        return in_reader_language(self.paused_reason, self.paused_said)

    @property
    def where(self) -> str:
        """The far side in a word: server and port, the gateway's server, or the modem's folder."""
        if self.host:
            return f"{self.host}:{self.port}"
        options = self.options if isinstance(self.options, dict) else {}
        return str(urlsplit(str(options.get("url") or "")).netloc or options.get("folder") or "")

    @property
    def password(self) -> str:
        return decrypt(self.password_encrypted)

    @password.setter
    def password(self, value: str) -> None:
        self.password_encrypted = encrypt(value)

    @property
    def hook_secret(self) -> str:
        return decrypt(self.hook_secret_encrypted)

    @hook_secret.setter
    def hook_secret(self, value: str) -> None:
        self.hook_secret_encrypted = encrypt(value)


class LastWord(models.Model):
    """When a person last wrote to a sender: some channels take free texts for a while from then."""

    sender = models.ForeignKey(
        Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="+"
    )
    address = models.CharField(_("address"), max_length=40)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("last message of a person")
        verbose_name_plural = _("last messages of people")
        constraints = [models.UniqueConstraint(fields=["sender", "address"], name="last_word_once")]

    def __str__(self) -> str:
        return f"{self.address} {self.at}"


class SaidWord(models.Model):
    """STOP or START as a phone said it: a call that is repeated later undoes nothing (S20)."""

    sender = models.ForeignKey(
        Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="+"
    )
    address = models.CharField(_("address"), max_length=40)
    reference = models.CharField(_("the far side's number"), max_length=120, blank=True)
    stops = models.BooleanField(_("no more messages"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("STOP or START of a phone")
        verbose_name_plural = _("STOP and START of phones")
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "reference"],
                condition=~models.Q(reference=""),
                name="said_word_once",
            )
        ]
        indexes = [models.Index(fields=["address", "at"], name="said_word_address")]

    def __str__(self) -> str:
        return f"{self.address} {self.at}"


class Mailbox(models.Model):
    """Where what people write to a sender's address arrives, and what reading it came to."""

    class Protocol(models.TextChoices):
        IMAP = "imap", "IMAP"
        POP3 = "pop3", "POP3"

    sender = models.OneToOneField(
        Sender, verbose_name=_("sender"), on_delete=models.CASCADE, related_name="mailbox"
    )
    protocol = models.CharField(_("protocol"), max_length=4, choices=Protocol, default="imap")
    host = models.CharField(_("server"), max_length=200)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(
        _("encryption"), max_length=10, choices=Sender.Security, default=Sender.Security.TLS
    )
    username = models.CharField(_("user"), max_length=200)
    password_encrypted = models.TextField(_("password"), blank=True)
    folder = models.CharField(
        _("folder"), max_length=200, default="INBOX", help_text=_("IMAP only")
    )
    every = models.PositiveIntegerField(
        _("seconds between two looks"), default=60, help_text=_("From 5 to 3600")
    )
    is_active = models.BooleanField(_("active"), default=True)
    # what was read, and up to where; a folder that was made anew begins anew (RFC 3501 2.3.1.1)
    next_at = models.DateTimeField(_("next turn"), null=True, blank=True, editable=False)
    validity = models.BigIntegerField(_("made"), null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField(_("read up to"), default=0, editable=False)
    read_at = models.DateTimeField(_("read when"), null=True, blank=True, editable=False)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    problem = models.CharField(_("problem"), max_length=300, blank=True, editable=False)
    problem_said = models.JSONField(_("made of"), null=True, blank=True, editable=False)
    left_alone = models.PositiveIntegerField(_("left alone"), default=0, editable=False)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return f"{self.username} ({self.host})"

    @property
    def password(self) -> str:
        return decrypt(self.password_encrypted)

    @password.setter
    def password(self, value: str) -> None:
        self.password_encrypted = encrypt(value)

    @property
    def problem_in_words(self) -> str:
        """Why it cannot be read, in the active language."""
        return in_reader_language(self.problem, self.problem_said)


class MailSeen(models.Model):
    """A mail that is still in a POP3 mailbox and was looked at: the server remembers nothing."""

    mailbox = models.ForeignKey(
        Mailbox, verbose_name=_("mailbox"), on_delete=models.CASCADE, related_name="seen"
    )
    uid = models.CharField(_("number"), max_length=70)

    class Meta:
        verbose_name = _("mail that was looked at")
        verbose_name_plural = _("mails that were looked at")
        constraints = [models.UniqueConstraint(fields=["mailbox", "uid"], name="mail_seen_once")]

    def __str__(self) -> str:
        return self.uid


class MailTaken(models.Model):
    """A mail to us that was ours: once, whatever the server calls it tomorrow."""

    class Result(models.TextChoices):
        ENDED = "ended", _("ended what it asked to end")
        REFUSED = "refused", _("asked to end something by a link that is over or not ours")
        AUTOMATIC = "automatic", _("sent back by a program, not by a person")
        UNREADABLE = "unreadable", _("could not be read")

    mailbox = models.ForeignKey(
        Mailbox, verbose_name=_("mailbox"), on_delete=models.CASCADE, related_name="taken"
    )
    key = models.CharField(_("hash of its header"), max_length=64)
    at = models.DateTimeField(_("when"))
    result = models.CharField(_("result"), max_length=10, choices=Result)
    from_address = models.CharField(_("from"), max_length=254, blank=True)

    class Meta:
        verbose_name = _("mail to us")
        verbose_name_plural = _("mails to us")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["mailbox", "key"], name="mail_taken_once")]

    def __str__(self) -> str:
        return f"{self.result} {self.at}"


class InboxMessage(models.Model):
    """A message caught by the built-in inbox, exactly as it came over the wire."""

    received_at = models.DateTimeField(_("received at"))
    channel = models.CharField(_("channel"), max_length=20, choices=channel_choices, default=EMAIL)
    mail_from = models.CharField(_("envelope sender"), max_length=254, blank=True)
    rcpt_to = models.CharField(_("envelope recipient"), max_length=254)
    sender = models.CharField(_("from"), max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=400, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    raw = models.BinaryField(_("source"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message in the inbox")
        verbose_name_plural = _("inbox")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["message_id"], name="inbox_message_id"),
            models.Index(fields=["rcpt_to"], name="inbox_rcpt_to"),
        ]

    def __str__(self) -> str:
        return self.subject

"""Senders (configured accounts of a channel) and what the built-in inbox received."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.common.crypto import decrypt, encrypt


class Sender(models.Model):
    """An account we send with: today an SMTP server and the identity it may use (S6)."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        PLAIN = "plain", _("none (this computer only)")

    name = models.CharField(_("name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=20, default="email")
    from_name = models.CharField(_("name shown"), max_length=120, blank=True)
    from_address = models.EmailField(_("sent from"))
    reply_to = models.EmailField(_("answers go to"), blank=True)
    host = models.CharField(_("server"), max_length=200)
    port = models.PositiveIntegerField(_("port"), default=587)
    security = models.CharField(
        _("encryption"), max_length=10, choices=Security, default=Security.STARTTLS
    )
    username = models.CharField(_("user"), max_length=200, blank=True)
    password_encrypted = models.TextField(_("password"), blank=True)
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
    failure_count = models.PositiveIntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} <{self.from_address}>"

    @property
    def password(self) -> str:
        return decrypt(self.password_encrypted)

    @password.setter
    def password(self, value: str) -> None:
        self.password_encrypted = encrypt(value)


class InboxMessage(models.Model):
    """A message caught by the built-in inbox, exactly as it came over the wire."""

    received_at = models.DateTimeField(_("received at"))
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

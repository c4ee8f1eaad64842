"""Keys that sign links, and what is known of the address under which they are opened."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.common.said import SentenceColumns


class LinkKey(models.Model):
    """One key; the newest that is not ended signs, the others are still read (S17)."""

    secret_encrypted = models.TextField(_("key"))
    made_at = models.DateTimeField(_("made at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("key of links")
        verbose_name_plural = _("keys of links")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.pk)


class PublicAddress(models.Model):
    """What is known of the public address `url`; of another one nothing is.

    `asked` and `outside_asked` are hashes of one-time tokens.
    """

    url = models.CharField(_("public address"), max_length=200, blank=True)
    asked = models.CharField(max_length=64, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(_("asked at"), null=True)
    worked_at = models.DateTimeField(_("worked at"), null=True)
    problem = models.CharField(_("what is wrong"), max_length=500, blank=True)
    said = models.JSONField(null=True, editable=False)
    # {"issuer": …, "until": ISO, "sha256": …}, and the numeric addresses of the name
    certificate = models.JSONField(_("certificate"), default=dict, blank=True)
    addresses = models.JSONField(_("leads to"), default=list, blank=True)
    outside_asked = models.CharField(max_length=64, blank=True, editable=False)
    outside_until = models.DateTimeField(null=True, editable=False)
    outside_at = models.DateTimeField(_("opened from outside at"), null=True)
    outside_from = models.CharField(_("opened from"), max_length=45, blank=True)

    problem_in_words = SentenceColumns("problem", "said")

    class Meta:
        verbose_name = _("public address")
        verbose_name_plural = _("public address")

    def __str__(self) -> str:
        return self.url


class SignedLink(models.Model):
    """A link of one reader to one thing; `about` and `detail` are texts of whoever made it."""

    purpose = models.CharField(_("purpose"), max_length=16)
    about = models.CharField(_("about"), max_length=80, help_text="report:12")
    detail = models.CharField(_("of it"), max_length=160, blank=True)
    channel = models.CharField(_("channel"), max_length=20)
    address = models.CharField(_("address"), max_length=254)
    name = models.CharField(_("reader"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, default="es")
    key = models.ForeignKey(LinkKey, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=150, blank=True)
    looks = models.PositiveIntegerField(_("looks"), default=0)
    machine_looks = models.PositiveIntegerField(_("looks of programs"), default=0)
    first_look_at = models.DateTimeField(_("first look"), null=True, blank=True)
    last_look_at = models.DateTimeField(_("last look"), null=True, blank=True)
    pin_failures = models.PositiveSmallIntegerField(_("wrong PINs"), default=0)
    pin_failed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("signed link")
        verbose_name_plural = _("signed links")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "about", "detail", "channel", "address"],
                name="one_link_per_reader_and_thing",
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="signed_link_expires")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.about} {self.address}"

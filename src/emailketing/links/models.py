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

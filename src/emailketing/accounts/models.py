"""Users of the console and the audit trail."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A member of the staff who signs in to the console."""

    language = models.CharField(
        _("language"),
        max_length=5,
        default="es",
        choices=[("es", "Español"), ("en", "English"), ("pt", "Português")],
    )

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")


class SignInTry(models.Model):
    """A password that is being looked at: it counts as a wrong one until it proves right."""

    username = models.CharField(_("user name"), max_length=150)
    came_from = models.CharField(_("came from"), max_length=80, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("sign-in under way")
        verbose_name_plural = _("sign-ins under way")

    def __str__(self) -> str:
        return self.username


class AuditEntry(models.Model):
    """Who changed what in our own configuration, from where (append-only)."""

    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    username = models.CharField(_("user name"), max_length=150)
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("kind of object"), max_length=80, blank=True)
    object_id = models.CharField(_("number"), max_length=60, blank=True)
    object_label = models.CharField(_("object"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict, encoder=DjangoJSONEncoder)
    came_from = models.CharField(_("came from"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="audit_at")]

    def __str__(self) -> str:
        return f"{self.username} {self.action} {self.object_label}"

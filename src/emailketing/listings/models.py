"""Listings made here; those of a connector stand in its folder."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.common.crypto import decrypt, encrypt
from emailketing.sources.models import Source


class Listing(models.Model):
    """A named question to a source; `definition` is what its kind makes of it."""

    class Kind(models.TextChoices):
        CLICKED = "clicked", _("made by clicking")
        STATEMENT = "statement", _("statement of lines and periods")
        SQL = "sql", _("written in SQL")

    slug = models.SlugField(_("identifier"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.CLICKED)
    definition = models.JSONField(_("definition"), default=dict, encoder=DjangoJSONEncoder)
    changed_by = models.CharField(_("changed by"), max_length=150)
    changed_at = models.DateTimeField(_("changed at"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ListingRight(models.Model):
    """Who sees a listing besides administrators; of a listing without one, everybody who may look.

    `listing` is its name as “listing list” shows it: those of connectors are no rows here.
    """

    listing = models.CharField(_("listing"), max_length=120, unique=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("users"), related_name="+", blank=True
    )

    class Meta:
        verbose_name = _("who sees a listing")
        verbose_name_plural = _("who sees which listing")
        ordering = ["listing"]

    def __str__(self) -> str:
        return self.listing


class ReadingAccount(models.Model):
    """The account that SQL is run with in a source's database: it can only read (S28)."""

    source = models.OneToOneField(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="+"
    )
    username = models.CharField(_("user"), max_length=120)
    password_encrypted = models.TextField(_("password"), blank=True)

    class Meta:
        verbose_name = _("account for SQL")
        verbose_name_plural = _("accounts for SQL")
        permissions = [("write_sql", _("May write listings in SQL"))]

    def __str__(self) -> str:
        return self.username

    @property
    def password(self) -> str:
        return decrypt(self.password_encrypted)

    @password.setter
    def password(self, value: str) -> None:
        self.password_encrypted = encrypt(value)

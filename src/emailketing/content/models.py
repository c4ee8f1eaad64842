"""Brand, templates and their immutable revisions."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("es", "Español"), ("en", "English"), ("pt", "Português")]
MOST = {"slug": 80, "name": 120, "description": 300}  # characters of a template's


class Brand(models.Model):
    """How we look: one per company or per trade name."""

    name = models.CharField(_("name"), max_length=120)
    logo = models.BinaryField(_("logo"), default=b"", blank=True, editable=True)
    logo_type = models.CharField(_("kind of picture"), max_length=40, blank=True)
    primary_colour = models.CharField(_("main colour"), max_length=7, default="#0f4c81")
    accent_colour = models.CharField(_("second colour"), max_length=7, default="#f2a900")
    address = models.TextField(_("postal address"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.CharField(_("e-mail"), max_length=120, blank=True)
    website = models.CharField(_("web site"), max_length=120, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    signature = models.TextField(_("signature"), blank=True)
    legal_line = models.TextField(_("legal line"), blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Template(models.Model):
    """What we write for one purpose; the words themselves are in its revisions."""

    slug = models.SlugField(_("identifier"), max_length=MOST["slug"], unique=True)
    name = models.CharField(_("name"), max_length=MOST["name"])
    document_type = models.CharField(_("kind of document"), max_length=60, blank=True)
    channel = models.CharField(_("channel"), max_length=20, default="email")
    layout = models.CharField(
        _("document layout"), max_length=300, blank=True, help_text=_("The PDF that goes with it")
    )
    brand = models.ForeignKey(
        Brand, verbose_name=_("brand"), null=True, blank=True, on_delete=models.PROTECT
    )
    description = models.CharField(_("description"), max_length=MOST["description"], blank=True)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def current(self, language: str) -> "Revision | None":
        """The newest revision in this language, else in the default language, else in any."""
        numbered = sorted(self.revisions.all(), key=lambda revision: revision.number)
        newest = {revision.language: revision for revision in numbered}
        return newest.get(language) or newest.get("es") or next(iter(newest.values()), None)


class RevisionFrozen(Exception):
    """A revision never changes: what was sent can always be shown. Save a new one instead."""


class Revision(models.Model):
    """The words in one language, frozen; `html` and `text` compiled once, variables left in.

    `body` is what the author wrote: MJML, or (format "simple") paragraphs and blocks that
    `compile` turns into MJML; "short" is the text for a phone; "approved": `subject` is the name of
    a text that the far side approved, `body` its parameters in order, one per line, `button` the
    address of its button.
    """

    class Format(models.TextChoices):
        SIMPLE = "simple", _("simple")
        MJML = "mjml", "MJML"
        SHORT = "short", _("short text (phone)")
        APPROVED = "approved", _("approved text")

    template = models.ForeignKey(
        Template, verbose_name=_("template"), on_delete=models.PROTECT, related_name="revisions"
    )
    language = models.CharField(_("language"), max_length=5, choices=LANGUAGES, default="es")
    number = models.PositiveIntegerField(_("number"))
    subject = models.CharField(_("subject"), max_length=300)
    preheader = models.CharField(_("preview line"), max_length=300, blank=True)
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.SIMPLE)
    body = models.TextField(_("body"))
    button = models.CharField(_("address of the button"), max_length=300, blank=True)
    html = models.TextField(_("compiled HTML"), blank=True)
    text = models.TextField(_("compiled text"), blank=True)
    brand = models.JSONField(_("brand as it was"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["template_id", "language", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "number"], name="revision_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.language} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise RevisionFrozen
        super().save(*args, **kwargs)

"""Contacts and their addresses."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from emailketing.common.said import SentenceColumns


class Contact(models.Model):
    """A person or company we may write to: from a source, or entered by hand (source empty)."""

    source = models.CharField(_("source"), max_length=60, blank=True)
    key = models.CharField(_("key in the source"), max_length=500, null=True, blank=True)  # noqa: DJ001 - NULL keeps hand-made contacts out of the unique constraint
    name = models.CharField(_("name"), max_length=200)
    tax_id = models.CharField(_("tax number"), max_length=60, blank=True)
    language = models.CharField(
        _("language"),
        max_length=5,
        default="es",
        choices=[("es", "Español"), ("en", "English"), ("pt", "Português")],
    )
    # by a link: what the business system says of it changes nothing any more
    is_language_chosen = models.BooleanField(
        _("language chosen by the person"), default=False, editable=False
    )
    time_zone = models.CharField(
        _("time zone"), max_length=60, blank=True, help_text=_("Empty: the company's")
    )
    channel_order = models.JSONField(
        _("channels in order"),
        default=dict,
        blank=True,
        help_text=_("By class of message; “any” for the others"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    # by the names its connector declares: {"tipo": "empresa"}
    traits = models.JSONField(_("traits"), default=dict, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    updated_at = models.DateTimeField(_("updated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="contact_once_per_source")
        ]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """What the contact is called in lists; in a letter one without a name has none."""
        return (
            self.name or self.tax_id or gettext("(no name) %(key)s") % {"key": self.key or self.pk}
        )


class Address(models.Model):
    """Where: an e-mail address or a phone, with its usage (orders, payments, …; empty = any)."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")

    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.CASCADE, related_name="addresses"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EMAIL)
    value = models.CharField(_("address"), max_length=254)
    usage = models.CharField(_("usage"), max_length=40, blank=True)
    person = models.CharField(_("person"), max_length=120, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    problem = models.CharField(
        _("problem"), max_length=200, blank=True, help_text=_("Why it cannot be used")
    )

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["contact_id", "position", "pk"]
        indexes = [models.Index(fields=["value"], name="address_value")]

    def __str__(self) -> str:
        return self.value


class PersonDate(models.Model):
    """A date of a contact: a birthday, since when it is a customer, when an inspection is due.

    `kind`: as the connector declares it. `name`: who or what of the contact it is of, one of a
    company's people, one of its things; empty: the contact itself. A text of which no day can be
    made is kept with the reason and without a day; a year may be missing.
    """

    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.CASCADE, related_name="dates"
    )
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("of"), max_length=120, blank=True)
    written = models.CharField(_("as written"), max_length=40)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    # why this one is greeted by nobody, in the business system's own words: “fallecido”
    withheld = models.CharField(_("withheld"), max_length=80, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    said = models.JSONField(null=True, blank=True, editable=False)

    problem_in_words = SentenceColumns("problem", "said")

    class Meta:
        verbose_name = _("date of a contact")
        verbose_name_plural = _("dates of contacts")
        ordering = ["contact_id", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind", "name"], name="date_once_per_contact"
            )
        ]
        indexes = [models.Index(fields=["kind", "month", "day"], name="date_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name or self.contact_id}: {self.written}"


class Role(models.Model):
    """A duty in the own company: management, purchasing, audit. A rule writes to whoever has it."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    contacts = models.ManyToManyField(
        Contact, verbose_name=_("contacts"), blank=True, related_name="roles"
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Suppression(models.Model):
    """An address not to use: it bounced, its owner complained or said no, or somebody here did.

    For everything, for one class, or (`about`) for one reason to write whatever its class.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("the address does not exist")
        COMPLAINT = "complaint", _("marked as unwanted")
        OPT_OUT = "opt_out", _("opted out")
        OPERATOR = "operator", _("stopped by an operator")

    class Via(models.TextChoices):
        """Where from we know it."""

        ONE_CLICK = "one_click", _("the button of the mail program")
        PAGE = "page", _("the page of the link")
        MAILTO = "mailto", _("a mail to us")
        STOP = "stop", _("a word by phone")
        OPERATOR = "operator", _("somebody here")
        COMPLAINT = "complaint", _("a complaint")
        SERVER = "server", _("the answer of the far side")

    kind = models.CharField(_("kind"), max_length=10, choices=Address.Kind, default="email")
    value = models.CharField(_("address"), max_length=254, help_text=_("In lower case"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    mail_class = models.CharField(
        _("class"), max_length=20, blank=True, help_text=_("Empty: every class")
    )
    about = models.CharField(_("reason to write"), max_length=80, blank=True, help_text="report:12")
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("since"))
    by = models.CharField(_("entered by"), max_length=150, blank=True)
    via = models.CharField(_("where from"), max_length=10, choices=Via, blank=True)
    # a number of the ledger, which stands above this package; kept when that row is forgotten
    message = models.PositiveBigIntegerField(_("message"), null=True, blank=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value", "mail_class", "about"], name="suppression_once_per_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.get_reason_display()}"

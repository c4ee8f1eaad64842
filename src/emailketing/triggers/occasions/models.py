"""Occasions: whose day, who of them, when on that day; and what is kept so that it is once."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from emailketing.audience.models import AudienceWay, PausableAudience
from emailketing.common.said import SentenceColumns
from emailketing.contacts.models import Contact
from emailketing.sources.models import Source


class Occasion(PausableAudience):
    """A day on which we write to somebody because it is this day.

    `day`: {"kind": "person", "date": "birth", "offset": -3} | {"kind": "holiday", "name":
    "Navidad", "country": "PY"} | {"kind": "listing", …} (`definition.listed`) | what `CalendarDay`
    keeps. `source`: of whose people; None: of all,
    also of who was entered by hand. `traits`: {"tipo": ["persona"]}: only of whom one is said.
    `usage`: which of a person's addresses. An occasion has one text: another group of people is
    another occasion, the language is the reader's (decision 112).
    """

    class Late(models.TextChoices):
        SAME = "same", _("that day or never")
        NEXT = "next", _("or on the next working day")

    class LeapDay(models.TextChoices):
        FEB28 = "feb28", _("28 February")
        MAR1 = "mar1", _("1 March")
        LEAP = "leap", _("only in leap years")

    name = models.CharField(_("name"), max_length=120, unique=True)
    source = models.ForeignKey(
        Source,
        verbose_name=_("source"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Empty: of all sources, and who was entered by hand"),
    )
    day = models.JSONField(_("day"), default=dict)
    leap_day = models.CharField(
        _("29 February in other years"), max_length=5, choices=LeapDay, default=LeapDay.FEB28
    )
    traits = models.JSONField(_("only who is"), default=dict, blank=True)
    usage = models.CharField(_("addresses for"), max_length=40, blank=True)
    late = models.CharField(_("missed"), max_length=4, choices=Late, default=Late.SAME)
    active_since = models.DateTimeField(_("active since"), null=True, blank=True)
    # by whose right its listing is read; whoever had an account is asked again at each read (P12)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    has_owner = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def system(self) -> Source | None:
        return self.source

    @property
    def trigger(self) -> str:
        return f"occasion:{self.pk}"

    @property
    def is_of_people(self) -> bool:
        """Whether each person has a day of its own."""
        return bool(self.day.get("kind") == "person")

    @property
    def listing(self) -> str:
        """The name of the listing whose rows have its days; "": there is none."""
        return str(self.day.get("listing") or "") if self.day.get("kind") == "listing" else ""


class OccasionWay(AudienceWay):
    """The words and the sender of one channel of an occasion."""

    occasion = models.ForeignKey(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="ways"
    )

    class Meta:
        verbose_name = _("way of an occasion")
        verbose_name_plural = _("ways of an occasion")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["occasion", "channel"], name="occasion_way_per_channel")
        ]


class GreetingTold(models.Model):
    """Once a year, whatever happens: who was greeted, by which channel, for which year (O1, O7).

    `once_on`: of a date that is there once, this date (2027-01-08): another is another.
    """

    occasion = models.ForeignKey(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="greetings"
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(_("of"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    once_on = models.CharField(_("date"), max_length=10, blank=True, default="")
    channel = models.CharField(_("channel"), max_length=20)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "contact", "name", "year", "once_on", "channel"],
                name="greeting_once_for_a_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.contact_id} {self.name} {self.year} {self.channel}"


class GreetingDay(models.Model):
    """One day of an occasion in one time zone: how far it came, by whom, and what came of it."""

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        DONE = "done", _("done")
        MISSED = "missed", _("missed")

    occasion = models.ForeignKey(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="days"
    )
    zone = models.CharField(_("time zone"), max_length=60, blank=True)
    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.OPEN)
    sweep = models.PositiveIntegerField(default=0, editable=False)
    after = models.BigIntegerField(default=0, editable=False)  # up to whom
    dispatch = models.ForeignKey(
        "outbox.Dispatch", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    seen = models.PositiveIntegerField(_("people"), default=0)
    written = models.PositiveIntegerField(_("messages"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    # somebody's message follows in the next turn: an address has one of each
    has_later = models.BooleanField(default=False, editable=False)
    reason = models.CharField(_("why"), max_length=500, blank=True, default="")
    said = models.JSONField(null=True, blank=True, editable=False)
    holder = models.CharField(_("worker"), max_length=200, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)
    next_at = models.DateTimeField(_("looked at again"), null=True, blank=True)
    began_at = models.DateTimeField(_("began at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    reason_in_words = SentenceColumns("reason", "said")

    class Meta:
        verbose_name = _("day of an occasion")
        verbose_name_plural = _("days of occasions")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["occasion", "zone", "day"], name="greeting_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.day:%Y-%m-%d} {self.zone}"


class Skip(models.Model):
    """Not this time: one person's greeting of a day, or the whole day (contact empty)."""

    occasion = models.ForeignKey(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="skips"
    )
    day = models.DateField(_("day"))
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    name = models.CharField(_("of"), max_length=120, blank=True)
    at = models.DateTimeField(_("since"))
    by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("left out")
        verbose_name_plural = _("left out")
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "day", "contact", "name"], name="skip_person_once"
            ),
            models.UniqueConstraint(
                fields=["occasion", "day"],
                condition=models.Q(contact=None),
                name="skip_day_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.day:%Y-%m-%d} {self.contact_id or '*'} {self.name}"


class DoubtfulDay(models.Model):
    """A day that too many people have: perhaps their program filled it in. Somebody is asked."""

    class Answer(models.TextChoices):
        NONE = "", _("not answered yet")
        REAL = "real", _("they are real")
        LEAVE = "leave", _("leave them out")

    occasion = models.ForeignKey(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="doubts"
    )
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day"))
    people = models.PositiveIntegerField(_("people"))
    of = models.PositiveIntegerField(_("of"))
    answer = models.CharField(_("answer"), max_length=5, choices=Answer, default="", blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("doubtful day")
        verbose_name_plural = _("doubtful days")
        ordering = ["month", "day"]
        constraints = [
            models.UniqueConstraint(fields=["occasion", "month", "day"], name="doubtful_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.day}/{self.month}: {self.people}"


class DatesRead(models.Model):
    """How the listing was read whose rows have the days of an occasion (decision 119).

    The rows of the read `number` hold; a read takes a number of its own, and holds when it is
    whole. `asked`: what was asked, as a hash: rows of another question are not those of this one.
    """

    occasion = models.OneToOneField(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="dates_read"
    )
    number = models.PositiveIntegerField(default=0, editable=False)
    tries = models.PositiveIntegerField(default=0, editable=False)
    asked = models.CharField(max_length=64, blank=True, editable=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    wanted_at = models.DateTimeField(_("wanted at"), null=True, blank=True)
    count = models.PositiveIntegerField(_("rows"), default=0)
    unowned = models.PositiveIntegerField(_("of nobody"), default=0)
    unreadable = models.PositiveIntegerField(_("unreadable"), default=0)
    columns = models.JSONField(default=list, editable=False)
    problem = models.CharField(_("problem"), max_length=500, blank=True)
    said = models.JSONField(null=True, blank=True, editable=False)
    holder = models.CharField(_("worker"), max_length=200, blank=True)
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)

    problem_in_words = SentenceColumns("problem", "said")

    class Meta:
        verbose_name = _("dates that were read")
        verbose_name_plural = _("dates that were read")

    def __str__(self) -> str:
        return f"{self.occasion_id} {self.read_at}"


class ListedDate(models.Model):
    """A row of a listing: whose it is, its date, and what a text may say of it.

    Of nobody's (no contact) and of those without a day (`problem`) some are kept to be shown.
    """

    occasion = models.ForeignKey(
        Occasion, verbose_name=_("occasion"), on_delete=models.CASCADE, related_name="listed"
    )
    read = models.PositiveIntegerField(editable=False)
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    party = models.CharField(_("belongs to"), max_length=254, blank=True)
    name = models.CharField(_("of"), max_length=120, blank=True)
    written = models.CharField(_("as written"), max_length=40, blank=True)
    month = models.PositiveSmallIntegerField(_("month"), null=True)
    day = models.PositiveSmallIntegerField(_("day"), null=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    said = models.JSONField(null=True, editable=False)
    values = models.JSONField(_("values"), default=dict)

    problem_in_words = SentenceColumns("problem", "said")

    class Meta:
        verbose_name = _("date of a listing")
        verbose_name_plural = _("dates of listings")
        ordering = ["pk"]
        indexes = [models.Index(fields=["occasion", "read", "month", "day"], name="listed_by_day")]

    def __str__(self) -> str:
        return f"{self.party} {self.name}: {self.written}"

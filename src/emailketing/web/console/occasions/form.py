"""The one form of an occasion: which day, who, at which hours, by which way."""

from typing import ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.audience.problem import place_of
from emailketing.channels.catalogue import channels
from emailketing.channels.declared import EMAIL, ChannelOf
from emailketing.channels.senders import usable_by
from emailketing.company.free_days import holidays_of
from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.schedule.calendar_day import FARTHEST, DayInvalid
from emailketing.sources.date_kinds import date_kinds, trait_kinds
from emailketing.triggers.occasions.definition.days import HOLIDAY
from emailketing.triggers.occasions.definition.listed import LISTING
from emailketing.triggers.occasions.definition.written import (
    EXAMPLES,
    read_written_day,
    written_day,
)
from emailketing.triggers.occasions.models import Occasion
from emailketing.triggers.occasions.running.listed import label_of_listing
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.occasions.listed import Columns, ListedFields

TIME = forms.TimeInput({"type": "time"})


class OccasionForm(ReadingForm[Occasion]):
    """Reads an occasion; what is wrong with it is said by the function that saves."""

    class Meta:
        model = Occasion
        fields: ClassVar = ["name", "source", "delivery", "late", "leap_day", "usage"]

    what = forms.ChoiceField(label=gettext_lazy("Day"), required=False)
    offset = forms.IntegerField(
        label=gettext_lazy("Days after (before: with a minus)"),
        required=False,
        min_value=-FARTHEST,
        max_value=FARTHEST,
    )
    written = forms.CharField(label=gettext_lazy("Another day"), required=False, max_length=120)
    hours_from = forms.CharField(
        label=gettext_lazy("From"), required=False, max_length=8, widget=TIME
    )
    hours_to = forms.CharField(
        label=gettext_lazy("to"),
        required=False,
        max_length=8,
        widget=TIME,
        help_text=gettext_lazy("In each person's own time zone."),
    )
    traits = forms.CharField(
        label=gettext_lazy("Only who is"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    field_of: ClassVar = {"day": "what", "window": "hours_from"}

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        instance: Occasion,
        user: User,
        columns: Columns = None,
    ) -> None:
        super().__init__(data, instance=instance)
        self.listed = ListedFields.of(self, columns, data) if instance.listing else None
        said, hours = self.instance, self.instance.window
        self._offer_days(said)
        self.initial.setdefault("hours_from", hours.get("from", ""))
        self.initial.setdefault("hours_to", hours.get("to", ""))
        self.initial.setdefault("traits", traits_written(said))
        self.fields["traits"].help_text = self._traits()
        self.fields["late"].label = _("When missed")
        self.fields["usage"].help_text = _("As in a rule: orders, payments… Empty: the usual one.")
        if isinstance(sources := self.fields["source"], forms.ModelChoiceField):
            sources.empty_label = _("All")
        for channel in channels().values():
            self._offer(channel, user)

    def _offer_days(self, said: Occasion) -> None:
        """Offer each date of people, Easter, the holidays of the country, and any other day."""
        company = Company.get()
        names = holidays_of(company.country, timezone.localdate().year)
        holidays = [(f"{HOLIDAY}:{company.country}:{name}", name) for name in names]
        calendar = [("", _("another day, written below")), ("easter", _("Easter"))]
        kinds = [(name, kind.label) for name, kind in date_kinds().items()]
        groups = (
            *self._listing(said),
            (_("Of each person"), kinds),
            (_("Of the calendar"), calendar),
            (_("Holidays"), holidays),
        )
        if isinstance(what := self.fields["what"], forms.ChoiceField):
            what.choices = groups
        self.fields["written"].help_text = _("As %(examples)s.") % {"examples": EXAMPLES}
        if said.listing:
            self.initial.setdefault("what", LISTING)
            self.initial.setdefault("offset", said.day.get("offset") or 0)
            return
        text = written_day(said.day) if said.day else "birth"
        name = str(said.day.get("date") or "easter") if "offset" in said.day else text
        known = {value for _group, some in groups for value, _label in some}
        self.initial.setdefault("what", name if name in known else "")
        self.initial.setdefault("offset", said.day.get("offset") or 0)
        self.initial.setdefault("written", "" if name in known else text)

    def _listing(self, said: Occasion) -> list[tuple[str, list[tuple[str, str]]]]:
        """Offer the listing it is of already."""
        if not said.listing:
            return []
        return [(_("Of a listing"), [(LISTING, label_of_listing(said.listing))])]

    def _traits(self) -> str:
        known = ", ".join(f"{name} ({label})" for name, label in trait_kinds().items())
        sentence = _("A line for each, as “tipo: persona, empresa”. There are: %(known)s.")
        return sentence % {"known": known or "—"}

    def _offer(self, channel: ChannelOf, user: User) -> None:
        choice, name = self.instance.choice(channel.name), channel.name
        known = choice.sender.pk if choice.sender else None
        template, sender = place_of(name, "template"), place_of(name, "sender")
        self.fields[template] = forms.ModelChoiceField(
            Template.objects.filter(channel=name).order_by("name"),
            label=capfirst(str(channel.text_label or _("template"))),
            required=False,
            empty_label=_("The ready-made text") if name == EMAIL else str(channel.no_text),
        )
        self.fields[sender] = forms.ModelChoiceField(
            usable_by(user, also=known).filter(channel=name),
            label=_("Sender for %(channel)s") % {"channel": channel.label},
            required=False,
            empty_label=_("The default sender"),
        )
        self.initial.setdefault(template, choice.template.pk if choice.template else None)
        self.initial.setdefault(sender, known)

    def ways(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the words and the sender of each channel."""
        return [
            (self[place_of(name, "template")], self[place_of(name, "sender")])
            for name in channels()
        ]

    def clean_written(self) -> str:
        """Read the day: the one chosen, so many days after it; or the one that is written."""
        written: str = self.cleaned_data["written"]
        what, offset = str(self.cleaned_data.get("what") or ""), self.cleaned_data.get("offset")
        if what == LISTING:
            return written  # read where all its columns are known
        moved = f"{what}{offset:+d}" if offset and HOLIDAY not in what else what
        try:
            self.instance.day = dict(read_written_day(moved if what else written))
        except DayInvalid as error:
            raise forms.ValidationError(str(error)) from error
        return written

    def clean_traits(self) -> str:
        text: str = self.cleaned_data["traits"]
        found: dict[str, list[str]] = {}
        for line in filter(None, (one.strip() for one in text.splitlines())):
            name, _colon, values = line.partition(":")
            found[name.strip()] = [one.strip() for one in values.split(",") if one.strip()]
        self.instance.traits = found
        return text

    def clean(self) -> None:
        sent = self.cleaned_data
        if self.listed and sent.get("what") == LISTING:
            self.instance.day = self.listed.read(sent)
        hours = {"from": sent.get("hours_from") or "", "to": sent.get("hours_to") or ""}
        others = {k: v for k, v in self.instance.window.items() if k not in hours}
        self.instance.window = others | {word: said for word, said in hours.items() if said}
        for name in channels():
            self.instance.choose(
                name,
                template=sent.get(place_of(name, "template")),
                sender=sent.get(place_of(name, "sender")),
            )


def traits_written(occasion: Occasion) -> str:
    said = occasion.traits.items()
    return "\n".join(f"{name}: {', '.join(values)}" for name, values in said)

"""The form behind the rule editor: ordinary fields, and three that the script fills with JSON."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.accounts.who import Who
from emailketing.audience.problem import Problem, place_of
from emailketing.channels.catalogue import channels
from emailketing.channels.declared import EMAIL, ChannelOf
from emailketing.channels.senders import usable_by
from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.checks import LONGEST_DELAY, MOST_AN_HOUR
from emailketing.triggers.notifications.rules.save import RuleInvalid, problems, save_rule
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.rules.read import (
    ReadCondition,
    loads,
    read_condition,
    read_fallback,
    read_recipients,
)
from emailketing.web.console.rules.timing import (
    TimingFields,
    days_of,
    initial_timing,
    window_of,
)
from emailketing.web.console.rules.vocabulary import what_choices

DEFAULT_HOUR = 7
PARTS = ("template", "sender")  # of what is chosen for a channel


class RuleForm(TimingFields, ReadingForm[Rule]):
    """Reads the whole rule; `row_errors` says beside which row of the editor something is wrong."""

    what = forms.ChoiceField(label=gettext_lazy("What happens"))
    condition = forms.CharField(
        label=gettext_lazy("Conditions"), required=False, widget=forms.HiddenInput
    )
    recipients = forms.CharField(
        label=gettext_lazy("Recipients"), required=False, widget=forms.HiddenInput
    )
    fallback = forms.CharField(
        label=gettext_lazy("When nobody of them has an address"),
        required=False,
        widget=forms.HiddenInput,
    )
    delay_minutes = forms.IntegerField(
        label=gettext_lazy("Wait (minutes)"),
        min_value=0,
        max_value=LONGEST_DELAY,
        help_text=gettext_lazy("0 = at once. Time to correct a mistake before it leaves."),
    )
    flood_limit = forms.IntegerField(
        label=gettext_lazy("Hold when more than (an hour)"),
        min_value=1,
        max_value=MOST_AN_HOUR,
        help_text=gettext_lazy(
            "An import must not become a flood: the rest waits until you release or drop it."
        ),
    )

    class Meta:
        model = Rule
        fields: ClassVar = [
            "name",
            "condition",
            "recipients",
            "fallback",
            "delivery",
            "attach_document",
            "mail_class",
            "repeat",
            "delay_minutes",
            "is_urgent",
            "digest",
            "digest_hour",
            "remind_from",
            "daily_cap",
            "leaves_out_actor",
            "flood_limit",
            "is_active",
        ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = initial_timing(kwargs["instance"]) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.row_errors: dict[str, dict[str, str]] = {}
        self.fields["what"].choices = what_choices()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["what"] = f"{self.instance.source_id}:{self.instance.process}"
        for channel in channels().values():
            self._offer(channel, user)
        self.fields["mail_class"].choices = MailClass.choices  # type: ignore[attr-defined]

    def _offer(self, channel: ChannelOf, user: User) -> None:
        """Ask for the words and the sender of one channel."""
        choice, is_email = self.instance.choice(channel.name), channel.name == EMAIL
        texts = Template.objects.filter(channel=channel.name).order_by("name")
        known = choice.sender.pk if choice.sender else None
        senders = usable_by(user, also=known).filter(channel=channel.name)
        template, sender = place_of(channel.name, "template"), place_of(channel.name, "sender")
        self.fields[template] = forms.ModelChoiceField(
            texts,
            label=capfirst(str(channel.text_label or _("template"))),
            required=False,
            empty_label=_("Choose a template") if is_email else str(channel.no_text),
        )
        self.fields[sender] = forms.ModelChoiceField(
            senders,
            label=_("Sender for %(channel)s") % {"channel": channel.label},
            required=False,
            empty_label=_("The default sender"),
            help_text="" if is_email else _("Chosen here, this channel is tried first."),
        )
        self.initial.setdefault(template, choice.template.pk if choice.template else None)
        self.initial.setdefault(sender, known)

    def clean_what(self) -> str:
        what: str = self.cleaned_data["what"]
        source, _colon, process = what.partition(":")
        self.instance.source = Source.objects.get(pk=int(source))
        self.instance.process = process
        return what

    def clean_reminders(self) -> str:
        text: str = self.cleaned_data["reminders"]
        try:
            self.instance.remind_days = days_of(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def clean_digest_hour(self) -> int:
        found = self.cleaned_data.get("digest_hour")
        return DEFAULT_HOUR if found is None else int(found)

    def clean(self) -> Context:
        cleaned = super().clean() or self.cleaned_data
        fields = self.instance.document_fields() if "what" in cleaned else {}
        if fields:
            own = Company.get().currency
            self._take("condition", read_condition(str(cleaned.get("condition")), fields, own))
        self._take("recipients", read_recipients(str(cleaned.get("recipients"))))
        self._take("fallback", read_fallback(str(cleaned.get("fallback"))))
        self.instance.window = window_of(cleaned)
        for channel in channels():
            template, sender = (cleaned.get(place_of(channel, part)) for part in PARTS)
            self.instance.choose(channel, template=template, sender=sender)
        return cleaned

    def _take(self, name: str, reading: ReadCondition) -> None:
        self.cleaned_data[name] = reading.value
        if reading.errors:
            self.row_errors[name] = reading.errors
            self.add_error(name, _("Put the marked lines right."))

    def works(self, now: datetime) -> bool:
        """Say whether the rule could work; what keeps it from working stands at its place."""
        self.is_valid()
        if "what" in self.cleaned_data:
            for problem in problems(self.instance, now=now):
                self._place(problem)
        return not self.errors

    def keep(self, *, by: Who, now: datetime) -> Rule | None:
        """Save by the one function; None, with what is wrong, when it cannot be saved any more."""
        try:
            return save_rule(self.save(commit=False), by=by, now=now)
        except RuleInvalid as error:
            for problem in error.all:
                self._place(problem)
            return None

    def _place(self, problem: Problem) -> None:
        name, _dot, row = problem.place.partition(".")
        if not row and name in self.errors:
            return  # told already: what was entered there is not in the rule
        if not row:
            self.add_error(name if name in self.fields else None, str(problem))
            return
        self.row_errors.setdefault(name, {}).setdefault(row, str(problem))
        if name not in self.errors:
            self.add_error(name, _("Put the marked lines right."))

    def wrong(self) -> Context:
        """Gather what is wrong for the script of the editor: by field, and by row of a list."""
        fields = {
            name: [str(error) for error in errors]
            for name, errors in self.errors.items()
            if name in self.fields
        }
        return {"fields": fields, "rows": self.row_errors}

    def mistakes(self) -> list[tuple[str, str]]:
        """List everything that is wrong: what the place is called, and the sentence."""
        found = []
        for name, errors in self.errors.items():
            label = str(self.fields[name].label) if name in self.fields else ""
            texts = list(self.row_errors.get(name, {}).values()) or [str(one) for one in errors]
            found += [(label, text) for text in texts]
        return found

    @property
    def ways(self) -> list[tuple[ChannelOf, forms.BoundField, forms.BoundField]]:
        """Each channel with the field of its words and of its sender."""
        return [
            (about, self[place_of(name, "template")], self[place_of(name, "sender")])
            for name, about in channels().items()
        ]

    @property
    def opens_timing(self) -> bool:
        """Whether the part about hours says something that is not the usual."""
        rule: Rule = self.instance
        return bool(
            self.errors
            or rule.window
            or rule.digest
            or rule.remind_days
            or rule.is_urgent
            or rule.daily_cap
        )

    def state(self) -> Context:
        """What the script draws: as sent, or as saved."""
        names = ("condition", "recipients", "fallback")
        if self.is_bound:
            return {
                "values": {name: loads(self.data.get(name, "")) for name in names},
                "errors": self.row_errors,
                "remindFrom": self.data.get("remind_from", ""),
            }
        return {
            "values": {name: getattr(self.instance, name) for name in names},
            "errors": {},
            "remindFrom": self.instance.remind_from,
        }

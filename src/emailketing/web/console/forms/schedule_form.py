"""When something recurs, by clicking: the part that every form with a schedule includes.

Use: `ScheduleForm(request.POST, prefix="schedule", now=now)` beside the form's own, and
`{% include "console/schedule/fields.html" with schedule=… %}` inside its `<form>`; `recurrence` is
what was clicked once it is valid.
"""

from datetime import date, datetime, time
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.zones import is_zone
from emailketing.company.free_days import free_days
from emailketing.company.models import Company
from emailketing.schedule.choices import FREQUENCIES, RecurrenceChoice, choice_of, rule_of
from emailketing.schedule.recurrence import (
    Recurrence,
    RecurrenceInvalid,
    check_recurs,
    first_instants,
    read_policy,
    read_times,
)
from emailketing.schedule.sentence import month_name, run_words, sentence, weekday_name
from emailketing.web.console.frame.shapes import Clicked, Context

ISO = "%Y-%m-%d"
SEVEN = time(7)
Choices: TypeAlias = list[tuple[str, str]]


def frequency_choices() -> Choices:
    return [(word, _(label)) for word, label in FREQUENCIES.items()]


def weekday_choices() -> Choices:
    return [(str(day), weekday_name(day)) for day in range(7)]


def month_choices() -> Choices:
    return [(str(month), month_name(month)) for month in range(1, 13)]


def nth_choices() -> Choices:
    return [
        ("1", _("the first")),
        ("2", _("the second")),
        ("3", _("the third")),
        ("4", _("the fourth")),
        ("-1", _("the last")),
    ]


def free_day_choices() -> Choices:
    return [
        ("run", _("It runs all the same")),
        ("skip", _("It is left out")),
        ("next", _("The next working day instead")),
        ("previous", _("The working day before instead")),
    ]


class ScheduleForm(forms.Form):
    """What somebody clicks; the schedule's own functions judge it."""

    frequency = forms.ChoiceField(label=gettext_lazy("How often"), choices=frequency_choices)
    every = forms.IntegerField(
        label=gettext_lazy("Every so many"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("2: every second day, week or month"),
    )
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=weekday_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    nth = forms.ChoiceField(
        label=gettext_lazy("Which of the month"), choices=nth_choices, required=False
    )
    weekday = forms.ChoiceField(
        label=gettext_lazy("Day of the week"), choices=weekday_choices, required=False
    )
    month = forms.ChoiceField(label=gettext_lazy("Month"), choices=month_choices, required=False)
    day = forms.IntegerField(
        label=gettext_lazy("Day of the month"), required=False, min_value=1, max_value=31
    )
    rule = forms.CharField(
        label=gettext_lazy("Rule of RFC 5545"),
        required=False,
        max_length=200,
        help_text="FREQ=MONTHLY;BYDAY=-1FR",
    )
    at = forms.TimeField(
        label=gettext_lazy("At"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        initial=SEVEN,
    )
    also_at = forms.CharField(
        label=gettext_lazy("And also at"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Several times a day: 12:00, 18:30"),
    )
    free_day = forms.ChoiceField(
        label=gettext_lazy("On a free day"), choices=free_day_choices, required=False
    )
    zone = forms.CharField(label=gettext_lazy("Time zone"), required=False, max_length=60)
    starts = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        input_formats=[ISO],
        widget=forms.DateInput({"type": "date"}, format=ISO),
    )
    ends = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        input_formats=[ISO],
        widget=forms.DateInput({"type": "date"}, format=ISO),
    )

    def __init__(
        self,
        data: Clicked = None,
        *,
        now: datetime,
        branch: str = "",
        prefix: str | None = None,
        initial: Context | None = None,
    ) -> None:
        super().__init__(data, prefix=prefix, initial=initial)
        self.now, self.branch = now, branch
        self.is_free = free_days(branch).is_free
        self.recurrence: Recurrence | None = None
        self.fields["zone"].initial = Company.get().time_zone

    def clean(self) -> Context:
        """Read what was clicked into `recurrence`; what cannot be is one sentence."""
        values: Context = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            recurrence = self._recurrence()
            check_recurs(recurrence, self.now, self.is_free)
        except RecurrenceInvalid as wrong:
            self.add_error(None, str(wrong))
        else:
            self.recurrence = recurrence
        return values

    def sentence(self) -> str:
        """Return it in words; "" while it is not valid."""
        found = self.recurrence
        return sentence(found, self._today(found.zone)) if found else ""

    def next_runs(self, count: int = 5) -> list[str]:
        """Return its next runs in words."""
        found = self.recurrence
        if found is None:
            return []
        moments = first_instants(found, self.now, self.is_free, count)
        return [run_words(moment, found.zone) for moment in moments]

    def _recurrence(self) -> Recurrence:
        values = self.cleaned_data
        zone = values["zone"] or Company.get().time_zone
        also = [part for part in values["also_at"].replace(";", ",").split(",") if part.strip()]
        policy = read_policy(values["free_day"] or "run")
        rule, policy = rule_of(self._choice(), policy)
        return Recurrence(
            rule,
            tuple(sorted({values["at"].replace(second=0), *read_times(also)})),
            zone,
            policy,
            values["starts"] or self._today(zone),
            values["ends"],
        )

    def _choice(self) -> RecurrenceChoice:
        values = self.cleaned_data
        days = [values["weekday"]] if values["frequency"] == "month-weekday" else values["weekdays"]
        return RecurrenceChoice(
            values["frequency"],
            every=values["every"] or 1,
            weekdays=tuple(int(day) for day in days if day),
            day=values["day"] or 1,
            month=int(values["month"] or 1),
            nth=int(values["nth"] or 1),
            rule=values["rule"],
        )

    def _today(self, zone: str) -> date:
        return self.now.astimezone(ZoneInfo(zone if is_zone(zone) else "UTC")).date()


def initial_schedule(recurrence: Recurrence) -> Context:
    """Return what was clicked for a recurrence that is saved: the form's `initial`."""
    choice = choice_of(recurrence.rule, recurrence.free_day)
    first, *others = sorted(recurrence.times)
    return {
        "frequency": choice.frequency,
        "every": choice.every,
        "weekdays": [str(day) for day in choice.weekdays],
        "weekday": str(choice.weekdays[0]) if choice.weekdays else "0",
        "nth": str(choice.nth),
        "month": str(choice.month),
        "day": choice.day,
        "rule": recurrence.rule,
        "at": first,
        "also_at": ", ".join(at.isoformat("minutes") for at in others),
        "free_day": recurrence.free_day,
        "zone": recurrence.zone,
        "starts": recurrence.starts,
        "ends": recurrence.ends,
    }

"""The second step: at its hours or only by hand, and what happens with what it missed."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from emailketing.schedule.recurrence import Recurrence, RecurrenceInvalid
from emailketing.triggers.reports.models import Report
from emailketing.web.console.forms.schedule_form import ScheduleForm, initial_schedule
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.reports.steps import StepForm

PREFIX = "schedule"


class WhenForm(StepForm):
    places: ClassVar = frozenset({"schedule", "missed", "wait_hours"})
    template_name: ClassVar = "console/reports/step_when.html"

    by_hand = forms.BooleanField(label=_("Only by hand, without a plan"))
    missed = forms.ChoiceField(label=_("Missed runs"), choices=Report.Missed.choices)
    wait_hours = forms.IntegerField(
        label=_("Wait for the source (hours)"),
        help_text=_("When it does not answer at that hour; then its owner is told."),
    )

    def prepare(self) -> None:
        given = self.data if self.is_bound else None
        self.schedule = ScheduleForm(
            given, prefix=PREFIX, now=self.desk.now, initial=_clicked(self.report)
        )
        self.initial.update(
            {
                "by_hand": not self.report.schedule,
                "missed": self.report.missed,
                "wait_hours": self.report.wait_hours,
            }
        )

    def put(self) -> None:
        report, sent = self.report, self.cleaned_data
        report.missed = str(sent.get("missed") or report.missed)
        if sent.get("wait_hours") is not None:
            report.wait_hours = sent["wait_hours"]
        if sent.get("by_hand"):
            report.schedule = {}
            return
        if self.schedule.is_valid() and self.schedule.recurrence is not None:
            report.schedule = self.schedule.recurrence.to_json()
            return
        for errors in self.schedule.errors.values():
            for error in errors:
                self.add_error(None, str(error))


def _clicked(report: Report) -> Context:
    try:
        return initial_schedule(Recurrence.from_json(report.schedule)) if report.schedule else {}
    except RecurrenceInvalid:
        return {}

"""The last step: the whole report in words, and whether it goes out from now on."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from emailketing.web.console.reports.steps import StepForm


class CheckForm(StepForm):
    places: ClassVar = frozenset({"is_active"})
    template_name: ClassVar = "console/reports/step_check.html"

    is_active = forms.BooleanField(label=_("It goes out from now on"))

    def prepare(self) -> None:
        self.initial["is_active"] = self.report.is_active

    def put(self) -> None:
        self.report.is_active = bool(self.cleaned_data.get("is_active"))

"""The fields of the page of free days; whether a day can be kept the company's verbs say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from emailketing.web.console.rules.timing import DAYS

ISO = "%Y-%m-%d"


def day_field(*, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=_("Day"),
        required=required,
        input_formats=[ISO],
        widget=forms.DateInput({"type": "date"}, format=ISO),
        error_messages={"invalid": _("This is no day.")},
    )


class FreeDayForm(forms.Form):
    day = day_field()
    name = forms.CharField(label=_("Name"), max_length=120)
    branch = forms.CharField(
        label=_("Branch"),
        max_length=80,
        required=False,
        help_text=_("Empty: for the whole company"),
    )


class OneDayForm(forms.Form):
    """A day of the list, and where it goes if it is moved."""

    day = day_field()
    to = day_field(required=False)
    name = forms.CharField(max_length=120, required=False)
    branch = forms.CharField(max_length=80, required=False)


class WeekForm(forms.Form):
    usual = forms.BooleanField(label=_("As is usual in the country"), required=False)
    days = forms.MultipleChoiceField(
        label=_("Nobody works on"),
        choices=DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

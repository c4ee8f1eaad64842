"""The fields of the editor about hours, reminders and digests, read into what a rule keeps."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.plain import Entry
from emailketing.company.windows import MIDNIGHT
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.checks import LAST_HOUR, MOST_A_DAY
from emailketing.web.console.frame.shapes import Context, Words

DAYS: tuple[tuple[str, Words], ...] = (
    ("0", gettext_lazy("Monday")),
    ("1", gettext_lazy("Tuesday")),
    ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")),
    ("4", gettext_lazy("Friday")),
    ("5", gettext_lazy("Saturday")),
    ("6", gettext_lazy("Sunday")),
)
MOST_DIGITS = 9  # of a number of days; whether it is one to wait for, the rule's checks say
EVERY_DAY = [value for value, _label in DAYS]


class TimingFields(forms.Form):
    """Mixed into the rule's form."""

    window_days = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    window_from = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    window_to = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("In the reader's time zone; both empty: at any hour."),
    )
    window_holidays = forms.BooleanField(label=gettext_lazy("Also on holidays"), required=False)
    reminders = forms.CharField(
        label=gettext_lazy("Remind after (days)"),
        required=False,
        help_text=gettext_lazy(
            "For example 3, 7, 15. It is asked again on each day, and ends when it is settled."
        ),
    )
    remind_from = forms.CharField(
        label=gettext_lazy("Counted from"), required=False, max_length=60, widget=forms.Select
    )
    daily_cap = forms.IntegerField(
        label=gettext_lazy("At most, per person and day"),
        required=False,
        min_value=1,
        max_value=MOST_A_DAY,
        help_text=gettext_lazy("Empty: no limit."),
    )
    digest_hour = forms.IntegerField(
        label=gettext_lazy("At this hour (once a day)"),
        min_value=0,
        max_value=LAST_HOUR,
        required=False,
    )


def initial_timing(rule: Rule) -> Context:
    """Return what the fields show of a saved rule."""
    window = rule.window or {}
    return {
        "window_days": [str(day) for day in window.get("days", range(7))],
        "window_from": window.get("from") or "",
        "window_to": window.get("to") or "",
        "window_holidays": window.get("holidays", True),
        "reminders": ", ".join(str(day) for day in rule.remind_days or []),
        "digest_hour": rule.digest_hour,
    }


def window_of(cleaned: dict[str, Any]) -> Entry:
    """Return the window as a rule keeps it; {} for always."""
    window: Entry = {}
    days = sorted(int(day) for day in cleaned.get("window_days") or [])
    if len(days) < len(EVERY_DAY):
        window["days"] = days
    start, end = cleaned.get("window_from"), cleaned.get("window_to")
    if start or end:
        window["from"] = f"{start or MIDNIGHT:%H:%M}"
        window["to"] = f"{end or MIDNIGHT:%H:%M}"
    if not cleaned.get("window_holidays"):
        window["holidays"] = False
    return window


def days_of(text: str) -> list[int]:
    """Read “3, 7, 15”.

    Raises:
        ValueError: something else stands there; one sentence.
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
    if not all(part.isdecimal() and len(part) <= MOST_DIGITS for part in parts):
        raise ValueError(_("Write the days as numbers: 3, 7, 15."))
    return [int(part) for part in parts]


__all__ = ["TimingFields", "days_of", "initial_timing", "window_of"]

"""A period by clicking: its word, or “the last … days”, or from a day to a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from emailketing.listings.period_words import period_choices
from emailketing.listings.periods import DAYS, SPAN

LAST, NEXT, BETWEEN = "last_days", "next_days", "between"
SEVEN = 7


def offered_periods() -> list[tuple[str, str]]:
    """Return what may be chosen; the three last ones ask for more."""
    more = [
        (LAST, _("the last … days")),
        (NEXT, _("the next … days")),
        (BETWEEN, _("from … to …")),
    ]
    return [*period_choices(), *more]


def parts_of(word: str) -> list[str]:
    """Return what is chosen for a period: choice, days, first day, last day."""
    if found := DAYS.fullmatch(word):
        return [LAST if found[1] == "last" else NEXT, found[2], "", ""]
    if found := SPAN.fullmatch(word):
        return [BETWEEN, "", found[1], found[2]]
    return [word, "", "", ""]


def word_of_parts(choice: str, days: str, first: str, last: str) -> str:
    """Return the period; what is not complete is none, which whoever asks refuses."""
    if choice == BETWEEN:
        return f"{first}..{last}"
    if choice in (LAST, NEXT):
        return f"{'last' if choice == LAST else 'next'}_{days or SEVEN}_days"
    return choice


class PeriodWidget(forms.MultiWidget):
    """Shows only what the choice asks for (configure.css)."""

    def __init__(self, *, is_required: bool = True) -> None:
        empty = [] if is_required else [("", _("all"))]
        super().__init__(
            [
                forms.Select({"class": "cf-period__word"}, choices=[*empty, *offered_periods()]),
                forms.NumberInput(
                    {"class": "cf-period__days", "min": 1, "max": 3660, "aria-label": _("Days")}
                ),
                forms.DateInput(
                    {"type": "date", "class": "cf-period__day", "aria-label": _("From")}
                ),
                forms.DateInput({"type": "date", "class": "cf-period__day", "aria-label": _("To")}),
            ],
        )

    def decompress(self, value: str | None) -> list[str]:
        return parts_of(value or "")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # Django says: a list
        parts = super().value_from_datadict(data, files, name)
        return word_of_parts(*(str(part or "").strip() for part in parts))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class PeriodField(forms.Field):
    """Its value is the word of the period; whether there is such a one, the listing says."""

    def __init__(self, *, label: str, required: bool = True) -> None:
        widget = PeriodWidget(is_required=required)
        super().__init__(label=label, required=required, widget=widget)

"""The form of the company."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.common.places import countries
from emailketing.company.check import wrong_with_company
from emailketing.company.models import Company
from emailketing.web.console.forms.reading_form import ReadingForm
from emailketing.web.console.frame.shapes import Context
from emailketing.web.console.shown.words import tax_word

USUAL_CURRENCIES = ("PYG", "USD", "EUR", "BRL", "ARS", "UYU", "BOB", "CLP", "PEN", "COP", "MXN")
USUAL_COUNTRIES = ("PY", "AR", "BR", "UY", "BO", "CL", "PE", "CO", "MX", "ES", "PT", "US")
CONTINENTS = ("America", "Europe", "Africa", "Asia", "Atlantic", "Australia", "Pacific", "Indian")
Groups = list[tuple[str, list[tuple[str, str]]]]


class CompanyForm(ReadingForm[Company]):
    class Meta:
        model = Company
        fields: ClassVar = [
            "name",
            "tax_id",
            "country",
            "language",
            "time_zone",
            "currency",
            "quiet_from",
            "quiet_to",
            "base_url",
            "public_url",
        ]
        help_texts: ClassVar = {
            "language": gettext_lazy("For the console and for people whose language is unknown"),
        }

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    quiet_from = forms.TimeField(
        label=gettext_lazy("Nobody is disturbed from"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy(
            "In the reader's time zone. What is written then leaves afterwards; urgent rules write "
            "at once. Both empty: at any hour."
        ),
    )
    base_url = forms.CharField(
        label=gettext_lazy("Address of this console"),
        help_text=gettext_lazy("How this console is reached: it is used in links in messages"),
        required=False,
        max_length=200,
        widget=forms.URLInput,
    )

    public_url = forms.CharField(
        label=gettext_lazy("Public address"),
        help_text=gettext_lazy(
            "Where people without an account open the links of their messages, by HTTPS. Empty: "
            "messages carry no links"
        ),
        required=False,
        max_length=200,
        widget=forms.URLInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = active_language()
        self._offer("country", country_choices(language))
        self._offer("currency", currency_choices(language))
        self._offer("time_zone", zone_choices())
        self.fields["name"].required = True
        self.fields["tax_id"].label = tax_word()

    def clean(self) -> Context:
        cleaned = super().clean() or self.cleaned_data
        for name in ("quiet_from", "quiet_to", "public_url"):
            if name not in self.data:  # a page that does not ask for it does not change it
                cleaned[name] = getattr(self.instance, name)
        return cleaned

    def what_is_wrong(self) -> Iterable[tuple[str, str]]:
        wrong = wrong_with_company(self.instance)
        if {"quiet_from", "quiet_to"} & self.errors.keys():  # one of them could not be read
            wrong.pop("quiet_to", None)
        return wrong.items()

    def _offer(self, name: str, choices: Groups) -> None:
        chosen = with_chosen(choices, getattr(self.instance, name))
        self.fields[name].choices = chosen  # type: ignore[attr-defined]


def with_chosen(choices: Groups, value: str) -> Groups:
    """Offer also what was chosen elsewhere: a page never changes what nobody touched."""
    offered = {code for _group, members in choices for code, _name in members}
    return choices if not value or value in offered else [(value, [(value, value)]), *choices]


@lru_cache(maxsize=8)
def _names(language: str, kind: str) -> dict[str, str]:
    locale = Locale.parse(language)
    found = locale.territories if kind == "country" else locale.currencies
    return {str(code): str(name) for code, name in found.items()}


def country_choices(language: str) -> Groups:
    names = {
        code: name for code, name in _names(language, "country").items() if code in countries()
    }
    return _usual_first(names, USUAL_COUNTRIES)


def currency_choices(language: str) -> Groups:
    names = {code: f"{name} ({code})" for code, name in _names(language, "currency").items()}
    return _usual_first(
        {code: names[code] for code in USUAL_CURRENCIES if code in names}, USUAL_CURRENCIES
    )


def _usual_first(names: dict[str, str], usual: tuple[str, ...]) -> Groups:
    first = [(code, names[code]) for code in usual if code in names]
    others = sorted(
        ((code, name) for code, name in names.items() if code not in usual), key=lambda c: c[1]
    )
    groups: Groups = [(_("Usual"), first)]
    return [*groups, (_("Others"), others)] if others else groups


@lru_cache(maxsize=1)
def zone_choices() -> Groups:
    zones = sorted(available_timezones())
    return [
        (
            continent,
            [(zone, zone.replace("_", " ")) for zone in zones if zone.startswith(f"{continent}/")],
        )
        for continent in CONTINENTS
    ]

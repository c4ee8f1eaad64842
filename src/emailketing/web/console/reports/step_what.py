"""The first step: which listing, with what values, and what the report is called."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.listings.ask import parameters_of
from emailketing.listings.choices import choices_of
from emailketing.listings.errors import ListingError
from emailketing.listings.known import KnownListing
from emailketing.listings.period_words import period_choices, period_in_words
from emailketing.listings.right import listings_for
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.model import PERIOD, Parameter
from emailketing.triggers.reports.models import Report
from emailketing.web.console.reports.steps import Choices, GroupedChoices, StepForm, with_known
from emailketing.web.console.reports.words import called
from emailketing.web.console.shown.connector_words import said

OTHER = "other"
USUAL = ("last_7_days", "last_30_days", "last_90_days", "next_7_days", "next_30_days")
BY_PERIOD = (PERIOD, "date")


def parameter_field(name: str) -> str:
    return f"param_{name}"


class WhatForm(StepForm):
    places: ClassVar = frozenset({"name", "listing", "source", "values"})
    template_name: ClassVar = "console/reports/step_what.html"

    listing = forms.ChoiceField(label=gettext_lazy("Listing"))
    name = forms.CharField(
        label=gettext_lazy("Name of the report"),
        help_text=gettext_lazy(
            "Its title, the subject of the mail and the name of its files. Left empty, it is "
            "called like its listing."
        ),
    )

    def prepare(self) -> None:
        self.known = {one.name: one for one in listings_for(self.desk.user)}
        self.offer("listing", _grouped(self.known, self.report.listing))
        self.initial.update({"name": self.report.name, "listing": self.report.listing})
        self.parameters = self._parameters()
        for parameter in self.parameters:
            self._ask(parameter)

    @property
    def chosen(self) -> KnownListing | None:
        sent = self.data.get("listing") if self.is_bound else self.report.listing
        return self.known.get(str(sent or ""))

    def _parameters(self) -> tuple[Parameter, ...]:
        try:
            return parameters_of(self.chosen.listing) if self.chosen else ()
        except (ListingError, ConnectorError):
            return ()

    def _ask(self, parameter: Parameter) -> None:
        """Add the field of one parameter, and for periods one for what is not offered."""
        name, label = parameter_field(parameter.name), said(parameter.label, parameter.name)
        is_same = self.chosen is not None and self.chosen.name == self.report.listing
        given = self.report.values.get(parameter.name) if is_same else None
        value = str(parameter.default if given is None else given or "").strip()
        choices = self._choices(parameter, value)
        if choices:
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)
        else:
            self.fields[name] = forms.CharField(label=label)
        if parameter.type in BY_PERIOD:
            self.fields[f"{name}_{OTHER}"] = forms.CharField(
                label=_("or written"),
                help_text=_("last_45_days, or 2026-01-01..2026-01-31")
                if parameter.type == PERIOD
                else "2026-01-31",
            )
        self.initial[name] = value

    def _choices(self, parameter: Parameter, value: str) -> Choices:
        if parameter.type in BY_PERIOD:
            empty = [("", _("any"))] if not parameter.default else []
            known = [*empty, *period_choices(), *((one, period_in_words(one)) for one in USUAL)]
            is_known = not value or value in dict(known)
            return known if is_known else [*known, (value, period_in_words(value))]
        if parameter.type == "boolean":
            return [("yes", _("yes")), ("no", _("no"))]
        if parameter.choices is None or self.chosen is None:
            return []
        try:
            found = choices_of(self.chosen.listing.source, parameter)
        except CaptureError:  # it does not answer now: the value is written
            return []
        return with_known([("", _("all"))] if not parameter.default else [], "") + with_known(
            found, value
        )

    def parameter_fields(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name.startswith("param_"))

    def put(self) -> None:
        sent, chosen = self.cleaned_data, self.chosen
        name = str(sent.get("name") or "").strip()
        if chosen is None:
            self.report.listing = str(self.data.get("listing") or "")[:120]
        else:
            self.report.source = chosen.listing.source
            self.report.listing = chosen.name
            self.report.values = {one.name: self._value(one) for one in self.parameters}
        self.report.name = name or (free_name(called(chosen), self.report) if chosen else "")

    def _value(self, parameter: Parameter) -> str:
        name = parameter_field(parameter.name)
        written = self.data.get(f"{name}_{OTHER}") or self.data.get(name)
        if written is None:  # chosen before its fields were there: what is usual
            written = parameter.default or ""
        return str(written).replace("\x00", "").strip()

    def field_of(self, place: str, row: str) -> str:
        if place == "values" and parameter_field(row) in self.fields:
            return parameter_field(row)
        return "listing" if place in {"values", "source"} else place


def _grouped(known: dict[str, KnownListing], chosen: str) -> GroupedChoices:
    """Return source → its listings; what is chosen and gone stands at the end."""
    groups: dict[str, Choices] = {}
    for one in known.values():
        groups.setdefault(one.listing.source.name, []).append((one.name, called(one)))
    choices: list[tuple[str, str | Choices]] = [("", _("Choose a listing")), *groups.items()]
    return [*choices, (chosen, chosen)] if chosen and chosen not in known else choices


def free_name(label: str, report: Report) -> str:
    """Return the name of the listing, with a number where a report is called so."""
    others = Report.objects.exclude(pk=report.pk)
    taken = set(others.filter(name__startswith=label).values_list("name", flat=True))
    numbered = (f"{label} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (label, *numbered) if name not in taken)

"""The first step: which listing, with what values, and what the report is called."""

from collections.abc import Iterable
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.problem import Problem
from emailketing.listings.ask import parameters_of
from emailketing.listings.errors import ListingError
from emailketing.listings.known import KnownListing
from emailketing.listings.right import listings_for
from emailketing.sources.connectors import ConnectorError
from emailketing.triggers.reports.models import Report
from emailketing.web.console.forms.parameters_form import ParametersForm
from emailketing.web.console.reports.steps import Choices, GroupedChoices, StepForm
from emailketing.web.console.reports.words import called

OF_VALUES = "values."


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
        self.asked = self._asked()

    @property
    def chosen(self) -> KnownListing | None:
        sent = self.data.get("listing") if self.is_bound else self.report.listing
        return self.known.get(str(sent or ""))

    def _asked(self) -> ParametersForm | None:
        """Return the fields of what the chosen listing is asked with."""
        chosen = self.chosen
        if chosen is None:
            return None
        try:
            parameters = parameters_of(chosen.listing)
        except (ListingError, ConnectorError):
            return None
        is_same = chosen.name == self.report.listing
        sent = self.data if self.is_bound else None
        values = self.report.values if is_same else {}
        asked = ParametersForm(parameters, chosen.listing.source, sent, values=values)
        for field in asked.fields.values():
            field.required = False
        return asked

    def put(self) -> None:
        sent, chosen = self.cleaned_data, self.chosen
        name = str(sent.get("name") or "").strip()
        if chosen is None:
            self.report.listing = str(self.data.get("listing") or "")[:120]
        else:
            self.report.source = chosen.listing.source
            self.report.listing = chosen.name
            self.report.values = self.asked.values() if self.asked else {}
        self.report.name = name or (free_name(called(chosen), self.report) if chosen else "")

    def tell(self, problems: Iterable[Problem]) -> bool:
        """Show what is wrong with a value at its field, among those of the listing."""
        every = list(problems)
        is_wrong = super().tell(one for one in every if not one.place.startswith(OF_VALUES))
        for problem in every:
            if problem.place.startswith(OF_VALUES):
                self._tell_value(problem.place.removeprefix(OF_VALUES), problem)
                is_wrong = True
        return is_wrong

    def _tell_value(self, name: str, problem: Problem) -> None:
        if self.asked is None or name not in self.asked.fields:
            self.add_error("listing", str(problem))
            return
        self.asked.errors.clear()  # Django's own sentences: the listing has the say
        if not self.asked.is_bound:
            self.asked.cleaned_data = {}
        self.asked.add_error(name, str(problem))

    def field_of(self, place: str, row: str) -> str:
        del row
        return "listing" if place == "source" else place


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

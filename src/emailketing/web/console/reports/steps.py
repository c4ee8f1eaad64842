"""The steps of the editor: each reads its part of a report; what may be is asked where it is saved.

A step puts what was sent into the report as it was sent; `tell` shows the sentences of the
report's own check beside the fields they are about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from emailketing.accounts.models import User
from emailketing.audience.problem import Problem
from emailketing.content.sheet.column import Column
from emailketing.triggers.reports.models import Report
from emailketing.web.console.frame.shapes import Clicked, Words

STEPS: dict[str, Words] = {
    "what": _("What"),
    "when": _("When"),
    "who": _("For whom"),
    "look": _("How it looks"),
    "check": _("Look and switch on"),
}
Choices: TypeAlias = list[tuple[str, str]]
GroupedChoices: TypeAlias = Choices | list[tuple[str, str | Choices]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps need besides the report: its columns, who is at it, and when."""

    report: Report
    user: User
    now: datetime
    columns: tuple[Column, ...] | None = None


class StepForm(forms.Form):
    """One step; `places` are those of the report's problems that are put right here."""

    places: ClassVar[frozenset[str]] = frozenset()
    template_name: ClassVar[str] = ""

    def __init__(self, data: Clicked, *, desk: Desk) -> None:
        super().__init__(data)
        self.desk, self.report = desk, desk.report
        self.row_errors: dict[str, str] = {}  # place with a row: “recipients.0”
        self.prepare()
        for field in self.fields.values():
            field.required = False
            if isinstance(field, forms.CharField):
                field.validators = [ProhibitNullCharactersValidator()]

    def prepare(self) -> None:
        """Add the fields that depend on the report, and what stands in them."""

    def offer(self, name: str, choices: GroupedChoices) -> None:
        """Let these be chosen from."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def put(self) -> None:
        """Write what could be read into the report."""

    def read(self) -> bool:
        """Put what was sent into the report; False: something there cannot be read at all."""
        is_readable = self.is_valid()
        self.put()
        return is_readable

    def tell(self, problems: Iterable[Problem]) -> bool:
        """Show what is wrong here, each beside its field; say whether something is."""
        if not self.is_bound and not self.errors:
            self.cleaned_data = {}  # it is shown as it was left
        for problem in problems:
            name, _dot, row = problem.place.partition(".")
            if name not in self.places:
                continue
            self.row_errors.setdefault(problem.place, str(problem))
            field = self.field_of(name, row)
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, str(problem))
        return bool(self.errors)

    def field_of(self, place: str, row: str) -> str:
        """Return the field that shows what is wrong with a place of the report."""
        del row
        return place


def column_choices(desk: Desk, *, numeric: bool = False, none: Words = "—") -> Choices:
    """Return the columns of the listing to choose from."""
    language = desk.user.language or "es"
    columns = [one for one in desk.columns or () if one.name != "_level"]
    found = [one for one in columns if one.is_numeric or not numeric]
    return [("", str(none)), *((one.name, one.heading(language)) for one in found)]


def with_known(choices: Choices, *values: str) -> Choices:
    """Add what is chosen by now, so that it is seen even where it is not offered any more."""
    known = {value for value, _label in choices}
    return [*choices, *((value, value) for value in values if value and value not in known)]

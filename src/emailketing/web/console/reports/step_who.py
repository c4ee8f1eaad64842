"""The third step: who gets all rows, and who his own."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.common.plain import JSON, Entry
from emailketing.content.models import LANGUAGES
from emailketing.web.console.reports.people import (
    by_address,
    chosen_role,
    read_address,
    read_role,
    read_several,
    role_choices,
    written,
)
from emailketing.web.console.reports.steps import Choices, StepForm, column_choices, with_known
from emailketing.web.console.rules.vocabulary import usages
from emailketing.web.console.shown.connector_words import connector_of

SPARE_ROWS = 2
MOST_ROWS, MOST_PEOPLE = 60, 510  # a few more than may be: then the report's check says so
NONE: Mapping[str, Collection[str]] = {}
ROWS_BY = (
    ("", gettext_lazy("Everybody gets all rows")),
    ("people", gettext_lazy("Each his own rows: I say whose each value is")),
    ("address", gettext_lazy("Each his own rows: the column holds an address")),
    ("contact", gettext_lazy("Each his own rows: the column holds the key of a contact")),
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Whose the rows with this value are."""

    number: int
    value: str
    role: str
    addresses: str


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """One who gets all rows."""

    number: int
    role: str
    address: str
    language: str
    is_copy: bool
    error: str = ""


class WhoForm(StepForm):
    places: ClassVar = frozenset({"recipients", "fallback", "rows_by", "owner"})
    template_name: ClassVar = "console/reports/step_who.html"

    rows_kind = forms.ChoiceField(label=gettext_lazy("Whose rows"), choices=ROWS_BY)
    rows_column = forms.ChoiceField(label=gettext_lazy("Column that says whose a row is"))
    usage = forms.ChoiceField(label=gettext_lazy("Which address of the contact"))
    fallback_role = forms.ChoiceField(label=gettext_lazy("When nobody of them has an address"))
    fallback_address = forms.CharField(label=gettext_lazy("or an address"))
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"),
        label=gettext_lazy("Owner"),
        empty_label=gettext_lazy("the administrators"),
        help_text=gettext_lazy("Hears of failures, and whose right to make reports counts."),
    )

    def prepare(self) -> None:
        rows_by, fallback = self.report.rows_by, self.report.fallback
        column = str(rows_by.get("column") or "")
        connector = connector_of(self.report.source) if self.report.source_id else None
        known = [(value, label) for value, label in usages(connector)] if connector else [("", "—")]
        usage = str(rows_by.get("usage") or "")
        self.roles = role_choices(_("an address or number:"))
        self.languages: Choices = [("", _("as the contact")), *LANGUAGES]
        self.offer("rows_column", with_known(column_choices(self.desk), column))
        self.offer("usage", with_known(known, usage))
        self.offer("fallback_role", role_choices(_("nobody")))
        self.initial.update(
            {
                "rows_kind": str(rows_by.get("kind") or ""),
                "rows_column": column or self._first_words(),
                "usage": usage,
                "fallback_role": chosen_role(fallback),
                "fallback_address": written(fallback),
                "owner": self.report.owner_id or (None if self.report.pk else self.desk.user.pk),
            }
        )

    def _first_words(self) -> str:
        """The first column of words is the usual one to say whose a row is."""
        words = (one.name for one in self.desk.columns or () if one.kind == "text")
        return next((name for name in words if name != "_level"), "")

    # ---- what the page draws ----

    def recipient_rows(self) -> list[RecipientRow]:
        rows = [self._row(number, wanted) for number, wanted in enumerate(self.report.recipients)]
        spare = range(len(rows), len(rows) + SPARE_ROWS)
        return [*rows, *(RecipientRow(number, "", "", "", False) for number in spare)]

    def _row(self, number: int, wanted: JSON) -> RecipientRow:
        one = wanted if isinstance(wanted, Mapping) else {}
        return RecipientRow(
            number,
            chosen_role(one),
            written(one),
            str(one.get("language") or ""),
            one.get("copy") is True,
            self.row_errors.get(f"recipients.{number}", ""),
        )

    def person_rows(self, values: Mapping[str, Collection[str]] = NONE) -> list[PersonRow]:
        """Return a row for each value: those that are known, and those found in the data.

        Args:
            values: what a value is called → all its names: whoever reads another language knows it
                by one of them.
        """
        people = self._people()
        known = {name.strip().casefold() for name in people}
        new = [value for value, names in values.items() if known.isdisjoint(names)]
        names = dict.fromkeys([*people, *new])
        return [self._person(n, name, people.get(name)) for n, name in enumerate(names)]

    def _person(self, number: int, value: str, wanted: JSON) -> PersonRow:
        several = [one for one in _listed(wanted) if isinstance(one, Mapping)]
        role = next((chosen_role(one) for one in several if chosen_role(one)), "")
        addresses = "; ".join(written(one) for one in several if one.get("kind") == "address")
        return PersonRow(number, value, role, addresses)

    def _people(self) -> dict[str, JSON]:
        people = self.report.rows_by.get("people")
        return dict(people) if isinstance(people, Mapping) else {}

    # ---- what was sent ----

    def put(self) -> None:
        sent, report = self.cleaned_data, self.report
        report.rows_by = self._rows_by()
        report.recipients = list(self._recipients())
        fallback = read_role(str(sent.get("fallback_role") or ""))
        written_one = str(sent.get("fallback_address") or "").strip()
        if fallback is None and written_one:
            fallback = read_address(written_one, by_address([report.fallback]))
        report.fallback = fallback or {}
        report.owner = sent.get("owner")
        report.has_owner = report.owner is not None

    def _recipients(self) -> Iterator[Entry]:
        known = by_address(self.report.recipients)
        for number in range(MOST_ROWS):
            role = read_role(self._sent(f"to-{number}-role"))
            address = self._sent(f"to-{number}-address")
            if role is None and not address:
                continue
            copy: Entry = {"copy": True} if self._sent(f"to-{number}-copy") else {}
            language = self._sent(f"to-{number}-language")
            entry = role or read_address(address, known, language)
            entry.pop("copy", None)
            yield entry | copy

    def _rows_by(self) -> Entry:
        kind = str(self.cleaned_data.get("rows_kind") or "")
        if not kind:
            return {}
        rows_by: Entry = {"column": str(self.cleaned_data.get("rows_column") or ""), "kind": kind}
        if kind == "people":
            return rows_by | {"people": self._sent_people()}
        usage = str(self.cleaned_data.get("usage") or "")
        return rows_by | ({"usage": usage} if kind == "contact" and usage else {})

    def _sent_people(self) -> Entry:
        known = self._people()
        found: Entry = {}
        for number in range(MOST_PEOPLE):
            value = self._sent(f"person-{number}-value")
            role = read_role(self._sent(f"person-{number}-role"))
            was = by_address(_listed(known.get(value)))
            wanted = list(read_several(self._sent(f"person-{number}-addresses"), was))
            several: list[JSON] = [*([role] if role else []), *wanted]
            if value and several:
                found[value] = several
        return found

    def _sent(self, name: str) -> str:
        return str(self.data.get(name) or "").replace("\x00", "").strip()

    def field_of(self, place: str, row: str) -> str:
        del row
        return {"fallback": "fallback_role", "rows_by": "rows_kind"}.get(place, place)


def _listed(value: JSON) -> list[JSON]:
    return list(value) if isinstance(value, list | tuple) else []

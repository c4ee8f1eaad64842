"""The part of an occasion's form that says what the columns of its listing are for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.common.language import active_language
from emailketing.common.plain import Entry, Values
from emailketing.content.sheet.column import Column
from emailketing.listings.ask import parameters_of
from emailketing.listings.columns import columns_now
from emailketing.listings.errors import ListingError
from emailketing.listings.known import KnownListing, find_listing
from emailketing.listings.right import may_see
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.model import ListedDates
from emailketing.sources.date_kinds import dates_of_listing
from emailketing.triggers.occasions.definition.listed import (
    LISTING,
    USUAL_PARTY,
    ListedDay,
    plain_listed,
    read_listed,
)
from emailketing.web.console.forms.parameters_form import ParametersForm

Columns: TypeAlias = Sequence[Column] | None
PARTY_BY = (
    ("contact", gettext_lazy("the key of a contact")),
    ("address", gettext_lazy("an e-mail address or phone")),
)
COLUMNS = {
    "date": gettext_lazy("Column with the date"),
    "party": gettext_lazy("Column that says whose row it is"),
    "of": gettext_lazy("Column that says what it is of"),
}


@dataclass(frozen=True, slots=True)
class ListedFields:
    """Fields of the form, by what they are kept as."""

    form: forms.BaseForm
    day: Values
    asked: ParametersForm | None = None

    @classmethod
    def of(
        cls, form: forms.BaseForm, columns: Columns, data: QueryDict | None = None
    ) -> "ListedFields":
        """Put them into the form; columns that nobody knows now are typed."""
        day: Values = getattr(form, "instance").day  # noqa: B009 - of every form of a record
        for name, label in COLUMNS.items():
            form.fields[f"listed_{name}"] = _column(columns, str(day.get(name) or ""), str(label))
        form.fields["listed_party_by"] = forms.ChoiceField(
            label=_("This column has"), choices=PARTY_BY, required=False
        )
        form.fields["listed_yearly"] = forms.BooleanField(
            label=_("The date comes each year"), required=False
        )
        form.fields["listing"] = forms.CharField(widget=forms.HiddenInput(), required=False)
        for name in (*COLUMNS, "party_by", "yearly"):
            form.initial.setdefault(f"listed_{name}", day.get(name))
        form.initial.setdefault("listing", day.get("listing"))
        return cls(form, day, _asked_with(day, data))

    def bound(self) -> list[forms.BoundField]:
        return [
            self.form[f"listed_{name}"] for name in ("date", "party", "party_by", "of", "yearly")
        ]

    def read(self, sent: Values) -> Entry:
        """Return the day as it was sent."""
        chosen: Entry = {
            name: str(sent.get(f"listed_{name}") or "") for name in (*COLUMNS, "party_by")
        }
        yearly = bool(sent.get("listed_yearly"))
        offset = int(str(sent.get("offset") or 0))
        values = self.asked.values() if self.asked else self.day.get("values") or {}
        own: Entry = {"kind": LISTING, "values": values, "yearly": yearly, "offset": offset}
        return {**self.day, **chosen, **own}


def _asked_with(day: Values, data: QueryDict | None) -> ParametersForm | None:
    """Return what its listing is asked with; None: nothing, or nobody knows it now."""
    try:
        listing = find_listing(str(day.get("listing") or "")).listing
        parameters = parameters_of(listing)
    except (ListingError, ConnectorError):
        return None
    values = read_listed({"date": "-", **day}, 0).values
    return ParametersForm(parameters, listing.source, data, values=values) if parameters else None


def _column(columns: Columns, chosen: str, label: str) -> forms.Field:
    if columns is None:
        return forms.CharField(label=label, required=False, max_length=200)
    known = [(one.name, f"{one.heading(active_language())} ({one.name})") for one in columns]
    if chosen and chosen not in {name for name, _label in known}:
        known.append((chosen, chosen))
    return forms.ChoiceField(label=label, choices=[("", "—"), *known], required=False)


def seen_listing(name: str, user: User) -> KnownListing | None:
    """Return the listing of this name where this user may see it."""
    try:
        known = find_listing(name)
    except ListingError:
        return None
    return known if may_see(user, known.name) else None


def columns_of_day(day: Values) -> Columns:
    """Return what the listing of a day gives; None: it does not answer now."""
    try:
        known = find_listing(str(day.get("listing") or ""))
    except ListingError:
        return None
    return columns_now(
        known.listing, read_listed({"date": "-", **day}, 0).values, now=timezone.now()
    )


def first_day(known: KnownListing) -> Entry:
    """Return what a day of this listing is to begin with: as its connector says, else its look."""
    said = dates_of_listing(known.listing.source, str(known.listing.definition.get("listing", "")))
    dates = said or _by_look(columns_now(known.listing, {}, now=timezone.now()))
    return plain_listed(
        ListedDay(
            listing=known.name,
            date=dates.date,
            party=dates.party,
            of=dates.of,
            is_yearly=dates.is_yearly,
            offset=-7,
        )
    )


def _by_look(columns: Columns) -> ListedDates:
    """Offer the first date; whoever saves looks at it."""
    found = (one.name for one in columns or () if one.kind in ("date", "datetime"))
    return ListedDates("", next(found, ""), USUAL_PARTY)

"""Whose day it is: read from what is kept, by month and day, in blocks."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.utils.translation import ngettext

from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.contacts.dates import known_day
from emailketing.contacts.models import Contact, PersonDate
from emailketing.content.sheet.column import Column
from emailketing.schedule.calendar_day import DayInvalid, days_between
from emailketing.sources.date_kinds import date_kinds
from emailketing.triggers.occasions.definition.days import (
    OccasionDay,
    OwnDay,
    PersonDay,
    birthdays_on,
    celebrated,
    day_in_words,
    day_of,
    leap_of,
)
from emailketing.triggers.occasions.definition.listed import ListedDay
from emailketing.triggers.occasions.models import ListedDate, Occasion
from emailketing.triggers.occasions.running.listed import (
    ListedPeople,
    columns_of,
    heading_of,
    years_of,
)

ANY_ZONE = None
MOST_NAMED = 5  # things of one person that are told by name; a list has them all
NOT_BEFORE_YEARS = 1  # a birthday, a year as a customer: not on the day itself


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose day it is.

    Attributes:
        on: the day on which it is said, in the person's own time.
        date: the day that is greeted: `on` without the offset.
        name: who or what of the contact it is of; "": the contact itself.
        years: how many, where the year is believed.
        is_once: the date does not come again: it is said once for it (O1).
        rows: of a listing: all that this person has on this day.
        columns: what the rows hold.
    """

    contact: Contact
    on: date
    date: date
    name: str = ""
    years: int | None = None
    withheld: str = ""
    is_once: bool = False
    rows: tuple[ListedDate, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def year(self) -> int:
        """The year of the key: it is said once in it (O1)."""
        return self.date.year

    @property
    def key(self) -> tuple[int, str]:
        return self.contact.pk, self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Who or what it is of, one by one: each is told once."""
        return tuple(dict.fromkeys(row.name for row in self.rows)) or (self.name,)

    @property
    def once_on(self) -> str:
        return self.date.isoformat() if self.is_once else ""

    @property
    def of(self) -> str:
        """Say who or what it is of, in the active language: Ana, or the plates of a fleet."""
        named = [name for name in self.names if name]
        if len(named) <= MOST_NAMED:
            return ", ".join(named)
        more = len(named) - MOST_NAMED
        said = ngettext("%(names)s and %(count)s more", "%(names)s and %(count)s more", more)
        return said % {"names": ", ".join(named[:MOST_NAMED]), "count": more}

    @property
    def shown(self) -> str:
        """Who it is: Ana of a company, or the contact."""
        return f"{self.of} · {self.contact.shown}" if self.of else self.contact.shown

    def only(self, names: Collection[str]) -> "Due":
        """Return it with the rows of these names only."""
        return replace(self, rows=tuple(row for row in self.rows if row.name in names))


@dataclass(frozen=True, slots=True)
class AskedOccasion:
    """An occasion, read once.

    Attributes:
        label: what the day is, as its connector calls it, in the active language.
        is_yearly: whether its date comes each year.
        only: the number of the one contact that is asked about; None: everybody.
    """

    occasion: Occasion
    day: OccasionDay
    label: str
    is_yearly: bool = True
    only: int | None = None

    @classmethod
    def of(cls, occasion: Occasion) -> "AskedOccasion":
        """Read it.

        Raises:
            DayInvalid: another version kept a day that is none here.
        """
        day = day_of(occasion)
        if isinstance(day, ListedDay):
            heading = heading_of(occasion, day, active_language())
            return cls(occasion, day, day_in_words(day, heading), day.is_yearly)
        if not isinstance(day, PersonDay):
            return cls(occasion, day, day_in_words(day))
        kind = date_kinds(occasion.source).get(day.date)
        label = day_in_words(day, kind.label if kind else "")
        return cls(occasion, day, label, kind is None or kind.is_yearly)

    def is_on(self, on: date) -> bool:
        """Whether anybody may have this day; of people it is always so."""
        return isinstance(self.day, PersonDay | ListedDay) or on == self.day.in_year(on.year)

    def block(
        self, on: date, *, most: int, zone: str | None = ANY_ZONE, after: int = 0
    ) -> tuple[list[Due], int | None]:
        """Return the next ones whose day it is, and after whom the others come; None: no more."""
        if isinstance(self.day, ListedDay):
            return self._listed_block(self.day, on, most, zone, after)
        if isinstance(self.day, PersonDay):
            rows = list(self.dates(self.day, on, zone).filter(pk__gt=after).order_by("pk")[:most])
            dues = [due for row in rows if (due := self._due(self.day, row, on))]
            return dues, rows[-1].pk if len(rows) == most else None
        if not self.is_on(on):
            return [], None
        people = self.people(zone).filter(pk__gt=after).order_by("pk")[:most]
        dues = [Due(contact, on, on) for contact in people]
        return dues, dues[-1].contact.pk if len(dues) == most else None

    def _listed_block(
        self, day: ListedDay, on: date, most: int, zone: str | None, after: int
    ) -> tuple[list[Due], int | None]:
        people, wanted = self.listed(day, zone), celebrated(day, on)
        found = people.of_people(self._listed_rows(day, on, zone), after, most)
        columns = columns_of(self.occasion) if found else ()
        dues = [
            Due(
                contact,
                on,
                wanted,
                years=years_of(rows[0], wanted) if day.is_yearly else None,
                is_once=not day.is_yearly,
                rows=rows,
                columns=columns,
            )
            for contact, rows in found
        ]
        return dues, found[-1][0].pk if len(found) == most else None

    def listed(self, day: ListedDay, zone: str | None = ANY_ZONE) -> ListedPeople:
        return ListedPeople(self.occasion, day, self._whom(zone))

    def _listed_rows(self, day: ListedDay, on: date, zone: str | None) -> QuerySet[ListedDate]:
        wanted = celebrated(day, on)
        places = birthdays_on(wanted, leap_of(self.occasion)) if day.is_yearly else None
        return self.listed(day, zone).on(wanted, places or [(wanted.month, wanted.day)])

    def count(self, on: date, zone: str | None = ANY_ZONE) -> int:
        if isinstance(self.day, ListedDay):
            return self.listed(self.day).count(self._listed_rows(self.day, on, zone))
        if isinstance(self.day, PersonDay):
            return self.dates(self.day, on, zone).count()
        return self.people(zone).count() if self.is_on(on) else 0

    def dates(self, day: PersonDay, on: date, zone: str | None) -> QuerySet[PersonDate]:
        """Return the rows of people whose greeting is said on this day."""
        wanted = celebrated(day, on)
        places = birthdays_on(wanted, leap_of(self.occasion))
        rows = PersonDate.objects.filter(
            reduce(or_, (Q(month=month, day=number) for month, number in places)),
            kind=day.date,
            contact__in=self._whom(zone),
        )
        if not self.is_yearly:
            rows = rows.filter(year=wanted.year)
        return rows.select_related("contact").prefetch_related("contact__addresses")

    def people_by_day(self, day: OwnDay) -> dict[tuple[int, ...], int]:
        """Return how many have each day of the year; month, day and year of what comes once."""
        if isinstance(day, ListedDay):
            return self.listed(day).by_day()
        parts = ("month", "day") if self.is_yearly else ("month", "day", "year")
        rows = PersonDate.objects.filter(
            kind=day.date, contact__in=self._whom(ANY_ZONE), **{f"{parts[-1]}__isnull": False}
        )
        counted = rows.order_by().values_list(*parts).annotate(Count("pk"))
        return {tuple(place): count for *place, count in counted}

    def people(self, zone: str | None = ANY_ZONE) -> QuerySet[Contact]:
        """Return the contacts it may be about, whatever keeps one of them from it."""
        return self._whom(zone).prefetch_related("addresses")

    def _whom(self, zone: str | None) -> QuerySet[Contact]:
        people = Contact.objects.order_by()
        if self.only is not None:
            people = people.filter(pk=self.only)
        if self.occasion.source is not None:
            people = people.filter(source=self.occasion.source.slug)
        for name, values in self.occasion.traits.items():
            people = people.filter(**{f"traits__{name}__in": values})
        if zone is ANY_ZONE:
            return people
        return people.filter(time_zone__in=[zone] if zone else ["", Company.get().time_zone])

    def _due(self, day: PersonDay, row: PersonDate, on: date) -> Due | None:
        wanted = celebrated(day, on)
        years = _years(row, wanted) if self.is_yearly else None
        if years is not None and years < NOT_BEFORE_YEARS:
            return None
        is_once = not self.is_yearly
        return Due(row.contact, on, wanted, row.name, years, row.withheld, is_once)


def _years(row: PersonDate, wanted: date) -> int | None:
    """Return how many years it is, where the year is believed; another 29 February counts."""
    known = known_day(row, wanted)
    return wanted.year - known.year if known and known.year else None


def zones() -> list[str]:
    """Return the time zones people have, the company's first as ""."""
    own = Contact.objects.exclude(time_zone__in=["", Company.get().time_zone])
    return ["", *own.order_by("time_zone").values_list("time_zone", flat=True).distinct()]


def days_with_people(asked: AskedOccasion, first: date, last: date) -> Iterator[tuple[date, int]]:
    """Yield each day of a time on which it is somebody's day, with how many."""
    if not isinstance(asked.day, PersonDay | ListedDay):
        for on in days_between(asked.day, first, last):
            yield on, asked.count(on)
        return
    there = asked.people_by_day(asked.day)
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        wanted = celebrated(asked.day, on)
        places: list[tuple[int, ...]] = [*birthdays_on(wanted, leap_of(asked.occasion))]
        if not asked.is_yearly:
            places = [(*place, wanted.year) for place in places]
        if count := sum(there.get(place, 0) for place in places):
            yield on, count


def label_of(occasion: Occasion) -> str:
    """Say its day, or what keeps it from being one."""
    try:
        return AskedOccasion.of(occasion).label
    except DayInvalid as error:
        return str(error)

"""Whose day it is by the rows of a listing, as they were read last: by day, in blocks of people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from hashlib import sha256
from itertools import groupby
from json import dumps
from operator import attrgetter, or_

from django.db.models import Count, F, Q, QuerySet

from emailketing.common.due import has_come
from emailketing.common.plain import Entry
from emailketing.common.said import join, restored
from emailketing.common.said import say as _
from emailketing.common.written_date import WrittenDate, without_filler
from emailketing.contacts.models import Contact
from emailketing.content.sheet.column import Column, from_plain
from emailketing.content.words import sayer
from emailketing.listings.errors import ListingError
from emailketing.listings.known import find_listing
from emailketing.triggers.occasions.definition.listed import ListedDay, plain_listed
from emailketing.triggers.occasions.models import DatesRead, ListedDate, Occasion

FRESH = timedelta(hours=24)  # older rows greet nobody: it may be otherwise by now
Place = tuple[int, int]  # month, day


@dataclass(frozen=True, slots=True)
class ListedPeople:
    """The people whose rows a listing gave: `whom` are those it may be about."""

    occasion: Occasion
    day: ListedDay
    whom: QuerySet[Contact]

    def on(self, wanted: date, places: Iterable[Place]) -> QuerySet[ListedDate]:
        """Return the rows that have this date, in a year or each year on one of these days."""
        rows = self._rows().filter(reduce(or_, (Q(month=m, day=d) for m, d in places)))
        if not self.day.is_yearly:
            return rows.filter(year=wanted.year)
        # not on the day itself; a year that a program filled in says nothing
        return rows.filter(Q(year=None) | ~Q(year=wanted.year))

    def of_people(
        self, rows: QuerySet[ListedDate], after: int, most: int
    ) -> list[tuple[Contact, tuple[ListedDate, ...]]]:
        """Return the next people in their order, each with all rows of this day."""
        later = rows.filter(contact__gt=after).order_by("contact_id")
        people = list(later.values_list("contact_id", flat=True).distinct()[:most])
        found = rows.filter(contact__in=people).order_by("contact_id", "name", "pk")
        several = found.select_related("contact").prefetch_related("contact__addresses")
        return [
            (mine[0].contact, tuple(mine))
            for _number, some in groupby(several, key=attrgetter("contact_id"))
            if (mine := list(some)) and mine[0].contact is not None
        ]

    def count(self, rows: QuerySet[ListedDate]) -> int:
        return rows.order_by().values("contact").distinct().count()

    def by_day(self) -> dict[tuple[int, ...], int]:
        """Return how many people have each day; month and day, and year of what is there once."""
        parts = ("month", "day") if self.day.is_yearly else ("month", "day", "year")
        counted = self._rows().order_by().values_list(*parts)
        many = counted.annotate(Count("contact", distinct=True))
        return {tuple(place): count for *place, count in many if None not in place}

    def _rows(self) -> QuerySet[ListedDate]:
        return ListedDate.objects.filter(
            occasion=self.occasion,
            read=F("occasion__dates_read__number"),
            month__isnull=False,
            contact__in=self.whom,
        )


def years_of(row: ListedDate, wanted: date) -> int | None:
    """Return how many years it is, where the year is believed."""
    if row.month is None or row.day is None:
        return None
    year = without_filler(WrittenDate(row.month, row.day, row.year)).year
    return wanted.year - year if year and year < wanted.year else None


def asked_of(occasion: Occasion, day: ListedDay) -> str:
    """Return what tells one question from another: rows of another are not those of this one."""
    plain = {name: value for name, value in plain_listed(day).items() if name != "offset"}
    return sha256(dumps([occasion.pk, plain], sort_keys=True).encode()).hexdigest()


def read_of(occasion: Occasion) -> DatesRead | None:
    return DatesRead.objects.filter(occasion=occasion).first()


def columns_of(occasion: Occasion) -> tuple[Column, ...]:
    read = read_of(occasion)
    return tuple(from_plain(one) for one in read.columns) if read else ()


def why_not_read(occasion: Occasion, day: ListedDay, *, now: datetime) -> str:
    """Say why its rows greet nobody now: they are of yesterday, or of another question; else ""."""
    read = read_of(occasion)
    if read is None or read.read_at is None or read.asked != asked_of(occasion, day):
        waiting = _("its listing was not read yet")
    elif has_come(read.read_at + FRESH, FRESH, now):
        waiting = _("its listing was read last on %(day)s") % {"day": f"{read.read_at:%Y-%m-%d}"}
    else:
        return ""
    return join(": ", [waiting, restored(read.problem, read.said) if read else ""])


def said_values(row: ListedDate, columns: Iterable[Column], language: str) -> Entry:
    """Return what a text may say of a row: its columns, in the reader's words."""
    words = {one.name: one.words for one in columns if one.words}
    return {
        name: sayer(words[name], language)(value)
        if name in words and isinstance(value, str)
        else value
        for name, value in row.values.items()
    }


def problem_rows(occasion: Occasion) -> QuerySet[ListedDate]:
    """Return the rows of which nobody can be greeted: of nobody, or without a day."""
    rows = ListedDate.objects.filter(occasion=occasion, read=F("occasion__dates_read__number"))
    return rows.exclude(problem="").order_by("pk")


def of_nobody(party: str) -> str:
    """Say of a row that no contact is meant by it."""
    if not party:
        return _("belongs to nobody: its column is empty")
    return _("belongs to nobody: “%(party)s” is no contact") % {"party": party}


def heading_of(occasion: Occasion, day: ListedDay, language: str) -> str:
    """Return what its date is called: by its column, else by its name."""
    column = next((one for one in columns_of(occasion) if one.name == day.date), None)
    name = column.heading(language) if column else day.date
    return _("%(date)s (%(listing)s)") % {"date": name, "listing": label_of_listing(day.listing)}


def label_of_listing(name: str) -> str:
    """Return what people call a listing; its name, where it is gone."""
    try:
        return find_listing(name).label or name
    except ListingError:
        return name

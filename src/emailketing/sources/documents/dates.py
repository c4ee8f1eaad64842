"""Dates of a party: read as its business system wrote them, kept with its contact."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from emailketing.common.plain import JSON, Row
from emailketing.common.said import kept_with
from emailketing.common.said import say as _
from emailketing.common.written_date import DateUnreadable, WrittenDate, read_written_date
from emailketing.contacts.models import Contact, PersonDate
from emailketing.sources.connectors import Connector
from emailketing.sources.freeze import freeze

FIELDS = ("written", "month", "day", "year", "withheld", "problem", "said")


@dataclass(frozen=True, slots=True)
class DateRead:
    """One date as the business system has it; without a day where `problem` says why."""

    kind: str
    name: str
    written: str
    found: WrittenDate | None
    withheld: str = ""
    problem: str = ""

    def values(self) -> tuple[JSON, ...]:
        """Return what is kept, in the order of `FIELDS`."""
        day = self.found
        parts = (day.month, day.day, day.year) if day else (None, None, None)
        return self.written, *parts, self.withheld, self.problem, kept_with(self.problem)


def read_dates(rows: Iterable[Row], connector: Connector) -> tuple[DateRead, ...]:
    """Read the rows of a party's query of dates: kind, value, name, withheld.

    Two that differ for one name are not chosen from: it is kept without a day, and says so.
    """
    read = sorted(_each(rows, connector), key=_whose)
    return tuple(_one_of(list(same)) for _key, same in groupby(read, key=_whose))


_whose = attrgetter("kind", "name")


def _each(rows: Iterable[Row], connector: Connector) -> Iterator[DateRead]:
    for row in rows:
        kind, name = freeze(row.get("kind"))[:40], freeze(row.get("name")).strip()[:120]
        value = row.get("value")
        written = freeze(value, "date").strip()[:40]
        withheld = freeze(row.get("withheld")).strip()[:80]
        try:
            found = read_written_date(value)
        except DateUnreadable as error:
            yield DateRead(kind, name, written, None, withheld, error.args[0])
            continue
        if found is None:
            continue
        yield DateRead(kind, name, written, found, withheld, _wrong_with(kind, found, connector))


def _wrong_with(kind: str, found: WrittenDate, connector: Connector) -> str:
    declared = connector.dates.get(kind)
    if declared is None:
        return _("The connector declares no [dates.%(kind)s].") % {"kind": kind}
    if not declared.is_yearly and found.year is None:
        return _("The year is missing.")
    return ""


def _one_of(same: Sequence[DateRead]) -> DateRead:
    first = same[0]
    others = {one.written for one in same if one.found != first.found}
    if not others:
        return first
    both = {"first": first.written, "other": min(others)}
    problem = _("There are two: %(first)s and %(other)s. Leave one.") % both
    return DateRead(first.kind, first.name, first.written, None, first.withheld, problem)


@dataclass(slots=True)
class DatesChanged:
    """What of the dates of many contacts is new, another or gone."""

    new: list[PersonDate] = field(default_factory=list)
    changed: list[PersonDate] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)  # whose

    def compare(
        self, contact: Contact, there: Iterable[PersonDate], wanted: Sequence[DateRead]
    ) -> None:
        known = {(row.kind, row.name): row for row in there}
        before = len(self.new) + len(self.changed) + len(self.gone)
        for one in wanted:
            row = known.pop((one.kind, one.name), None)
            values = dict(zip(FIELDS, one.values(), strict=True))
            if row is None:
                self.new.append(PersonDate(contact=contact, kind=one.kind, name=one.name, **values))
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                self.changed.append(row)
        self.gone += [row.pk for row in known.values()]
        if len(self.new) + len(self.changed) + len(self.gone) != before:
            self.keys.add(contact.key)

    def save(self) -> None:
        if self.gone:
            PersonDate.objects.filter(pk__in=self.gone).delete()
        for row in self.new:
            row.contact_id = row.contact.pk  # known only now
        PersonDate.objects.bulk_create(self.new)
        PersonDate.objects.bulk_update(self.changed, FIELDS)

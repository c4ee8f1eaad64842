"""The search of the audit: every change captured, by record, person, table, field and date."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from emailketing.common.language import active_language
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.content.sheet.column import Column
from emailketing.sources.audit.groups import Story
from emailketing.sources.audit.values import ValueWords
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.audit import Audit
from emailketing.sources.gaps import gaps_between, said
from emailketing.sources.in_use import in_use
from emailketing.sources.models import CapturedChange, Gap, Source

MOST_LINES = 100_000  # of an export
LONGEST_SEARCH = 200
OPERATIONS = {"changed": "U", "deleted": "D", "inserted": "I"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody asks for; everything empty asks for all."""

    source: str = ""
    table: str = ""
    actor: str = ""
    field: str = ""
    operation: str = ""
    text: str = ""  # of the record, or its key
    since: date | None = None
    until: date | None = None
    told_in: str = ""  # the key of one event

    def changes(self) -> "QuerySet[CapturedChange]":
        """Return what fits, the newest first."""
        found = CapturedChange.objects.select_related("source").order_by("-pk")
        exact = {
            "source__slug": self.source,
            "table": self.table,
            "actor": self.actor,
            "operation": OPERATIONS.get(self.operation, ""),
            "audit_key": self.told_in,
        }
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.field:
            has_it = Q(columns__contains=f",{self.field},") | ~Q(operation="U")
            found = found.filter(has_it)
        for word in self.text[:LONGEST_SEARCH].split():
            found = found.filter(Q(record__icontains=word) | Q(record_key=word))
        return self._between(found)

    def gaps(self) -> "QuerySet[Gap]":
        """Return the times in which not everything was noted of what is asked for."""
        if self.told_in:
            return Gap.objects.none()
        return gaps_between(*self._moments(), source=self.source, table=self.table)

    def _between(self, found: "QuerySet[CapturedChange]") -> "QuerySet[CapturedChange]":
        since, until = self._moments()
        if since:
            found = found.filter(at__gte=since)
        if until:
            found = found.filter(at__lt=until)
        return found

    def _moments(self) -> tuple[datetime | None, datetime | None]:
        zone = ZoneInfo(Company.get().time_zone)
        next_day = self.until + timedelta(days=1) if self.until else None
        return (
            datetime.combine(self.since, time.min, zone) if self.since else None,
            datetime.combine(next_day, time.min, zone) if next_day else None,
        )


@dataclass(slots=True)
class ChangeTeller:
    """Writes changes in the words of their sources, in the language of whoever asks."""

    language: str = ""
    _words: dict[int, ValueWords] = field(default_factory=dict)

    def words(self, source: Source) -> ValueWords:
        if source.pk not in self._words:
            company = Company.get()
            language = self.language or active_language()
            self._words[source.pk] = ValueWords(
                audit_of(source), language, company.currency, company.time_zone
            )
        return self._words[source.pk]

    def record(self, change: CapturedChange) -> str:
        label = self.words(change.source).table(change.table)
        return change.record or f"{label} {change.record_key}".strip()

    def fields(self, change: CapturedChange) -> list[tuple[str, str, str]]:
        """Return (label, before, after) of everything that was noted."""
        story, words = _story(change), self.words(change.source)
        return [
            (
                words.column(change.table, name),
                *words.pair(
                    change.table,
                    name,
                    (story.before.get(name), story.after.get(name)),
                    story.names,
                ),
            )
            for name in story.columns(words.audit, everything=True)
        ]

    def lines(self, change: CapturedChange) -> Iterator[list[Cell]]:
        """Yield the rows of a sheet: one for each field."""
        story, words = _story(change), self.words(change.source)
        head: list[Cell] = [
            change.at,
            change.actor or _("unknown"),
            self.record(change),
            operation(change),
        ]
        names = story.columns(words.audit, everything=True)
        for name in names:
            values = story.before.get(name), story.after.get(name)
            yield [
                *head,
                words.column(change.table, name),
                *words.cells(change.table, name, values, story.names),
                change.origin,
            ]
        if not names:
            yield [*head, "", "", "", change.origin]


def _story(change: CapturedChange) -> Story:
    story = Story(change.table, change.record_key)
    story.add(change)
    return story


def audit_of(source: Source) -> Audit:
    """Return the words of the source's connector; none when it has none or is broken."""
    try:
        return in_use(source).audit or Audit()
    except ConnectorError:
        return Audit()


def operation(change: CapturedChange) -> str:
    words = {
        "I": _("record added"),
        "U": _("record changed"),
        "D": _("record deleted"),
        "T": _("all deleted"),
    }
    rows = (change.old or {}).get("rows") if change.operation == "T" else None
    if rows is not None:
        return _("all deleted, about %(count)s") % {"count": rows}
    return words.get(change.operation, change.operation)


def columns() -> list[Column]:
    """Return the heading of a sheet of changes."""
    return [
        Column("at", _("When"), "datetime", 20),
        Column("actor", _("Who"), width=22),
        Column("record", _("Record"), width=42),
        Column("operation", _("What was done"), width=13),
        Column("field", _("Field"), width=22),
        Column("before", _("Before"), width=26),
        Column("after", _("After"), width=26),
        Column("origin", _("From where"), width=24),
    ]


def lines(
    changes: Iterable[CapturedChange], *, gaps: Iterable[Gap] = (), most: int = MOST_LINES
) -> Iterator[list[Cell]]:
    """Yield the rows of a sheet, first the gaps; where it must end early, the last row says so."""
    teller = ChangeTeller()
    for gap in gaps:
        yield [gap.begin, "", said(gap), _("gap"), "", "", "", gap.source.name]
    count = 0
    for change in changes:
        for line in teller.lines(change):
            if count == most:
                sentence = _("Only the first %(count)s rows are here. Choose fewer days.")
                yield [None, "", sentence % {"count": most}, "", "", "", "", ""]
                return
            yield line
            count += 1


def actors(most: int = 100) -> list[str]:
    """Return who has changed something, by name; each is found by the index, nothing is counted."""
    found: list[str] = []
    last = ""
    while len(found) < most:
        later = CapturedChange.objects.filter(actor__gt=last).order_by("actor")
        name = later.values_list("actor", flat=True).first()
        if name is None:
            break
        found.append(name)
        last = name
    return found

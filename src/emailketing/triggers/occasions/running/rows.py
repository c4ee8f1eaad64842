"""A row of a listing becomes a date of somebody; of what cannot, the reason is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from emailketing.audience.hours import ASUNCION, zone_of
from emailketing.audience.whose import contacts_of, contacts_with
from emailketing.common.plain import JSON, Cell
from emailketing.common.said import kept_with
from emailketing.common.said import say as _
from emailketing.common.written_date import DateUnreadable, WrittenDate, read_written_date
from emailketing.company.models import Company
from emailketing.content.sheet.column import Column
from emailketing.sources.freeze import freeze
from emailketing.triggers.occasions.definition.listed import ListedDay, check_named
from emailketing.triggers.occasions.models import ListedDate, Occasion
from emailketing.triggers.occasions.running.listed import of_nobody

MOST_PROBLEMS = 500  # of each kind are kept to be shown; all are counted
LONGEST_VALUE = 500
BEFORE, AFTER = timedelta(days=40), timedelta(days=400)  # dates there once that are remembered


@dataclass(slots=True)
class RowReader:
    """Reads rows of one listing, block by block; `unowned` and `unreadable` are counted."""

    occasion: Occasion
    day: ListedDay
    columns: Sequence[Column]
    source: str
    first: date
    last: date
    zone: ZoneInfo
    unowned: int = 0
    unreadable: int = 0

    @classmethod
    def of(
        cls,
        occasion: Occasion,
        day: ListedDay,
        columns: Sequence[Column],
        source: str,
        now: datetime,
    ) -> "RowReader":
        """Look for its columns.

        Raises:
            ColumnsWrong: the listing has not all of them.
        """
        check_named(day, columns)
        zone = zone_of(Company.get().time_zone, ASUNCION)
        said_today = now.astimezone(zone).date() - timedelta(days=day.offset)
        first, last = said_today - BEFORE, said_today + AFTER
        return cls(occasion, day, columns, source, first, last, zone)

    def read(self, rows: Sequence[Sequence[Cell]], number: int) -> list[ListedDate]:
        """Return what is remembered of a block of rows."""
        whole = [dict(zip((c.name for c in self.columns), row, strict=True)) for row in rows]
        parties = [str(freeze(row[self.day.party])).strip() for row in whole]
        contacts = self._contacts(parties)
        found = []
        for row, party in zip(whole, parties, strict=True):
            made = self._made(row, party, contacts.get(party), number)
            if made is not None:
                found.append(made)
        return found

    def _contacts(self, parties: Sequence[str]) -> dict[str, int]:
        if self.day.party_by == "address":
            return contacts_with(self.occasion, parties)
        return contacts_of(self.source, filter(None, parties))

    def _made(
        self, row: dict[str, Cell], party: str, contact: int | None, number: int
    ) -> ListedDate | None:
        value = self._local(row[self.day.date])
        made = ListedDate(
            occasion=self.occasion,
            read=number,
            contact_id=contact,
            party=party[:254],
            name=str(freeze(row.get(self.day.of))).strip()[:120] if self.day.of else "",
            written=freeze(value, "date").strip()[:40],
        )
        try:
            found = read_written_date(value)
        except DateUnreadable as error:
            return self._unreadable(made, error.args[0])
        if found is None:
            return None  # it has no date: nothing is due
        if not self.day.is_yearly and found.year is None:
            return self._unreadable(made, _("The year is missing."))
        if not self._is_near(found):
            return None
        made.month, made.day, made.year = found.month, found.day, found.year
        if contact is None:
            return self._unowned(made, party)
        made.values = {name: plain(cell) for name, cell in row.items()}
        return made

    def _local(self, value: Cell) -> Cell:
        """An instant is the day that the company's clocks showed then."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(self.zone)
        return value

    def _is_near(self, found: WrittenDate) -> bool:
        if self.day.is_yearly or found.year is None:
            return True
        return self.first <= date(found.year, found.month, found.day) <= self.last

    def _unreadable(self, made: ListedDate, why: str) -> ListedDate | None:
        self.unreadable += 1
        return _with_problem(made, why) if self.unreadable <= MOST_PROBLEMS else None

    def _unowned(self, made: ListedDate, party: str) -> ListedDate | None:
        self.unowned += 1
        return _with_problem(made, of_nobody(party)) if self.unowned <= MOST_PROBLEMS else None


def plain(cell: Cell) -> JSON:
    """Return a value as a text gets it: amounts and dates as documents have them."""
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, Decimal):
        return str(cell)
    return str(freeze(cell))[:LONGEST_VALUE]


def _with_problem(made: ListedDate, why: str) -> ListedDate:
    made.problem, made.said = why[:200], kept_with(why)
    return made

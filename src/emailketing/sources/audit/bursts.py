"""Which changes belong together, and whether it is over: nothing is told in the middle of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from emailketing.sources.capture.base import is_named_by_database
from emailketing.sources.connectors.audit import Audit, Parent
from emailketing.sources.models import CapturedChange

QUIET = timedelta(seconds=5)  # without another change of this table by this person: it is over
LONGEST = timedelta(minutes=2)  # whatever goes on then is told in parts
AT_ONCE = timedelta(seconds=0.5)
APART = timedelta(seconds=10)  # two changes so far apart are two things somebody did


class Light(NamedTuple):
    """A captured change without its values."""

    pk: int
    table: str
    operation: str
    transaction: str
    actor: str
    record_key: str
    record: str  # empty: it has no words yet
    at: datetime
    recorded_at: datetime
    document_type: str  # of the document or party it was found to belong to
    document_key: str


LIGHT = Light._fields


@dataclass(slots=True)
class Burst:
    """Changes of records of one table with no pause in between, and nobody else's among them.

    Those of which nobody knows who made them may be. Each row has its own name, or none.
    """

    table: str  # whose records they are; child rows stand under them
    rows: list[Light] = field(default_factory=list)

    def is_over(self, now: datetime) -> bool:
        last = max(row.recorded_at for row in self.rows)
        # abs: a clock that was set back must not make us silent
        return abs(now - last) >= QUIET or self.has_waited(now)

    def has_waited(self, now: datetime) -> bool:
        return abs(now - min(row.recorded_at for row in self.rows)) >= LONGEST

    def goes_on(self, row: Light) -> bool:
        last = self.rows[-1]
        return abs(row.at - last.at) <= APART or _together(row, last)


@dataclass(slots=True)
class TouchedTables:
    """What each transaction touched: decides whether a row stands under its parent."""

    audit: Audit
    touched: dict[str, set[str]] = field(default_factory=dict)
    keys: set[tuple[str, str, str]] = field(default_factory=set)  # of records others belong to
    called: dict[int, str] = field(default_factory=dict)  # change → transaction

    def note(self, row: Light, transaction: str) -> Light:
        self.called[row.pk] = transaction
        self.touched.setdefault(transaction, set()).add(row.table)
        if row.table in self.audit.joined:
            self.keys.add((transaction, row.table, row.record_key))
        return row._replace(transaction=transaction)

    def transaction(self, change: CapturedChange) -> str:
        return self.called.get(change.pk) or str(change.pk)

    def root(self, change: CapturedChange) -> str:
        with_it = self.touched.get(self.transaction(change))
        return root_of(self.audit, change.table, with_it or {change.table})

    def stands_under(self, change: CapturedChange, parent: Parent, key: str) -> bool:
        place = (self.transaction(change), parent.table, key)
        return not parent.together or place in self.keys


def in_transactions(rows: Iterable[Light], audit: Audit) -> tuple[list[Light], TouchedTables]:
    """Give every row its transaction, and say what each touched.

    SQLite has a single writer and names no transactions: what follows at once belongs together.
    """
    known: list[Light] = []
    tables = TouchedTables(audit)
    for row in rows:
        called = row.transaction
        if not is_named_by_database(called):
            last = known[-1] if known else None
            goes_on = last is not None and abs(row.at - last.at) <= AT_ONCE
            called = last.transaction if last and goes_on else f"run {row.pk}"
        known.append(tables.note(row, called))
    return known, tables


def bursts(rows: Iterable[Light], audit: Audit) -> list[Burst]:
    """Sort changes, oldest first, into bursts."""
    found: list[Burst] = []
    open_ones: dict[tuple[str, str], Burst] = {}
    for row, table, beside in _placed(list(rows), audit):
        burst = open_ones.get((table, beside))
        if burst is None or not burst.goes_on(row):
            burst = open_ones[table, beside] = Burst(table)
            found.append(burst)
        burst.rows.append(row)
    return found


def _placed(rows: list[Light], audit: Audit) -> Iterator[tuple[Light, str, str]]:
    """Yield each row, its table, and with whose changes it is told.

    What nobody signed is told with what one person did at that moment to its document or party,
    else to such records: programs with a commit for each statement save so. That lends it no name.
    """
    known = list(_signed(rows, audit))
    runs = _runs(known)
    names: dict[tuple[int, str, str, str], set[str]] = defaultdict(set)
    for run, (row, root) in zip(runs, known, strict=True):
        if row.actor:
            names[run, root, "", ""].add(row.actor)
            names[run, root, row.document_type, row.document_key].add(row.actor)
    for run, (row, root) in zip(runs, known, strict=True):
        same = names[run, root, row.document_type, row.document_key]
        near = same or names[run, root, "", ""]
        yield row, root, row.actor or (next(iter(near)) if len(near) == 1 else "")


def _signed(rows: list[Light], audit: Audit) -> Iterator[tuple[Light, str]]:
    """Yield each row with its table, and the name it has from its transaction.

    Only where the database says that all is one transaction; and never a deleted record (C22).
    """
    tables: dict[str, set[str]] = defaultdict(set)
    actors: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        tables[row.transaction].add(row.table)
        if row.actor:
            actors[row.transaction].add(row.actor)
    for row in rows:
        root = root_of(audit, row.table, tables[row.transaction])
        names = actors[row.transaction]
        is_deleted_record = row.operation in {"D", "T"} and root == row.table
        is_certain = is_named_by_database(row.transaction) and not is_deleted_record
        if is_certain and not row.actor and len(names) == 1:
            row = row._replace(actor=next(iter(names)))
        yield row, root


def _runs(known: list[tuple[Light, str]]) -> list[int]:
    """Number the rows by what follows at once."""
    runs: list[int] = []
    last: Light | None = None
    for row, _root in known:
        goes_on = last is not None and abs(row.at - last.at) <= AT_ONCE
        runs.append(runs[-1] if goes_on else len(runs))
        last = row
    return runs


def root_of(audit: Audit, table: str, together: set[str]) -> str:
    """Return the table a row stands under, knowing what else its transaction touched."""
    root = audit.root(table)
    parent = audit.table(root).parent
    if parent is not None and parent.together and parent.table in together:
        return audit.root(parent.table)
    return root


def _together(one: Light, other: Light) -> bool:
    return one.transaction == other.transaction

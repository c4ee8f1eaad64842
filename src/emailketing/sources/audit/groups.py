"""From the changes of a burst to records: what was done to which, with its lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from emailketing.sources.audit.bursts import Tables
from emailketing.sources.audit.values import differs, percent_of
from emailketing.sources.connectors.audit import PLACE, Audit
from emailketing.sources.models import CapturedChange

INSERT, UPDATE, DELETE, TRUNCATE = "I", "U", "D", "T"
MOST_COLUMNS = 50


@dataclass(slots=True)
class Group:
    """What one transaction did to one record and the rows under it."""

    table: str
    key: str
    pks: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)  # those of the record itself
    children: set[tuple[str, str]] = field(default_factory=set)
    first: CapturedChange | None = None
    operations: str = ""  # of the record itself, in order
    is_told: bool = False
    percent: Decimal | None = None
    columns: dict[str, Decimal | None] = field(default_factory=dict)
    own_by: list[str] = field(default_factory=list)  # who made each of its own changes
    children_by: set[str] = field(default_factory=set)

    @property
    def operation(self) -> str:
        return outcome_of(self.operations)

    @property
    def actor(self) -> str:
        """Who did this to the record, "" where its changes do not all say so (C22)."""
        if self.own_by and self.operation == "deleted":
            return self.own_by[-1]
        return only_one(self.own_by or self.children_by)


def only_one(names: Iterable[str]) -> str:
    """Return the name when it is the only one, unknown counted."""
    found = set(names)
    return found.pop() if len(found) == 1 else ""


def outcome_of(operations: str) -> str:
    """Say in one word what became of a row to which these were done in order."""
    if operations.endswith((DELETE, TRUNCATE)):
        return "deleted"
    return "inserted" if operations.startswith(INSERT) else "changed"


def is_relevant(audit: Audit, change: CapturedChange) -> bool:
    """Say whether this change by itself is worth telling."""
    described = audit.table(change.table)
    if change.is_ours:
        return False
    if change.operation == INSERT:
        return described.inserts
    if change.operation == UPDATE:
        return described.updates and bool(told_columns(audit, change))
    return True


def told_columns(audit: Audit, change: CapturedChange) -> list[str]:
    described, before = audit.table(change.table), change.old or {}
    return [
        name
        for name, value in (change.new or {}).items()
        if not described.ignores(name) and differs(before.get(name), value)
    ]


def put_in_groups(
    groups: dict[tuple[str, str, str], Group],
    changes: Iterable[tuple[CapturedChange, str, str]],
    tables: Tables,
) -> None:
    """Add changes, each with the table and key of the record it stands under."""
    audit = tables.audit
    for change, table, key in changes:
        group = groups.setdefault((tables.transaction(change), table, key), Group(table, key))
        group.first = group.first or change
        group.pks.append(change.pk)
        if change.table == table and change.record_key == key:
            group.operations += change.operation
            group.own.append(change.pk)
            group.own_by.append(change.actor)
        else:
            group.children_by.add(change.actor)
            group.children.add((change.table, change.record_key))
        group.is_told = group.is_told or is_relevant(audit, change)
        if change.operation == UPDATE:
            _measure(group, change, audit)


def _measure(group: Group, change: CapturedChange, audit: Audit) -> None:
    for name in told_columns(audit, change):
        values = ((change.old or {}).get(name), (change.new or {}).get(name))
        percent = percent_of(audit, change.table, name, values)
        if percent is not None:
            group.percent = max(percent, group.percent or percent)
        if change.table == group.table and len(group.columns) < MOST_COLUMNS:
            known = group.columns.get(name)
            group.columns[name] = max(filter(None, (known, percent)), default=percent)


def told(groups: Iterable[Group], audit: Audit) -> list[Group]:
    """Return what is told: new records are business as usual unless the table says otherwise."""
    return [
        group
        for group in groups
        if group.is_told and (group.operation != "inserted" or audit.table(group.table).inserts)
    ]


@dataclass(slots=True)
class Story:
    """Before and after of one row over several changes of it."""

    table: str
    key: str
    operation: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)  # whatever is known of it
    keys: set[str] = field(default_factory=set)  # what its key columns are called
    by: list[str] = field(default_factory=list)  # who made each change

    @property
    def actor(self) -> str:
        return self.by[-1] if self.by and self.kind == "deleted" else only_one(self.by)

    def add(self, change: CapturedChange) -> None:
        self.operation += change.operation
        self.by.append(change.actor)
        self.keys |= set(change.key)
        for name, value in (change.old or {}).items():
            self.before.setdefault(name, value)
        if change.operation == DELETE:
            self.after.clear()
        else:
            self.after |= change.new or {}
        self.row |= {**(change.old or {}), **(change.new or {})}
        for column, known in change.names.items():
            here = self.names.get(column)
            self.names[column] = {**here, **known} if isinstance(here, dict) else known

    @property
    def kind(self) -> str:
        return outcome_of(self.operation)

    def columns(self, audit: Audit, *, everything: bool = False) -> list[str]:
        """Return the columns to tell: those that changed, of a whole row those that are filled.

        Args:
            audit: the connector's words.
            everything: also what the connector says is not worth telling.
        """
        described = audit.table(self.table)
        names = in_order(audit, self.table, list(dict.fromkeys([*self.before, *self.after])))
        if self.kind == "changed":
            names = [name for name in names if self._differs(name)]
            return [name for name in names if everything or not described.ignores(name)]
        values = self.before if self.kind == "deleted" else self.after
        filled = [name for name in names if values.get(name) not in (None, "")]
        return [name for name in filled if everything or not self._goes_without(name, audit)]

    def _goes_without(self, name: str, audit: Audit) -> bool:
        """Number of the row and of its parent: the record says them in words."""
        parent = audit.table(self.table).parent
        if parent is not None and name in parent.columns:
            return True
        is_number = name in self.keys and not self.keys >= self.row.keys()
        return is_number and not audit.describes(self.table, name)

    def _differs(self, name: str) -> bool:
        if name not in self.before and name not in self.after:
            return False
        return differs(self.before.get(name), self.after.get(name))


def in_order(audit: Audit, table: str, names: list[str]) -> list[str]:
    """Put what names the record first; then as the table has them, or as the connector does.

    PostgreSQL's JSON forgets the order of the table: it sorts by length.
    """
    described = audit.table(table)
    first = [name for name in PLACE.findall(described.record) if name in names]
    rest = [name for name in names if name not in first]
    if rest == sorted(rest, key=lambda name: (len(name), name)):
        said = list(dict.fromkeys([*described.columns, *audit.columns]))
        rest.sort(key=lambda name: said.index(name) if name in said else len(said))
    return [*first, *rest]


def stories(changes: Iterable[CapturedChange]) -> list[Story]:
    found: dict[tuple[str, str], Story] = {}
    for change in changes:
        place = (change.table, change.record_key)
        found.setdefault(place, Story(*place)).add(change)
    return list(found.values())

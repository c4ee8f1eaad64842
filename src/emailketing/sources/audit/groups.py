"""From the changes of a burst to records: what was done to which, with its lines."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from emailketing.common.plain import Entry
from emailketing.sources.audit.routine import (
    Rewritten,
    births,
    came_again,
    is_newborn,
    stands_again,
)
from emailketing.sources.audit.values import differs, percent_of
from emailketing.sources.connectors.audit import PLACE, Audit
from emailketing.sources.freeze import freeze
from emailketing.sources.models import CapturedChange, Source

INSERT, UPDATE, DELETE, TRUNCATE = "I", "U", "D", "T"
MOST_COLUMNS = 50


@dataclass(slots=True)
class RecordGroup:
    """What one transaction did to one record and the rows under it."""

    table: str
    key: str
    pks: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)  # those of the record itself
    children: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    first: CapturedChange | None = None
    operations: str = ""  # of the record itself, in order
    relevant: set[int] = field(default_factory=set)
    rewritten: Rewritten = field(default_factory=Rewritten)
    percent: Decimal | None = None
    columns: dict[str, Decimal | None] = field(default_factory=dict)
    own_by: list[str] = field(default_factory=list)  # who made each of its own changes
    children_by: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)  # whose names sessions gave, the rows do not
    programs: set[str] = field(default_factory=set)

    @property
    def operation(self) -> str:
        return outcome_of(self.operations)

    @property
    def is_told(self) -> bool:
        return bool(self.relevant - self.rewritten.pks)

    @property
    def telling_table(self) -> str:
        """Return the table whose changes made it worth telling."""
        if self.relevant.intersection(self.own):
            return self.table
        changed = (place for place, pks in self.children.items() if self.relevant.intersection(pks))
        return next(changed, (self.table, ""))[0]

    @property
    def children_count(self) -> int:
        return sum(
            any(pk not in self.rewritten.pks for pk in pks) for pks in self.children.values()
        )

    @property
    def told_pks(self) -> list[int]:
        """Return its changes without the rows that were written again as they were."""
        return [pk for pk in self.pks if pk not in self.rewritten.pks]

    @property
    def actor(self) -> str:
        """Who did this to the record, "" where its changes do not all say so (C22)."""
        if self.own_by and self.operation == "deleted":
            return self.own_by[-1]
        return only_one(self._own_makers or self.children_by)

    @property
    def _own_makers(self) -> list[str]:
        """Who made it what it is: deleting and inserting again is how some programs save."""
        done = zip(self.operations, self.own_by, strict=True)
        return [name for operation, name in done if operation != DELETE]


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
    if change.is_ours or not described.is_told:
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
    groups: dict[tuple[str, str], RecordGroup],
    changes: Iterable[tuple[CapturedChange, str, str]],
    audit: Audit,
    completing: Collection[int] = (),
) -> None:
    """Add changes, each with the table and key of the record it stands under.

    Args:
        groups: the records of the burst so far, in whatever transactions.
        changes: what was done.
        audit: the connector's words and what people decided.
        completing: those that only complete a row just made.
    """
    for change, table, key in changes:
        group = groups.setdefault((table, key), RecordGroup(table, key))
        group.first = group.first or change
        group.pks.append(change.pk)
        group.claims |= {change.session_says} - {""}
        group.programs |= {change.program} - {""}
        is_own = change.table == table and change.record_key == key
        group.rewritten.note(change, audit, is_own=is_own)
        if is_own:
            group.operations += change.operation
            group.own.append(change.pk)
            group.own_by.append(change.actor)
        else:
            group.children_by.add(change.actor)
            if audit.table(change.table).is_told:
                place = (change.table, change.record_key)
                group.children.setdefault(place, []).append(change.pk)
        if change.pk not in completing and is_relevant(audit, change):
            group.relevant.add(change.pk)
        if change.operation == UPDATE:
            _measure(group, change, audit)


def _measure(group: RecordGroup, change: CapturedChange, audit: Audit) -> None:
    for name in told_columns(audit, change):
        values = ((change.old or {}).get(name), (change.new or {}).get(name))
        percent = percent_of(audit, change.table, name, values)
        if percent is not None:
            group.percent = max(percent, group.percent or percent)
        if change.table == group.table and len(group.columns) < MOST_COLUMNS:
            known = group.columns.get(name)
            group.columns[name] = max(filter(None, (known, percent)), default=percent)


def told(groups: Iterable[RecordGroup], audit: Audit) -> list[RecordGroup]:
    """Return what is told: new records are business as usual unless the table says otherwise."""
    return [
        group
        for group in groups
        if group.is_told
        and audit.table(group.table).is_told
        and (group.operation != "inserted" or audit.table(group.table).inserts)
    ]


def grown_up(source: Source, groups: Sequence[RecordGroup]) -> list[RecordGroup]:
    """Return the records without those just made: what changes of such a one belongs to that."""
    groups = _still_gone(source, groups)
    changed = [g.first for g in groups if g.operation == "changed" and g.first]
    if not changed:
        return groups
    asked = ((g.table, g.key) for g in groups if g.operation == "changed")
    known = births(source, asked, min(change.at for change in changed))
    return [
        group
        for group in groups
        if group.operation != "changed"
        or group.first is None
        or not is_newborn(known, (group.table, group.key), group.first)
    ]


def _still_gone(source: Source, groups: Sequence[RecordGroup]) -> list[RecordGroup]:
    """Return the groups without deleted records that stand there again as they were."""
    gone = [
        group
        for group in groups
        if group.operation == "deleted" and len(group.own) == 1 and group.relevant <= {*group.own}
    ]
    deleted = {(group.table, group.key): group.own[0] for group in gone}
    back = {place for place in came_again(source, deleted) if stands_again(source, deleted[place])}
    return [g for g in groups if g.operation != "deleted" or (g.table, g.key) not in back]


@dataclass(slots=True)
class Story:
    """Before and after of one row over several changes of it."""

    table: str
    key: str
    operation: str = ""
    before: Entry = field(default_factory=dict)
    after: Entry = field(default_factory=dict)
    names: Entry = field(default_factory=dict)
    row: Entry = field(default_factory=dict)  # whatever is known of it
    keys: set[str] = field(default_factory=set)  # what its key columns are called
    by: list[str] = field(default_factory=list)  # who made each change
    renumbered: bool = False  # deleted and inserted again under another number

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
            if self.renumbered:
                names = [name for name in names if name not in self.keys]
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


def paired(found: Sequence[Story], audit: Audit) -> list[Story]:
    """Take a line deleted and inserted under another number for the changed line it is."""
    gone: dict[tuple[str, str], list[Story]] = {}
    for story in found:
        if story.kind == "deleted" and (name := _called(story, audit)):
            gone.setdefault((story.table, name), []).append(story)
    pairs: dict[int, Story] = {}  # inserted → deleted
    for story in found:
        if story.kind == "inserted" and (same := gone.get((story.table, _called(story, audit)))):
            pairs[id(story)] = same.pop(0)
    taken = {id(story) for story in pairs.values()}
    return [
        _renumbered(pairs[id(story)], story) if id(story) in pairs else story
        for story in found
        if id(story) not in taken
    ]


def _renumbered(gone: Story, came: Story) -> Story:
    return replace(
        came,
        operation=DELETE + INSERT,
        before=gone.before,
        names={**gone.names, **came.names},
        renumbered=True,
    )


def _called(story: Story, audit: Audit) -> str:
    columns = PLACE.findall(audit.table(story.table).record)
    return " ".join(str(freeze(story.row.get(column))) for column in columns).strip()


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

"""Which tables are told of: those the connector describes, unless somebody decided otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.sources.connectors import ConnectorError
from emailketing.sources.connectors.audit import Audit, AuditTable
from emailketing.sources.in_use import in_use
from emailketing.sources.models import CapturedChange, Source, TableChoice

COUNTED = timedelta(days=30)
MOST_LOOKED_AT = 300  # changes of a table, for the columns it has
MOST_COLUMNS = 40
# what somebody may decide → whether messages tell of it; None: as the connector says
DECISIONS = {"tell": True, "leave-out": False, "undo": None}
_DECIDED = {is_told: name for name, is_told in DECISIONS.items()}


class UnknownTable(Exception):
    """Nothing of this table is watched, and nothing was ever noted of it."""

    def __str__(self) -> str:
        return _("The table “%(table)s” is not watched.") % {"table": self.args[0]}


class UnknownDecision(Exception):
    """What somebody wants to be done with a table is nothing that can be."""

    def __str__(self) -> str:
        return _("There are: %(names)s.") % {"names": ", ".join(DECISIONS)}


@transaction.atomic
def decide(
    source: Source, table: str, decision: str, *, by: Who | str, now: datetime, column: str = ""
) -> None:
    """Tell of a table, or of a column of it, leave it out, or leave it to the connector again.

    Raises:
        UnknownDecision: it is none of `DECISIONS`.
        UnknownTable: there is no such table.
    """
    if decision not in DECISIONS:
        raise UnknownDecision
    if not _is_known(source, table):
        raise UnknownTable(table)
    choices = TableChoice.objects.filter(source=source, table=table, column=column)
    is_told, before = DECISIONS[decision], choices.first()
    if is_told is None:
        choices.delete()
    else:
        TableChoice.objects.update_or_create(
            source=source,
            table=table,
            column=column,
            defaults={"is_told": is_told, "by": str(by)[:150], "at": now},
        )
    was = _DECIDED[before.is_told] if before else ""
    what = f"{table}.{column}" if column else table
    note("decided", by=by, now=now, about=source, changes={what: [was, decision]})


def _is_known(source: Source, table: str) -> bool:
    if CapturedChange.objects.filter(source=source, table=table).exists():
        return True
    try:
        return any(table in {w.table, w.label} for w in in_use(source).tables)
    except ConnectorError:
        return False


def chosen(source: Source, audit: Audit) -> Audit:
    """Return the audit with what people decided about its tables and columns."""
    tables = dict(audit.tables)
    for choice in TableChoice.objects.filter(source=source).order_by("pk"):
        described = tables.get(choice.table) or replace(AuditTable(choice.table), is_told=False)
        if not choice.column:
            described = replace(described, is_told=choice.is_told)
        elif not choice.is_told:
            described = replace(described, ignore=(*described.ignore, literal(choice.column)))
        tables[choice.table] = described
    return replace(audit, tables=tables)


def literal(column: str) -> str:
    """Return the pattern that only this column fits."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in column)


@dataclass(frozen=True, slots=True)
class TableStanding:
    """One table: what happened to it lately, and whether anybody is told."""

    table: str
    changes: int
    deleted: int
    last: datetime | None
    is_described: bool
    choice: TableChoice | None

    @property
    def is_told(self) -> bool:
        return self.choice.is_told if self.choice else self.is_described

    @property
    def is_open(self) -> bool:
        """Nobody is told and nobody has decided that it should be so."""
        return self.choice is None and not self.is_described


def standings(source: Source, audit: Audit, *, now: datetime) -> list[TableStanding]:
    """Return every watched table; first those about which somebody should decide."""
    found = CapturedChange.objects.filter(source=source, at__gte=now - COUNTED, is_ours=False)
    deletions = Count("pk", filter=Q(operation__in=["D", "T"]))
    counted: dict[str, tuple[int, int, datetime | None]] = {
        table: (changes, deleted, last)
        for table, changes, deleted, last in found.order_by()
        .values("table")
        .annotate(changes=Count("pk"), deleted=deletions, last=Max("at"))
        .values_list("table", "changes", "deleted", "last")
    }
    choices = {
        choice.table: choice for choice in TableChoice.objects.filter(source=source, column="")
    }
    rows = []
    for table in sorted({*counted, *choices, *audit.tables}):
        changes, deleted, last = counted.get(table, (0, 0, None))
        rows.append(
            TableStanding(
                table=table,
                changes=changes,
                deleted=deleted,
                last=last,
                is_described=table in audit.tables,
                choice=choices.get(table),
            )
        )
    return sorted(rows, key=lambda row: (not row.is_open, -row.changes, row.table))


def open_tables(source: Source, audit: Audit, *, now: datetime) -> list[TableStanding]:
    """Return the tables with changes nobody is told of and nobody has decided about."""
    return [row for row in standings(source, audit, now=now) if row.is_open and row.changes]


def columns_of(source: Source, table: str) -> list[tuple[str, int]]:
    """Return the columns that changed lately, with how often, the busiest first."""
    rows = CapturedChange.objects.filter(source=source, table=table, operation="U")
    counted: dict[str, int] = {}
    for written in rows.order_by("-pk").values_list("columns", flat=True)[:MOST_LOOKED_AT]:
        for name in filter(None, written.split(",")):
            counted[name] = counted.get(name, 0) + 1
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_COLUMNS]


def quiet_deletions(start: datetime, end: datetime) -> "QuerySet[CapturedChange]":
    """Return what was deleted in tables nobody is told of, until somebody decides (C22)."""
    wanted = Q(pk__in=[])
    for source, audit in _with_audit():
        known = set(audit.tables) | set(
            TableChoice.objects.filter(source=source, column="").values_list("table", flat=True)
        )
        wanted |= Q(source=source) & ~Q(table__in=known)
    found = CapturedChange.objects.filter(wanted, operation__in=["D", "T"], is_ours=False)
    return found.filter(recorded_at__gte=start, recorded_at__lt=end).order_by("pk")


def _with_audit() -> Iterator[tuple[Source, Audit]]:
    for source in Source.objects.all():
        try:
            audit = in_use(source).audit
        except ConnectorError:
            continue
        if audit is not None:
            yield source, audit

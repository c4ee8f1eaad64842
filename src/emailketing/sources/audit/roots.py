"""Which record a changed row stands under: an order's line under its order."""

from collections.abc import Iterator, Sequence

from emailketing.common.plain import Values
from emailketing.sources.audit.bursts import TouchedTables
from emailketing.sources.audit.names import Names
from emailketing.sources.connectors.audit import Parent
from emailketing.sources.models import CapturedChange

Placed = tuple[CapturedChange, str, str]  # a change, the table and the key of its record


def place(
    changes: Sequence[CapturedChange], tables: TouchedTables, names: Names
) -> Iterator[Placed]:
    """Yield each change with its record, asking the business for parents a change does not name."""
    _ask_for_parents(changes, tables, names)
    for change in changes:
        table, key = change.table, change.record_key
        root = tables.root(change)
        while table != root and (parent := names.audit.table(table).parent):
            above = _noted(change, parent, names) if table == change.table else ""
            row = names.row(table, names.key_of(table), key)
            above = above or _key_in(row, parent, names)
            if not above or not tables.stands_under(change, parent, above):
                break
            table, key = parent.table, above
        yield change, table, key


def _ask_for_parents(
    changes: Sequence[CapturedChange], tables: TouchedTables, names: Names
) -> None:
    wanted: dict[str, list[CapturedChange]] = {}
    for change in changes:
        parent = names.audit.table(change.table).parent
        if parent and tables.root(change) != change.table and not _noted(change, parent, names):
            wanted.setdefault(change.table, []).append(change)
    for table, rows in wanted.items():
        parent = names.audit.table(table).parent
        columns = [*names.columns_of(table), *(parent.columns if parent else ())]
        names.fetch(table, names.key_of(table), [row.record_key for row in rows], columns)


def _noted(change: CapturedChange, parent: Parent, names: Names) -> str:
    """The change itself says it, or the document it was found to belong to."""
    after, before = {**(change.new or {}), **change.key}, {**change.key, **(change.old or {})}
    for row in (after, before):
        if key := _key_in(row, parent, names):
            return key
    connector = names.connector
    owner = connector.papers.get(change.document_type) or connector.parties.get(
        change.document_type
    )
    return change.document_key if owner and owner.table == parent.table else ""


def _key_in(row: Values, parent: Parent, names: Names) -> str:
    return names.text(parent.table, parent.key, (row.get(column) for column in parent.columns))

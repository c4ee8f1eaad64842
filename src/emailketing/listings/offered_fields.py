"""Every field that may be clicked from a table on: its own, and those behind its keys."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from emailketing.common.language import active_language
from emailketing.company.models import Company
from emailketing.content.kinds import local
from emailketing.content.sheet.column import Labels
from emailketing.listings.asked import Moment
from emailketing.listings.clicked.definition import Clicked, Join
from emailketing.listings.clicked.fields import Fields
from emailketing.listings.clicked.schema import BusinessTable, Schema
from emailketing.listings.errors import ListingError
from emailketing.listings.offered import (
    SECONDS,
    OfferedColumn,
    OfferedTable,
    offered_columns,
    offered_tables,
)
from emailketing.listings.reading.read import Read
from emailketing.sources.connectors import in_language
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source

REMEMBERED = 60  # seconds: a click must not look into the catalogue again
DEEPEST = 2  # keys that are followed one after the other


@dataclass(frozen=True, slots=True)
class OfferedField:
    """A field by its path; `group`: what it belongs to, `choices`: its values and their words."""

    path: str
    label: str
    kind: str
    group: str
    choices: tuple[tuple[str, str], ...] = ()


def remembered_tables(source: Source) -> list[OfferedTable]:
    """Return what `offered_tables` says, of the last minute.

    Raises:
        CaptureError, ConnectorError: it cannot be looked at now.
    """
    key = f"offered-tables:{_place(source)}"
    known: list[OfferedTable] | None = cache.get(key)
    if known is None:
        known = sorted(offered_tables(source), key=lambda table: table.label.casefold())
        cache.set(key, known, REMEMBERED)
    return known


def remembered_columns(source: Source, table: str) -> list[OfferedColumn]:
    """Return what `offered_columns` says, of the last minute.

    Raises:
        ListingError, CaptureError, ConnectorError: it cannot be looked at now.
    """
    key = f"offered-columns:{_place(source)}:{hash(table)}"
    known: list[OfferedColumn] | None = cache.get(key)
    if known is None:
        known = offered_columns(source, table)
        cache.set(key, known, REMEMBERED)
    return known


def offered_fields(
    source: Source, table: str, joins: tuple[Join, ...], now: datetime
) -> list[OfferedField]:
    """Return the fields of a table, of those behind its keys and of those picked by hand.

    Raises:
        ListingError: there is no such table, or what is joined does not fit.
        CaptureError, ConnectorError: it cannot be looked at now.
    """
    key = f"offered-fields:{_place(source)}:{hash((table, repr(joins)))}"
    known: list[OfferedField] | None = cache.get(key)
    if known is None:
        moment = Moment(now, Company.get().time_zone, active_language())
        with Read(source, SECONDS) as read:
            schema = Schema(read.connection, in_use(source))
            fields = Fields(schema, Clicked(table, (), joins), moment)
            known = list(_Offer(schema, fields, active_language()).all(joins))
        cache.set(key, known, REMEMBERED)
    return known


def _place(source: Source) -> str:
    where = (source.connector, source.dialect, source.database, source.host, source.username)
    return f"{source.pk}:{active_language()}:{hash(where)}"


class _Offer:
    """Walks from table to table; what cannot be followed is left out."""

    def __init__(self, schema: Schema, fields: Fields, language: str) -> None:
        self._schema, self._fields, self._language = schema, fields, language
        self._seen: set[str] = (
            set()
        )  # what a key is called by stands beside the others of its table

    def all(self, joins: tuple[Join, ...]) -> Iterator[OfferedField]:
        base = self._fields.base.table
        yield from self._table(base, "", self._called(base), 0)
        for join in joins:
            table = self._schema.table(join.table)
            yield from self._table(
                table, f"{join.name}.", f"{self._called(table)} ({join.name})", 1
            )

    def _called(self, table: BusinessTable) -> str:
        label = in_language(self._schema.audit.table_label(table.called), self._language)
        return label or table.called

    def _table(
        self, table: BusinessTable, way: str, group: str, depth: int
    ) -> Iterator[OfferedField]:
        keys: list[tuple[str, BusinessTable]] = []
        behind = []
        for column in table.shown():
            path = f"{way}{column.name}"
            found = None
            with suppress(ListingError):
                found = self._fields.behind(path)
            if found is None:
                yield from self._field(path, group, "", way)
                continue
            keys.append((path, found))
            described = self._schema.described(table, column.name)
            if described.lookup and described.lookup.text in found.columns:
                yield from self._field(f"{path}.{described.lookup.text}", group, "", way)
            behind.append(path)
        for path in behind:
            yield from self._field(path, group, " #", way)
        if depth >= DEEPEST:
            return
        for path, found in keys:
            label = self._own_label(table, path.rpartition(".")[2])
            yield from self._table(found, f"{path}.", f"{group} › {label}", depth + 1)

    def _own_label(self, table: BusinessTable, column: str) -> str:
        return in_language(self._schema.described(table, column).label, self._language) or column

    def _field(self, path: str, group: str, mark: str, way: str) -> Iterator[OfferedField]:
        if path in self._seen:
            return
        with suppress(ListingError):
            field = self._fields.field(path)
            self._seen.add(path)
            described = field.described
            choices = described.choices if described else {}
            yield OfferedField(
                path,
                f"{self._label(field.label, path, way)}{mark}",
                field.kind,
                group,
                tuple(
                    (value, in_language(words, self._language)) for value, words in choices.items()
                ),
            )

    def _label(self, label: Labels, path: str, way: str) -> str:
        """Leave out what its group says already."""
        text = local(label, self._language) or path
        return text.partition(": ")[2] or text if way and ": " in text else text

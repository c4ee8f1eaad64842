"""From a dotted path to a column of SQL: foreign keys are followed, picked joins joined once."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import FromClause, and_

from emailketing.common.said import Said
from emailketing.common.said import say as _
from emailketing.content.sheet.column import NUMERIC, Labels
from emailketing.content.words import Words, with_means
from emailketing.listings.asked import Moment
from emailketing.listings.cells import choice_words
from emailketing.listings.clicked.definition import Clicked, Join
from emailketing.listings.clicked.schema import BusinessTable, Schema
from emailketing.listings.errors import DefinitionWrong, FieldGone
from emailketing.sources.connectors import in_language
from emailketing.sources.connectors.audit import AuditColumn
from emailketing.sources.dialects.expressions import Expression, Test
from emailketing.sources.dialects.tables import Stored

KIND_OF: Mapping[Stored, str] = {
    "number": "number",
    "date": "date",
    "moment": "datetime",
    "instant": "datetime",
    "boolean": "boolean",
}


@dataclass(frozen=True, slots=True)
class ListedField:
    """A column of the business as a listing uses it."""

    value: Expression
    stored: Stored
    kind: str
    label: Labels = ""
    written: str = ""
    described: AuditColumn | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A table within the question."""

    table: BusinessTable
    alias: FromClause


class Fields:
    """Every table the question needs, and the fields in them."""

    def __init__(self, schema: Schema, clicked: Clicked, moment: Moment) -> None:
        self.schema = schema
        self.moment = moment
        self.notices: list[Said] = []
        self._choices = clicked.fields
        self._picked = {join.name: join for join in clicked.joins}
        self._joined: dict[str, Joined] = {}
        self._on: list[tuple[Joined, Test]] = []
        self._under_way: set[str] = set()
        self.base = self._add("", schema.table(clicked.table))
        for name in self._picked:  # also those of which nothing is shown: they keep rows
            self._pick(name)

    def source(self) -> FromClause:
        """Return the tables joined: a row without a partner stays, with nothing beside it."""
        found: FromClause = self.base.alias
        for joined, on in self._on:
            found = found.outerjoin(joined.alias, on)
        return found

    def field(self, path: str) -> ListedField:
        """Return the field.

        Raises:
            FieldGone, FieldSecret, TableGone: a part of the path is not there.
        """
        joined, name = self._walk(path)
        column = joined.table.column(name)
        described = self.schema.described(joined.table, name)
        choice = self._choices.get(path)
        kind = (
            (choice.kind if choice else "") or described.type or KIND_OF.get(column.stored, "text")
        )
        return ListedField(
            joined.alias.c[name],
            column.stored,
            kind,
            self._label(path, described),
            choice.written if choice else "",
            described,
        )

    def behind(self, path: str) -> BusinessTable | None:
        """Return the table that a key leads to; None where the field is no key.

        Raises:
            ListingError: a part of the path, or the table, is not there.
        """
        joined, name = self._walk(path)
        found = self._behind(joined, name)
        return found[0] if found else None

    def _label(self, path: str, described: AuditColumn) -> Labels:
        """A name behind a key is called as the key is: “Cliente”, not “Nombre”."""
        way, _dot, name = path.rpartition(".")
        if not way or way in self._picked:
            return described.label
        joined, key = self._walk(way)
        owner = self.schema.described(joined.table, key)
        if owner.lookup and owner.lookup.text == name:
            return owner.label
        return {
            language: f"{in_language(owner.label, language)}: {text}"
            for language, text in described.label.items()
        }

    def _walk(self, path: str) -> tuple[Joined, str]:
        joined = self.base
        *way, last = path.split(".")
        for number, part in enumerate(way):
            name = ".".join(way[: number + 1])
            if number == 0 and part in self._picked:
                joined = self._pick(part)
            elif name in self._joined:
                joined = self._joined[name]
            else:
                joined = self._follow(joined, part, name)
        return joined, last

    def _follow(self, joined: Joined, part: str, name: str) -> Joined:
        """Join the record behind a foreign key, or behind what the connector says is one."""
        joined.table.column(part)
        found = self._behind(joined, part)
        if found is None:
            raise FieldGone(table=joined.table.called, field=name)
        table, key = found
        there = self._add(name, table)
        value = (joined.alias.c[part], joined.table.column(part).stored)
        other = (there.alias.c[key], table.column(key).stored)
        self._on.append((there, self.schema.dialect.expressions.joined(value, other)))
        return there

    def _behind(self, joined: Joined, part: str) -> tuple[BusinessTable, str] | None:
        for reference in self.schema.references(joined.table):
            if reference.columns == (part,) and len(reference.key) == 1:
                return self.schema.behind(reference), reference.key[0]
        lookup = self.schema.described(joined.table, part).lookup
        if lookup and not lookup.columns:
            return self.schema.table(lookup.table), (lookup.key or ("id",))[0]
        return None

    def _pick(self, name: str) -> Joined:
        if name in self._joined:
            return self._joined[name]
        if name in self._under_way:
            raise DefinitionWrong(place=name, why=_("these tables are joined in a circle."))
        self._under_way.add(name)
        join = self._picked[name]
        table = self.schema.table(join.table)
        pairs = []
        for path, column in join.on.items():
            there = table.column(column)
            joined, own = self._walk(path)
            pairs.append((joined.alias.c[own], joined.table.column(own).stored, there))
        added = self._add(name, table)
        same = self.schema.dialect.expressions.joined
        tests = [
            same((value, stored), (added.alias.c[there.name], there.stored))
            for value, stored, there in pairs
        ]
        self._on.append((added, and_(*tests)))
        self._tell_of_many(join, table)
        return added

    def _tell_of_many(self, join: Join, table: BusinessTable) -> None:
        if not self.schema.is_unique(table, set(join.on.values())):
            sentence = _(
                "“%(table)s” may have several rows for one: then a row stands there several "
                "times, and sums count it as often."
            )
            self.notices.append(sentence % {"table": join.name})

    def _add(self, name: str, table: BusinessTable) -> Joined:
        joined = Joined(table, table.clause().alias(f"t{len(self._joined)}"))
        self._joined[name] = joined
        return joined


def words_of(field: ListedField, schema: Schema) -> Words:
    """Return what the values of a field that is shown as it is are called."""
    described = field.described
    if described and described.choices:
        return choice_words(described.choices)
    words = schema.audit.words.get(described.words) if described and described.words else None
    return with_means(words) if words else {}


def number_of(field: ListedField, schema: Schema) -> Expression:
    return schema.dialect.expressions.number(field.value, field.stored, field.written)


def is_number(field: ListedField) -> bool:
    return field.kind in NUMERIC

"""Do the keys of a connector name rows of this database? What does not is refused, in one sentence.

A key that does not fit leads to the wrong document, or to none without a word.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from emailketing.common.said import say as _
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.connectors import Connector, DocumentType, PartyType, Query
from emailketing.sources.connectors.model import ChildTable
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.dialects.tables import KnownTable
from emailketing.sources.documents.catalogue import known
from emailketing.sources.link import snapshot, table_of, translated

MOST_ROWS = 100_000  # looked at where no index says that a key is unique
Owner = DocumentType | PartyType


def key_problems(
    connector: Connector, connection: Connection, owner: Owner, place: str
) -> Iterator[str]:
    """Yield a sentence for everything that keeps the key from naming one row.

    Args:
        connector: whose.
        connection: to the business database.
        owner: a kind of document or of party.
        place: its section in connector.toml.
    """
    dialect = dialect_of(connection)
    schema, _name = connector.place(owner.table, dialect.name)
    if sentence := dialect.schema_problem(owner.table, schema):
        yield sentence
        return
    there = known(connector, connection, owner.table)
    if not there.kinds:
        yield from _spelled_otherwise(connector, connection, owner.table, place)
        return
    if there.is_view:
        yield _(
            "[%(place)s]: “%(table)s” is a view, and changes are noted in tables only. Name the "
            "table behind it and its key here; the header query may read the view."
        ) % {"place": place, "table": owner.table}
        return
    yield from _columns(connector, owner.table, owner.key, there, place)
    if all(column in there.kinds for column in owner.key):
        yield from _unique(connector, connection, owner, there, place)
    for child in owner.children:
        yield from _child(connector, connection, child, place)
    yield from _parameters(connection, owner)


def _spelled_otherwise(
    connector: Connector, connection: Connection, table: str, place: str
) -> Iterator[str]:
    schema, name = connector.place(table, dialect_of(connection).name)
    try:
        names = dialect_of(connection).table_names(connection, schema)
    finally:
        connection.rollback()
    for there in names:
        if there.casefold() == name.casefold():
            sentence = _("[%(place)s]: there is no table “%(table)s”, but “%(there)s”.")
            yield sentence % {"place": place, "table": table, "there": there}


def _columns(
    connector: Connector, table: str, columns: Sequence[str], there: KnownTable, place: str
) -> Iterator[str]:
    """Columns must be there under that very name, and be noted with their values."""
    watch = next((w for w in connector.tables if w.label == table), WatchedTable.named(table))
    for column in columns:
        words = {"place": place, "table": table, "column": column, "key": _written(there.primary)}
        if column not in there.kinds:
            sentence = (
                _(
                    "[%(place)s]: the table “%(table)s” has no column “%(column)s”. Its primary "
                    "key is: key = %(key)s"
                )
                if there.primary
                else _(
                    "[%(place)s]: the table “%(table)s” has no column “%(column)s”, and no "
                    "primary key: name the columns that together differ in each row."
                )
            )
            yield sentence % words
        elif watch.hides(column) or (
            column not in there.primary
            and (watch.ignores(column) or there.kinds[column].name == "bytes")
        ):
            sentence = _(
                "[%(place)s]: the column “%(column)s” of “%(table)s” is not noted (it is ignored, "
                "secret or binary), so no change leads by it to its record."
            )
            yield sentence % words


def _unique(
    connector: Connector, connection: Connection, owner: Owner, there: KnownTable, place: str
) -> Iterator[str]:
    key = set(owner.key)
    if any(names <= key for names in there.unique):
        return
    words = {
        "place": place,
        "table": owner.table,
        "key": _written(owner.key),
        "primary": _written(there.primary),
    }
    if key < set(there.primary):
        yield (
            _(
                "[%(place)s]: key = %(key)s is only a part of the primary key of “%(table)s”: two "
                "records could be taken for one. Write key = %(primary)s"
            )
            % words
        )
    elif _has_duplicates(connector, connection, owner):
        yield (
            _(
                "[%(place)s]: key = %(key)s is the same in several rows of “%(table)s”. Its "
                "primary key is: key = %(primary)s"
            )
            if there.primary
            else _(
                "[%(place)s]: key = %(key)s is the same in several rows of “%(table)s”, which has "
                "no primary key: name the columns that together differ in each row."
            )
        ) % words


def _has_duplicates(connector: Connector, connection: Connection, owner: Owner) -> bool:
    table = table_of(connector, owner.table, connection, *owner.key)
    rows = select(*(table.c[name] for name in owner.key)).limit(MOST_ROWS).subquery()
    query = (
        select(func.count()).select_from(rows).group_by(*rows.c).having(func.count() > 1).limit(1)
    )
    try:
        with snapshot(connection):
            return connection.execute(query).first() is not None
    except DBAPIError as error:
        raise translated(error, "connector.toml", connection) from error


def _child(
    connector: Connector, connection: Connection, child: ChildTable, place: str
) -> Iterator[str]:
    there = known(connector, connection, child.table)
    if not there.kinds:
        yield from _spelled_otherwise(connector, connection, child.table, place)
        return
    yield from _child_columns(connector, child, there, place)
    if child.parents is None:
        return
    carried = there.primary or (*there.kinds, "rowid")
    for name in _asked(connection, child.parents):
        if name not in carried:
            sentence = _(
                "%(file)s: asks for :%(name)s, which a change of “%(table)s” does not carry; it "
                "carries: %(known)s"
            )
            yield sentence % {
                "file": child.parents.file_for(dialect_of(connection).name),
                "name": name,
                "table": child.table,
                "known": _named(carried),
            }


def _child_columns(
    connector: Connector, child: ChildTable, there: KnownTable, place: str
) -> Iterator[str]:
    """Like those of the key, but their own primary key is no advice."""
    for column in child.columns:
        if column not in there.kinds:
            sentence = _("[%(place)s] children: the table “%(table)s” has no column “%(column)s”.")
            yield sentence % {"place": place, "table": child.table, "column": column}
    noted = [column for column in child.columns if column in there.kinds]
    yield from _columns(connector, child.table, noted, there, place)


def _parameters(connection: Connection, owner: Owner) -> Iterator[str]:
    """Refuse queries that ask for what nobody gives, or that do not ask for the whole key."""
    if isinstance(owner, DocumentType):
        whole: list[Query | None] = [owner.header, owner.lines, owner.taxes]
        others = list(owner.lists.values())
    else:
        whole, others = [owner.contact, owner.addresses], []
    for query in [*filter(None, whole), *others]:
        asked = _asked(connection, query)
        file = query.file_for(dialect_of(connection).name)
        ways = [_ways(number, name, len(owner.key)) for number, name in enumerate(owner.key, 1)]
        known_names = [way[0] for way in ways]
        for name in asked:
            if not any(name in way for way in ways):
                sentence = _("%(file)s: there is no parameter :%(name)s; there are: %(known)s")
                yield sentence % {"file": file, "name": name, "known": _named(known_names)}
        for way in ways:
            if query in whole and not set(way) & set(asked):
                sentence = _(
                    "%(file)s: does not ask for :%(name)s, so it would find the records of others."
                )
                yield sentence % {"file": file, "name": way[0]}


def _ways(number: int, column: str, count: int) -> list[str]:
    """Return the names under which a query may ask for this part of the key."""
    return ["key"] * (count == 1) + [column, f"key{number}"]


def few_columns(
    query: Query, columns: Sequence[str], key: Sequence[str], connection: Connection
) -> Iterator[str]:
    """A query of keys gives as many columns as the key has."""
    if len(columns) < len(key):
        sentence = _("%(file)s: must give the columns of the key: %(key)s")
        words = {"file": query.file_for(dialect_of(connection).name), "key": ", ".join(key)}
        yield sentence % words


def party_columns(
    document: DocumentType, party: PartyType, paths: set[str], connection: Connection
) -> Iterator[str]:
    """The header says whose document it is."""
    if len(party.key) == 1 and "party.key" in paths:
        return
    for column in party.key:
        path = f"party.key.{column}"
        if path not in paths:
            sentence = _("%(file)s: gives no column “%(column)s”, so nobody knows whose it is.")
            yield sentence % {
                "file": document.header.file_for(dialect_of(connection).name),
                "column": "party.key" if len(party.key) == 1 else path,
            }


def _asked(connection: Connection, query: Query) -> list[str]:
    return list(text(query.sql(dialect_of(connection).name)).compile().params)


def _named(names: Sequence[str]) -> str:
    return ", ".join(f":{name}" for name in names)


def _written(columns: Sequence[str]) -> str:
    """Write a key as connector.toml has it."""
    quoted = [f'"{column}"' for column in columns]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"

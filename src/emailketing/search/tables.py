"""The table of words and its index, and the triggers that tell which contact was changed.

SQLite: FTS5, cut into trigrams. PostgreSQL: an index of `pg_trgm`. Where either is refused, whole
words are indexed instead: then only beginnings of words are found, and every search says so.
"""

import sqlite3
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from emailketing.search.models import Changed, Mark

CONTACTS, ADDRESSES = "contacts_contact", "contacts_address"
WATCHED = ((CONTACTS, "id"), (ADDRESSES, "contact_id"))
CHANGES = ("insert", "update", "delete")
FIRST_WITH_TRIGRAMS = (3, 34)

# kept without positions: a third of the size, and LIKE looks at the text itself anyway
_FTS5 = "CREATE VIRTUAL TABLE search_entry USING fts5(text, detail='none', tokenize='trigram')"
_FTS5_WORDS = "CREATE VIRTUAL TABLE search_entry USING fts5(text, tokenize='unicode61')"
_TABLE = "CREATE TABLE search_entry (rowid bigint PRIMARY KEY, text text NOT NULL)"
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
_PARTS = "CREATE INDEX search_entry_text ON search_entry USING gin (text gin_trgm_ops)"
_WORDS = "CREATE INDEX search_entry_text ON search_entry USING gin (to_tsvector('simple', text))"


class Finds(StrEnum):
    """What this database can look for quickly."""

    PARTS = "parts"
    BEGINNINGS = "beginnings"


def make(connection: BaseDatabaseWrapper) -> None:
    """Make the table and the triggers, and have every contact read."""
    _make_words(connection)
    watch(connection)


def _make_words(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        if not _tried(connection, _FTS5):
            _run(connection, _FTS5_WORDS)
        return
    _run(connection, _TABLE)
    if not (_tried(connection, _EXTENSION) and _tried(connection, _PARTS)):
        _run(connection, _WORDS)


def drop(connection: BaseDatabaseWrapper) -> None:
    for table, _key in WATCHED:
        for change in CHANGES:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            _run(connection, f"DROP TRIGGER IF EXISTS search_{table}_{change}{on}")
    _run(connection, "DROP TABLE search_entry")


def finds(connection: BaseDatabaseWrapper) -> Finds:
    """Say what the index that is there can do."""
    if connection.vendor == "sqlite":
        asked = "SELECT sql FROM sqlite_master WHERE name = 'search_entry'"
    else:
        asked = "SELECT indexdef FROM pg_indexes WHERE indexname = 'search_entry_text'"
    made = "".join(str(row[0]) for row in _run(connection, asked))
    return Finds.PARTS if "trigram" in made or "trgm" in made else Finds.BEGINNINGS


def mend(connection: BaseDatabaseWrapper) -> None:
    """Put back what a copy, a restore or a changed table left out; take what was refused before."""
    if connection.vendor == "sqlite":
        asked = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search_%'"
    else:
        asked = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search_%'"
    if _run(connection, asked)[0][0] != len(WATCHED) * len(CHANGES):
        with transaction.atomic():
            watch(connection)
    if finds(connection) is Finds.BEGINNINGS and _takes_parts(connection):
        with transaction.atomic():  # and everything is read again
            _run(connection, "DROP TABLE search_entry")
            _make_words(connection)
            Mark.objects.all().delete()
            _note_all(connection)


def _takes_parts(connection: BaseDatabaseWrapper) -> bool:
    """Whether what was refused when the table was made is there now."""
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version_info >= FIRST_WITH_TRIGRAMS
    return bool(_run(connection, "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"))


def watch(connection: BaseDatabaseWrapper) -> None:
    """Note every change of a contact or address from now on, and every contact once."""
    for table, key in WATCHED:
        for change in CHANGES:
            row = "OLD" if change == "delete" else "NEW"
            _trigger(connection, table, change, f"{row}.{key}")
    _note_all(connection)


def _note_all(connection: BaseDatabaseWrapper) -> None:
    columns = f"INSERT INTO {Changed._meta.db_table} (contact_id)"
    _run(connection, f"{columns} SELECT id FROM {CONTACTS} ORDER BY id")  # noqa: S608 - our names


def _trigger(connection: BaseDatabaseWrapper, table: str, change: str, contact: str) -> None:
    name = f"search_{table}_{change}"
    note = f"INSERT INTO {Changed._meta.db_table} (contact_id) VALUES ({contact})"  # noqa: S608 - our names
    if connection.vendor == "sqlite":
        _run(connection, f"DROP TRIGGER IF EXISTS {name}")
        _run(connection, f"CREATE TRIGGER {name} AFTER {change} ON {table} BEGIN {note}; END")
        return
    _run(
        connection,
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN {note}; RETURN NULL; END$$",
    )
    _run(connection, f"DROP TRIGGER IF EXISTS {name} ON {table}")
    _run(
        connection,
        f"CREATE TRIGGER {name} AFTER {change} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _tried(connection: BaseDatabaseWrapper, statement: str) -> bool:
    """Run what the database may refuse; nothing is half done then."""
    try:
        with transaction.atomic(using=connection.alias):
            _run(connection, statement)
    except DatabaseError:
        return False
    return True


def _run(connection: BaseDatabaseWrapper, statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []

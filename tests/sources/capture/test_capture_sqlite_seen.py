"""What is seen on SQLite and what is not: each line of the table in the explanation (C18)."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from emailketing.sources.capture.base import WatchedTable
from tests.sources.capture.business import Site
from tests.sources.capture.test_capture_postgresql_seen import lines

KEYED = "CREATE TABLE t (id INTEGER PRIMARY KEY, a text UNIQUE, b text)"
TWO = "INSERT INTO t VALUES (1, 'x', ''), (2, 'y', '')"


def attached(site: Site) -> None:
    """Another program opens its own file and ours beside it."""
    with sqlite3.connect(":memory:", isolation_level=None) as other:
        other.execute("ATTACH ? AS negocio", (site.place,))
        other.execute("INSERT INTO negocio.t VALUES (3, 'z', '')")


def recursive(site: Site) -> None:
    site.run("PRAGMA recursive_triggers = ON", "REPLACE INTO t VALUES (1, 'n', '')")


def schema_written(site: Site) -> None:
    site.run(
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 't'",
        "PRAGMA writable_schema = RESET",
        "UPDATE t SET b = 'unseen'",
    )


SEEN: dict[str, tuple[tuple[str, ...], Callable[[Site], object] | tuple[str, ...], str]] = {
    "any number of rows inserted, updated or deleted": (
        (KEYED, TWO),
        ("INSERT INTO t VALUES (3, 'z', '')", "UPDATE t SET b = '1'", "DELETE FROM t"),
        "IUUUDDD",
    ),
    "an upsert (ON CONFLICT DO UPDATE)": (
        (KEYED, TWO),
        ("INSERT INTO t VALUES (1, 'n', ''), (3, 'z', '') ON CONFLICT (id) DO UPDATE SET b = 'u'",),
        "UI",
    ),
    "REPLACE of a row with the same key": (
        (KEYED, TWO),
        ("REPLACE INTO t VALUES (1, 'n', '')",),
        "I",
    ),
    "REPLACE that removes another row by a unique column": (
        (KEYED, TWO),
        ("REPLACE INTO t VALUES (3, 'x', '')",),
        "I",
    ),
    "UPDATE OR REPLACE that removes another row": (
        (KEYED, TWO),
        ("UPDATE OR REPLACE t SET a = 'y' WHERE id = 1",),
        "U",
    ),
    "REPLACE by a program that has switched recursive_triggers on": (
        (KEYED, TWO),
        recursive,
        "DI",
    ),
    "INSERT OR IGNORE of a row that is there": (
        (KEYED, TWO),
        ("INSERT OR IGNORE INTO t VALUES (1, 'n', '')",),
        "",
    ),
    "rows deleted or changed by a cascade": (
        (
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE)",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO t VALUES (1, 1), (2, 1)",
        ),
        ("PRAGMA foreign_keys = ON", "DELETE FROM p"),
        "DD",
    ),
    "the key of a row updated": ((KEYED, TWO), ("UPDATE t SET id = 9 WHERE id = 1",), "U"),
    "a save through ATTACH from another file": ((KEYED, TWO), attached, "I"),
    "VACUUM, ANALYZE, REINDEX": ((KEYED, TWO), ("VACUUM", "ANALYZE", "REINDEX"), ""),
    "the table copied, dropped and renamed by the program": (
        (KEYED, TWO),
        (
            "CREATE TABLE n (id INTEGER PRIMARY KEY, a text UNIQUE, b text)",
            "INSERT INTO n SELECT * FROM t",
            "DROP TABLE t",
            "ALTER TABLE n RENAME TO t",
            "UPDATE t SET b = 'unseen'",
        ),
        "",
    ),
    "triggers deleted by PRAGMA writable_schema": ((KEYED, TWO), schema_written, ""),
}


@pytest.mark.parametrize("happening", SEEN)
def test_c18_each_line_of_the_table_is_so(sqlite_site: Site, happening: str) -> None:
    before, does, expected = SEEN[happening]
    sqlite_site.run(*before)
    sqlite_site.watch(WatchedTable(table="t"))
    sqlite_site.take()
    if callable(does):
        does(sqlite_site)
    else:
        sqlite_site.run(*does)
    assert "".join(change.op for change in sqlite_site.changes()) == expected
    assert happening in lines(), "the page has this line"


def test_c18_what_is_not_noted_because_triggers_are_gone_is_noticed(sqlite_site: Site) -> None:
    sqlite_site.run(KEYED, TWO)
    sqlite_site.watch(WatchedTable(table="t"))
    schema_written(sqlite_site)
    health = sqlite_site.dialect.inspect(sqlite_site.ours, sqlite_site.watches)
    assert health.missing == ["t"]
    assert "t" in dict(health.unseen)["replaced"]


def test_c18_a_dump_restored_elsewhere_can_be_saved_in(sqlite_site: Site, tmp_path: Path) -> None:
    assert isinstance(sqlite_site.business, sqlite3.Connection)
    sqlite_site.run(KEYED, TWO)
    sqlite_site.watch(WatchedTable(table="t"))
    copy = sqlite3.connect(tmp_path / "copia.db", isolation_level=None)
    copy.executescript("\n".join(sqlite_site.business.iterdump()))
    copy.execute("UPDATE t SET b = 'in the copy'")
    assert copy.execute("SELECT count(*) FROM t WHERE b = 'in the copy'").fetchone() == (2,)
    copy.close()
    assert "a dump (.dump) restored into another file" in lines()

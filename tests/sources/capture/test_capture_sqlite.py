"""What only SQLite does: nothing can be caught, so nothing may fail, and repair is quick."""

# ruff: noqa: S608 - the tests write their own SQL

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import DatabaseBusy, TableNotFound, TableTooWide
from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.dialects.sqlite.dialect import SQLite
from emailketing.sources.dialects.sqlite.sql import CHANGE, PULSE, STATE
from emailketing.sources.dialects.sqlite.values import literals
from tests.sources.capture.business import Site

TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b NUMERIC)"
SAVE = "INSERT INTO t (a) VALUES ('x')"


@pytest.fixture
def table(sqlite_site: Site) -> Site:
    sqlite_site.run(TABLE)
    sqlite_site.watch(WatchedTable("t"))
    return sqlite_site


def saves(site: Site) -> bool:
    try:
        site.run(SAVE)
    except sqlite3.Error:
        return False
    return True


DAMAGES = [
    f"DROP TABLE {CHANGE}",
    f"DROP TABLE {STATE}",
    f"ALTER TABLE {CHANGE} RENAME TO tidied_away",
    f"ALTER TABLE {STATE} RENAME COLUMN value TO v",
    f"CREATE UNIQUE INDEX theirs ON {CHANGE} (tbl)",
    f"CREATE TRIGGER theirs BEFORE INSERT ON {CHANGE} BEGIN SELECT RAISE(ABORT, 'no'); END",
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_c11_a_damage_that_blocks_the_business_is_seen_and_repaired(
    table: Site, damage: str
) -> None:
    table.run(SAVE, damage)
    assert table.health().blocking
    assert table.health().damaged
    table.dialect.repair(table.ours, table.watches, identity_id="here")
    assert not table.health().blocking
    assert not table.health().needs_repair
    table.run("SELECT count(*) FROM t")  # a connection open at that time learns of the repair
    assert saves(table)
    assert saves(table)
    assert table.changes()[-1].new is not None
    assert table.dialect.identity(table.ours)["installation"] == "here"


def test_c11_a_dropped_table_of_ours_does_block_the_business_until_then(table: Site) -> None:
    table.run(f"DROP TABLE {CHANGE}")
    assert not saves(table)
    table.dialect.repair(table.ours, table.watches)
    table.run("SELECT 1 FROM t")
    assert saves(table)


def test_c11_a_repair_keeps_what_was_waiting(table: Site) -> None:
    table.run(SAVE, SAVE, f"CREATE UNIQUE INDEX theirs ON {CHANGE} (id, tbl)")
    waiting = table.changes()
    table.dialect.repair(table.ours, table.watches)
    assert table.changes() == waiting
    assert table.rows("SELECT 1 FROM sqlite_master WHERE name = 'theirs'") == []


def test_c11_without_triggers_a_damage_blocks_nobody(table: Site) -> None:
    triggers = table.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    table.run(*(f'DROP TRIGGER "{name}"' for (name,) in triggers), f"DROP TABLE {CHANGE}")
    health = table.health()
    assert not health.blocking
    assert health.missing == ["t", "emk.heartbeat"]
    assert saves(table)


def test_c11_removal_leaves_no_trace(sqlite_site: Site) -> None:
    catalogue = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
    sqlite_site.run(
        TABLE,
        "CREATE TABLE emk_theirs (id INTEGER)",
        "CREATE TRIGGER emk_theirs_t AFTER INSERT ON t BEGIN DELETE FROM emk_theirs; END",
    )
    before = sqlite_site.rows(catalogue)
    sqlite_site.watch(WatchedTable("t"))
    sqlite_site.run(SAVE)
    assert len(sqlite_site.rows(catalogue)) == len(before) + 3 + 6
    sqlite_site.dialect.remove(sqlite_site.ours)
    assert sqlite_site.rows(catalogue) == before
    sqlite_site.dialect.remove(sqlite_site.ours)


def test_c11_the_names_of_our_tables_warn() -> None:
    assert all("no_borrar" in name for name in (CHANGE, STATE, PULSE))


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR FAIL", "INSERT OR ROLLBACK", "REPLACE"])
def test_c2_the_last_row_number_used_up_fails_no_save(table: Site, verb: str) -> None:
    table.run(f"INSERT INTO {CHANGE} (id) VALUES (9223372036854775807)")
    table.run(f"{verb} INTO t (a) VALUES ('x')")
    assert table.rows("SELECT count(*) FROM t") == [(1,)]
    assert table.rows(f"SELECT count(*) FROM {CHANGE}") == [(2,)]


@pytest.mark.parametrize("lease", ["NULL", "5", "'garbage'", "x'00'", "''"])
def test_c2_nonsense_in_our_state_fails_no_save(table: Site, lease: str) -> None:
    table.run(f"UPDATE {STATE} SET value = {lease} WHERE id = 1")
    assert saves(table)
    table.health()


def test_c2_the_program_s_last_row_id_and_count_are_its_own(table: Site) -> None:
    table.run("INSERT INTO t (id) VALUES (77)")
    assert table.rows("SELECT last_insert_rowid(), changes()") == [(77, 1)]


def test_c12_our_reading_and_deleting_never_hold_the_file(table: Site) -> None:
    table.run(*[SAVE] * 20)  # the business waits for nothing here: its busy timeout is 0
    changes = table.changes()
    assert saves(table)
    table.dialect.forget(table.ours, [change.uid for change in changes])
    assert saves(table)
    table.health()
    assert saves(table)


def test_c12_while_the_business_writes_we_come_back_later(table: Site) -> None:
    table.run(SAVE)
    (change,) = table.changes()
    table.run("BEGIN IMMEDIATE", SAVE)
    with pytest.raises(DatabaseBusy):
        table.dialect.forget(table.ours, [change.uid])
    table.run("COMMIT")
    assert table.dialect.forget(table.ours, [change.uid]) == 1
    assert len(table.changes()) == 1


def test_c12_in_wal_mode_reading_goes_on_while_the_business_writes(table: Site) -> None:
    assert table.health().own["journal_mode"] == "delete"
    table.run("PRAGMA journal_mode = WAL", SAVE, "BEGIN IMMEDIATE", SAVE)
    assert table.health().own["journal_mode"] == "wal"
    assert len(table.changes()) == 1
    table.run("COMMIT")
    assert len(table.changes()) == 2


def test_c13_an_install_that_finds_the_file_locked_changes_nothing(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emailketing.sources.dialects.sqlite.access.ATTEMPTS", 1)
    sqlite_site.run(TABLE, "BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        sqlite_site.watch(WatchedTable("t"))
    sqlite_site.run("COMMIT")
    assert not sqlite_site.health().installed


def test_c16_a_pause_ends_a_run(table: Site) -> None:
    table.run(SAVE, SAVE, SAVE)
    table.run(f"UPDATE {CHANGE} SET at = '2026-11-24 10:00:0' || id || '.500'")
    table.run(f"UPDATE {CHANGE} SET at = '2026-11-24 10:05:00.000' WHERE id = 3")
    one, two, three = (change.transaction for change in table.changes())
    assert one == two
    assert two != three


def test_c18_replace_is_seen_as_an_insert_only(table: Site) -> None:
    table.run("INSERT INTO t VALUES (1, 'a', 1)", "REPLACE INTO t VALUES (1, 'b', 2)")
    assert table.ops() == "II"


def test_c18_a_changed_key_is_an_update_with_the_old_key(table: Site) -> None:
    table.run("INSERT INTO t (id) VALUES (1)", "UPDATE t SET id = 50")
    edited = table.changes()[-1]
    assert (edited.op, edited.key, edited.old, edited.new) == (
        "U",
        {"id": 50},
        {"id": 1},
        {"id": 50},
    )


def test_c19_a_renamed_column_is_drift_and_stays_captured(table: Site) -> None:
    table.run("ALTER TABLE t RENAME COLUMN a TO aa", "INSERT INTO t (aa) VALUES ('x')")
    assert table.ops() == "I"
    assert table.health().drifted == ["t"]
    table.dialect.repair(table.ours, table.watches)
    table.run("INSERT INTO t (aa) VALUES ('x')")
    (came,) = table.changes()
    assert came.new is not None
    assert came.new["aa"] == "x"


def test_c20_vacuum_keeps_the_identity_and_a_copy_has_another(table: Site, tmp_path: Path) -> None:
    identity = table.dialect.identity(table.ours)
    table.run("VACUUM")
    assert table.dialect.identity(table.ours) == identity
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(table.place).read_bytes())
    engine = open_engine("sqlite", database=str(copy))
    with engine.connect() as connection:
        assert table.dialect.identity(connection) != identity
    copy.replace(table.place)  # restored over the old one: the next connection sees it
    engine = open_engine("sqlite", database=table.place)
    with engine.connect() as connection:
        assert table.dialect.identity(connection)["inode"] != identity["inode"]


def test_generated_columns_are_left_out_as_computing_them_can_fail(sqlite_site: Site) -> None:
    sqlite_site.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a, g AS (a + 1), s AS (a) STORED)")
    sqlite_site.watch(WatchedTable("t"))
    sqlite_site.run("INSERT INTO t (id, a) VALUES (1, 2)")
    (came,) = sqlite_site.changes()
    assert came.new == {"id": 1, "a": 2}


def test_views_and_virtual_tables_cannot_be_watched(sqlite_site: Site) -> None:
    sqlite_site.run("CREATE VIEW v AS SELECT 1 AS id")
    with pytest.raises(TableNotFound):
        sqlite_site.watch(WatchedTable("v"))


def test_a_table_too_wide_for_a_stored_trigger_is_refused(sqlite_site: Site) -> None:
    columns = ", ".join(f"{'column' * 30}{n}" for n in range(900))
    sqlite_site.run(f"CREATE TABLE wide (id INTEGER PRIMARY KEY, {columns})")
    with pytest.raises(TableTooWide):
        sqlite_site.watch(WatchedTable("wide"))
    sqlite_site.watch(WatchedTable("wide", ignore=("column*",)))
    assert not sqlite_site.health().needs_repair


def test_c8_a_column_called_rowid_does_not_hide_the_row_number(sqlite_site: Site) -> None:
    sqlite_site.run("CREATE TABLE t (rowid TEXT, a)")
    sqlite_site.watch(WatchedTable("t"))
    sqlite_site.run("INSERT INTO t VALUES ('theirs', 1)")
    (came,) = sqlite_site.changes()
    assert (came.key, came.new) == ({"_rowid_": 1}, {"rowid": "theirs", "a": 1})


def test_c6_texts_in_another_encoding_do_not_stop_the_reading(table: Site) -> None:
    table.run("INSERT INTO t (a) VALUES (CAST(x'f1616e6475' AS TEXT))")
    (came,) = table.changes()
    assert came.new is not None
    assert came.new["a"] == "\ufffdandu"


TEXTS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
SCALARS = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(TEXTS, max_size=300)
)
NAMES = st.lists(st.text(TEXTS, min_size=1, max_size=9), min_size=2, max_size=6, unique=True)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.data())
def test_c6_c7_any_names_and_any_values_come_back_as_they_were(
    names: list[str], data: st.DataObject
) -> None:
    old = data.draw(st.lists(SCALARS, min_size=len(names), max_size=len(names)))
    new = data.draw(st.lists(SCALARS, min_size=len(names), max_size=len(names)))
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.db")
        business = sqlite3.connect(path, isolation_level=None)
        try:
            business.execute(f"CREATE TABLE t ({', '.join(quoted)}, PRIMARY KEY ({quoted[0]}))")
        except sqlite3.OperationalError:  # two names that are one for SQLite
            business.close()
            return
        engine = open_engine("sqlite", database=str(path))
        with engine.connect() as ours:
            site = Site(dialect=SQLite(), engine=engine, business=business, ours=ours, place="")
            site.watch(WatchedTable("t"))
            site.insert("t", *old)
            business.execute(f"UPDATE t SET {', '.join(f'{q} = ?' for q in quoted)}", new)
            business.execute("DELETE FROM t")
            changes = site.changes()
        business.close()
    came, went = changes[0], changes[-1]
    assert came.new == dict(zip(names, old, strict=True))
    assert came.key == {names[0]: old[0]}
    assert went.old == dict(zip(names, new, strict=True))
    differ = {n: v for n, v, o in zip(names, new, old, strict=True) if v != o}
    assert [change.new for change in changes[1:-1]] == ([differ] if differ else [])


def test_c6_infinities_and_nul_and_blobs_have_a_notation(table: Site) -> None:
    table.insert("t", 1, "a\0b", 9e999)
    table.insert("t", 2, b"\x00'\xff", -9e999)
    one, two = table.changes()
    assert one.new == {"id": 1, "a": {"cut": 3}, "b": "Infinity"}
    assert two.new == {"id": 2, "a": {"cut": 3}, "b": "-Infinity"}


def test_c8_binary_keys_are_written_in_hexadecimal(sqlite_site: Site) -> None:
    sqlite_site.run("CREATE TABLE t (k BLOB PRIMARY KEY, a)")
    sqlite_site.watch(WatchedTable("t"))
    sqlite_site.insert("t", b"\x00\xff", 1)
    (came,) = sqlite_site.changes()
    assert came.key == {"k": {"hex": "00ff"}}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NULL,", None),
        ("9.0e+999,", "Infinity"),
        ("-Inf,", "-Infinity"),
        ("'it''s, so',", "it's, so"),
    ],
)
def test_literals_of_every_library_version_are_read(written: str, read: object) -> None:
    assert list(literals(written)) == [read]

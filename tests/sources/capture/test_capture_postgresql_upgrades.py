"""An upgrade of the business program alters a table that is watched in PostgreSQL."""

import pytest

from emailketing.sources.capture.base import RowChange, WatchedTable
from tests.sources.capture.business import Site

pytestmark = pytest.mark.postgres

TABLES = {
    "statement triggers": "CREATE TABLE t"
    " (id int PRIMARY KEY, a text, b numeric, pin text, f bytea)",
    "row triggers": "CREATE TABLE t (id int, a text, b numeric, pin text, f bytea)",
    "partitions": "CREATE TABLE t (id int PRIMARY KEY, a text, b numeric, pin text, f bytea)"
    " PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
}
ALTERED = {
    "a column renamed": "ALTER TABLE t RENAME COLUMN a TO aa",
    "a column dropped": "ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD aa text",
    "a column of another type": "ALTER TABLE t RENAME COLUMN a TO aa;"
    "ALTER TABLE t ALTER b TYPE text USING b::text",
    "the actor gone": "ALTER TABLE t RENAME COLUMN b TO c; ALTER TABLE t RENAME COLUMN a TO aa",
}


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest, postgres_site: Site) -> Site:
    postgres_site.run(TABLES[request.param])
    postgres_site.watch(WatchedTable("t", actor="b", secret=("pin",), ignore=("write_*",)))
    postgres_site.run("INSERT INTO t (id, a, b) VALUES (0, 'before', 1)")
    postgres_site.take()
    return postgres_site


def is_keyless(site: Site) -> bool:
    return site.rows("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass") == [(0,)]


@pytest.mark.parametrize("altered", ALTERED)
def test_c19_every_change_is_noted_although_the_table_was_altered(
    table: Site, altered: str
) -> None:
    table.run(
        ALTERED[altered],
        "DELETE FROM t",
        "INSERT INTO t (id, aa, f) VALUES (1, 'x', 'ff'), (2, 'it''s %s', NULL)",
        "UPDATE t SET aa = upper(aa) WHERE id = 1",
        "UPDATE t SET aa = aa",
        "DELETE FROM t WHERE id = 2",
    )
    _, one, two, edited, gone = table.take()
    keys = [{}] * 4 if is_keyless(table) else [{"id": 1}, {"id": 2}, {"id": 1}, {"id": 2}]
    assert [change.key for change in (one, two, edited, gone)] == keys
    assert [change.op for change in (one, two, edited, gone)] == ["I", "I", "U", "D"]
    assert one.new is not None
    assert (one.new["id"], one.new["aa"]) == (1, "x")
    assert "f" not in one.new
    assert two.new == gone.old
    assert two.new is not None
    assert two.new["aa"] == "it's %s"
    assert (edited.old, edited.new) == ({"aa": "x"}, {"aa": "X"})
    misses = table.dialect.inspect(table.ours, [WatchedTable("t")]).misses
    assert {(miss.table, miss.reason[:5]) for miss in misses} == {("t", "42703")}
    assert sum(miss.noted or 0 for miss in misses) == 5
    assert all(miss.noted is not None for miss in misses)
    table.dialect.forget_misses(table.ours, misses[0].at)
    if altered == "a column of another type":
        table.dialect.repair(table.ours, table.watches)
        table.run("INSERT INTO t (id, aa) VALUES (3, 'well')")
        assert table.ops() == "I"
        assert table.health().misses == []


def test_c19_a_key_that_changes_after_an_upgrade_is_a_going_and_a_coming(
    postgres_site: Site,
) -> None:
    postgres_site.run(TABLES["statement triggers"])
    postgres_site.watch(WatchedTable("t"))
    postgres_site.run(
        "INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'y')",
        "ALTER TABLE t RENAME COLUMN a TO aa",
        "ALTER TABLE t RENAME COLUMN id TO number",
    )
    postgres_site.take()
    postgres_site.run("UPDATE t SET number = 10 WHERE number = 1")
    by_op = {change.op: change for change in postgres_site.take()}
    assert (by_op["D"].key, by_op["D"].new) == ({"number": 1}, None)
    assert (by_op["I"].key, by_op["I"].old) == ({"number": 10}, None)
    assert by_op["I"].new == {"number": 10, "aa": "x", "b": None, "pin": None}


def test_s22_a_secret_under_a_new_name_stays_in_its_table(table: Site) -> None:
    table.run(
        "UPDATE t SET pin = 'geheim'",
        "ALTER TABLE t RENAME COLUMN pin TO clave",
        "INSERT INTO t (id, clave, a) VALUES (1, 'geheim', 'x')",
        "UPDATE t SET clave = 'geheimer'",
        "DELETE FROM t",
    )
    changes = table.take()
    assert len(changes) == 6
    assert "geheim" not in str(changes)
    assert edited_columns(changes) == {"pin", "clave"}


def edited_columns(changes: list[RowChange]) -> set[str]:
    return {name for change in changes if change.op == "U" for name in change.new or ()}


def test_c4_long_texts_and_ignored_columns_after_an_upgrade(postgres_site: Site) -> None:
    postgres_site.run("CREATE TABLE t (id int PRIMARY KEY, a text, b text, write_date text)")
    postgres_site.watch(WatchedTable("t", ignore=("WRITE_*",)))
    postgres_site.run("ALTER TABLE t RENAME COLUMN b TO c", "ALTER TABLE t ADD write_uid text")
    postgres_site.run(f"INSERT INTO t VALUES (1, '{'ñ' * 2001}', 'c', 'w', 'w')")  # noqa: S608
    postgres_site.run("UPDATE t SET a = replace(a, 'ñ', 'ü')", "UPDATE t SET write_uid = 'z'")
    came, edited = postgres_site.take()
    assert came.new == {"id": 1, "a": {"cut": 4002}, "c": "c"}
    assert edited.new == {"a": {"cut": 4002}}


def test_c3_after_the_lease_an_altered_table_fills_nothing(table: Site) -> None:
    table.run("UPDATE emk.state SET lease_until = now() - interval '1 day'")
    table.run("ALTER TABLE t RENAME COLUMN a TO aa", "INSERT INTO t (id) VALUES (1)")
    assert table.changes() == []
    assert table.health().misses == []

"""What is seen on PostgreSQL and what is not: each line of the table in the explanation."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import emailketing
from emailketing.sources.capture.base import WatchedTable
from tests.sources.capture.business import Site

pytestmark = pytest.mark.postgres
PAGE = Path(emailketing.__file__).parents[2] / "docs/explanation/capture.md"
KEYED = "CREATE TABLE t (id int PRIMARY KEY, a text)"
PARTITIONED = (
    f"{KEYED} PARTITION BY RANGE (id)",
    "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
)


def lines() -> dict[str, str]:
    """Return what happens → what is noted, as the page says it."""
    rows = [row.strip("| ").split(" | ") for row in PAGE.read_text().splitlines() if "|" in row]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def copy(site: Site) -> None:
    assert isinstance(site.business, psycopg.Connection)
    with site.business.cursor() as cursor, cursor.copy("COPY t FROM STDIN") as stream:
        stream.write("1\tx\n2\ty\n")


SEEN: dict[str, tuple[tuple[str, ...], Callable[[Site], object] | tuple[str, ...], str]] = {
    "INSERT, UPDATE, DELETE of any number of rows": (
        (KEYED,),
        ("INSERT INTO t VALUES (1), (2)", "UPDATE t SET a = 'x'", "DELETE FROM t"),
        "IIUUDD",
    ),
    "COPY": ((KEYED,), copy, "II"),
    "INSERT … ON CONFLICT DO UPDATE": (
        (KEYED, "INSERT INTO t VALUES (1, 'x')"),
        ("INSERT INTO t VALUES (1, 'y'), (2, 'z') ON CONFLICT (id) DO UPDATE SET a = 'u'",),
        "IU",
    ),
    "MERGE": (
        (KEYED, "INSERT INTO t VALUES (1, 'x'), (2, 'y')"),
        (
            "MERGE INTO t USING (VALUES (1), (2), (3)) v(n) ON id = n WHEN MATCHED AND n = 1"
            " THEN DELETE WHEN MATCHED THEN UPDATE SET a = 'm' WHEN NOT MATCHED THEN"
            " INSERT VALUES (n, 'new')",
        ),
        "DIU",
    ),
    "a cascade from another table": (
        (
            "CREATE TABLE p (id int PRIMARY KEY)",
            "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE)",
            "INSERT INTO p VALUES (1)",
            "INSERT INTO t VALUES (1, 1), (2, 1)",
        ),
        ("DELETE FROM p",),
        "DD",
    ),
    "an UPDATE of the key": (
        (KEYED, "INSERT INTO t VALUES (1)"),
        ("UPDATE t SET id = 2",),
        "DI",
    ),
    "a row written straight into a partition": (PARTITIONED, ("INSERT INTO t1 VALUES (1)",), "I"),
    "a partition attached later": (
        (*PARTITIONED, "CREATE TABLE t2 (LIKE t)", "INSERT INTO t2 VALUES (11)"),
        (
            "ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (10) TO (20)",
            "UPDATE t2 SET a = 'x'",
            "INSERT INTO t VALUES (12)",
            "ALTER TABLE t DETACH PARTITION t2",
        ),
        "IU",
    ),
    "a partition emptied by itself": (
        (*PARTITIONED, "INSERT INTO t VALUES (1)"),
        ("TRUNCATE t1",),
        "",
    ),
    "a child that inherits": (
        (KEYED, "CREATE TABLE t1 () INHERITS (t)"),
        ("INSERT INTO t1 VALUES (1, 'x')", "UPDATE t SET a = 'y'", "DELETE FROM t"),
        "",
    ),
    "ALTER TABLE DISABLE TRIGGER": (
        (KEYED,),
        ("ALTER TABLE t DISABLE TRIGGER ALL", "INSERT INTO t VALUES (1)"),
        "",
    ),
    "session_replication_role = replica": (
        (KEYED,),
        ("SET session_replication_role = replica", "INSERT INTO t VALUES (1)"),
        "",
    ),
    "ALTER TABLE that renames, drops or adds columns": (
        (KEYED,),
        ("ALTER TABLE t RENAME a TO b", "ALTER TABLE t ADD c int", "INSERT INTO t VALUES (1)"),
        "I",
    ),
}


@pytest.mark.parametrize("what", SEEN)
def test_c18_the_table_in_the_explanation_is_true(postgres_site: Site, what: str) -> None:
    assert what in lines()
    before, happens, noted = SEEN[what]
    ((version,),) = postgres_site.rows("SELECT current_setting('server_version_num')::int")
    if what == "MERGE" and version < 150_000:
        pytest.skip("MERGE came with PostgreSQL 15: needs a server of 15 or newer")
    postgres_site.run(*before)
    postgres_site.watch(WatchedTable("t"))
    if callable(happens):
        happens(postgres_site)
    else:
        postgres_site.run(*happens)
    changes = postgres_site.take()
    assert "".join(sorted(change.op for change in changes)) == "".join(sorted(noted))
    assert {change.table for change in changes} <= {"t"}


def test_c18_truncate_says_about_how_many(postgres_site: Site) -> None:
    assert "TRUNCATE" in lines()
    postgres_site.run(KEYED)
    postgres_site.watch(WatchedTable("t"))
    postgres_site.run(
        "INSERT INTO t SELECT n FROM generate_series(1, 300) n", "VACUUM ANALYZE t", "TRUNCATE t"
    )
    change = postgres_site.take()[-1]
    assert (change.op, change.old) == ("T", {"rows": 300})


def test_c18_what_is_not_seen_is_said_of_this_very_database(postgres_site: Site) -> None:
    postgres_site.run(KEYED, "CREATE SCHEMA viejo", "CREATE TABLE viejo.t25 () INHERITS (t)")
    postgres_site.run("CREATE TABLE p (id int) PARTITION BY RANGE (id)")
    postgres_site.run("CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)")
    ((database,),) = postgres_site.rows("SELECT current_database()")
    postgres_site.watch(WatchedTable("t"), WatchedTable("p"))
    assert postgres_site.health().unseen == [
        ("children", "t ← t25"), ("partitions", "p"), ("replica", ""),
    ]  # fmt: skip
    postgres_site.run(f"ALTER DATABASE {database} SET session_replication_role = 'replica'")
    assert ("switched off", database) in postgres_site.health().unseen
    watches = [WatchedTable("t"), WatchedTable("t25", schema="viejo")]
    assert postgres_site.dialect.inspect(postgres_site.ours, watches).unseen[0][0] != "children"


def dump(site: Site, *options: str) -> str:
    if not shutil.which("pg_dump"):
        pytest.skip("needs pg_dump: apt-get install postgresql-client")
    found = subprocess.run(
        ["pg_dump", *options, site.place], capture_output=True, text=True, check=True
    )
    return found.stdout


def restore(place: str, written: str) -> None:
    """As an administrator does: errors are told, and it goes on."""
    subprocess.run(["psql", "-q", place], input=written, capture_output=True, text=True, check=True)


@pytest.mark.parametrize(
    ("what", "options", "noted"),
    [
        ("a dump of the business schema restored elsewhere", ("-n", "public"), 0),
        ("a dump of the whole database restored elsewhere", (), 1),
    ],
)
def test_saves_work_in_a_copy(
    postgres_site: Site, what: str, options: tuple[str, ...], noted: int
) -> None:
    assert what in lines()
    postgres_site.run(KEYED)
    postgres_site.watch(WatchedTable("t"))
    ((name,),) = postgres_site.rows("SELECT current_database() || '_copy'")
    copy_of = psycopg.conninfo.make_conninfo(postgres_site.place, dbname=name)
    create, drop = (
        sql.SQL(f"{verb} DATABASE {{}}").format(sql.Identifier(name)) for verb in ("CREATE", "DROP")
    )
    postgres_site.business.execute(create)
    try:
        restore(copy_of, dump(postgres_site, *options))
        with psycopg.connect(copy_of, autocommit=True) as copied:
            copied.execute("INSERT INTO t VALUES (1, 'x')")
            copied.execute("UPDATE t SET a = 'y'")
            if noted:
                ((count,),) = copied.execute("SELECT count(*) FROM emk.change").fetchall()
                assert count == 2
    finally:
        postgres_site.business.execute(drop)
    assert postgres_site.changes() == []


def test_a_restore_over_the_attached_database_is_noticed(postgres_site: Site) -> None:
    assert "the table dropped and made anew, as `pg_restore --clean` does" in lines()
    postgres_site.run(KEYED, "INSERT INTO t VALUES (1, 'x')")
    before = dump(postgres_site, "--clean", "--if-exists", "-n", "public")
    postgres_site.watch(WatchedTable("t"))
    restore(postgres_site.place, before)
    postgres_site.run("INSERT INTO t VALUES (2, 'y')")
    assert postgres_site.changes() == []
    assert postgres_site.health().missing == ["t"]
    postgres_site.dialect.repair(postgres_site.ours, postgres_site.watches)
    postgres_site.run("INSERT INTO t VALUES (3, 'z')")
    assert postgres_site.ops() == "I"

"""What PostgreSQL's types, schemas, partitions and roles do to capture."""

# ruff: noqa: S608 - the tests write their own SQL

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import MissingRights
from tests.sources.capture.business import Site, engine_at

pytestmark = pytest.mark.postgres

KEYED = "CREATE TABLE t (id serial PRIMARY KEY, a text, b numeric(20, 9))"


@pytest.fixture
def keyed(postgres_site: Site) -> Site:
    postgres_site.run(KEYED)
    postgres_site.watch(WatchedTable("t"))
    return postgres_site


def test_c18_truncate_copy_and_a_changed_key_are_noted(keyed: Site) -> None:
    assert isinstance(keyed.business, psycopg.Connection)
    with keyed.business.cursor() as cursor, cursor.copy("COPY t (a) FROM STDIN") as copy:
        copy.write("x\ny\n")
    assert keyed.ops() == "II"
    keyed.run("UPDATE t SET id = id + 100 WHERE a = 'x'")
    left, came = sorted(keyed.take(), key=lambda change: change.op)
    assert (left.op, left.key, left.new) == ("D", {"id": 1}, None)
    assert (came.op, came.key, came.old) == ("I", {"id": 101}, None)
    assert came.new == {"id": 101, "a": "x", "b": None}
    keyed.run("TRUNCATE t")
    assert keyed.ops() == "T"


def test_c9_rows_written_straight_into_a_partition_say_the_parent(postgres_site: Site) -> None:
    postgres_site.run(
        "CREATE TABLE t (id int PRIMARY KEY, a text) PARTITION BY RANGE (id)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
    )
    postgres_site.watch(WatchedTable("t"))
    postgres_site.run("CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20)")
    postgres_site.run("INSERT INTO t VALUES (1)", "INSERT INTO t1 VALUES (2)")
    postgres_site.run("INSERT INTO t2 VALUES (11)")
    found = [(change.table, change.key["id"]) for change in postgres_site.changes()]
    assert found == [("t", 1), ("t", 2), ("t", 11)]
    assert not postgres_site.health().needs_repair


def test_another_schema_can_be_watched_beside_the_usual_one(postgres_site: Site) -> None:
    postgres_site.run("CREATE SCHEMA ventas", KEYED, KEYED.replace("TABLE t", "TABLE ventas.t"))
    postgres_site.watch(WatchedTable("t"), WatchedTable("t", schema="ventas"))
    postgres_site.run("INSERT INTO ventas.t (a) VALUES ('x')", "INSERT INTO t (a) VALUES ('y')")
    assert [change.table for change in postgres_site.changes()] == ["ventas.t", "t"]


def test_names_of_63_bytes_do_not_collide(postgres_site: Site) -> None:
    names = ["ñ" * 31 + end for end in "ab"]
    postgres_site.run(*(f"CREATE TABLE {name} (id int PRIMARY KEY)" for name in names))
    postgres_site.watch(*(WatchedTable(name) for name in names))
    postgres_site.run(*(f"INSERT INTO {name} VALUES (1)" for name in names))
    assert [change.table for change in postgres_site.changes()] == names
    assert not postgres_site.health().needs_repair


def test_c22_what_the_row_says_and_what_the_session_says_are_noted_apart(
    postgres_site: Site,
) -> None:
    postgres_site.run(KEYED)
    postgres_site.watch(WatchedTable("t", actor="a"))
    postgres_site.run("SET emk.actor = 'ana'", "INSERT INTO t (a) VALUES ('column')")
    postgres_site.run("DELETE FROM t", "RESET emk.actor", "INSERT INTO t (a) VALUES ('column')")
    changes = postgres_site.changes()
    assert [change.actor for change in changes] == ["column", None, "column"]
    assert [change.claim for change in changes] == ["ana", "ana", None]
    assert {change.db_user for change in changes} == {"postgres"}


TYPES = {
    "numeric": ("12345678901234567890.1234567890123456789",) * 2,
    "numeric(9, 2)": ("1.50", 1.5),
    "float8": ("-Infinity", "-Infinity"),
    "int8": ("9223372036854775807", 9223372036854775807),
    "boolean": ("true", True),
    "timestamptz": ("infinity", "infinity"),
    "date": ("0044-03-15 BC", "0044-03-15 BC"),
    "json": (r'{"a": "\u0000"}', r'{"a": "\u0000"}'),
    "jsonb": ('{"a": [1]}', {"a": [1]}),
    "xml": ("<a/>", "<a/>"),
    "int[]": ("{1,NULL}", [1, None]),
    "uuid": ("0b9f5c3e-0000-0000-0000-000000000000",) * 2,
    "char(5)": ("ab", "ab   "),
    "mood": ("ok", "ok"),
    "dom": ("1.5", 1.5),
    "pair": ("(1,z)", "(1,z)"),  # a type of somebody's: as its output function writes it
    "inet": ("::1", "::1"),
    "money": ("1.50", None),
    "interval": ("1 mon", "1 mon"),
    "daterange": ("[2026-01-01,)", "[2026-01-01,)"),
    "tsvector": ("a b", "'a' 'b'"),
    "point": ("(1,2)", "(1,2)"),
}  # fmt: skip


def test_c6_every_type_is_captured_exactly(postgres_site: Site) -> None:
    columns = ", ".join(f"c{n} {kind}" for n, kind in enumerate(TYPES))
    values = ", ".join(f"'{written}'" for written, _ in TYPES.values())
    nothing = ", ".join(f"c{n} = NULL" for n in range(len(TYPES)))
    postgres_site.run(
        "CREATE TYPE mood AS ENUM ('ok')",
        "CREATE DOMAIN dom AS numeric(30, 15)",
        "CREATE TYPE pair AS (x int, y text)",
        f"CREATE TABLE t (id int PRIMARY KEY, {columns}, blob bytea, blobs bytea[])",
    )
    postgres_site.watch(WatchedTable("t"))
    postgres_site.run(f"INSERT INTO t VALUES (1, {values})", f"UPDATE t SET {nothing}")
    came, edited = postgres_site.changes()
    assert came.new is not None
    assert "blob" not in came.new
    assert "blobs" not in came.new
    assert edited.old is not None
    assert len(edited.old) == len(TYPES)
    for number, (kind, (_, expected)) in enumerate(TYPES.items()):
        if expected is not None:
            assert came.new[f"c{number}"] == expected, kind


@pytest.mark.parametrize("kind", ["uuid", "mood", "dom", "date", "bytea", "int4range", "pair"])
def test_c8_any_type_may_be_the_key(postgres_site: Site, kind: str) -> None:
    values = {
        "uuid": "0b9f5c3e-0000-0000-0000-000000000000", "mood": "ok", "dom": "x", "pair": "(1,z)",
        "date": "2026-11-24", "bytea": r"\x00ff", "int4range": "[1,4)",
    }  # fmt: skip
    postgres_site.run(
        "CREATE TYPE mood AS ENUM ('ok')",
        "CREATE DOMAIN dom AS text",
        "CREATE TYPE pair AS (x int, y text)",
        f"CREATE TABLE t (k {kind} PRIMARY KEY, a text)",
    )
    postgres_site.watch(WatchedTable("t"))
    postgres_site.insert("t", values[kind], "x")
    postgres_site.run("UPDATE t SET a = 'y'")
    came, edited = postgres_site.changes()
    assert postgres_site.health().misses == []
    assert came.key == edited.key
    assert kind == "pair" or came.key == {"k": values[kind]}
    assert (edited.op, edited.new) == ("U", {"a": "y"})


def test_c19_no_alter_of_the_business_is_blocked(keyed: Site) -> None:
    keyed.run(
        "ALTER TABLE t ADD n text",
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t ALTER id TYPE bigint",
        "ALTER TABLE t RENAME COLUMN a TO aa",
        "INSERT INTO t (aa) VALUES ('x')",
    )
    assert keyed.health().drifted == ["t"]
    assert [miss.reason[:5] for miss in keyed.health().misses] == ["42703"]


def test_c19_a_table_renamed_away_is_let_go_by_the_repair(keyed: Site) -> None:
    keyed.run("ALTER TABLE t RENAME TO told", KEYED.replace("serial", "int"))
    keyed.run("INSERT INTO told (a) VALUES ('x')")
    assert [change.table for change in keyed.take()] == ["told"]
    keyed.dialect.repair(keyed.ours, keyed.watches)
    keyed.run("INSERT INTO told (a) VALUES ('x')", "INSERT INTO t VALUES (1)")
    assert [change.table for change in keyed.take()] == ["t"]


@pytest.fixture
def roles(postgres_site: Site) -> Iterator[dict[str, str]]:
    names = {role: f"{role}_{id(postgres_site)}" for role in ("erp", "installer", "puller")}
    postgres_site.run(*(f"CREATE ROLE {name} LOGIN" for name in names.values()))
    yield names
    for name in names.values():
        postgres_site.run(f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}")


def test_c21_the_documented_grants_are_enough_and_the_business_needs_none(
    postgres_site: Site, roles: dict[str, str]
) -> None:
    site, watches = postgres_site, [WatchedTable("t")]
    site.run(KEYED, f"ALTER TABLE t OWNER TO {roles['erp']}")
    ((database,),) = site.rows("SELECT current_database()")
    grants = site.dialect.grants(
        watches, installer=roles["installer"], puller=roles["puller"], database=database
    )
    before, after = (
        [grant for grant in grants if mine in grant]
        for mine in (roles["installer"], roles["puller"])
    )
    installer = engine_at(site.place, username=roles["installer"])
    puller = engine_at(site.place, username=roles["puller"])
    with installer.connect() as installs, puller.connect() as pulls:
        with pytest.raises(MissingRights):
            site.dialect.install(installs, watches, identity_id="x")
        site.run(*before)
        site.dialect.install(installs, watches, identity_id="x")
        with pytest.raises(MissingRights):
            site.dialect.read(pulls, limit=1)
        site.run(*after)
        site.run(f"SET ROLE {roles['erp']}", "INSERT INTO t (a) VALUES ('x')", "RESET ROLE")
        _everything_the_puller_does(site, pulls, watches)
        site.dialect.install(installs, watches, identity_id="x", puller=roles["puller"])
        site.run("DROP TABLE emk.change")
        site.dialect.repair(installs, watches)
        assert site.dialect.read(pulls, limit=1).changes == []
        with pytest.raises(MissingRights):
            site.dialect.remove(pulls)
        site.dialect.remove(installs)
    installer.dispose()
    puller.dispose()


def _everything_the_puller_does(site: Site, pulls: Any, watches: list[WatchedTable]) -> None:
    block = site.dialect.read(pulls, limit=10)
    assert [change.op for change in block.changes] == ["I"]
    assert site.dialect.forget(pulls, [block.changes[0].uid]) == 1
    site.dialect.renew_lease(pulls, block.now)
    site.dialect.heartbeat(pulls, block.now)
    site.dialect.heartbeat_seen(pulls, block.now)
    site.dialect.forget_misses(pulls, block.now)
    assert site.dialect.identity(pulls)["installation"] == "x"
    health = site.dialect.inspect(pulls, watches)
    assert not health.needs_repair
    assert health.misses == []


def test_reading_an_empty_table_is_one_look_into_the_index(keyed: Site) -> None:
    keyed.run("SET enable_seqscan = off")
    plan = "\n".join(
        row[0] for row in keyed.rows("EXPLAIN SELECT uid FROM emk.change ORDER BY uid LIMIT 500")
    )
    assert "change_uid" in plan
    assert "Sort" not in plan

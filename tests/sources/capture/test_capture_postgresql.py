"""What only PostgreSQL does: the guard, transactions, roles, partitions, schemas."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import DatabaseBusy
from emailketing.sources.dialects.postgresql import capture
from tests.outbox.cast import wait_until
from tests.sources.capture.business import Site

pytestmark = pytest.mark.postgres

KEYED = "CREATE TABLE t (id serial PRIMARY KEY, a text, b numeric(20, 9))"
KEYLESS = "CREATE TABLE t (id serial, a text, b numeric(20, 9))"


@pytest.fixture(params=[KEYED, KEYLESS], ids=["statement triggers", "row triggers"])
def table(request: pytest.FixtureRequest, postgres_site: Site) -> Site:
    postgres_site.run(request.param)
    postgres_site.watch(WatchedTable("t"))
    return postgres_site


@pytest.fixture
def keyed(postgres_site: Site) -> Site:
    postgres_site.run(KEYED)
    postgres_site.watch(WatchedTable("t"))
    return postgres_site


@contextmanager
def another(site: Site) -> Iterator["psycopg.Connection[Any]"]:
    """Another program, which opens transactions."""
    with psycopg.connect(site.place) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE emk.change",
        "DROP TABLE emk.change, emk.miss, emk.state",
        "DROP SCHEMA emk CASCADE",
        "ALTER TABLE emk.change DROP COLUMN new",
        "ALTER TABLE emk.change ADD must int NOT NULL DEFAULT 1;"
        "ALTER TABLE emk.change ALTER must DROP DEFAULT",
        "ALTER TABLE emk.change ADD CHECK (false) NOT VALID",
        "ALTER TABLE emk.change ALTER tbl TYPE integer USING 1",
        "ALTER TABLE emk.change ALTER uid SET DEFAULT (1 / (random() * 0))::text::uuid",
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'No space left on device' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER fill BEFORE INSERT ON emk.change FOR EACH ROW EXECUTE FUNCTION fill()",
        "REVOKE ALL ON emk.change, emk.state FROM CURRENT_USER",
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t RENAME COLUMN a TO aa",
    ],
)
def test_c9_the_save_goes_on_whatever_is_broken(table: Site, damage: str) -> None:
    table.run("INSERT INTO t (id) VALUES (1), (2)")
    table.run(damage, "INSERT INTO t (id) VALUES (3)", "UPDATE t SET id = id + 10", "DELETE FROM t")
    assert table.rows("SELECT count(*) FROM t") == [(0,)]
    table.run("INSERT INTO t (id) VALUES (4)", "TRUNCATE t")


def test_c9_what_was_not_captured_is_named(table: Site) -> None:
    table.run("ALTER TABLE emk.change ADD CHECK (op <> 'I')", "INSERT INTO t (a) VALUES ('x')")
    (miss,) = table.health().misses
    assert (miss.table, miss.op) == ("t", "INSERT")
    assert "check" in miss.reason
    assert table.health().damaged == ["emk.change"]
    table.dialect.forget_misses(table.ours, table.health().now)
    assert table.health().misses == []


def test_c9_a_broken_capture_does_not_fill_the_database(table: Site) -> None:
    table.run("ALTER TABLE emk.change ADD CHECK (op <> 'I')")
    table.run("INSERT INTO emk.miss (tbl) SELECT 't' FROM generate_series(1, 1000)")
    table.run("INSERT INTO t (a) VALUES ('x')")
    assert table.rows("SELECT count(*) FROM emk.miss") == [(1000,)]


def test_c9_a_locked_table_of_ours_delays_a_transaction_once_and_shortly(table: Site) -> None:
    with another(table) as locker:
        locker.execute("LOCK TABLE emk.change IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        table.run("INSERT INTO t (a) SELECT 'x' FROM generate_series(1, 200)")
        took = time.monotonic() - started
    assert table.rows("SELECT count(*) FROM t") == [(200,)]
    assert took < 5  # 200 rows, each waiting 0.1 s, would take 20
    assert [miss.reason[:5] for miss in table.health().misses] == ["55P03"]
    table.run("INSERT INTO t (a) VALUES ('later')")
    assert table.ops() == "I"


def test_c9_the_programs_own_time_limit_never_ends_a_save_within_our_work(table: Site) -> None:
    """`WHEN OTHERS` alone lets QUERY_CANCELED through: the save failed because we waited."""
    with another(table) as locker:
        locker.execute("LOCK TABLE emk.change IN ACCESS EXCLUSIVE MODE")
        table.run("SET statement_timeout = '50ms'", "INSERT INTO t (a) VALUES ('x')")
    assert table.rows("SELECT a FROM t") == [("x",)]
    assert [miss.reason[:5] for miss in table.health().misses] == ["57014"]
    table.run("RESET statement_timeout", "INSERT INTO t (a) VALUES ('later')")
    assert table.ops() == "I"


@pytest.mark.parametrize("limit", ["0", "10s"])
def test_c9_who_cancels_a_save_has_it_cancelled(table: Site, limit: str) -> None:
    """Also while it is within our work: a person, a driver, an administrator."""
    table.run(
        "CREATE FUNCTION emk.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_sleep(20); RETURN NEW; END $$",
        "CREATE TRIGGER slow BEFORE INSERT ON emk.change FOR EACH ROW EXECUTE FUNCTION emk.slow()",
    )
    refusals: list[str] = []

    def save() -> None:
        try:
            table.run(f"SET statement_timeout = '{limit}'", "INSERT INTO t (a) VALUES ('x')")
        except Exception as error:  # noqa: BLE001 - whatever the driver makes of it
            refusals.append(str(error))

    saving = threading.Thread(target=save)
    saving.start()
    with psycopg.connect(table.place, autocommit=True) as other:
        asked = (
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            " AND datname = current_database() AND query LIKE 'INSERT INTO t%'"
        )
        wait_until(lambda: other.execute(asked).fetchall())
    saving.join(15)
    assert ["canceling statement due to user request" in one for one in refusals] == [True]
    assert table.rows("SELECT count(*) FROM t") == [(0,)]


def test_c9_nobody_can_switch_the_notes_off_for_his_transaction(table: Site) -> None:
    """What we tell a session that waited for our lock cannot be told by anybody else."""
    for forged in ("pg_current_xact_id()::text", "'x'", "md5(pg_current_xact_id()::text)"):
        table.run(
            "BEGIN",
            f"SELECT set_config('emk.locked', {forged}, true)",
            "INSERT INTO t (a) VALUES ('x')",
            "COMMIT",
        )
        assert table.ops() == "I"


REPAIRABLE = [
    "DROP TABLE emk.change",
    "ALTER TABLE emk.change DROP COLUMN new",
    "ALTER TABLE emk.change ADD CHECK (op <> 'Z')",
    "DROP TABLE emk.state, emk.miss, emk.shape, emk.heartbeat",
    "DROP SCHEMA emk CASCADE",
    "ALTER TABLE t DISABLE TRIGGER USER",
    "DROP INDEX emk.change_uid; ALTER TABLE t ADD note text",
]


@pytest.mark.parametrize("damage", REPAIRABLE)
def test_c11_a_repair_makes_everything_whole_again(table: Site, damage: str) -> None:
    table.run("INSERT INTO t (a) VALUES ('before')", damage)
    health = table.health()
    assert health.needs_repair or not health.installed
    table.dialect.repair(table.ours, table.watches, identity_id="here")
    assert not table.health().needs_repair
    table.run("INSERT INTO t (a) VALUES ('after')")
    kept = 0 if "DROP TABLE emk.change" in damage or "SCHEMA" in damage else 1
    assert table.ops() == "I" * (kept + 1)
    assert table.rows("SELECT count(*) FROM pg_indexes WHERE indexname = 'change_uid'") == [(1,)]


CATALOGUE = """
    SELECT 'relation', n.nspname || '.' || c.relname || ' ' || c.relkind::text, c.relacl::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_toast'
    UNION ALL SELECT 'schema', nspname, nspacl::text || coalesce(obj_description(oid), '')
    FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
    UNION ALL SELECT 'function', pronamespace::regnamespace::text || '.' || proname, prosrc
    FROM pg_proc
    UNION ALL SELECT 'type', typnamespace::regnamespace::text || '.' || typname, '' FROM pg_type
    WHERE typnamespace::regnamespace::text !~ '^pg_toast'
    UNION ALL SELECT 'trigger', tgrelid::regclass::text || tgname, tgenabled::text FROM pg_trigger
    UNION ALL SELECT 'column', attrelid::regclass::text || attname, attnum::text FROM pg_attribute
    WHERE attrelid::regclass::text !~ 'pg_toast'
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT 'setting', setdatabase::text, setconfig::text FROM pg_db_role_setting
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL SELECT 'default', defaclobjtype::text, defaclacl::text FROM pg_default_acl
    ORDER BY 1, 2, 3"""


# the role is the whole server's: it stays as long as another database (of another test) needs it
ROLE_OF_NOBODY = """
    SELECT rolname FROM pg_roles r WHERE rolname = 'emk_writer' AND NOT EXISTS (
        SELECT FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
        WHERE s.refobjid = r.oid AND d.datname <> current_database())"""


def test_c11_removal_leaves_no_trace(table: Site) -> None:
    table.dialect.remove(table.ours)
    before = table.rows(CATALOGUE)
    table.watch(WatchedTable("t", actor="a"))
    table.run("INSERT INTO t (a) VALUES ('x')")
    assert table.rows(CATALOGUE) != before
    table.dialect.remove(table.ours)
    assert table.rows(CATALOGUE) == before
    wait_until(lambda: not table.rows(ROLE_OF_NOBODY))
    table.dialect.remove(table.ours)


def test_c2_the_program_s_lastval_is_its_own(keyed: Site) -> None:
    ((number,),) = keyed.rows("INSERT INTO t (a) VALUES ('x') RETURNING id")
    assert keyed.rows("SELECT lastval()") == [(number,)]


def test_c9_statement_triggers_burn_one_transaction_id_for_a_thousand_rows(keyed: Site) -> None:
    """A guard begins a subtransaction: its number stands in the rows that it wrote.

    The counter itself says nothing: it is the whole server's.
    """
    keyed.run("INSERT INTO t (a) SELECT 'x' FROM generate_series(1, 1000)")
    ids = keyed.rows("SELECT count(*), count(DISTINCT xmin::text) FROM emk.change")
    assert ids == [(1000, 1)]
    assert len(keyed.changes()) == 1000


def test_c13_an_install_gives_up_without_having_changed_anything(
    postgres_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "LOCK_WAITS", (20, 20))
    postgres_site.run(KEYED, "CREATE TABLE u (id serial PRIMARY KEY)")
    with another(postgres_site) as writer:
        writer.execute("INSERT INTO u DEFAULT VALUES")
        with pytest.raises(DatabaseBusy):
            postgres_site.watch(WatchedTable("t"), WatchedTable("u"))
        assert not postgres_site.health().installed
        assert postgres_site.rows("SELECT count(*) FROM pg_trigger") == [(0,)]


def test_c13_an_install_waits_for_the_writer_and_then_goes_through(postgres_site: Site) -> None:
    postgres_site.run(KEYED)
    with another(postgres_site) as writer:
        writer.execute("INSERT INTO t (a) VALUES ('open')")
        release = threading.Timer(0.3, writer.commit)
        release.start()
        postgres_site.watch(WatchedTable("t"))
        release.join()
    assert not postgres_site.health().needs_repair


def test_c13_a_repair_of_what_stands_takes_no_lock_on_business_tables(keyed: Site) -> None:
    with another(keyed) as writer:
        writer.execute("INSERT INTO t (a) VALUES ('open')")
        keyed.dialect.repair(keyed.ours, keyed.watches)
        writer.commit()
    assert keyed.ops() == "I"


def write_and_commit(address: str, *, writer: int, commits: int) -> None:
    with psycopg.connect(address) as connection:
        for number in range(commits):
            connection.execute("INSERT INTO t (a) VALUES (%s)", (f"{writer}/{number}",))
            if (number * writer) % 5 == 0:
                connection.execute("SELECT pg_sleep(0.002)")  # commit in another order than written
            connection.commit()


@pytest.mark.slow
def test_c14_four_writers_lose_nothing_and_double_nothing(keyed: Site) -> None:
    writers = [
        threading.Thread(
            target=write_and_commit, args=(keyed.place,), kwargs={"writer": n, "commits": 300}
        )
        for n in range(1, 5)
    ]
    for writer in writers:
        writer.start()
    seen: list[object] = []
    while any(writer.is_alive() for writer in writers):
        seen += [change.new["a"] for change in keyed.take() if change.new]
    seen += [change.new["a"] for change in keyed.take() if change.new]
    assert sorted(map(str, seen)) == sorted(f"{w}/{n}" for w in range(1, 5) for n in range(300))
    assert keyed.changes() == []


def test_c14_a_change_committed_late_is_still_read(keyed: Site) -> None:
    with another(keyed) as slow:
        slow.execute("INSERT INTO t (a) VALUES ('slow')")
        keyed.run("INSERT INTO t (a) VALUES ('quick')")
        assert [c.new["a"] for c in keyed.take() if c.new] == ["quick"]
        slow.commit()
    assert [c.new["a"] for c in keyed.take() if c.new] == ["slow"]


def test_c14_our_uncommitted_delete_does_not_delay_a_save(keyed: Site) -> None:
    keyed.run("INSERT INTO t (a) VALUES ('x')")
    with another(keyed) as puller:
        puller.execute("DELETE FROM emk.change")
        keyed.run("SET lock_timeout = '50ms'", "INSERT INTO t (a) VALUES ('y')")
        assert keyed.health().misses == []


def test_c16_transactions_that_interleave_are_told_apart(keyed: Site) -> None:
    with another(keyed) as one, another(keyed) as two:
        one.execute("INSERT INTO t (a) VALUES ('1')")
        two.execute("INSERT INTO t (a) VALUES ('2')")
        one.execute("INSERT INTO t (a) VALUES ('1')")
        one.commit()
        two.commit()
    groups: dict[str, list[object]] = {}
    for change in keyed.changes():
        assert change.new is not None
        groups.setdefault(change.transaction, []).append(change.new["a"])
    assert sorted(groups.values(), key=len) == [["2"], ["1", "1"]]

"""What is captured, on every kind of database."""

# ruff: noqa: S608 - the tests write their own SQL

from datetime import UTC, datetime, timedelta

import pytest

from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import ColumnNotFound, NotInstalled, TableNotFound
from tests.sources.capture.business import Site

ORDERS = "CREATE TABLE orders (id integer PRIMARY KEY, state text, total numeric, write_date text)"
HOSTILE = [
    "O'Hara", 'say "hi"', "back\\slash", "'); DROP TABLE orders; --", "línea\nuno\ttab\rcr",
    "ñandú Avañe’ẽ g̃uarani ỹ", "emoji 🥩", "", "NULL", '{"a":1}', "%s {} $1 :x ?", "\x01\x1f",
    "'", "''", "\\", "\\'", "\u2028", ",;~12,", "$emk$",
]  # fmt: skip


@pytest.fixture
def orders(site: Site) -> Site:
    site.run(ORDERS)
    site.watch(WatchedTable("orders", ignore=("*_DATE",)))
    return site


def test_c1_a_save_an_edit_and_a_removal_are_noted_with_before_and_after(orders: Site) -> None:
    orders.run(
        "INSERT INTO orders VALUES (7, 'draft', 1.5, 'x')",
        "UPDATE orders SET state = 'confirmed', write_date = 'y'",
        "DELETE FROM orders",
    )
    came, edited, went = orders.changes()
    whole = {"id": 7, "state": "draft", "total": 1.5}
    assert (came.op, came.table, came.key, came.old, came.new) == (
        "I", "orders", {"id": 7}, None, whole,
    )  # fmt: skip
    assert (edited.op, edited.old, edited.new) == (
        "U", {"state": "draft"}, {"state": "confirmed"},
    )  # fmt: skip
    assert (went.op, went.old, went.new) == ("D", whole | {"state": "confirmed"}, None)
    assert came.order < edited.order < went.order
    assert len({came.uid, edited.uid, went.uid}) == 3


def test_c4_an_edit_of_nothing_watched_is_not_noted(orders: Site) -> None:
    orders.run("INSERT INTO orders VALUES (1, 'a', 1, 'x')")
    orders.take()
    orders.run("UPDATE orders SET state = state", "UPDATE orders SET write_date = 'y'")
    assert orders.changes() == []


def test_c4_long_texts_are_noted_by_their_bytes_and_short_ones_whole(orders: Site) -> None:
    orders.insert("orders", 1, "ñ" * 2_000, 1, None)
    orders.insert("orders", 2, "ñ" * 2_000 + "x", 1, None)
    orders.run("UPDATE orders SET state = 'short' WHERE id = 2")
    whole, cut, edited = orders.changes()
    assert whole.new is not None
    assert cut.new is not None
    assert (whole.new["state"], cut.new["state"]) == ("ñ" * 2_000, {"cut": 4_001})
    assert (edited.old, edited.new) == ({"state": {"cut": 4_001}}, {"state": "short"})


def test_c4_binaries_are_left_out(site: Site) -> None:
    kind = "blob" if site.is_sqlite else "bytea"
    site.run(f"CREATE TABLE files (id integer PRIMARY KEY, body {kind})")
    site.watch(WatchedTable("files"))
    site.insert("files", 1, b"\x00'\xff")
    site.run("UPDATE files SET body = NULL")
    (came,) = site.changes()
    assert came.new == {"id": 1}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_c6_hostile_values_come_back_unchanged_in_key_and_row(site: Site, hostile: str) -> None:
    site.run("CREATE TABLE t (k1 text, k2 integer, a text, PRIMARY KEY (k2, k1))")
    site.watch(WatchedTable("t", actor="a"))
    site.insert("t", hostile, 5, hostile)
    site.run("UPDATE t SET a = a || 'ñ'")
    came, edited = site.changes()
    assert came.key == {"k1": hostile, "k2": 5}
    assert list(came.key) == ["k2", "k1"] or not site.is_sqlite
    assert came.new == {"k1": hostile, "k2": 5, "a": hostile}
    assert (edited.old, edited.new) == ({"a": hostile}, {"a": hostile + "ñ"})
    assert came.actor == hostile or (hostile == "" and came.actor in {"", None})


def test_c6_a_table_of_450_columns_is_captured(site: Site) -> None:
    columns = ", ".join(f"c{n} text" for n in range(450))
    site.run(f"CREATE TABLE wide (id integer PRIMARY KEY, {columns})")
    site.watch(WatchedTable("wide"))
    site.run("INSERT INTO wide (id) VALUES (1)", "UPDATE wide SET c7 = 'x', c449 = 'y'")
    site.run("DELETE FROM wide")
    came, edited, went = site.changes()
    assert came.new is not None
    assert len(came.new) == 451
    assert edited.new == {"c7": "x", "c449": "y"}
    assert went.old is not None
    assert went.old["c449"] == "y"


def test_c7_hostile_names_are_quoted(site: Site) -> None:
    table, key, column = "we\"ird 't$emk$\\%", 'or"der', "sel'ect %s :x ?"
    quoted = [name.replace('"', '""') for name in (table, key, column)]
    site.run('CREATE TABLE "{}" ("{}" integer PRIMARY KEY, "{}" text)'.format(*quoted))
    site.watch(WatchedTable(table))
    site.run(f"INSERT INTO \"{quoted[0]}\" VALUES (1, 'x')")
    site.run(f'UPDATE "{quoted[0]}" SET "{quoted[2]}" = \'y\'')
    came, edited = site.changes()
    assert (came.table, came.key, came.new) == (table, {key: 1}, {key: 1, column: "x"})
    assert (edited.old, edited.new) == ({column: "x"}, {column: "y"})
    assert not site.health().needs_repair
    site.dialect.repair(site.ours, site.watches)
    site.dialect.remove(site.ours)
    assert not site.health().installed


def test_c8_a_table_without_key_is_captured(site: Site) -> None:
    site.run("CREATE TABLE log (line text)")
    site.watch(WatchedTable("log"))
    site.run("INSERT INTO log VALUES ('a')", "UPDATE log SET line = 'b'", "DELETE FROM log")
    changes = site.changes()
    assert [change.op for change in changes] == ["I", "U", "D"]
    rows = [{"line": "a"}, {"line": "b"}, {"line": "b"}]
    expected = [{"rowid": 1}] * 3 if site.is_sqlite else rows
    assert [change.key for change in changes] == expected
    assert (changes[1].old, changes[1].new) == ({"line": "a"}, {"line": "b"})


def test_c8_a_key_of_four_parts_is_whole(site: Site) -> None:
    site.run("CREATE TABLE k (a text, b integer, c text, d integer, PRIMARY KEY (a, b, c, d))")
    site.watch(WatchedTable("k", ignore=("a", "b")))
    site.run("INSERT INTO k VALUES ('x', 1, 'y', 2)")
    (came,) = site.changes()
    assert came.key == {"a": "x", "b": 1, "c": "y", "d": 2}


def test_c14_only_what_was_read_is_deleted(orders: Site) -> None:
    orders.run("INSERT INTO orders (id) VALUES (1), (2)")
    first = orders.changes(limit=1)
    assert orders.dialect.forget(orders.ours, [change.uid for change in first]) == 1
    orders.run("INSERT INTO orders (id) VALUES (3)")
    assert [change.key["id"] for change in orders.changes()] == [2, 3]


def test_c17_reading_twice_before_forgetting_gives_the_same_uids(orders: Site) -> None:
    orders.run("INSERT INTO orders (id) VALUES (1), (2)")
    uids = [change.uid for change in orders.changes()]
    assert [change.uid for change in orders.changes()] == uids
    assert orders.dialect.forget(orders.ours, uids * 2) == 2
    assert orders.dialect.forget(orders.ours, uids) == 0


def test_c2_an_old_uid_never_deletes_a_newer_change(orders: Site) -> None:
    orders.run("INSERT INTO orders (id) VALUES (1)")
    (old,) = orders.take()
    orders.run("INSERT INTO orders (id) VALUES (2)")
    assert orders.dialect.forget(orders.ours, [old.uid]) == 0
    assert [change.key for change in orders.changes()] == [{"id": 2}]


def test_c14_a_rolled_back_save_leaves_nothing(orders: Site) -> None:
    orders.run("BEGIN", "INSERT INTO orders (id) VALUES (1)")
    assert orders.changes() == []
    orders.run("ROLLBACK")
    assert orders.changes() == []


def test_c15_changes_of_one_record_keep_their_order(orders: Site) -> None:
    orders.run("INSERT INTO orders (id, total) VALUES (1, 0)")
    for total in range(1, 30):
        orders.run(f"UPDATE orders SET total = {total}")
    totals = [change.new["total"] for change in orders.changes() if change.new]
    assert totals == list(range(30))


def test_c16_rows_of_one_transaction_share_its_name(orders: Site) -> None:
    orders.run("BEGIN", "INSERT INTO orders (id) VALUES (1)", "INSERT INTO orders (id) VALUES (2)")
    orders.run("COMMIT")
    one, two = orders.changes()
    assert one.transaction == two.transaction
    assert 0 < len(one.transaction) <= 40


def test_c3_after_the_lease_nothing_is_written_until_it_is_renewed(orders: Site) -> None:
    now = orders.dialect.read(orders.ours, limit=1).now
    orders.dialect.renew_lease(orders.ours, now - timedelta(days=1))
    orders.run("INSERT INTO orders (id) VALUES (1)")
    assert orders.changes() == []
    until = (now + timedelta(days=30)).replace(microsecond=0)
    orders.dialect.renew_lease(orders.ours, until)
    orders.run("INSERT INTO orders (id) VALUES (2)")
    assert [change.key for change in orders.changes()] == [{"id": 2}]
    assert orders.health().lease_until == until


def test_c22_the_actor_is_the_column_and_never_the_last_editor_of_a_deleted_row(
    site: Site,
) -> None:
    site.run("CREATE TABLE t (id integer PRIMARY KEY, a text, write_uid integer)")
    site.watch(WatchedTable("t", ignore=("write_uid",), actor="write_uid"))
    site.run("INSERT INTO t VALUES (1, 'x', 7)", "UPDATE t SET a = 'y', write_uid = 8")
    site.run("DELETE FROM t")
    assert [change.actor for change in site.changes()] == ["7", "8", None]


def test_c23_the_heartbeat_comes_back_and_can_be_told_from_business(orders: Site) -> None:
    beat = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    orders.dialect.heartbeat(orders.ours, beat)
    (change,) = orders.take()
    assert change.is_heartbeat
    assert (orders.health().heartbeat_sent, orders.health().heartbeat_seen) == (beat, None)
    orders.dialect.heartbeat_seen(orders.ours, beat)
    assert orders.health().heartbeat_seen == beat


def test_c23_health_counts_what_waits(orders: Site) -> None:
    assert (orders.health().waiting, orders.health().oldest_at) == (0, None)
    orders.run("INSERT INTO orders (id) VALUES (1), (2)")
    health = orders.health()
    assert health.installed
    assert not health.needs_repair
    assert (health.waiting, health.oldest_at) == (2, orders.changes()[0].at)
    assert health.now - orders.changes()[0].at < timedelta(minutes=1)


def test_c20_the_identity_has_our_random_id_and_the_database_s_own(orders: Site) -> None:
    identity = orders.dialect.identity(orders.ours)
    own = {"device", "inode", "path"} if orders.is_sqlite else {"system_identifier", "database_oid"}
    assert identity["installation"] == "here"
    assert own <= identity.keys()
    assert all(identity[name] for name in own)


def test_reading_before_the_install_says_so(site: Site) -> None:
    assert not site.health().installed
    with pytest.raises(NotInstalled):
        site.dialect.read(site.ours, limit=1)


def test_watching_what_is_not_there_changes_nothing(site: Site) -> None:
    site.run(ORDERS)
    with pytest.raises(TableNotFound, match="nowhere"):
        site.watch(WatchedTable("orders"), WatchedTable("nowhere"))
    with pytest.raises(ColumnNotFound, match="who"):
        site.watch(WatchedTable("orders", actor="who"))
    assert not site.health().installed


def test_the_script_for_the_dba_installs_and_may_run_twice(site: Site) -> None:
    site.run(ORDERS)
    watches = [WatchedTable("orders")]
    statements = site.dialect.plan(site.ours, watches, identity_id="by hand")
    for _ in range(2):
        site.run(*(statement for statement in statements))
    assert site.dialect.script(statements).count("COMMIT;") == 1
    site.run("INSERT INTO orders (id) VALUES (1)")
    assert site.ops() == "I"
    assert site.dialect.identity(site.ours)["installation"] == "by hand"
    assert not site.dialect.inspect(site.ours, watches).needs_repair


def test_a_table_no_longer_watched_loses_its_triggers(orders: Site) -> None:
    orders.run("CREATE TABLE other (id integer PRIMARY KEY)")
    orders.watch(WatchedTable("other"))
    orders.run("INSERT INTO orders (id) VALUES (1)", "INSERT INTO other VALUES (2)")
    assert [change.table for change in orders.changes()] == ["other"]


def test_c19_a_new_column_is_drift_and_captured_after_the_repair(orders: Site) -> None:
    orders.run("ALTER TABLE orders ADD COLUMN note text")
    assert orders.health().drifted == ["orders"]
    orders.dialect.repair(orders.ours, orders.watches)
    assert not orders.health().needs_repair
    assert orders.dialect.identity(orders.ours)["installation"] == "here"
    orders.run("INSERT INTO orders (id, note) VALUES (1, 'seen')")
    (came,) = orders.changes()
    assert came.new is not None
    assert came.new["note"] == "seen"


def test_c19_a_rebuilt_table_is_missing_its_triggers_until_the_repair(orders: Site) -> None:
    orders.run(
        ORDERS.replace("orders", "fresh"),
        "INSERT INTO fresh SELECT * FROM orders",
        "DROP TABLE orders",
        "ALTER TABLE fresh RENAME TO orders",
    )
    assert orders.health().missing == ["orders"]
    orders.dialect.repair(orders.ours, orders.watches)
    assert not orders.health().needs_repair
    orders.run("INSERT INTO orders (id) VALUES (1)")
    assert orders.ops() == "I"


def test_c19_another_way_of_watching_counts_as_drift(orders: Site) -> None:
    assert orders.dialect.inspect(orders.ours, [WatchedTable("orders")]).drifted == ["orders"]


def test_c19_a_dropped_table_is_missing(orders: Site) -> None:
    orders.run("DROP TABLE orders")
    assert orders.health().missing == ["orders"]


def test_c5_a_change_of_letter_case_is_seen(site: Site) -> None:
    if site.is_sqlite:
        site.run("CREATE TABLE t (id integer PRIMARY KEY, a text COLLATE NOCASE)")
    else:
        site.run(
            "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2',"
            " deterministic = false)",
            "CREATE TABLE t (id integer PRIMARY KEY, a text COLLATE nocase)",
        )
    site.watch(WatchedTable("t"))
    site.run("INSERT INTO t VALUES (1, 'abc')", "UPDATE t SET a = 'ABC'")
    assert site.changes()[-1].new == {"a": "ABC"}


def test_c18_an_upsert_is_noted_as_the_change_it_was(orders: Site) -> None:
    upsert = (
        "INSERT INTO orders (id, total) VALUES (1, {}) ON CONFLICT (id) DO UPDATE SET total = {}"
    )
    orders.run(upsert.format(1, 1), upsert.format(2, 2))
    assert orders.ops() == "IU"


def test_c18_cascades_to_watched_children_are_noted(site: Site) -> None:
    site.run(
        "CREATE TABLE p (id integer PRIMARY KEY)",
        "CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p (id) ON DELETE CASCADE)",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO c VALUES (10, 1), (11, 1)",
        *(["PRAGMA foreign_keys = ON"] if site.is_sqlite else []),
    )
    site.watch(WatchedTable("p"), WatchedTable("c"))
    site.run("DELETE FROM p")
    assert sorted((c.table, c.key["id"]) for c in site.changes()) == [
        ("c", 10), ("c", 11), ("p", 1),
    ]  # fmt: skip


def test_rows_nobody_of_ours_wrote_do_not_stop_the_reading(orders: Site) -> None:
    table = "emk_no_borrar_change" if orders.is_sqlite else "emk.change"
    orders.run(f"INSERT INTO {table} (tbl, op) VALUES ('orders', 'X')")
    orders.run("INSERT INTO orders (id) VALUES (1)")
    block = orders.dialect.read(orders.ours, limit=10)
    assert [change.op for change in block.changes] == ["I"]
    assert len(block.unreadable) == 1
    assert orders.dialect.forget(orders.ours, block.unreadable) == 1

"""SQLite: somebody tidies our tables away. Saves go on within two seconds, and it is told (C11)."""

# ruff: noqa: S608 - the names are ours

import sqlite3
from datetime import timedelta

import pytest

from emailketing.company.models import Company, SafeMode
from emailketing.sources.models import Gap, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.upkeep.health import look_after
from tests.sources.shop import Shop, now
from tests.sources.test_gaps import found, gap_of

pytestmark = pytest.mark.django_db
STATE, CHANGE = "emk_no_borrar_state", "emk_no_borrar_change"


@pytest.fixture
def store(sqlite_store: Shop, db: None) -> Shop:
    Company.objects.create(pk=1, language="en")
    sqlite_store.order(1, number="P-1", state="borrador")
    sqlite_store.attach()
    sqlite_store.pull()
    return sqlite_store


def blocks(store: Shop) -> bool:
    try:
        store.run("UPDATE renglon SET precio = precio + 1 WHERE id = 11")
    except sqlite3.Error:
        return True
    return False


def with_not_null(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} RENAME TO old_state",
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, uid, at, tbl, op, pk, cells, actor,"
        " sucursal text NOT NULL)",
        "DROP TABLE old_state",
    ]


@pytest.mark.parametrize(
    "tidied",
    [[f"DROP TABLE {STATE}"], [f"DROP TABLE {CHANGE}"], with_not_null(CHANGE)],
    ids=["state dropped", "notes dropped", "a column that may not be empty"],
)
def test_c11_at_the_next_poll_saves_work_again_and_the_gap_is_compared(
    store: Shop, tidied: list[str]
) -> None:
    store.run("PRAGMA legacy_alter_table = ON", *tidied, "PRAGMA legacy_alter_table = OFF")
    assert blocks(store)
    pull_due(now())  # the worker comes by twice a second
    store.rows("SELECT 1 FROM pedido")  # a window that was open works again after its next SELECT
    assert not blocks(store)
    store.pull()
    gap = gap_of(store)
    assert (gap.kind, gap.found) == (Gap.Kind.STATE_LOST, 0)
    assert gap.end is not None
    assert gap.end - gap.begin < timedelta(seconds=30)
    assert Source.objects.get().status == Source.Status.WORKING


def test_c11_deleted_rows_of_our_state_are_mended_and_what_was_not_noted_is_found(
    store: Shop,
) -> None:
    store.run(f"DELETE FROM {STATE}")
    store.order(5, number="P-5")
    store.run("UPDATE renglon SET precio = 25000 WHERE id = 10")
    assert store.rows(f"SELECT count(*) FROM {CHANGE} WHERE tbl = 'pedido'") == [(0,)]
    pull_due(now())
    store.pull()
    assert store.labels() == ["Pedido P-5"]
    assert ("U", "renglon", "10") in [row[:3] for row in found(store)]
    assert gap_of(store).kind == Gap.Kind.STATE_LOST
    assert not SafeMode.objects.exists(), "a deleted row is not a copy (C20)"
    store.run("UPDATE pedido SET nota = 'se anota' WHERE id = 5")
    store.pull()
    assert store.source.changes.filter(table="pedido", operation="U").exists()


def test_c11_when_it_cannot_be_mended_the_triggers_go_rather_than_block_a_save(
    store: Shop,
) -> None:
    """A view in the place of our table: nothing of ours can be made there."""
    store.run(
        f"DROP TABLE {STATE}",
        f"CREATE VIEW {STATE} AS SELECT 1 AS id, 'lease' AS name, '' AS value",
    )
    pull_due(now())
    store.rows("SELECT 1 FROM pedido")
    assert not blocks(store)
    store.source.refresh_from_db()
    assert store.source.status == Source.Status.TROUBLE
    assert gap_of(store).end is None


def test_c20_what_another_installation_holds_is_not_ours_to_mend(store: Shop) -> None:
    store.run(
        f"UPDATE {STATE} SET value = 'another' WHERE name = 'identity'",
        'DROP TRIGGER "emk_no_borrar_on_renglon_U"',
    )
    look_after(store.source, now())
    marks = store.rows(f"SELECT value FROM {STATE} WHERE name = 'identity'")
    assert marks == [("another",)]
    assert store.source.health["missing"] == ["renglon"]

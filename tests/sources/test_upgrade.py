"""An upgrade of the business system: our triggers away, and afterwards compared (C19)."""

import sqlite3
from datetime import timedelta

import psycopg
import pytest

from emailketing.company.models import Company
from emailketing.sources.attaching.install import plan
from emailketing.sources.attaching.pause import pause_for_upgrade, resume
from emailketing.sources.models import CapturedChange, Gap, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.upkeep.facts import facts
from emailketing.sources.upkeep.health import look_after
from tests.sources.shop import Shop, now
from tests.sources.test_gaps import found, gap_of, rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def attached(shop: Shop, db: None) -> Shop:
    Company.objects.create(pk=1, language="en")
    shop.order(1, number="P-1", state="borrador")
    shop.attach()
    shop.pull()
    return shop


def triggers(shop: Shop) -> int:
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        if shop.is_sqlite
        else "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
    )
    return int(shop.rows(query)[0][0])


def test_c19_sqlite_refuses_to_drop_a_column_that_our_trigger_names(
    sqlite_store: Shop, db: None
) -> None:
    sqlite_store.attach()
    with pytest.raises(sqlite3.OperationalError, match="trigger"):
        sqlite_store.run("ALTER TABLE pedido DROP COLUMN nota")
    assert any("upgrade" in warning for warning in plan(sqlite_store.source).warnings)


def test_c19_paused_for_an_upgrade_columns_go_and_tables_are_rebuilt(attached: Shop) -> None:
    attached.run("UPDATE pedido SET nota = 'antes' WHERE id = 1")  # noted, not read yet
    pause_for_upgrade(attached.source, by="test", now=now())
    assert triggers(attached) == 0
    attached.run(
        "ALTER TABLE pedido DROP COLUMN visto",
        "ALTER TABLE aviso RENAME COLUMN titulo TO asunto",
        "ALTER TABLE cliente ADD COLUMN telefono text",
    )
    rebuild(
        attached,
        "renglon",
        "id integer PRIMARY KEY, pedido integer, articulo text, cantidad numeric(10,3),"
        " precio numeric(14,2)",
    )
    attached.run(
        "UPDATE renglon SET precio = 25000 WHERE id = 10",
        "INSERT INTO pedido VALUES (5, 'P-5', 'confirmado', 1, '2026-11-29', 90000, '', 'ana')",
        "INSERT INTO renglon VALUES (50, 5, 'Yerba', 2.5, 36000)",
    )
    resume(attached.source, by="test", now=now())
    assert triggers(attached) > 0
    attached.pull()
    assert attached.labels() == ["Pedido P-5"], "an order made meanwhile is mailed, once"
    assert [(row[0], row[1], row[2], row[5]) for row in found(attached)] == [
        ("I", "pedido", "5", ""),
        ("U", "renglon", "10", ""),
        ("I", "renglon", "50", ""),
    ]
    price = CapturedChange.objects.get(uid__startswith="gap-", operation="U")
    assert "between" in price.origin
    noted = CapturedChange.objects.get(table="pedido", operation="U")
    assert (noted.old, noted.new) == ({"nota": ""}, {"nota": "antes"})
    gap = gap_of(attached)
    assert (gap.kind, gap.table, gap.found) == (Gap.Kind.UPGRADE, "", 3)
    assert gap.end is not None
    assert list(attached.source.paused_processes) == ["notice"], "its query names the old column"


def test_while_paused_for_an_upgrade_nobody_puts_the_triggers_back(attached: Shop) -> None:
    pause_for_upgrade(attached.source, by="test", now=now())
    pull_due(now() + timedelta(minutes=2))
    look_after(attached.source, now())
    source = Source.objects.get()
    assert triggers(attached) == 0
    assert source.status == Source.Status.PAUSED
    assert "nothing is noted" in source.problem
    assert any("nothing is noted" in value for _label, value, _ok in facts(source))
    assert [gap.kind for gap in source.gaps.all()] == [Gap.Kind.UPGRADE]
    pause_for_upgrade(source, by="test", now=now())
    assert source.gaps.count() == 1
    resume(source, by="test", now=now())
    assert (source.status, source.problem) == (Source.Status.WORKING, "")
    resume(source, by="test", now=now())
    assert source.gaps.count() == 1


def test_when_resuming_fails_it_stays_paused(attached: Shop) -> None:
    pause_for_upgrade(attached.source, by="test", now=now())
    if attached.is_sqlite:
        away = attached.file.with_suffix(".away")
        attached.file.rename(away)
        with pytest.raises(Exception, match="no file"):
            resume(attached.source, by="test", now=now())
        away.rename(attached.file)
    else:
        place = f"host={attached.place['host']} port={attached.place['port']}"
        with psycopg.connect(
            f"{place} user={attached.place['username']} dbname={attached.place['database']}"
        ) as other:
            other.execute("LOCK TABLE pedido IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(Exception, match="busy"):
                resume(attached.source, by="test", now=now())
    assert Source.objects.get().status == Source.Status.PAUSED
    resume(attached.source, by="test", now=now())
    assert Source.objects.get().status == Source.Status.WORKING

"""Issue 8, 12: an upgrade of the business program on PostgreSQL loses nothing, and says so."""

from datetime import timedelta

import pytest

from emailketing.company.models import Company
from emailketing.sources.gaps import said
from emailketing.sources.models import CapturedChange, Gap
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.upkeep.facts import facts
from tests.sources.shop import Shop, now

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def attached(postgres_store: Shop, db: None) -> Shop:
    Company.objects.create(pk=1, language="en")
    postgres_store.order(1, number="P-1", state="borrador")
    postgres_store.attach()
    postgres_store.pull()
    return postgres_store


def look_in(shop: Shop, seconds: int) -> None:
    pull_due(now() + timedelta(seconds=seconds))
    shop.source.refresh_from_db()


def gaps(shop: Shop) -> list[tuple[str, str, int | None]]:
    return [(gap.kind, gap.table, gap.misses) for gap in shop.source.gaps.order_by("begin")]


def test_a_column_renamed_loses_nothing_and_is_mended_by_itself(attached: Shop) -> None:
    attached.run("ALTER TABLE pedido RENAME COLUMN visto TO leido")
    attached.run("ALTER TABLE renglon RENAME COLUMN articulo TO producto")
    attached.run("UPDATE renglon SET precio = 1, producto = 'Té' WHERE id = 10")
    attached.run("UPDATE renglon SET precio = 2 WHERE id = 10")
    look_in(attached, 61)
    changed = CapturedChange.objects.filter(table="renglon", operation="U").order_by("pk")
    assert [row.record_key for row in changed] == ["10", "10"]
    assert changed[0].new is not None
    assert changed[0].new["producto"] == "Té"
    assert gaps(attached) == [("missed", "renglon", 0)]
    gap = attached.source.gaps.get()
    assert gap.end is not None
    assert "articulo" in gap.detail
    assert "2 rows noted" in gap.detail
    assert "noted all the same" in said(gap)
    assert attached.source.health["drifted"] == []
    attached.run("UPDATE renglon SET precio = 3 WHERE id = 10")
    look_in(attached, 130)
    assert gaps(attached) == [("missed", "renglon", 0)]
    assert changed.all().count() == 3
    assert any(label == "Gap" for label, _value, _ok in facts(attached.source))


def test_the_confirmation_during_an_upgrade_is_told(attached: Shop) -> None:
    attached.run("ALTER TABLE pedido RENAME COLUMN visto TO leido", "ALTER TABLE pedido ADD x int")
    attached.run("ALTER TABLE pedido DROP COLUMN usuario")  # who did it
    attached.run("UPDATE pedido SET estado = 'confirmado' WHERE id = 1")
    attached.pull()
    assert attached.labels() == ["Pedido P-1"]
    look_in(attached, 61)
    assert attached.source.paused_processes == {}
    attached.run("UPDATE pedido SET nota = 'y' WHERE id = 1")
    attached.pull()
    last = CapturedChange.objects.latest("pk")
    assert (last.new, last.actor) == ({"nota": "y"}, "")


def test_what_is_lost_is_counted_found_by_comparing_and_stays_written(attached: Shop) -> None:
    attached.run("ALTER TABLE emk.change ADD CHECK (tbl <> 'renglon') NOT VALID")
    attached.run("UPDATE renglon SET precio = 1 WHERE id = 10")
    attached.run("UPDATE renglon SET precio = 2 WHERE id = 10")
    look_in(attached, 61)
    gap = Gap.objects.get(kind="missed")
    assert (gap.table, gap.misses) == ("renglon", 2)
    assert "nothing was changed" not in said(gap)
    assert attached.source.gaps.filter(end=None).count() == 0
    change = CapturedChange.objects.get(uid__startswith="gap-")
    assert (change.table, change.actor) == ("renglon", "")
    look_in(attached, 130)
    assert attached.source.problem == ""


def test_nobody_believes_that_so_many_were_all(attached: Shop) -> None:
    attached.run("INSERT INTO emk.miss (tbl) SELECT 'renglon' FROM generate_series(1, 1000)")
    look_in(attached, 61)
    gap = Gap.objects.get(kind="missed")
    assert gap.misses == 1000
    assert "at least" in gap.detail


def test_the_reader_s_account_may_not_mend_and_nothing_is_lost(attached: Shop) -> None:
    reader = f"reader_{id(attached)}"
    attached.run(
        f"CREATE ROLE {reader} LOGIN",
        f"GRANT USAGE ON SCHEMA emk TO {reader}",
        f"GRANT SELECT, DELETE ON emk.change, emk.miss TO {reader}",
        f"GRANT SELECT, UPDATE ON emk.state, emk.heartbeat TO {reader}",
        f"GRANT SELECT ON emk.shape TO {reader}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
    )
    attached.source.username = reader
    attached.source.save()
    try:
        attached.run("ALTER TABLE renglon RENAME COLUMN articulo TO producto")
        for number, seconds in enumerate((61, 130, 200)):
            attached.run(f"UPDATE renglon SET precio = {number} WHERE id = 10")  # noqa: S608
            look_in(attached, seconds)
        assert gaps(attached) == [("missed", "renglon", 0)]
        assert "3 rows noted" in attached.source.gaps.get().detail
        assert "renglon" in attached.source.problem
        assert CapturedChange.objects.filter(table="renglon", operation="U").count() == 3
    finally:
        attached.run(f"DROP OWNED BY {reader}", f"DROP ROLE {reader}")


def test_a_setting_that_switches_triggers_off_is_named(attached: Shop) -> None:
    ((database,),) = attached.business.execute("SELECT current_database()").fetchall()
    attached.run(f"ALTER DATABASE {database} SET session_replication_role = 'replica'")
    look_in(attached, 61)
    assert "session_replication_role" in attached.source.problem
    assert database in attached.source.problem
    not_seen = [well for label, _, well in facts(attached.source) if label == "Not seen here"]
    assert not_seen == [False, True]
    attached.run(f"ALTER DATABASE {database} RESET session_replication_role")
    look_in(attached, 130)
    assert attached.source.problem == ""


def test_a_secret_that_was_renamed_waits_for_somebody(attached: Shop) -> None:
    toml = attached.folder / "connector.toml"
    label = '{ es = "Cliente", en = "Customer", pt = "Cliente" }'
    secret = f'\n[audit.tables.cliente]\nlabel = {label}\nsecret = ["ruc"]\n'
    toml.write_text(toml.read_text() + secret)
    look_in(attached, 61)
    attached.run("ALTER TABLE cliente RENAME COLUMN ruc TO documento")
    attached.run("UPDATE cliente SET nombre = 'Otra' WHERE id = 1")
    look_in(attached, 130)
    assert "cliente.ruc" in attached.source.problem
    assert attached.source.health["drifted"] == ["cliente"]
    change = CapturedChange.objects.latest("pk")
    assert "80000001-7" not in str((change.old, change.new))

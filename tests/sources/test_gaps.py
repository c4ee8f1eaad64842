"""A time of blindness is told: from when to when, and what is otherwise than before (C19)."""

from datetime import timedelta

import pytest

from emailketing.company.models import Company
from emailketing.sources.attaching.install import install, remove, repair
from emailketing.sources.attaching.pause import pause_for_upgrade, resume
from emailketing.sources.capture.base import FOUND
from emailketing.sources.connectors import load
from emailketing.sources.gaps import said
from emailketing.sources.link import connected_to
from emailketing.sources.models import CapturedChange, Gap, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.snapshots.compare import differences
from emailketing.sources.snapshots.store import load_picture, taken_at
from emailketing.sources.upkeep.health import look_after
from emailketing.sources.visit import Visit
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def attached(shop: Shop, db: None) -> Shop:
    Company.objects.create(pk=1, language="en")
    shop.order(1, number="P-1", state="borrador")
    shop.order(2, number="P-2", state="borrador")
    shop.attach()
    shop.pull()
    return shop


def drop_triggers(shop: Shop, table: str) -> None:
    if shop.is_sqlite:
        shop.run(*(f'DROP TRIGGER "emk_no_borrar_on_{table}_{op}"' for op in "IUD"))
    else:
        names = ("insert", "update", "delete", "truncate")
        shop.run(*(f"DROP TRIGGER emk_{name} ON {table}" for name in names))


def rebuild(shop: Shop, table: str, columns: str) -> None:
    """As programs do on opening: make a new table, copy, drop the old one, rename."""
    shop.run(
        f"CREATE TABLE nueva ({columns})",
        f"INSERT INTO nueva SELECT * FROM {table}",  # noqa: S608
        f"DROP TABLE {table}",
        f"ALTER TABLE nueva RENAME TO {table}",
    )


def look_in_a_minute(shop: Shop) -> None:
    pull_due(now() + timedelta(seconds=61))
    shop.source.refresh_from_db()


def found(shop: Shop) -> list[tuple[object, ...]]:
    rows = CapturedChange.objects.filter(source=shop.source, uid__startswith="gap-")
    return [
        (row.operation, row.table, row.record_key, row.old, row.new, row.actor)
        for row in rows.order_by("table", "record_key")
    ]


def gap_of(shop: Shop) -> Gap:
    return shop.source.gaps.get()


def test_c19_a_price_changed_without_triggers_is_told_between_two_moments_without_author(
    attached: Shop,
) -> None:
    drop_triggers(attached, "renglon")
    attached.run("UPDATE renglon SET precio = 25000 WHERE id = 10")
    look_in_a_minute(attached)
    ((op, table, key, old, new, actor),) = found(attached)
    assert (op, table, key, actor) == ("U", "renglon", "10", "")
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    assert [float(row["precio"]) for row in (old, new)] == [20000, 25000]
    gap = gap_of(attached)
    assert (gap.kind, gap.table, gap.found) == ("untriggered", "renglon", 1)
    assert gap.end is not None
    assert gap.begin < gap.end
    change = CapturedChange.objects.get(uid__startswith="gap-")
    assert "found by comparing, between" in change.origin
    assert "1 change was found by comparing" in said(gap)


def test_c19_a_table_rebuilt_by_the_program_is_noted_again_by_itself(attached: Shop) -> None:
    rebuild(
        attached,
        "renglon",
        "id integer PRIMARY KEY, pedido integer, articulo text, cantidad numeric(10,3),"
        " precio numeric(14,2)",
    )
    attached.run("DELETE FROM renglon WHERE id = 11")
    attached.run("INSERT INTO renglon VALUES (12, 1, 'Mate', 1, 5)")
    look_in_a_minute(attached)
    assert [(row[0], row[2]) for row in found(attached)] == [("D", "11"), ("I", "12")]
    assert attached.source.problem == ""
    attached.run("UPDATE renglon SET articulo = 'Tereré' WHERE id = 12")
    attached.pull()
    last = CapturedChange.objects.order_by("-pk")[0]
    assert (last.operation, last.record_key, last.uid[:4] == "gap-") == ("U", "12", False)


def test_what_was_found_and_not_written_down_is_found_again(attached: Shop) -> None:
    """A worker killed between comparing and writing down loses nothing."""
    drop_triggers(attached, "renglon")
    attached.run("UPDATE renglon SET precio = 25000 WHERE id = 10")
    connector = load(attached.source.connector)
    with connected_to(attached.source) as (connection, dialect):
        visit = Visit(attached.source, connector, connection, dialect, now())
        watch = next(w for w in connector.watches(dialect.name) if w.table == "renglon")
        seen = [differences(visit, watch, seen_again=now())[0] for _try in range(2)]
    assert seen[0] == seen[1] != []


def test_what_happened_between_comes_to_an_event_once(attached: Shop) -> None:
    drop_triggers(attached, "pedido")
    attached.order(7, number="P-7")
    attached.run("UPDATE pedido SET estado = 'confirmado' WHERE id = 1")
    look_in_a_minute(attached)
    attached.pull()
    assert sorted(attached.labels()) == ["Pedido P-1", "Pedido P-7"]
    count = CapturedChange.objects.count()
    repair(attached.source, by="test", now=now())
    look_in_a_minute(attached)
    attached.pull()
    assert len(attached.labels()) == 2
    assert CapturedChange.objects.count() == count
    assert attached.source.gaps.count() == 1


def test_what_was_noted_before_between_and_after_is_not_found_again(attached: Shop) -> None:
    attached.run("UPDATE renglon SET precio = 1 WHERE id = 10")
    attached.pull()
    attached.run("UPDATE renglon SET precio = 2 WHERE id = 10")  # noted, not read yet
    drop_triggers(attached, "pedido")
    attached.run("UPDATE renglon SET precio = 3 WHERE id = 10", "DELETE FROM renglon WHERE id = 11")
    look_after(attached.source, now())
    attached.run("UPDATE pedido SET nota = 'después' WHERE id = 2")
    attached.pull()
    assert found(attached) == []
    gap = gap_of(attached)
    assert (gap.table, gap.found) == ("pedido", 0)
    assert "nothing was changed" in said(gap)


def test_a_picture_and_its_changes_need_not_be_of_one_moment(attached: Shop) -> None:
    attached.run("UPDATE renglon SET precio = 1 WHERE id = 10")
    attached.pull()
    drop_triggers(attached, "renglon")
    attached.run("UPDATE renglon SET precio = 2 WHERE id = 10")
    look_in_a_minute(attached)
    attached.run("UPDATE renglon SET precio = 3 WHERE id = 10", "DELETE FROM renglon WHERE id = 20")
    attached.pull()
    drop_triggers(attached, "renglon")
    attached.run("UPDATE renglon SET precio = 4 WHERE id = 10")
    look_in_a_minute(attached)
    values = [(float(row[3]["precio"]), float(row[4]["precio"])) for row in found(attached)]  # type: ignore[index]
    assert values == [(1, 2), (3, 4)]


def test_a_table_too_large_is_not_compared_and_the_line_says_why(
    attached: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emailketing.sources.snapshots.take.MOST_ROWS", 2)
    drop_triggers(attached, "renglon")
    look_in_a_minute(attached)
    gap = gap_of(attached)
    assert gap.found is None
    assert "more than 2 rows" in gap.detail
    assert "Not compared" in said(gap)


def test_s22_a_picture_holds_no_secret_and_goes_with_the_source(shop: Shop, db: None) -> None:
    shop.connector(
        "[documents.order]\n",
        '[audit.tables.cliente]\nlabel = "Cliente"\nsecret = ["ruc"]\n\n[documents.order]\n',
    )
    source = shop.attach()
    picture = load_picture(source, "cliente")
    assert picture is not None
    assert "Ñandutí S.A." in "".join(picture.rows.values())
    assert "80000001-7" not in "".join(picture.rows.values())
    remove(source, by="test", now=now())
    assert load_picture(source, "cliente") is None


def test_pictures_are_taken_at_the_installation_and_once_a_day(attached: Shop) -> None:
    first = taken_at(attached.source, "pedido")
    assert first is not None
    look_after(attached.source, now() + timedelta(hours=1))
    assert taken_at(attached.source, "pedido") == first
    look_after(attached.source, now() + timedelta(hours=25))
    assert taken_at(attached.source, "pedido") != first


def test_taken_out_by_somebody_else_is_not_put_back_but_told(attached: Shop) -> None:
    if attached.is_sqlite:
        for name in attached.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            attached.run(f'DROP TRIGGER "{name[0]}"')
        tables = attached.rows("SELECT name FROM sqlite_master WHERE name LIKE 'emk_%'")
        attached.run(*(f"DROP TABLE {name}" for (name,) in tables))
    else:
        attached.run("DROP SCHEMA emk CASCADE")
    look_after(attached.source, now())
    assert "not installed" in attached.source.problem
    assert "It goes on" in said(gap_of(attached))
    attached.run("UPDATE renglon SET precio = 9 WHERE id = 10")
    install(attached.source, by="test", now=now())
    assert gap_of(attached).found == 1
    assert attached.source.status == Source.Status.WORKING


def test_what_was_found_once_is_not_found_again(shop: Shop) -> None:
    """The note before it is read only after the comparison: it came before all the same."""
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    shop.run("DELETE FROM renglon WHERE id = 10")
    for statement in ("INSERT INTO renglon VALUES (10, 1, 'Yerba', 3, 20000)", "SELECT 1"):
        pause_for_upgrade(Source.objects.get(), by="test", now=now())
        shop.run(statement)
        resume(Source.objects.get(), by="test", now=now())
    found = CapturedChange.objects.filter(uid__startswith=FOUND)
    assert [(change.table, change.operation) for change in found] == [("renglon", "I")]


def test_what_was_blind_before_a_pause_has_a_line_of_its_own(attached: Shop) -> None:
    """The program rebuilt a table, and nobody had looked since."""
    drop_triggers(attached, "pedido")
    attached.run("UPDATE pedido SET nota = 'nadie la vio' WHERE id = 1")
    pause_for_upgrade(Source.objects.get(), by="test", now=now())
    resume(Source.objects.get(), by="test", now=now())
    gap = Gap.objects.get(kind=Gap.Kind.UNTRIGGERED)
    pause = Gap.objects.get(kind=Gap.Kind.UPGRADE)
    assert gap.table.endswith("pedido")
    assert gap.begin < pause.begin
    assert (gap.end, pause.end) != (None, None)
    found = CapturedChange.objects.filter(uid__startswith=FOUND)
    assert [(change.table, change.operation) for change in found] == [("pedido", "U")]

"""Once: two workers, a kill, a source that is away, a flood that does not end."""

from datetime import timedelta
from pathlib import Path

import pytest

from emailketing.sources.attaching.check import check_source
from emailketing.sources.audit import due
from emailketing.sources.audit.due import audit_due
from emailketing.sources.models import CapturedChange
from tests.sources.audit.conftest import Audited
from tests.sources.shop import close_links, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(sqlite_audited: Audited) -> Audited:
    """One product was changed and it is over; nobody has told it yet."""
    sqlite_audited.product(5)
    sqlite_audited.told()
    sqlite_audited.run("UPDATE producto SET precio = 7 WHERE id = 5")
    sqlite_audited.shop.pull()
    return sqlite_audited


def test_killed_while_writing_it_is_told_the_next_time(
    changed: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(due, "record", die)
        with pytest.raises(Killed):
            audit_due(now() + timedelta(seconds=6))
    assert CapturedChange.objects.filter(audited_at=None).count() == 1
    assert len(changed.told()) == 1
    assert len(changed.told()) == 1


def test_two_workers_tell_it_once(changed: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    write = due._write

    def overtaken(telling: due.Telling, pks: list[int], *, now: object) -> None:
        CapturedChange.objects.filter(pk__in=pks).update(audited_at=now)
        write(telling, pks, now=now)  # type: ignore[arg-type]

    monkeypatch.setattr(due, "_write", overtaken)
    assert changed.told() == []


def test_a_source_that_is_away_is_waited_for_and_then_told_by_the_key(changed: Audited) -> None:
    close_links()
    file = Path(changed.shop.file)
    file.rename(file.with_suffix(".away"))
    try:
        assert audit_due(now() + timedelta(seconds=20)) == 0
        assert audit_due(now() + timedelta(seconds=121)) == 1
    finally:
        file.with_suffix(".away").rename(file)
    (event,) = changed.events()
    assert event.document_label == "Producto 5"


def test_what_never_rests_is_told_after_two_minutes(changed: Audited) -> None:
    CapturedChange.objects.filter(audited_at=None).update(
        recorded_at=now() - timedelta(seconds=119)
    )
    changed.run("UPDATE producto SET precio = 8 WHERE id = 5")
    changed.shop.pull()
    assert audit_due(now()) == 0
    assert audit_due(now() + timedelta(seconds=1.5)) == 2


def test_a_truncated_table_and_hostile_values_are_told(sqlite_audited: Audited) -> None:
    hostile = "'); DROP TABLE producto;-- {{ 7*7 }} {codigo} %s \\ \U0001f600 ỹ <script>"
    sqlite_audited.product(5)
    sqlite_audited.told()
    sqlite_audited.shop.business.execute(
        "UPDATE producto SET nombre = ?, codigo = '{nombre}' WHERE id = 5", (hostile,)
    )
    (event,) = sqlite_audited.told()
    assert event.data["document"]["fields"][1]["after"] == hostile
    assert event.document_label.startswith("Producto {nombre} ');")


def test_ten_thousand_changes_take_flat_memory_and_few_sentences(
    sqlite_audited: Audited, django_assert_max_num_queries: object
) -> None:
    source = sqlite_audited.source
    at = now() - timedelta(minutes=1)
    CapturedChange.objects.bulk_create(
        CapturedChange(
            source=source, uid=f"u{n}", at=at, recorded_at=at, table="producto", operation="U",
            key={"id": n}, record_key=str(n), old={"precio": 1000}, new={"precio": 1100},
            columns=",precio,", actor="ana", transaction="run",
        )
        for n in range(10_000)
    )  # fmt: skip
    with django_assert_max_num_queries(300):  # type: ignore[operator]
        done = [audit_due(now() + timedelta(seconds=6 + 2 * turn)) for turn in range(7)]
    assert done == [2_000] * 5 + [10_000, 0], "the other steps have their turn in between"
    (event,) = sqlite_audited.events()
    assert event.data["document"]["records"] == 10_000
    assert CapturedChange.objects.filter(audit_key=event.document_key).count() == 10_000


def test_a_column_that_is_not_there_is_said_and_stops_nothing(sqlite_audited: Audited) -> None:
    shop = sqlite_audited.shop
    shop.connector('record = "{chapa}"', 'record = "{patente}"', "audit.toml")
    report = check_source(sqlite_audited.source, now=now())
    assert [problem.sentence for problem in report.problems] == [
        "[audit.tables.vehiculo]: the table has no column “patente”"
    ]
    assert report.paused == {}
    shop.run("INSERT INTO vehiculo VALUES (1, 1, 'ABC', 2020)")
    sqlite_audited.told()
    shop.run("UPDATE vehiculo SET anio = 2021")
    (event,) = sqlite_audited.told()
    assert event.document_label == "Vehículo 1"

"""Ordinary saving is no audit: lines written again, new records completed, tables nobody chose."""

# ruff: noqa: S608 - the tests write their own SQL

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils import translation
from typer.testing import CliRunner

from emailketing.accounts.models import AuditEntry, User
from emailketing.alerts.morning import morning
from emailketing.channels.models import Sender
from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.preview import preview
from emailketing.sources.audit.choices import (
    UnknownTable,
    columns_of,
    decide,
    open_tables,
    quiet_deletions,
    standings,
)
from emailketing.sources.audit.search import audit_of
from emailketing.sources.models import CapturedChange
from emailketing.sources.upkeep.facts import facts
from tests.sources.audit.conftest import Audited
from tests.sources.shop import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(audited: Audited) -> Audited:
    """An order of long ago with two lines."""
    audited.shop.order(1, number="P-1", state="borrador")
    audited.told()
    return audited


def line(number: int, article: str, quantity: float, price: int) -> str:
    return f"INSERT INTO renglon VALUES ({number}, 1, '{article}', {quantity}, {price})"


def test_lines_deleted_and_inserted_as_they_were_are_no_change(order: Audited) -> None:
    """One commit for each statement, and new numbers for the same lines."""
    order.run(
        "UPDATE pedido SET visto = 'impreso' WHERE id = 1",
        "DELETE FROM renglon WHERE pedido = 1",
        line(50, "Café", 1, 40000),
        line(51, "Yerba", 2.5, 20000),
    )
    assert order.told() == []
    assert CapturedChange.objects.filter(operation="D", audit_key="").count() == 2


def test_of_lines_written_again_only_the_one_that_differs_is_told(order: Audited) -> None:
    order.run(
        "UPDATE pedido SET nota = 'x', usuario = 'ana' WHERE id = 1",
        "DELETE FROM renglon WHERE pedido = 1",
        line(50, "Yerba", 9, 20000),
        line(51, "Café", 1, 40000),
        line(52, "Azúcar", 1, 9000),
    )
    (event,) = order.told()
    document = event.data["document"]
    assert (event.kind, event.document_label, event.actor) == (
        "record_changed",
        "Pedido P-1",
        "Ana Ríos",
    )
    children = {child["label"]: child for child in document["children"]}
    assert set(children) == {"Renglón Yerba", "Renglón Azúcar"}
    (field,) = children["Renglón Yerba"]["fields"]
    assert (children["Renglón Yerba"]["operation"], field["before"], field["after"]) == (
        "changed",
        "2.5",
        "9",
    )
    assert children["Renglón Azúcar"]["operation"] == "inserted"


def client(name: str) -> str:
    return f"INSERT INTO cliente VALUES (9, '{name}', '80000009-1', 'es', 1, 'ana')"


def test_a_record_deleted_and_inserted_as_it_was_is_no_deletion(audited: Audited) -> None:
    audited.run(client("Itá S.A."))
    audited.told()
    audited.run("DELETE FROM cliente WHERE id = 9", client("Itá S.A."))
    assert audited.told() == []


def test_a_record_written_again_with_another_name_is_changed(audited: Audited) -> None:
    audited.run(client("Itá S.A."))
    audited.told()
    audited.run("DELETE FROM cliente WHERE id = 9", client("Itá S.R.L."))
    (event,) = audited.told()
    (field,) = event.data["document"]["fields"]
    assert (event.kind, event.actor) == ("record_changed", "Ana Ríos")
    assert (field["before"], field["after"]) == ("Itá S.A.", "Itá S.R.L.")


def test_a_secret_written_again_may_be_another_one_and_is_told(audited: Audited) -> None:
    audited.product(5)
    audited.told()
    audited.run("DELETE FROM producto WHERE id = 5")
    audited.product(5)
    assert len(audited.told()) == 1


def test_a_new_record_completed_a_moment_later_is_not_modified(audited: Audited) -> None:
    audited.shop.order(1, number="P-1", state="borrador")
    audited.told(ages=False)
    audited.run(
        "UPDATE pedido SET total = 110000 WHERE id = 1",
        "UPDATE renglon SET precio = 21000 WHERE id = 10",
        "DELETE FROM renglon WHERE id = 11",
    )
    assert audited.told(ages=False) == []
    audited.run("DELETE FROM renglon WHERE id = 10", "DELETE FROM pedido WHERE id = 1")
    assert [event.kind for event in audited.told()] == ["record_deleted"]


def test_a_minute_later_it_is(audited: Audited) -> None:
    audited.product(5)
    audited.told(ages=False)
    CapturedChange.objects.update(at=F("at") - timedelta(seconds=61))
    audited.run("UPDATE producto SET precio = 7 WHERE id = 5")
    assert [event.kind for event in audited.told()] == ["record_changed"]


def test_a_table_the_connector_does_not_describe_is_noted_counted_and_not_told(
    audited: Audited,
) -> None:
    audited.run("UPDATE grupo SET nombre = 'Otros' WHERE id = 1", "DELETE FROM grupo WHERE id = 2")
    assert audited.told() == []
    assert CapturedChange.objects.filter(table="grupo").count() == 2
    (row,) = open_tables(audited.source, audit_of(audited.source), now=now())
    assert (row.table, row.changes, row.deleted, row.is_told) == ("grupo", 2, 1, False)
    words = {label: value for label, value, _is_well in facts(audited.source)}
    assert any(
        "1" in value and "2" in value and "source decide" in value for value in words.values()
    )


def test_told_from_the_moment_somebody_decides_so_and_left_out_again(audited: Audited) -> None:
    decide(audited.source, "grupo", "tell", by="rosa", now=now())
    audited.run("UPDATE grupo SET nombre = 'Otros' WHERE id = 1")
    (event,) = audited.told()
    assert event.document_label == "Grupo 1"
    decide(audited.source, "grupo", "leave-out", by="rosa", now=now())
    decide(audited.source, "producto", "leave-out", by="rosa", now=now())
    audited.product(5)
    audited.told()
    audited.run(
        "UPDATE grupo SET nombre = 'Más' WHERE id = 1", "UPDATE producto SET precio = 3",
        "DELETE FROM producto",
    )  # fmt: skip
    assert len(audited.told()) == 1
    assert not quiet_deletions(now() - timedelta(days=1), now() + timedelta(days=1)).exists()
    decide(audited.source, "producto", "undo", by="rosa", now=now())
    audited.product(6)
    audited.told()
    audited.run("UPDATE producto SET precio = 4")
    assert len(audited.told()) == 2


def test_a_left_out_table_of_lines_is_not_in_the_mail_of_its_document(order: Audited) -> None:
    decide(order.source, "renglon", "leave-out", by="rosa", now=now())
    order.run("UPDATE renglon SET cantidad = 7 WHERE id = 10")
    assert order.told() == []
    order.run(
        "UPDATE pedido SET nota = 'x' WHERE id = 1", "UPDATE renglon SET cantidad = 8 WHERE id = 10"
    )
    (event,) = order.told()
    assert event.data["document"]["children"] == []


def test_a_counter_left_out_is_told_no_more_but_found(audited: Audited) -> None:
    audited.product(5)
    audited.told()
    decide(audited.source, "producto", "leave-out", column="precio", by="rosa", now=now())
    audited.run("UPDATE producto SET precio = 3 WHERE id = 5")
    assert audited.told() == []
    assert columns_of(audited.source, "producto") == [("precio", 1)]
    audited.run("UPDATE producto SET precio = 4, nombre = 'Nafta' WHERE id = 5")
    (event,) = audited.told()
    assert [field["name"] for field in event.data["document"]["fields"]] == ["nombre"]


def test_nothing_is_decided_about_a_table_that_is_not_there(audited: Audited) -> None:
    with pytest.raises(UnknownTable):
        decide(audited.source, "no_hay", "tell", by="rosa", now=now())


def test_what_was_deleted_where_nobody_decided_stands_in_the_morning_list(
    sqlite_audited: Audited,
) -> None:
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    Company.objects.update_or_create(pk=1, defaults={"base_url": "https://avisos.example.com/"})
    Sender.objects.create(name="Avisos", from_address="avisos@estacion.test", host="smtp.test")
    sqlite_audited.run("DELETE FROM grupo WHERE id = 2")
    sqlite_audited.told()
    tomorrow = now() + timedelta(days=1)
    there = tomorrow.astimezone(ZoneInfo(Company.get().time_zone))  # not the day of Greenwich
    assert morning(there.date(), now=tomorrow) == 1
    text = preview(Message.objects.get()).text
    source = sqlite_audited.source
    assert "Grupo 2" in text
    assert f"https://avisos.example.com/sources/{source.pk}/tables/?table=grupo" in text


def test_the_command_lists_and_decides_and_it_is_noted_who(sqlite_audited: Audited) -> None:
    sqlite_audited.run("UPDATE grupo SET nombre = 'Otros' WHERE id = 1")
    sqlite_audited.told()
    assert "nobody has decided" in run("tables", "tienda")
    run("decide", "tienda", "grupo", "leave-out")
    run("decide", "tienda", "producto", "leave-out", "--column", "precio")
    assert "left out" in run("tables", "tienda")
    entries = AuditEntry.objects.filter(action="decided").order_by("pk")
    assert [entry.changes for entry in entries] == [
        {"grupo": ["", "leave-out"]},
        {"producto.precio": ["", "leave-out"]},
    ]
    grupo = next(
        row
        for row in standings(sqlite_audited.source, audit_of(sqlite_audited.source), now=now())
        if row.table == "grupo"
    )
    assert grupo.choice is not None
    assert grupo.choice.by


def run(*words: str) -> str:
    with translation.override("en"):
        result = CliRunner().invoke(app, ["source", *words], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_a_record_made_and_deleted_at_once_is_gone(audited: Audited) -> None:
    """Entered twice and taken away again: that is a deletion, not a row written as it was."""
    audited.run(
        "INSERT INTO producto VALUES (77, '77', 'Goma', 1, 1, NULL, 1, '', '', '', NULL)",
        "DELETE FROM producto WHERE id = 77",
    )
    assert [event.kind for event in audited.told()] == ["record_deleted"]

"""What is told of changes and deletions, on SQLite and PostgreSQL."""

# ruff: noqa: S608 - the tests write their own SQL

from datetime import timedelta

import pytest

from emailketing.sources.audit.due import audit_due
from emailketing.sources.audit.names import Names
from emailketing.sources.audit.values import ValueWords
from emailketing.sources.connectors import load
from emailketing.sources.models import CapturedChange
from tests.sources.audit.conftest import Audited
from tests.sources.shop import now

pytestmark = pytest.mark.django_db


def test_a_change_is_told_with_who_which_record_and_before_and_after(audited: Audited) -> None:
    audited.product(5, 1000)
    audited.told()
    audited.run("UPDATE producto SET precio = 1125, usuario = 'beto' WHERE id = 5")
    (event,) = audited.told()
    assert (event.kind, event.actor) == ("record_changed", "Alberto Núñez")
    assert event.document_label == "Producto 00005 Gasoil Podium 5"
    document = event.data["document"]
    fields = {field["label"]: field for field in document["fields"]}
    assert (fields["Precio"]["before"], fields["Precio"]["after"]) == ("Gs. 1.000", "Gs. 1.125")
    assert (document["percent"], fields["Precio"]["percent"]) == ("12.5", "12.5")
    assert (document["table"], document["operation"], document["records"]) == (
        "producto",
        "changed",
        1,
    )
    assert not document["is_mass"]
    assert CapturedChange.objects.get(operation="U").record == "Producto 00005 Gasoil Podium 5"


def test_it_is_told_once_when_it_is_over_and_not_before(audited: Audited) -> None:
    audited.product(5)
    audited.told()
    audited.run("UPDATE producto SET precio = 7 WHERE id = 5")
    audited.shop.pull()
    assert audit_due(now() + timedelta(seconds=3)) == 0
    assert audit_due(now() + timedelta(seconds=5.2)) == 1
    assert audit_due(now() + timedelta(seconds=20)) == 0
    assert len(audited.events()) == 1


def test_new_records_and_what_the_connector_ignores_are_not_told(audited: Audited) -> None:
    audited.product(5)
    audited.run("UPDATE producto SET visto = 'sí' WHERE id = 5")
    audited.shop.order(1, number="P-1")
    assert audited.told() == []
    assert not CapturedChange.objects.filter(audited_at=None).exists()


def test_a_deletion_tells_the_whole_old_record(audited: Audited) -> None:
    audited.product(5, 6990)
    audited.told()
    audited.run(
        "BEGIN",
        "DELETE FROM producto WHERE id = 5",
        "INSERT INTO borrado VALUES ('producto', '5', 'beto')",
        "COMMIT",
    )
    (event,) = audited.told()
    assert (event.kind, event.actor) == ("record_deleted", "Alberto Núñez")
    assert event.document_label == "Producto 00005 Gasoil Podium 5"
    before = {field["label"]: field["before"] for field in event.data["document"]["fields"]}
    assert list(before)[:2] == ["Código", "Nombre"]
    assert before == {
        "Código": "00005",
        "Nombre": "Gasoil Podium 5",
        "Precio": "Gs. 6.990",
        "Desde": "31/01/2026",
        "Activo": "sí",
        "Estado": "bueno",
        "Grupo": "Combustibles",
        "Clave": "••••",
        "Usuario": "ana",
    }


def test_c22_nobody_knows_who_deleted_and_nobody_is_named(audited: Audited) -> None:
    audited.product(5)
    audited.told()
    audited.run("DELETE FROM producto WHERE id = 5")
    (event,) = audited.told()
    assert event.actor == event.data["document"]["actor"] == ""


def test_s22_a_secret_leaves_the_business_database_in_no_form(audited: Audited) -> None:
    audited.product(5)
    audited.run(
        "UPDATE producto SET clave = 'super-secreta' WHERE id = 5",
        "DELETE FROM producto WHERE id = 5",
    )
    events = audited.told()
    rows = [(c.old, c.new, c.record, c.names) for c in CapturedChange.objects.all()]
    everything = f"{[event.data for event in events]}{rows}"
    assert "super-secreta" not in everything
    assert "abc" not in everything
    assert "••••" in everything


def test_lines_stand_under_their_document(audited: Audited) -> None:
    audited.shop.order(1, number="P-1")
    audited.told()
    audited.run("UPDATE renglon SET cantidad = 9 WHERE id = 10")
    (event,) = audited.told()
    assert event.document_label == "Pedido P-1"
    document = event.data["document"]
    assert document["table"] == "pedido"
    (child,) = document["children"]
    assert (child["label"], child["operation"]) == ("Renglón Yerba", "changed")
    assert (child["fields"][0]["before"], child["fields"][0]["after"]) == ("2.5", "9")
    assert CapturedChange.objects.get(operation="U").record == "Pedido P-1 › Renglón Yerba"


def test_deleting_a_customer_with_500_rows_under_it_is_one_event(audited: Audited) -> None:
    rows = ", ".join(f"({n}, 1, 'c{n}@nanduti.example', '', 'email')" for n in range(10, 260))
    cars = ", ".join(f"({n}, 1, 'ABC {n}', 2020)" for n in range(250))
    audited.run(
        f"INSERT INTO correo VALUES {rows}",
        f"INSERT INTO vehiculo VALUES {cars}",
    )
    audited.told()
    audited.run(
        "BEGIN",
        "DELETE FROM correo WHERE cliente = 1",
        "DELETE FROM vehiculo WHERE cliente = 1",
        "DELETE FROM cliente WHERE id = 1",
        "INSERT INTO borrado VALUES ('cliente', '1', 'ana')",
        "COMMIT",
    )
    (event,) = audited.told()
    assert (event.kind, event.document_label) == ("record_deleted", "Cliente Ñandutí S.A.")
    document = event.data["document"]
    assert event.actor == "Ana Ríos"
    assert not document["is_mass"]
    assert document["children_count"] == 502
    assert len(document["children"]) == 200
    assert {"Correo", "Vehículo"} >= {c["label"].split()[0] for c in document["children"]}


def test_a_vehicle_changed_alone_is_a_record_of_its_own(audited: Audited) -> None:
    audited.run("INSERT INTO vehiculo VALUES (1, 1, 'ABC 123', 2020)")
    audited.told()
    audited.run("UPDATE vehiculo SET anio = 2021")
    (event,) = audited.told()
    assert event.document_label == "Vehículo ABC 123"


@pytest.mark.parametrize("one_by_one", [True, False])
def test_an_import_of_prices_is_one_event(audited: Audited, one_by_one: bool) -> None:
    many = 600
    for key in range(many):
        audited.product(key, 1000)
    audited.told()
    if one_by_one:
        for key in range(many):
            audited.run(f"UPDATE producto SET precio = 1100 WHERE id = {key}")
    else:
        audited.run("UPDATE producto SET precio = 1100")
    (event,) = audited.told()
    document = event.data["document"]
    assert document["is_mass"]
    assert (document["records"], document["rows_count"], document["percent"]) == (many, many, "10")
    assert event.document_label == f"Producto: {many} registros"
    assert len(document["rows"]) == 200
    assert document["rows"][0] == {
        "at": document["rows"][0]["at"],
        "actor": "Ana Ríos",
        "record": "Producto 00000 Gasoil Podium 0",
        "field": "Precio",
        "before": "Gs. 1.000",
        "after": "Gs. 1.100",
        "percent": "10",
    }
    assert [field["label"] for field in document["fields"]] == ["Precio"]
    assert CapturedChange.objects.filter(audit_key=event.document_key).count() == many


@pytest.mark.postgres
def test_whom_the_session_names_is_not_whom_the_row_names(postgres_audited: Audited) -> None:
    """Issue 8, 11: anybody with an account may set it, so it is shown apart."""
    postgres_audited.product(5)
    postgres_audited.told()
    postgres_audited.run("SET emk.actor = 'gerente'", "UPDATE producto SET precio = 1 WHERE id = 5")
    (event,) = postgres_audited.told()
    change = CapturedChange.objects.latest("pk")
    assert (change.actor, change.claim) == ("Ana Ríos", "gerente")
    assert event.data["document"]["actor"] == "Ana Ríos"
    assert event.data["document"]["claim"] == change.session_says == "gerente"
    assert "gerente" not in event.data["document"]["origin"]
    assert event.data["document"]["origin"] == change.program


@pytest.mark.postgres
def test_from_where_is_known_and_our_name_hides_nothing(
    postgres_audited: Audited,
) -> None:
    """Issue 8, 11: anybody may call his program by our name."""
    postgres_audited.product(5)
    postgres_audited.told()
    postgres_audited.run(
        "SET application_name = 'emailketing'", "UPDATE producto SET precio = 1 WHERE id = 5"
    )
    (event,) = postgres_audited.told()
    assert event.data["document"]["origin"].startswith("emailketing · ")
    assert not CapturedChange.objects.filter(is_ours=True).exists()
    postgres_audited.run(
        "SET application_name = 'Gestión 3.1'", "UPDATE producto SET precio = 2 WHERE id = 5"
    )
    *_, event = postgres_audited.told()
    assert "emk.actor" not in event.data["document"]["origin"]
    program, _dot, account = event.data["document"]["origin"].partition(" · ")
    assert program.startswith("Gesti")
    assert account == postgres_audited.source.username


def test_a_date_in_the_text_of_a_record_is_written_as_people_do() -> None:
    connector = load("estacion")
    assert connector.audit is not None
    names = Names(connector, ValueWords(connector.audit, "es", "PYG", "America/Asuncion"))
    closing = {"numero": "CV-0274", "fecha": "2026-11-25"}
    assert names.record("ventas_cierre", closing, "1") == "Cierre de ventas CV-0274 25/11/2026"

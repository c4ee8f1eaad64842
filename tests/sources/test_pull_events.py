"""From the save to the event: edges, completeness, once; on SQLite and PostgreSQL."""

# ruff: noqa: S608 - the tests write their own SQL

import pytest

from emailketing.contacts.models import Contact
from emailketing.sources.models import CapturedChange, DocumentState
from tests.sources.shop import Shop

pytestmark = pytest.mark.django_db
CONFIRM = "UPDATE pedido SET numero = 'P-1', estado = 'confirmado' WHERE id = 1"


@pytest.fixture
def attached(shop: Shop) -> Shop:
    shop.attach()
    return shop


def test_a_confirmed_order_is_one_event_with_the_frozen_document(attached: Shop) -> None:
    attached.order(1, state="borrador")
    assert attached.pull() == []
    attached.run(CONFIRM)
    (event,) = attached.pull()
    assert (event.kind, event.document_type, event.document_key) == ("order", "order", "1")
    assert (event.document_label, event.actor) == ("Pedido P-1", "Ana Ríos")
    document = event.data["document"]
    assert document["label"] == "Pedido P-1"
    assert (document["number"], document["state"], document["currency"]) == (
        "P-1", "confirmado", "PYG",
    )  # fmt: skip
    assert document["party"]["key"] == "client:1"
    assert document["party"]["name"] == "Ñandutí S.A."
    assert float(document["totals"]["total"]) == 90000
    assert [line["description"] for line in document["lines"]] == ["Yerba", "Café"]
    assert document["lines"][0]["quantity"].rstrip("0") == "2.5"
    assert document["party"]["email"] == document["totals"]["tax"] == ""
    assert event.data["before"] == {"number": "", "state": "borrador"}


def test_what_is_no_change_gives_no_event(attached: Shop) -> None:
    attached.order(1, number="P-1")
    assert len(attached.pull()) == 1
    attached.run(
        "UPDATE pedido SET estado = estado",
        "UPDATE pedido SET visto = 'hoy'",
        "UPDATE pedido SET nota = 'otra'",
        "UPDATE renglon SET cantidad = 9",
    )
    assert len(attached.pull()) == 1


def test_c14_a_rolled_back_transaction_gives_nothing(attached: Shop) -> None:
    attached.order(1, state="borrador")
    attached.run("BEGIN", CONFIRM, "ROLLBACK")
    assert attached.pull() == []
    assert not CapturedChange.objects.filter(operation="U").exists()


def test_a_header_saved_before_its_lines_waits_for_them(attached: Shop) -> None:
    attached.run("INSERT INTO pedido VALUES (1, 'P-1', 'confirmado', 1, NULL, 5, '', 'ana', '')")
    assert attached.pull() == []
    attached.run("INSERT INTO renglon VALUES (10, 1, 'Yerba', 1, 5)")
    (event,) = attached.pull()
    assert len(event.data["document"]["lines"]) == 1


@pytest.mark.parametrize("missing", ["numero", "total"])
def test_what_is_null_at_first_is_waited_for(attached: Shop, missing: str) -> None:
    attached.order(1, state="borrador", number="P-1")
    attached.run(f"UPDATE pedido SET estado = 'confirmado', {missing} = NULL")
    assert attached.pull() == []
    attached.run(f"UPDATE pedido SET {missing} = '7'")
    assert len(attached.pull()) == 1


def test_c16_two_transactions_on_confirming_are_one_event_with_the_last_state(
    attached: Shop,
) -> None:
    attached.connector("settle = 0.0", "settle = 60")
    attached.order(1, state="borrador")
    attached.run(CONFIRM)
    assert attached.pull() == [], "the document rests first"
    attached.run("UPDATE pedido SET nota = 'segunda transacción'")
    attached.connector("settle = 60", "settle = 0.0")
    attached.pull_until(lambda: bool(attached.events()))
    (event,) = attached.pull()
    assert event.data["document"]["notes"] == "segunda transacción"


def test_c16_a_document_that_never_rests_is_read_all_the_same(attached: Shop) -> None:
    attached.connector("settle = 0.0", "settle = 0.5")
    attached.order(1, number="P-1")
    touched = 0

    def came() -> bool:
        nonlocal touched
        touched += 1
        attached.run(f"UPDATE pedido SET nota = '{touched}'")
        return bool(attached.events())

    attached.pull_until(came)
    assert touched > 1


def test_while_one_document_settles_everything_else_goes_on(attached: Shop) -> None:
    attached.connector("settle = 0.0", "settle = 30")
    attached.order(1, number="P-1")
    attached.run("UPDATE cliente SET nombre = 'Ñandutí e Hijos'")
    assert attached.pull() == []
    assert Contact.objects.get().name == "Ñandutí e Hijos"
    assert attached.source.backlog == 3


def test_becoming_so_again_is_another_event(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    attached.run("UPDATE pedido SET estado = 'borrador'")
    attached.pull()
    attached.run("UPDATE pedido SET estado = 'confirmado'")
    first, second = attached.pull()
    assert first.change != second.change
    assert second.data["before"] == {"state": "borrador"}


def test_lines_written_anew_one_by_one_are_not_another_event(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    attached.run("DELETE FROM renglon")
    attached.pull()
    attached.run("INSERT INTO renglon VALUES (77, 1, 'Azúcar', 1, 5)")
    assert len(attached.pull()) == 1


def test_a_process_without_condition_happens_when_the_record_comes_into_being(
    attached: Shop,
) -> None:
    attached.run("INSERT INTO aviso VALUES (1, 'Hola')", "UPDATE aviso SET titulo = 'Hola!'")
    attached.pull()
    attached.run("UPDATE aviso SET titulo = 'Adiós'")
    attached.pull()
    assert attached.labels() == ["Aviso Hola!"]


def test_the_past_causes_no_event(shop: Shop) -> None:
    shop.order(1, number="P-1")
    shop.order(2, state="borrador", number="P-2")
    shop.attach()
    shop.run("UPDATE pedido SET nota = 'tocado'")
    assert shop.pull() == []
    shop.run("UPDATE pedido SET estado = 'confirmado' WHERE id = 2")
    shop.pull()
    assert shop.labels() == ["Pedido P-2"]


def test_an_old_document_that_was_never_complete_is_past_too(shop: Shop) -> None:
    shop.order(1, number="P-1")
    shop.run("UPDATE pedido SET total = NULL")
    shop.attach()
    shop.run("UPDATE pedido SET total = 5")
    assert shop.pull() == []


def test_a_document_deleted_before_it_is_read_is_no_event_and_no_stop(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.run("DELETE FROM renglon", "DELETE FROM pedido")
    attached.order(2, number="P-2")
    attached.pull()
    assert attached.labels() == ["Pedido P-2"]
    assert attached.source.backlog == 0


def test_a_number_given_again_after_a_deletion_is_another_document(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    attached.run("DELETE FROM renglon", "DELETE FROM pedido")
    attached.pull()
    attached.order(1, number="P-2")
    first, second = attached.pull()
    assert (first.document_key, second.document_key) == ("1", "1")
    assert (first.data["life"], second.data["life"]) == (0, 1)


def test_a_line_that_moves_touches_both_documents(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.run("INSERT INTO pedido VALUES (2, 'P-2', 'confirmado', 1, NULL, 5, '', 'ana', '')")
    attached.pull()
    attached.run("UPDATE renglon SET pedido = 2 WHERE id = 10")
    attached.pull()
    assert attached.labels() == ["Pedido P-1", "Pedido P-2"]


def test_a_line_edited_in_another_column_finds_its_document(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    attached.run("UPDATE renglon SET cantidad = 7 WHERE id = 10")
    attached.pull()
    change = CapturedChange.objects.filter(operation="U").get()
    assert (change.table, change.document_type, change.document_key) == ("renglon", "order", "1")


def test_a_row_two_steps_away_finds_its_document_by_a_query(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.run("INSERT INTO serie VALUES (5, 10, 'S-5')")
    attached.pull()
    assert CapturedChange.objects.get(table="serie").document_key == "1"


def test_an_import_of_many_is_read_in_blocks_each_once(attached: Shop) -> None:
    attached.run("BEGIN")
    for key in range(1, 601):
        attached.run(f"INSERT INTO aviso VALUES ({key}, 'n{key}')")
    attached.run("COMMIT")
    assert len(attached.pull()) == 600
    assert len(set(attached.labels())) == 600


def test_every_change_is_kept_with_before_after_and_who(attached: Shop) -> None:
    attached.order(1, state="borrador")
    attached.run(CONFIRM)
    attached.pull()
    change = CapturedChange.objects.get(table="pedido", operation="U")
    assert change.old == {"numero": None, "estado": "borrador"}
    assert change.new == {"numero": "P-1", "estado": "confirmado"}
    assert (change.actor, change.key) == ("Ana Ríos", {"id": 1})


def test_a_line_was_saved_by_whoever_saved_its_header_in_the_same_transaction(
    attached: Shop,
) -> None:
    """C22: where the database names its transactions; SQLite cannot, and nobody is named."""
    attached.order(1, state="borrador")
    attached.pull()
    assert set(CapturedChange.objects.values_list("table", "actor")) == {
        ("pedido", "Ana Ríos"),
        ("renglon", "" if attached.is_sqlite else "Ana Ríos"),
    }


def test_c22_an_event_names_whoever_saved_the_header_not_who_did_something_beside(
    attached: Shop,
) -> None:
    attached.order(1, state="borrador")
    attached.pull()
    attached.run(
        "INSERT INTO usuario VALUES ('beto', 'Alberto Núñez')",
        "UPDATE pedido SET nota = 'x', usuario = 'ana' WHERE id = 1",
        "UPDATE pedido SET numero = 'P-1', estado = 'confirmado', usuario = NULL WHERE id = 1",
        "UPDATE renglon SET cantidad = 1 WHERE pedido = 1",
    )
    (event,) = attached.pull()
    assert event.actor == ""


def test_c22_who_deleted_comes_from_the_log_or_is_unknown(attached: Shop) -> None:
    attached.order(1, state="borrador")
    attached.order(2, state="borrador")
    attached.run("INSERT INTO borrado VALUES ('pedido', '1', 'ana')", "DELETE FROM pedido")
    attached.pull()
    deleted = CapturedChange.objects.filter(table="pedido", operation="D").order_by("pk")
    assert {change.document_key: change.actor for change in deleted} == {"1": "Ana Ríos", "2": ""}


@pytest.mark.parametrize(
    "text", ["O'Hara\r\nBcc: x@y.example", "'); DROP TABLE pedido; --", "ỹ 🥩"]
)
def test_hostile_texts_arrive_as_they_are(attached: Shop, text: str) -> None:
    mark = "?" if attached.is_sqlite else "%s"
    attached.order(1, number="P-1")
    attached.business.execute(f"UPDATE pedido SET nota = {mark}", (text,))
    (event,) = attached.pull()
    assert event.data["document"]["notes"] == text


def test_five_megabytes_of_text_are_cut_and_say_so(attached: Shop) -> None:
    mark = "?" if attached.is_sqlite else "%s"
    attached.order(1, state="borrador", number="P-1")
    attached.business.execute(f"UPDATE pedido SET nota = {mark}", ("ñ" * 2_500_000,))
    attached.run(CONFIRM)
    (event,) = attached.pull()
    notes = event.data["document"]["notes"]
    assert len(notes) < 60_000
    assert "2500000" in notes


def test_states_are_kept_only_for_what_is_or_was_true(attached: Shop) -> None:
    attached.order(1, state="borrador")
    attached.order(2, number="P-2")
    attached.pull()
    assert list(DocumentState.objects.values_list("document_key", "is_true")) == [("2", True)]

"""Keys of several columns, from the trigger to the page: the right mail to the right supplier."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from emailketing.contacts.models import Contact
from emailketing.sources.models import CapturedChange, PendingDocument
from emailketing.sources.reading.sample import KeyNotUnderstood, documents_now, one_document
from tests.sources.keys.books import order
from tests.sources.shop import Shop


def addresses(books: Shop, key: str) -> list[str]:
    contact = Contact.objects.get(source=books.source.slug, key=key)
    return [address.value for address in contact.addresses.all()]


def test_two_companies_with_the_same_number_each_reach_their_own_supplier(books: Shop) -> None:
    books.attach()
    order(books, 1, 7, "Yerba")
    order(books, 2, 7, "Café")
    events = books.pull()
    assert [event.document_key for event in events] == ["1/OC/7", "2/OC/7"]
    told = [event.data["document"] for event in events]
    assert [document["lines"][0]["description"] for document in told] == ["Yerba", "Café"]
    assert [document["party"]["key"] for document in told] == [
        "supplier:1/A~11",
        "supplier:2/A~11",
    ]
    assert addresses(books, "supplier:1/A~11") == ["compras@nanduti.example"]
    assert addresses(books, "supplier:2/A~11") == ["ventas@guarani.example"]
    assert books.source.problem == ""


def test_a_line_leads_to_the_document_of_its_company(books: Shop) -> None:
    books.attach()
    order(books, 1, 7, "Yerba")
    order(books, 2, 7, "Café")
    books.run("UPDATE renglon SET cantidad = 3 WHERE empresa = 2 AND pedido = 7")
    books.run("DELETE FROM renglon WHERE empresa = 1 AND pedido = 7")
    books.pull()
    lines = CapturedChange.objects.filter(table="renglon").order_by("pk")
    assert [(c.operation, c.document_key, c.record_key) for c in lines] == [
        ("I", "1/OC/7", "1/OC/7/1"),
        ("I", "2/OC/7", "2/OC/7/1"),
        ("U", "2/OC/7", "2/OC/7/1"),
        ("D", "1/OC/7", "1/OC/7/1"),
    ]


def test_a_row_that_moves_concerns_the_document_it_leaves_and_the_one_it_joins(
    books: Shop,
) -> None:
    books.attach()
    order(books, 1, 7, "Yerba")
    books.run("INSERT INTO pedido VALUES (8, 1, 'OC', 'A/1', 'confirmado', '', 'ana')")
    assert len(books.pull()) == 1  # number 8 has no line yet
    books.run("UPDATE renglon SET pedido = 8 WHERE empresa = 1 AND pedido = 7")
    assert [event.document_key for event in books.pull()] == ["1/OC/7", "1/OC/8"]


def test_what_was_there_before_is_past(books: Shop) -> None:
    order(books, 1, 7, "Yerba")
    books.attach()
    books.run("UPDATE pedido SET nota = 'x' WHERE empresa = 1")
    order(books, 2, 7, "Café")
    assert [event.document_key for event in books.pull()] == ["2/OC/7"]


def test_the_past_query_returns_as_many_columns_as_the_key_has(books: Shop) -> None:
    books.connector('document = "order"', 'document = "order"\npast = "past.sql"')
    (books.folder / "past.sql").write_text(
        "SELECT empresa, tipo, numero FROM pedido WHERE estado = 'confirmado'"
    )
    order(books, 1, 7, "Yerba")
    books.attach()
    books.run("UPDATE pedido SET nota = 'x' WHERE empresa = 1")
    assert books.pull() == []


def test_a_deleted_document_tells_who_by_its_columns(books: Shop) -> None:
    books.attach()
    order(books, 1, 7, "Yerba")
    order(books, 2, 7, "Café")
    books.pull()
    books.run(
        "INSERT INTO borrado VALUES ('pedido', 1, 'OC', 7, 'juan')",
        "INSERT INTO borrado VALUES ('pedido', 2, 'OC', 7, 'rosa')",
        "DELETE FROM pedido WHERE empresa = 2",
    )
    books.pull()
    gone = CapturedChange.objects.get(table="pedido", operation="D")
    assert (gone.record_key, gone.document_key, gone.actor) == ("2/OC/7", "2/OC/7", "rosa")


def test_blanks_behind_a_char_make_no_second_contact_and_no_second_document(books: Shop) -> None:
    books.attach()
    order(books, 1, 7, "Yerba", kind="OC ")
    books.run(
        "UPDATE proveedor SET codigo = 'A/1   ' WHERE empresa = 2",
        "UPDATE correo SET valor = 'nuevo@guarani.example' WHERE empresa = 2",
    )
    order(books, 2, 7, "Café", kind="OC ")
    events = books.pull()
    assert [event.document_key for event in events] == ["1/OC/7", "2/OC/7"]
    assert [event.data["document"]["lines"] != [] for event in events] == [True, True]
    assert addresses(books, "supplier:2/A~11") == ["nuevo@guarani.example"]
    assert Contact.objects.filter(source=books.source.slug, is_active=True).count() == 2


def test_what_cannot_be_read_waits_under_its_key(books: Shop) -> None:
    books.attach()
    books.run("ALTER TABLE renglon RENAME COLUMN articulo TO mercaderia")
    order(books, 2, 7, "Café")
    books.pull()
    waiting = PendingDocument.objects.get()
    assert (waiting.document_key, waiting.key) == ("2/OC/7", [2, "OC", 7])
    assert "lines.sql" in books.source.problem or waiting.reason


def test_the_command_and_the_page_take_the_key(books: Shop) -> None:
    books.attach()
    order(books, 2, 7, "Café")
    (event,) = books.pull()
    document = one_document(books.source, "order", "2/OC/7")
    assert document is not None
    assert (document["key"], document["lines"][0]["description"]) == ("2/OC/7", "Café")
    found, problems = documents_now(books.source, {("order", "2/OC/7"), ("order", "9/OC/7")})
    assert found["order", "2/OC/7"] == document
    assert (found["order", "9/OC/7"], problems) == (None, {})
    with pytest.raises(KeyNotUnderstood, match="empresa/tipo/numero"):
        one_document(books.source, "order", "7")
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("jefa", password="x" * 12))
    place = [event.source, event.document_type, event.document_key]
    assert client.get(reverse("console:document", args=place)).status_code == 200


def test_a_char_column_that_leads_to_a_varchar_makes_no_second_contact(books: Shop) -> None:
    """PostgreSQL fills the order's column up with blanks, and the supplier's not."""
    books.run(
        "DROP TABLE proveedor",
        "CREATE TABLE proveedor (empresa smallint, codigo varchar(20), nombre varchar(60),"
        " PRIMARY KEY (empresa, codigo))",
        "INSERT INTO proveedor VALUES (1, 'A/1', 'Ñandutí S.A.')",
    )
    books.connector("s.codigo AS", "p.proveedor AS", "order.sql")
    books.attach()
    order(books, 1, 7, "Yerba")
    books.run("UPDATE correo SET valor = 'nuevo@nanduti.example' WHERE empresa = 1")
    (event,) = books.pull()
    assert event.data["document"]["party"]["key"] == "supplier:1/A~11"
    assert [c.key for c in Contact.objects.filter(source=books.source.slug)] == ["supplier:1/A~11"]
    assert addresses(books, "supplier:1/A~11") == ["nuevo@nanduti.example"]

"""The audit of records with keys of several columns, and of rows without any key (C8)."""

from typing import Any

from emailketing.sources.models import CapturedChange
from tests.sources.audit.conftest import Audited
from tests.sources.keys.books import order
from tests.sources.shop import Shop

AUDIT = """
[audit.tables.proveedor]
label = "Proveedor"
record = "{nombre}"
[audit.tables.pedido]
label = "Pedido"
record = "{tipo} {numero}"
[audit.tables.pedido.columns]
proveedor = { label = "Proveedor", lookup = { table = "proveedor", text = "nombre", \
columns = ["empresa", "proveedor"] } }
[audit.tables.renglon]
label = "Renglón"
record = "{articulo}"
parent = { table = "pedido", columns = ["empresa", "tipo", "pedido"], \
key = ["empresa", "tipo", "numero"] }
[audit.tables.suelto]
label = "Suelto"
"""


def audited(books: Shop) -> Audited:
    (books.folder / "audit.toml").write_text(AUDIT)
    books.connector("[[tables]]", '[[tables]]\ntable = "suelto"\n[[tables]]')
    books.run("CREATE TABLE suelto (empresa integer, articulo varchar(20), stock integer)")
    books.attach()
    return Audited(books)


def document(audit: Audited) -> dict[str, Any]:
    *_, event = audit.told()
    found: dict[str, Any] = event.data["document"]
    return found


def test_a_deleted_line_is_told_under_the_order_of_its_company(books: Shop) -> None:
    audit = audited(books)
    order(books, 1, 7, "Yerba")
    order(books, 2, 7, "Café")
    audit.told()
    books.run("DELETE FROM renglon WHERE empresa = 2 AND pedido = 7")
    told = document(audit)
    assert (told["record"], told["number"]) == ("Pedido OC 7", "2/OC/7")
    assert [child["label"] for child in told["children"]] == ["Renglón Café"]
    gone = CapturedChange.objects.get(operation="D")
    assert (gone.record_key, gone.record) == ("2/OC/7/1", "Pedido OC 7 › Renglón Café")


def test_lines_of_two_companies_with_one_number_are_two_stories(books: Shop) -> None:
    audit = audited(books)
    order(books, 1, 7, "Yerba")
    order(books, 2, 7, "Café")
    audit.told()
    books.run("UPDATE renglon SET cantidad = 5")
    told = [event.data["document"] for event in audit.told()]
    assert [(d["number"], d["children"][0]["label"]) for d in told] == [
        ("1/OC/7", "Renglón Yerba"),
        ("2/OC/7", "Renglón Café"),
    ]


def test_the_record_behind_a_key_of_several_columns_is_named(books: Shop) -> None:
    audit = audited(books)
    books.run("INSERT INTO proveedor VALUES (2, 'B/2', 'Ypacaraí S.A.')")
    order(books, 2, 7, "Café")
    audit.told()
    books.run("UPDATE pedido SET proveedor = 'B/2' WHERE empresa = 2")
    (field,) = document(audit)["fields"]
    assert (field["before"], field["after"]) == ("Guaraní S.R.L.", "Ypacaraí S.A.")


def test_a_row_without_a_key_is_named_by_its_columns(books: Shop) -> None:
    audit = audited(books)
    books.run("INSERT INTO suelto VALUES (1, 'Yerba', 10), (2, 'Yerba', 10)")
    audit.told()
    books.run("UPDATE suelto SET stock = 9 WHERE empresa = 2")
    told = document(audit)
    assert told["record"] == "Suelto 2/Yerba/9"
    assert [(f["before"], f["after"]) for f in told["fields"]] == [("10", "9")]
    books.run("DELETE FROM suelto WHERE empresa = 1")
    told = document(audit)
    assert (told["record"], told["operation"]) == ("Suelto 1/Yerba/10", "deleted")
    fields = {field["name"]: field["before"] for field in told["fields"]}
    assert fields == {"empresa": "1", "articulo": "Yerba", "stock": "10"}


def test_two_rows_that_are_the_same_in_everything_are_counted_apart_where_they_can_be(
    books: Shop,
) -> None:
    audit = audited(books)
    books.run("INSERT INTO suelto VALUES (1, 'Yerba', 10), (1, 'Yerba', 10)")
    audit.told()
    books.run("DELETE FROM suelto")
    audit.told()
    gone = CapturedChange.objects.filter(table="suelto", operation="D")
    assert len({change.record_key for change in gone}) == 2

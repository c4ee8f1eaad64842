"""Documents, parties and children may stand in several schemas of one database."""

from pathlib import Path

import pytest

from emailketing.sources.attaching.install import plan
from emailketing.sources.audit.search import Filters
from emailketing.sources.connectors import ConnectorError, load
from emailketing.sources.models import CapturedChange
from tests.sources.audit.conftest import Audited
from tests.sources.keys.books import order, sqlite_books
from tests.sources.keys.test_audit_keys import AUDIT
from tests.sources.keys.test_unfit_keys import refused
from tests.sources.shop import Shop


def spread(books: Shop) -> None:
    """Move the suppliers to “compras”, and say so in the two ways there are."""
    books.connector('table = "proveedor"', 'table = "compras.proveedor"')
    books.connector('table = "correo"', 'schema = "compras"\ntable = "correo"')
    books.connector("LEFT JOIN proveedor", "LEFT JOIN compras.proveedor", "order.sql")
    books.connector("FROM proveedor", "FROM compras.proveedor", "supplier.sql")
    books.connector("FROM correo", "FROM compras.correo", "addresses.sql")


@pytest.mark.postgres
@pytest.mark.parametrize("books", ["postgresql"], indirect=True)
def test_parties_in_another_schema_are_watched_read_and_told(books: Shop) -> None:
    books.run(
        "CREATE SCHEMA compras",
        "ALTER TABLE proveedor SET SCHEMA compras",
        "ALTER TABLE correo SET SCHEMA compras",
        "CREATE TABLE proveedor (empresa integer PRIMARY KEY)",  # another one of that name
    )
    spread(books)
    books.connector("[[tables]]", '[[tables]]\nschema = "compras"\ntable = "proveedor"\n[[tables]]')
    audit = AUDIT.replace("[audit.tables.proveedor]", '[audit.tables."compras.proveedor"]')
    audit = audit.replace('table = "proveedor", text', 'table = "compras.proveedor", text')
    (books.folder / "audit.toml").write_text(audit.partition("[audit.tables.suelto]")[0])
    books.attach()
    order(books, 2, 7, "Café")
    (event,) = books.pull()
    assert event.data["document"]["party"]["key"] == "supplier:2/A~11"
    audited = Audited(books)
    audited.told()
    books.run("UPDATE compras.proveedor SET nombre = 'Otro S.A.' WHERE empresa = 2")
    *_, changed = audited.told()
    assert changed.data["document"]["record"] == "Proveedor Otro S.A."
    change = CapturedChange.objects.get(table="compras.proveedor")
    assert (change.document_type, change.document_key) == ("supplier", "2/A~11")
    assert Filters(table="compras.proveedor").changes().count() == 1
    grants = "\n".join(plan(books.source, puller="lector").grants)
    assert 'GRANT USAGE ON SCHEMA "compras" TO "lector"' in grants
    assert '"compras"."proveedor"' in grants


def test_a_schema_is_refused_on_sqlite(tmp_path: Path, db: None) -> None:
    with sqlite_books(tmp_path) as books:
        books.connector('table = "proveedor"', 'table = "compras.proveedor"')
        sentence = refused(books)
    assert "an SQLite database has no schemas" in sentence
    assert "“compras.proveedor”" in sentence


def test_one_table_under_two_names_is_refused(tmp_path: Path) -> None:
    with sqlite_books(tmp_path) as books:
        books.connector('table = "correo"', 'table = "ventas.pedido"')
        books.connector("[[tables]]", '[schemas.postgresql]\nschema = "ventas"\n[[tables]]')
        with pytest.raises(ConnectorError, match=r"“ventas\.pedido” stands twice"):
            load(str(books.folder))

"""A key that does not name one row is refused before anything is touched, with the right one."""

import pytest

from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.check import check_source
from emailketing.sources.attaching.install import install, plan
from emailketing.sources.models import Source
from emailketing.sources.validate import KeyDoesNotFit
from tests.sources.shop import Shop, now

KEY = 'key = ["empresa", "tipo", "numero"]'
COLUMNS = 'columns = ["empresa", "tipo", "pedido"]'
RIGHT = 'primary key is: key = ["empresa", "tipo", "numero"]'


def refused(books: Shop) -> str:
    """Check and install; return the sentence both give."""
    source = add_source(
        Source(slug="libros", name="Libros", connector=str(books.folder), **books.place),
        by="test",
        now=now(),
    )
    report = check_source(source, now=now())
    forbidding = list(
        dict.fromkeys(problem.sentence for problem in report.problems if problem.forbids)
    )
    assert forbidding, [problem.sentence for problem in report.problems]
    assert report.paused["order"]
    assert forbidding[0] in plan(source).warnings
    with pytest.raises(KeyDoesNotFit) as error:
        install(source, by="test", now=now())
    assert str(error.value) == forbidding[0]
    catalogue = (
        "SELECT name FROM sqlite_master WHERE name LIKE 'emk%'"
        if books.is_sqlite
        else "SELECT 1 FROM pg_namespace WHERE nspname = 'emk'"
    )
    assert books.rows(catalogue) == []
    return forbidding[0]


def test_what_fits_is_not_refused(books: Shop) -> None:
    books.attach()
    report = check_source(books.source, now=now())
    assert [problem.sentence for problem in report.problems] == []


@pytest.mark.parametrize(
    "key",
    [
        '["empresa", "tipo", "id"]',
        '["Empresa", "tipo", "numero"]',
        '["empresa", "tipo", "numero + 0"]',
        '["empresa", "rowid", "numero"]',
    ],
)
def test_a_column_that_is_not_there_is_refused_with_the_primary_key(books: Shop, key: str) -> None:
    books.connector(KEY, f"key = {key}")
    sentence = refused(books)
    assert "the table “pedido” has no column" in sentence
    assert RIGHT in sentence


def test_a_part_of_the_primary_key_is_refused_though_nothing_is_double_yet(books: Shop) -> None:
    books.connector(KEY, 'key = "numero"')
    books.connector(COLUMNS, 'column = "pedido"')
    sentence = refused(books)
    assert 'key = "numero" is only a part of the primary key' in sentence
    assert 'Write key = ["empresa", "tipo", "numero"]' in sentence


def test_a_column_that_is_the_same_in_several_rows_is_refused(books: Shop) -> None:
    books.run(
        "INSERT INTO pedido VALUES (1, 1, 'OC', 'A/1', 'nuevo', 'x', 'ana')",
        "INSERT INTO pedido VALUES (2, 1, 'OC', 'A/1', 'nuevo', 'x', 'ana')",
    )
    books.connector(KEY, 'key = "nota"')
    books.connector(COLUMNS, 'column = "articulo"')
    sentence = refused(books)
    assert 'key = "nota" is the same in several rows' in sentence
    assert RIGHT in sentence


def test_a_unique_index_makes_a_key(books: Shop) -> None:
    books.run("CREATE UNIQUE INDEX por_numero ON pedido (numero, tipo, empresa)")
    books.connector(KEY, 'key = ["numero", "empresa", "tipo"]')
    books.connector(COLUMNS, 'columns = ["pedido", "empresa", "tipo"]')
    books.attach()
    assert books.source.paused_processes == {}


def test_a_table_without_a_key_is_looked_through(books: Shop) -> None:
    books.run(
        "CREATE TABLE suelto (empresa integer, tipo char(3), numero integer, estado text)",
        "INSERT INTO suelto VALUES (1, 'OC', 1, 'nuevo')",
        "INSERT INTO suelto VALUES (1, 'OC', 1, 'nuevo')",
    )
    books.connector('table = "pedido"\nkey', 'table = "suelto"\nkey')
    assert "which has no primary key" in refused(books)


def test_a_view_is_refused_as_a_root_and_may_be_read(books: Shop) -> None:
    books.run("CREATE VIEW vista AS SELECT * FROM pedido")
    books.connector('table = "pedido"\nkey', 'table = "vista"\nkey')
    assert "“vista” is a view" in refused(books)


def test_the_header_may_read_a_view_of_the_table(books: Shop) -> None:
    books.run("CREATE VIEW vista AS SELECT * FROM pedido")
    books.connector("FROM pedido p", "FROM vista p", "order.sql")
    books.attach()
    assert books.source.paused_processes == {}


def test_a_table_in_other_letters_is_refused_with_its_name(books: Shop) -> None:
    books.connector('names = ["pedido"]', 'names = ["Pedido"]')
    books.connector('table = "pedido"\nkey', 'table = "Pedido"\nkey')
    if books.is_sqlite:  # it knows no letter case of tables
        books.attach()
        assert books.source.paused_processes == {}
        return
    assert "there is no table “Pedido”, but “pedido”" in refused(books)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("order.sql", ":numero", ":number", "there is no parameter :number; there are: :empresa"),
        ("order.sql", "p.empresa = :empresa AND ", "", "does not ask for :empresa"),
        ("lines.sql", "empresa = :empresa AND ", "", "lines.sql: does not ask for :empresa"),
        ("order.sql", '"party.key.codigo"', '"party.code"', "“party.key.codigo”, so nobody"),
        ("addresses.sql", ":codigo", ":key", "there is no parameter :key"),
        ("connector.toml", '"tipo", "pedido"]', '"tipo", "orden"]', "has no column “orden”"),
    ],
)
def test_a_query_that_mixes_up_records_is_refused(
    books: Shop, file: str, old: str, new: str, sentence: str
) -> None:
    books.connector(old, new, file)
    assert sentence in refused(books)


def test_a_way_to_the_parent_asks_only_for_what_a_change_carries(books: Shop) -> None:
    books.connector(COLUMNS, 'parents = "parents.sql"')
    (books.folder / "parents.sql").write_text(
        "SELECT empresa, tipo, pedido FROM renglon WHERE articulo = :articulo"
    )
    assert "parents.sql: asks for :articulo, which a change of “renglon”" in refused(books)


def test_a_way_to_the_parent_gives_the_whole_key(books: Shop) -> None:
    books.connector(COLUMNS, 'parents = "parents.sql"')
    (books.folder / "parents.sql").write_text("SELECT pedido FROM renglon WHERE linea = :linea")
    assert "parents.sql: must give the columns of the key: empresa, tipo, numero" in refused(books)


def test_a_secret_column_is_no_key(books: Shop) -> None:
    books.connector('title = "Libros"', 'title = "Libros"\nignore = ["articulo"]')
    books.connector(COLUMNS, 'columns = ["empresa", "tipo", "articulo"]')
    assert "the column “articulo” of “renglon” is not noted" in refused(books)

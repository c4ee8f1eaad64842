"""A listing is saved only when it can work; what is wrong is one clear sentence (issue 11, 19)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from sqlalchemy import event
from typer.testing import CliRunner, Result

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.configuration.apply import apply
from emailketing.configuration.registry import export_configuration
from emailketing.listings.ask import ask
from emailketing.listings.clicked.schema import Schema
from emailketing.listings.errors import ListingError
from emailketing.listings.models import Listing
from emailketing.listings.offered import offered_columns, offered_tables
from emailketing.listings.reading.limits import WHOLE
from emailketing.listings.reading.read import Read
from emailketing.listings.save import ListingInvalid, delete_listing, save_listing
from emailketing.sources.in_use import in_use
from tests.listings.firms import Firm
from tests.sources.shop import now

pytestmark = pytest.mark.django_db
COLUMNS = [
    {"name": "estado", "field": "estado"},
    {"name": "total", "field": "total", "aggregate": "sum"},
]
FILE = """
name = "Ventas por estado"
source = "firma"
[definition]
table = "venta"
order = [{ column = "total", descending = true }]
[[definition.columns]]
name = "estado"
field = "estado"
[[definition.columns]]
name = "total"
field = "total"
aggregate = "sum"
"""


@pytest.fixture
def firm(tmp_path: Path, db: None, in_english: None) -> Iterator[Firm]:
    Company.objects.create(pk=1, language="en", time_zone="America/Asuncion")
    found = Firm(tmp_path)
    found.source.created_at = now()
    found.source.save()
    yield found
    found.close()


def made(firm: Firm, **definition: Any) -> Listing:
    return Listing(
        name="Ventas", source=firm.source, definition={"table": "venta", "columns": COLUMNS}
        | definition
    )  # fmt: skip


def run(*words: str, ok: bool = True) -> Result:
    with translation.override("en"):
        result = CliRunner().invoke(app, ["listing", *words], env={"COLUMNS": "200"})
    assert (result.exit_code == 0) is ok, result.output
    return result


def test_a_listing_is_saved_noted_asked_and_deleted(firm: Firm) -> None:
    listing = made(firm)
    assert save_listing(listing, by="ana", now=now()) == []
    assert (listing.slug, listing.changed_by) == ("ventas", "ana")
    listing.definition["top"] = 3
    save_listing(listing, by="blas", now=now())
    delete_listing(listing, by="ana", now=now())
    entries = AuditEntry.objects.filter(object_type="listings.listing").order_by("pk")
    assert list(entries.values_list("action", flat=True)) == ["created", "changed", "deleted"]
    assert entries[1].changes["definition"][1]["top"] == 3


MANY = [{"name": f"c{n}", "field": "total"} for n in range(2_000)]
BAD: list[tuple[dict[str, Any], str]] = [
    ({"table": "ventas"}, "no table “ventas”"),
    ({"table": "sqlite_master"}, "no table “sqlite_master”"),
    ({"columns": [{"name": "x", "field": "monto"}]}, "no column “monto”"),
    ({"columns": [{"name": "x", "field": "cliente.nombre"}]}, "no column “cliente”"),
    ({"columns": []}, "at least one column"),
    ({"columns": MANY}, "“columns”"),
    (
        {"columns": [{"name": "x", "field": "id"}, {"name": "X", "field": "total"}]},
        "“x” stands twice",
    ),
    (
        {"parameters": [{"name": "p", "type": "period"}, {"name": "p_from", "type": "date"}]},
        "“p_from” stands twice",
    ),
    ({"columns": [{"name": "x"}]}, "one of these: field, formula, share_of, running"),
    ({"columns": [{"name": "x", "field": "estado", "aggregate": "sum"}]}, "only numbers"),
    ({"columns": [{"name": "x", "field": "id", "aggregate": "product"}]}, "distinct"),
    ({"columns": [{"name": "x;DROP", "field": "id"}]}, "a name has letters"),
    ({"columns": [{"name": "x", "share_of": "y"}]}, "no column that can be added up"),
    ({"columns": [{"name": "x", "formula": {"operation": "sum", "of": ["total"]}}]}, "of 2 values"),
    (
        {
            "columns": [
                {"name": "a", "formula": {"operation": "sum", "of": ["b", "1"]}},
                {"name": "b", "formula": {"operation": "sum", "of": ["a", "1"]}},
                {"name": "n", "aggregate": "count"},
            ]
        },
        "calculated of itself",
    ),
    ({"order": [{"column": "fecha"}]}, "none of its columns"),
    ({"top": -1}, "from 0 to"),
    ({"top": True}, "from 0 to"),
    ({"colour": "red"}, "“colour” is not known"),
    ({"filter": {"field": "total", "op": "like", "value": 1}}, "not a condition"),
    ({"filter": {"field": "fecha", "op": "period", "value": "soon"}}, "is no period"),
    ({"filter": {"field": "fecha", "op": "gt", "value": "soon"}}, "is no day"),
    ({"filter": {"field": "total", "op": "changed"}}, "cannot be asked of rows"),
    ({"filter": {"field": "total", "op": "eq", "value": {"param": "x"}}}, "no parameter “x”"),
    ({"joins": [{"name": "c", "table": "cliente", "on": {}}]}, "by which columns"),
    (
        {
            "joins": [
                {"name": "a", "table": "cliente", "on": {"b.codigo": "codigo"}},
                {"name": "b", "table": "cliente", "on": {"a.codigo": "codigo"}},
            ]
        },
        "in a circle",
    ),
    ({"fields": {"dia": {"kind": "date", "written": "xyz"}}}, "dmy"),
    ({"columns": "all"}, "“columns” has the wrong kind"),
]


@pytest.mark.parametrize(("definition", "said"), BAD, ids=[said for _d, said in BAD])
def test_bad_input_is_one_clear_sentence(firm: Firm, definition: dict[str, Any], said: str) -> None:
    with pytest.raises(ListingInvalid) as wrong:
        save_listing(made(firm, **definition), by="ana", now=now())
    (sentence,) = wrong.value.problems.values()
    assert said in sentence
    assert "\n" not in sentence
    assert "%(" not in sentence
    assert not Listing.objects.exists()


@pytest.mark.parametrize("change", ["DROP TABLE venta", "ALTER TABLE venta RENAME total TO monto"])
def test_what_changed_below_a_saved_listing_is_said(firm: Firm, change: str) -> None:
    listing = made(firm)
    save_listing(listing, by="ana", now=now())
    firm.run("DROP TABLE pago")
    firm.run(change)
    with pytest.raises(ListingError, match=r"\(any more\)"):
        ask(listing, {}, now=now())


def test_a_join_that_multiplies_rows_is_pointed_out(firm: Firm) -> None:
    joins = [{"name": "pagos", "table": "pago", "on": {"id": "venta"}}]
    (notice,) = save_listing(made(firm, joins=joins), by="ana", now=now())
    assert "sums count it as often" in notice


def test_nan_and_infinity_are_shown_as_what_they_are(firm: Firm) -> None:
    firm.run("INSERT INTO venta (id, estado, total) VALUES (1, 'E', 9e999), (2, 'E', 10)")
    listing = made(firm, columns=[{"name": "total", "field": "total"}])
    with ask(listing, {}, now=now()) as answer:
        assert sorted(str(row[0]) for row in answer.rows) == ["10", "Infinity"]
    with ask(made(firm), {}, now=now()) as answer:
        assert [row[1] for row in answer.rows] == [10]


def test_a_cell_of_megabytes_is_cut_and_says_so(firm: Firm) -> None:
    firm.run("INSERT INTO venta (id, numero) VALUES (1, hex(zeroblob(2000000)))")
    with ask(made(firm, columns=[{"name": "n", "field": "numero"}]), {}, now=now()) as answer:
        ((text,),) = answer.rows
    assert len(str(text)) < 51_000
    assert "4000000" in str(text)


def test_tables_and_columns_to_click_are_offered_without_secrets(firm: Firm) -> None:
    assert [each.name for each in offered_tables(firm.source)] == [
        "cliente", "pago", "vendedor", "venta",
    ]  # fmt: skip
    assert [each.name for each in offered_columns(firm.source, "cliente")] == ["codigo", "nombre"]
    found = {each.name: each for each in offered_columns(firm.source, "venta")}
    assert (found["total"].kind, found["fecha"].kind) == ("money", "date")
    assert found["vendedor"].leads_to == "vendedor"
    assert offered_columns(firm.source, "pago")[0].leads_to == "venta"


def test_each_schema_is_asked_once_for_its_tables(firm: Firm) -> None:
    asked = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    with Read(firm.source, WHOLE) as read:
        event.listen(read.connection, "before_cursor_execute", note)
        schema = Schema(read.connection, in_use(firm.source))
        assert len([schema.table(name) for name in schema.names()]) == 4
    assert sum("type IN ('table', 'view')" in each for each in asked) == 1


def test_a_key_to_a_table_that_is_not_there_leads_nowhere(firm: Firm) -> None:
    """SQLite keeps such a key; the columns are offered all the same."""
    firm.run("CREATE TABLE huerfana (venta integer REFERENCES nadie (id))")
    (column,) = offered_columns(firm.source, "huerfana")
    assert (column.name, column.leads_to) == ("venta", "")


def test_sqlite_follows_a_key_that_is_written_in_other_letters(firm: Firm) -> None:
    firm.run("CREATE TABLE abono (venta integer REFERENCES VENTA (Id))")
    firm.run("INSERT INTO venta (id, numero) VALUES (7, 'A-7')")
    firm.run("INSERT INTO abono VALUES (7)")
    assert offered_columns(firm.source, "abono")[0].leads_to == "venta"
    columns = [{"name": "numero", "field": "venta.numero"}]
    with ask(made(firm, table="abono", columns=columns), {}, now=now()) as answer:
        assert list(answer.rows) == [("A-7",)]


def test_by_command_from_a_file(firm: Firm, tmp_path: Path) -> None:
    file = tmp_path / "l.toml"
    file.write_text(FILE)
    firm.run("INSERT INTO venta (id, estado, total) VALUES (1, 'E', 10), (2, 'A', 20)")
    assert "ventas-por-estado" in run("add", "--from", str(file)).output
    assert "Emitida" in run("show", "ventas-por-estado").output
    file.write_text('name = "Otro"')
    run("set", "ventas-por-estado", "--from", str(file))
    assert "Otro" in run("list").output
    assert "venta" in run("tables", "firma").output
    assert "Vendedor" in run("columns", "firma", "venta").output
    file.write_text('colour = "red"')
    assert "unknown" in run("set", "ventas-por-estado", "--from", str(file), ok=False).output
    run("delete", "ventas-por-estado", "--yes")
    assert "no listing" in run("show", "ventas-por-estado", ok=False).output


def test_the_configuration_file_has_them(firm: Firm) -> None:
    listing = made(firm, filter={"all": [{"field": "total", "op": "gt", "value": 5}]})
    save_listing(listing, by="ana", now=now())
    text = export_configuration()
    delete_listing(listing, by="ana", now=now())
    apply(text, by="ana", now=now())
    assert Listing.objects.get().definition == listing.definition


def test_a_secret_behind_a_view_is_read_as_nothing(firm: Firm) -> None:
    firm.run("INSERT INTO cliente VALUES ('0001', 'Ana', 'secreta')")
    firm.run("CREATE VIEW ficha AS SELECT codigo, clave || '' AS otra FROM cliente")
    columns = [{"name": "codigo", "field": "codigo"}, {"name": "otra", "field": "otra"}]
    with ask(made(firm, table="ficha", columns=columns), {}, now=now()) as answer:
        assert list(answer.rows) == [("0001", None)]

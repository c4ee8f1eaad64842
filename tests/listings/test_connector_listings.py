"""The connector's listings: asked with parameters, each value as its column says."""

from datetime import date
from decimal import Decimal

import pytest

from emailketing.listings.ask import ask
from emailketing.listings.choices import choices_of
from emailketing.listings.errors import (
    ListingError,
    NotThere,
    ParameterMissing,
    ParameterUnknown,
    ParameterWrong,
)
from emailketing.listings.kinds.of_connector import OfConnector, parameters
from emailketing.listings.known import find_listing, known_listings
from emailketing.listings.parameters import read_values
from emailketing.listings.reading.limits import Limits
from emailketing.sources.attaching.check import check_source
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.connectors import ConnectorError, load
from emailketing.sources.connectors.model import Parameter
from emailketing.sources.models import Source
from tests.listings.plain import rows_of
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db
ZONE = "America/Asuncion"
LISTING = """
[listings.orders]
label = "Pedidos"
query = "orders_listing.sql"
[[listings.orders.parameters]]
name = "state"
label = "Estado"
default = ""
[[listings.orders.fields]]
path = "number"
label = "Número"
[[listings.orders.fields]]
path = "date"
label = "Fecha"
type = "date"
[[listings.orders.fields]]
path = "total"
label = "Total"
type = "money"
total = "sum"
thresholds = [{ limit = 1000000, side = "above", tone = "good" }]
"""
QUERY = """SELECT numero AS number, fecha AS date, total, estado AS state FROM pedido
WHERE CAST(:state AS text) IS NULL OR estado = CAST(:state AS text) ORDER BY id"""


def with_listing(shop: Shop, text: str = LISTING, query: str = QUERY) -> OfConnector:
    write_listing(shop, text, query)
    return OfConnector(shop.attach(), "orders")


def write_listing(shop: Shop, text: str, query: str = QUERY) -> None:
    with (shop.folder / "connector.toml").open("a") as file:
        file.write(text)
    (shop.folder / "orders_listing.sql").write_text(query)


def test_rows_come_typed_in_the_order_of_the_query(shop: Shop) -> None:
    listing = with_listing(shop)
    shop.run(
        "INSERT INTO pedido (id, numero, estado, fecha, total)"
        " VALUES (1, 'P-1', 'abierto', '2026-11-30', 1250000.5), (2, NULL, 'hecho', NULL, NULL)"
    )
    with ask(listing, {}, now=now()) as answer:
        assert [column.kind for column in answer.columns] == ["text", "date", "money", "text"]
        assert [column.total for column in answer.columns] == ["", "", "sum", ""]
        assert answer.columns[2].thresholds[0].limit == Decimal(1000000)
        rows = list(answer.rows)
    assert rows[0] == ("P-1", date(2026, 11, 30), Decimal("1250000.5"), "abierto")
    assert rows[1] == (None, None, None, "hecho")
    with ask(listing, {"state": "hecho"}, now=now()) as answer:
        assert len(list(answer.rows)) == 1


def test_p2_a_period_is_reckoned_from_the_instant_it_was_planned_for(books: Source) -> None:
    listing = OfConnector(books, "sales_by_branch")
    sold = rows_of(books, "SELECT fecha, total FROM venta WHERE estado = 'emitida'")
    day = max(row[0] for row in sold)
    with ask(listing, {"period": f"{day}..{day}"}, now=now()) as answer:
        rows = list(answer.rows)
    totals = [total for sold_on, total in sold if sold_on == day]
    assert tuple(sum(int(str(row[n])) for row in rows) for n in (1, 2)) == (
        len(totals),
        sum(totals),
    )


def test_choices_come_from_the_business(books: Source) -> None:
    _period, branch = parameters(OfConnector(books, "sales_by_branch"))
    found = choices_of(books, branch)
    assert len(found) > 1
    assert found[0][0] == "001"


def test_the_connectors_of_the_house_fit_their_listings(books: Source) -> None:
    report = check_source(books, now=now())
    assert [problem.sentence for problem in report.problems] == []
    for known in known_listings():
        with ask(known.listing, {}, now=now()) as answer:
            assert all(column.label for column in answer.columns)
            list(answer.rows)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"colour": "x"}, ParameterUnknown),
        ({}, ParameterMissing),
        ({"days": "x"}, ParameterWrong),
        ({"days": "1", "since": "30/11/2026"}, ParameterWrong),
        ({"days": "NaN"}, ParameterWrong),
        ({"days": "1", "period": "last_century"}, ParameterWrong),
        ({"days": "1", "done": "perhaps"}, ParameterWrong),
    ],
)
def test_a_value_that_does_not_fit_is_one_sentence(
    given: dict[str, str], refused: type[ListingError]
) -> None:
    declared = [
        Parameter("days", {"es": "Días"}, "number"),
        Parameter("since", {"es": "Desde"}, "date", "this_month"),
        Parameter("period", {"es": "Período"}, "period", "today"),
        Parameter("done", {"es": "Hecho"}, "boolean", ""),
    ]
    with pytest.raises(refused) as wrong:
        read_values(declared, given, now=now(), zone=ZONE)
    assert "\n" not in str(wrong.value)
    assert "%(" not in str(wrong.value)


def test_a_query_that_cannot_run_names_file_and_column(shop: Shop) -> None:
    listing = with_listing(shop, query="SELECT numero AS number, fehca AS date FROM pedido")
    with pytest.raises(CaptureError, match=r"orders_listing\.sql: column fehca does not exist"):
        ask(listing, {}, now=now())


def test_two_columns_of_one_name_are_refused(shop: Shop) -> None:
    listing = with_listing(shop, query="SELECT numero, estado AS numero FROM pedido")
    with pytest.raises(ListingError, match="Two columns are called “numero”"):
        ask(listing, {}, now=now())


def test_p6_what_was_cut_says_so(shop: Shop) -> None:
    listing = with_listing(shop)
    shop.run("INSERT INTO pedido (id, estado) VALUES (1, 'x'), (2, 'x'), (3, 'x')")
    for most, cut in ((2, True), (3, False)):
        with ask(listing, {}, now=now(), limits=Limits(rows=most)) as answer:
            assert (len(list(answer.rows)), answer.was_cut) == (min(most, 3), cut)


def test_checking_a_source_finds_what_a_listing_lacks(shop: Shop) -> None:
    with_listing(shop, query="SELECT numero AS number, total FROM pedido WHERE estado = :estado")
    sentences = [problem.sentence for problem in check_source(shop.source, now=now()).problems]
    assert any("no column “date”" in sentence for sentence in sentences)
    assert any("“:estado”" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('total = "sum"', 'total = "product"', "average"),
        ('side = "above"', 'side = "over"', "below"),
        ('type = "money"', 'type = "cash"', "percent"),
        ('path = "date"', 'path = "number"', "twice"),
        ('default = ""', 'default = ""\ntype = "moment"', "period"),
    ],
)
def test_a_mistake_in_the_file_says_where(shop: Shop, old: str, new: str, why: str) -> None:
    write_listing(shop, LISTING.replace(old, new))
    with pytest.raises(ConnectorError, match=why) as wrong:
        load(str(shop.folder))
    assert "[listings.orders" in str(wrong.value)


def test_a_listing_is_found_with_or_without_its_source(books: Source) -> None:
    assert find_listing("low_stock").name == find_listing("estacion.low_stock").name
    with pytest.raises(ListingError, match="no listing “nada”"):
        find_listing("nada")
    with pytest.raises(NotThere):
        ask(OfConnector(books, "nada"), {}, now=now())

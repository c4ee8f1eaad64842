"""Any table by clicking: what comes is what plain Python computes of the same rows."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emailketing.common.conditions import Condition, holds
from emailketing.common.plain import Cell
from emailketing.company.models import Company
from emailketing.listings.ask import ask
from emailketing.listings.errors import ListingError
from emailketing.listings.periods import period_of
from emailketing.sources.freeze import freeze
from tests.listings.firms import Firm, Listed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
TODAY = date(2026, 11, 30)
ZONE = "America/Asuncion"
KINDS = {"estado": "text", "total": "money", "cantidad": "quantity", "numero": "text"}
SALE = st.tuples(
    st.sampled_from(["A-1", "a-2", " A-1 ", "Ñ", "", None]),  # numero
    st.none() | st.dates(TODAY - timedelta(400), TODAY + timedelta(40)),  # fecha
    st.none() | st.integers(1, 3),  # cliente
    st.none() | st.integers(1, 3),  # vendedor
    st.sampled_from(["E", "A", None]),  # estado
    st.none() | st.decimals(-10_000, 10**9, places=2),  # total
    st.none() | st.decimals(0, 100, places=3),  # cantidad
    st.booleans(),  # contado
)
SALES = st.lists(SALE, max_size=12)
EACH = settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def firm(request: pytest.FixtureRequest, tmp_path: Path, db: None) -> Iterator[Firm]:
    is_file = request.param == "sqlite"
    Company.objects.create(pk=1, language="es", time_zone=ZONE)
    found = Firm(tmp_path, "" if is_file else request.getfixturevalue("postgres_database"))
    yield found
    found.close()


def rows_of(listing: Listed, **values: str) -> list[tuple[Cell, ...]]:
    with ask(listing, values, now=NOW) as answer:
        return list(answer.rows)


def fill(firm: Firm, sales: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Write the sales as that firm keeps them; return them as they are meant."""
    firm.empty()
    firm.insert("cliente", [("0001", "Ñandutí", "x"), ("0002", "Guaraní", "y")])
    firm.insert("vendedor", [(1, "Ana"), (2, "Blas")])
    found = []
    for number, (numero, fecha, cliente, vendedor, estado, total, cantidad, contado) in enumerate(
        sales, 1
    ):
        found.append(
            {"id": number, "numero": numero, "fecha": fecha, "cliente": cliente,
             "vendedor": vendedor, "estado": estado, "total": total, "cantidad": cantidad,
             "contado": contado}
        )  # fmt: skip
    is_file = firm.dialect == "sqlite"
    firm.insert("venta", [_kept(sale, is_file) for sale in found])
    return found


def _kept(sale: dict[str, Any], is_file: bool) -> tuple[Any, ...]:
    day = sale["fecha"]
    cost = "" if sale["total"] is None else f"{sale['total']:f}".replace(".", ",")
    values = (
        sale["id"], sale["numero"], day, day and f"{day:%d/%m/%Y}", sale["cliente"],
        sale["vendedor"], sale["estado"], sale["total"], cost, sale["cantidad"], sale["contado"],
    )  # fmt: skip
    return tuple(map(_for_file, values)) if is_file else values


def _for_file(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@EACH
@given(sales=SALES)
def test_sums_by_group_are_exact(firm: Firm, sales: list[tuple[Any, ...]]) -> None:
    """Amounts as NUMERIC and as texts with a comma come to the same, to the last cent."""
    meant = fill(firm, sales)
    found = rows_of(
        firm.listing(
            table="venta",
            fields={"costo": {"kind": "money", "written": "comma"}},
            columns=[
                {"name": "estado", "field": "estado"},
                {"name": "n", "aggregate": "count"},
                {"name": "total", "field": "total", "aggregate": "sum"},
                {"name": "costo", "field": "costo", "aggregate": "sum"},
                {"name": "mayor", "field": "total", "aggregate": "max"},
                {"name": "medio", "field": "total", "aggregate": "average"},
            ],
        )
    )
    groups: dict[Cell, list[dict[str, Any]]] = defaultdict(list)
    for sale in meant:
        groups[{"E": "Emitida", "A": "Anulada"}.get(sale["estado"])].append(sale)
    assert {row[0] for row in found} == set(groups)
    for name, count, total, cost, most, average in found:
        amounts = [sale["total"] for sale in groups[name] if sale["total"] is not None]
        assert count == len(groups[name])
        assert (total, cost) == ((sum(amounts), sum(amounts)) if amounts else (None, None))
        assert most == (max(amounts) if amounts else None)
        if amounts:
            mean = Decimal(sum(amounts)) / len(amounts)
            assert average == mean.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


LEAF = st.one_of(
    st.builds(
        lambda op, v: {"field": "total", "op": op, "value": str(v)},
        st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]),
        st.decimals(-10, 100, places=1),
    ),
    st.builds(
        lambda op, v: {"field": "numero", "op": op, "value": v},
        st.sampled_from(["eq", "ne", "gt", "lte", "contains"]),
        st.sampled_from(["a-1", "A-2", "ñ", "", "x"]),
    ),
    st.builds(
        lambda op, v: {"field": "estado", "op": op, "value": v},
        st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from(["E", "a"]), max_size=2),
    ),
    st.builds(
        lambda path, op: {"field": path, "op": op},
        st.sampled_from(["total", "numero", "estado"]),
        st.sampled_from(["empty", "filled"]),
    ),
)
TREE = st.recursive(
    LEAF,
    lambda inner: st.builds(
        lambda word, of: {word: of}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(parent=EACH, max_examples=40)
@given(sales=SALES, tree=TREE)
def test_filters_mean_what_they_mean_in_rules(
    firm: Firm, sales: list[tuple[Any, ...]], tree: Condition
) -> None:
    meant = fill(firm, sales)
    found = rows_of(
        firm.listing(table="venta", columns=[{"name": "id", "field": "id"}], filter=tree)
    )
    wanted = {
        sale["id"]
        for sale in meant
        if holds(tree, {name: freeze(sale[name], kind) for name, kind in KINDS.items()}, KINDS)
    }
    assert {row[0] for row in found} == wanted


@EACH
@given(
    sales=SALES,
    words=st.sampled_from(
        ["today", "yesterday", "last_week", "this_month", "last_month", "month_to_date",
         "this_quarter", "last_year", "last_30_days", "next_30_days"]
    ),
)  # fmt: skip
def test_p2_periods_of_dates_and_of_dates_written_as_texts(
    firm: Firm, sales: list[tuple[Any, ...]], words: str
) -> None:
    meant = fill(firm, sales)
    period = period_of(words, today=TODAY)
    wanted = {
        sale["id"]
        for sale in meant
        if sale["fecha"] and period.start <= sale["fecha"] < period.until
    }
    for field, more in (("fecha", {}), ("dia", {"dia": {"kind": "date", "written": "dmy"}})):
        tree = {"field": field, "op": "period", "value": words}
        listing = firm.listing(
            table="venta", columns=[{"name": "id", "field": "id"}], filter=tree, fields=more
        )
        assert {row[0] for row in rows_of(listing)} == wanted


@EACH
@given(sales=SALES, unit=st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_groups_by_day_week_month(firm: Firm, sales: list[tuple[Any, ...]], unit: str) -> None:
    meant = fill(firm, sales)
    wanted: dict[date | None, int] = defaultdict(int)
    for sale in meant:
        day = sale["fecha"]
        words = {"day": "today"}.get(unit, f"this_{unit}")
        wanted[day and period_of(words, today=day).start] += 1
    for field, more in (("fecha", {}), ("dia", {"dia": {"kind": "date", "written": "dmy"}})):
        listing = firm.listing(
            table="venta",
            fields=more,
            columns=[
                {"name": "desde", "field": field, "by": unit},
                {"name": "n", "aggregate": "count"},
            ],
        )
        found = rows_of(listing)
        assert {row[0]: row[1] for row in found} == wanted
        days = [row[0] for row in found if row[0]]
        assert days == sorted(days, key=str)  # what is not asked for is in the order of its keys


@EACH
@given(sales=SALES, top=st.integers(1, 4))
def test_shares_are_of_all_rows_and_running_totals_follow_the_order(
    firm: Firm, sales: list[tuple[Any, ...]], top: int
) -> None:
    meant = fill(firm, sales)
    found = rows_of(
        firm.listing(
            table="venta",
            columns=[
                {"name": "vendedor", "field": "vendedor"},
                {"name": "total", "field": "total", "aggregate": "sum"},
                {"name": "parte", "share_of": "total"},
                {"name": "suma", "running": "total"},
            ],
            order=[{"column": "total", "descending": True}],
            top=top,
        )
    )
    sums: dict[int | None, Decimal | None] = {}
    for sale in meant:
        before = sums.setdefault(sale["vendedor"], None)
        if sale["total"] is not None:
            sums[sale["vendedor"]] = (before or Decimal(0)) + sale["total"]
    ordered = sorted(sums.values(), key=lambda value: (value is None, -(value or 0)))
    assert [row[1] for row in found] == ordered[:top]
    whole = sum(value for value in ordered if value is not None)
    so_far = Decimal(0)
    for row, value in zip(found, ordered, strict=False):
        so_far += value or 0
        if value is not None:
            assert row[3] == so_far
            if whole:
                assert row[2] == (value / whole).quantize(
                    Decimal("0.000001"), rounding=ROUND_HALF_UP
                )
            else:
                assert row[2] is None  # nought is divided by nothing


@EACH
@given(sales=SALES)
def test_names_behind_keys_without_foreign_keys(firm: Firm, sales: list[tuple[Any, ...]]) -> None:
    """The connector's lookups are followed; a number meets the text “0001” in a picked join."""
    meant = fill(firm, sales)
    found = rows_of(
        firm.listing(
            table="venta",
            joins=[{"name": "c", "table": "cliente", "on": {"cliente": "codigo"}}],
            columns=[
                {"name": "id", "field": "id"},
                {"name": "vendedor", "field": "vendedor.nombre"},
                {"name": "cliente", "field": "c.nombre"},
            ],
        )
    )
    sellers, clients = {1: "Ana", 2: "Blas"}, {1: "Ñandutí", 2: "Guaraní"}
    assert {row[0]: row[1:] for row in found} == {
        sale["id"]: (sellers.get(sale["vendedor"]), clients.get(sale["cliente"])) for sale in meant
    }


@EACH
@given(sales=SALES)
def test_what_is_calculated_row_by_row_and_of_sums(
    firm: Firm, sales: list[tuple[Any, ...]]
) -> None:
    meant = fill(firm, sales)
    found = rows_of(
        firm.listing(
            table="venta",
            columns=[
                {"name": "valor", "formula": {"operation": "product", "of": ["total", "cantidad"]},
                 "aggregate": "sum"},
                {"name": "litros", "field": "cantidad", "aggregate": "sum"},
                {"name": "medio", "formula": {"operation": "quotient", "of": ["valor", "litros"]}},
                {"name": "doble", "formula": {"operation": "product", "of": ["litros", "2"]}},
                {"name": "cero", "formula": {"operation": "quotient", "of": ["litros", "0"]}},
            ],
        )
    )  # fmt: skip
    pairs = [(sale["total"], sale["cantidad"]) for sale in meant]
    products = [total * litres for total, litres in pairs if None not in (total, litres)]
    litres = [each for _total, each in pairs if each is not None]
    ((value, whole, mean, double, nought),) = found
    assert value == (sum(products) if products else None)
    assert whole == (sum(litres) if litres else None)
    assert double == (2 * sum(litres) if litres else None)
    assert nought is None
    if products and sum(litres):
        exact = Decimal(sum(products)) / sum(litres)
        assert abs(mean - exact) <= Decimal("0.000001")


def test_age_in_days_is_reckoned_from_the_instant(firm: Firm) -> None:
    fill(firm, [("A", TODAY - timedelta(45), None, None, "E", None, None, True)])
    listing = firm.listing(
        table="venta", columns=[{"name": "dias", "formula": {"operation": "age", "of": ["fecha"]}}]
    )
    assert rows_of(listing) == [(45,)]


def test_labels_and_kinds_come_from_connector_and_schema(firm: Firm) -> None:
    listing = firm.listing(
        table="venta",
        columns=[{"name": n, "field": n} for n in ("total", "fecha", "vendedor.nombre", "contado")],
    )
    with ask(listing, {}, now=NOW) as answer:
        kinds = [column.kind for column in answer.columns]
        labels = [column.heading("es") for column in answer.columns]
    assert kinds[:3] == ["money", "date", "text"]
    assert labels == ["Total", "Fecha", "Vendedor", "Contado"]


def test_a_parameter_left_empty_filters_nothing(firm: Firm) -> None:
    sales = [("A", TODAY, None, None, state, None, None, True) for state in ("E", "A")]
    fill(firm, sales)
    listing = firm.listing(
        table="venta",
        columns=[{"name": "id", "field": "id"}],
        filter={"field": "estado", "op": "eq", "value": {"param": "estado"}},
        parameters=[{"name": "estado", "type": "text", "default": ""}],
    )
    assert len(rows_of(listing)) == 2
    assert rows_of(listing, estado="a") == [(2,)]


@pytest.mark.parametrize("path", ["clave", "c.clave"])
def test_a_secret_is_never_shown_filtered_or_joined_by(firm: Firm, path: str) -> None:
    fill(firm, [])
    base = {"table": "cliente", "columns": [{"name": "x", "field": "codigo"}]}
    picked = [{"name": "c", "table": "cliente", "on": {"codigo": "codigo"}}]
    for more in (
        {"columns": [{"name": "x", "field": path}]},
        {"columns": [{"name": "x", "field": path, "aggregate": "count"}]},
        {"filter": {"field": path, "op": "contains", "value": "x"}},
        {"joins": [*picked, {"name": "d", "table": "cliente", "on": {path: "codigo"}}]},
        {"joins": [*picked, {"name": "d", "table": "cliente", "on": {"codigo": "clave"}}]},
    ):
        with pytest.raises(ListingError, match="secret"):
            rows_of(firm.listing(**{**base, "joins": picked, **more}))


def test_no_other_spelling_of_a_table_gets_at_its_secrets(firm: Firm) -> None:
    fill(firm, [])
    for table in ("CLIENTE", "public.cliente", "main.cliente", "Cliente"):
        listing = firm.listing(table=table, columns=[{"name": "x", "field": "clave"}])
        with pytest.raises(ListingError):
            rows_of(listing)

"""Ready reports of point 18: statement, sales, tanks, cash, fleets are what plain Python finds."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from emailketing.demo.database import Row
from tests.listings.station_books import TODAY, YESTERDAY, StationBooks, near, share

pytestmark = pytest.mark.django_db


def months_before(day: date, months: int) -> date:
    """Return the same day some months before, the last one where the month is shorter."""
    month = day.year * 12 + day.month - 1 - months
    first = date(month // 12, month % 12 + 1, 1)
    following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def statement(
    station: StationBooks, first: date, last: date, branch: int | None = None
) -> dict[str, int]:
    """Return code of each account, with those above it → what it came to."""
    accounts, entries = station.key("cuenta"), station.key("asiento")
    sums: dict[str, int] = defaultdict(int)
    for line in station.tables["asiento_linea"]:
        entry, account = entries[line["asiento_id"]], accounts[line["cuenta_id"]]
        if not first <= entry["fecha"] <= last or branch not in {None, entry["sucursal_id"]}:
            continue
        amount = line["haber"] - line["debe"]
        if account["tipo"] in {"ingreso", "costo", "gasto"}:
            sums["result"] += amount
            if account["tipo"] != "gasto":
                sums["gross"] += amount
            sign = 1 if account["tipo"] == "ingreso" else -1
            parts = account["codigo"].split(".")
            for level in range(1, len(parts) + 1):
                sums[".".join(parts[:level])] += sign * amount
    return sums


CALLED = {"income": "4", "sales": "4.1", "other_income": "4.2", "cost": "5"} | {
    "cost_of_goods": "5.1",
    "gross_profit": "gross",
    "expenses": "6",
    "staff": "6.1",
    "utilities": "6.2",
    "operation": "6.3",
    "financial": "6.4",
    "depreciation": "6.5",
    "result": "result",
}


def code_of(row: Row) -> str:
    """Return the account of a line: “sales.4.1.01” is one of the accounts below “sales”."""
    name, _dot, account = row["_line"].partition(".")
    return account or CALLED[name]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("month_to_date", date(2026, 11, 1), TODAY),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-03-01..2026-03-31", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-03-10..2026-03-30", date(2026, 3, 10), date(2026, 3, 30)),
    ],
)
def test_income_statement(station: StationBooks, period: str, first: date, last: date) -> None:
    rows = station.ask("income_statement", period=period)
    is_whole = (last + timedelta(days=1)).day == 1
    spans = []
    for months in (0, 1, 12):
        ends = months_before(last, months)
        if is_whole:
            following = date(ends.year + ends.month // 12, ends.month % 12 + 1, 1)
            ends = following - timedelta(days=1)
        spans.append(statement(station, months_before(first, months), ends))
    now, month, year = spans
    shown = {code_of(row) for row in rows if row["amount"] or row["last_month"] or row["last_year"]}
    assert shown == {
        code for code in {*now, *month, *year} if now[code] or month[code] or year[code]
    }
    for row in rows:
        code = code_of(row)
        found = (row["amount"], row["last_month"], row["last_year"])
        assert found == (now[code], month[code], year[code]), code
        assert row["_level"] == code.count(".")  # sums and results 0, then 1, 2 …
        assert near(row["share"], share(now[code], now["4"]))
        assert near(row["month_change"], share(now[code] - month[code], abs(month[code])))
        assert near(row["year_change"], share(now[code] - year[code], abs(year[code])))
    assert rows[-1]["line"] == "Resultado"
    order = [code_of(row) for row in rows]
    assert order.index("gross") > order.index("5.1.01")
    accounts = [code for code in order if code not in {"gross", "result"}]
    assert accounts == sorted(accounts)
    called = {row["codigo"]: row["nombre"] for row in station.tables["cuenta"]}
    assert all(row["line"] == called[code_of(row)] for row in rows if row["_level"] == 2)


def test_income_statement_of_a_branch_and_in_fewer_levels(station: StationBooks) -> None:
    rows = station.ask("income_statement", "en", branch="002", levels="1")
    assert [row["line"] for row in rows] == [
        "Income",
        "Cost of sales",
        "Gross profit",
        "Expenses",
        "Result",
    ]
    found = statement(station, date(2026, 11, 1), TODAY, branch=2)
    assert [row["amount"] for row in rows] == [
        found[code] for code in ("4", "5", "gross", "6", "result")
    ]


def test_sales_by_hour(station: StationBooks) -> None:
    sold = station.sales(YESTERDAY, YESTERDAY)
    whole = sum(sale["total"] for sale in sold)
    hours: dict[str, list[int]] = defaultdict(list)
    for sale in sold:
        hours[f"{sale['hora']:%H}:00"].append(sale["total"])
    rows = station.ask("sales_by_hour")
    assert [(row["hour"], row["invoices"], row["total"]) for row in rows] == [
        (hour, len(totals), sum(totals)) for hour, totals in sorted(hours.items())
    ]
    for row in rows:
        assert near(row["share"], share(row["total"], whole))
        assert abs(row["average"] - Decimal(row["total"]) / row["invoices"]) <= Decimal("0.5")
    one = station.ask("sales_by_hour", branch="003")
    assert sum(row["total"] for row in one) == sum(
        sale["total"] for sale in sold if sale["sucursal_id"] == 3
    )


def test_sales_by_group(station: StationBooks) -> None:
    products, groups = station.key("producto"), station.key("rubro")
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for _, line in station.lines(YESTERDAY, YESTERDAY):
        own = sums[groups[products[line["producto_id"]]["rubro_id"]]["nombre"]]
        own[0] += line["cantidad"]
        own[1] += line["total"]
    rows = station.ask("sales_by_group")
    assert {row["product_group"]: [row["quantity"], row["total"]] for row in rows} == sums
    totals = [row["total"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert abs(sum(row["share"] for row in rows) - 1) < Decimal("0.0001")


def test_sales_by_means(station: StationBooks) -> None:
    sold = {sale["id"]: sale for sale in station.sales(YESTERDAY, YESTERDAY)}
    sums: dict[str, list[int]] = defaultdict(list)
    for payment in station.tables["venta_pago"]:
        if payment["venta_id"] in sold:
            sums[payment["medio"]].append(payment["importe"])
    for sale in sold.values():
        if sale["condicion"] == "credito":
            sums["credito"].append(sale["total"])
    called = {row["codigo"]: row["nombre"] for row in station.tables["medio_pago"]}
    rows = station.ask("sales_by_means")
    assert {row["means"]: (row["payments"], row["total"]) for row in rows} == {
        called[code]: (len(amounts), sum(amounts)) for code, amounts in sums.items()
    }
    assert sum(row["total"] for row in rows) == sum(sale["total"] for sale in sold.values())


@pytest.mark.parametrize("days", [1, 30])
def test_litres_against_tank(station: StationBooks, days: int) -> None:
    first = TODAY - timedelta(days=days)
    sales, pumps = (
        {sale["id"]: sale for sale in station.sales(first, YESTERDAY)},
        station.key("surtidor"),
    )
    sold: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for row in station.tables["venta_combustible"]:
        if row["venta_id"] in sales:
            sold[pumps[row["surtidor_id"]]["sucursal_id"], row["producto_id"]] += row["litros"]
    levels = {(r["tanque_id"], r["fecha"]): r["litros"] for r in station.tables["tanque_medicion"]}
    branches, products = station.key("sucursal"), station.key("producto")
    rows = station.ask("litres_against_tank", period=f"last_{days}_days")
    assert len(rows) == len(station.tables["tanque"]) == 12
    for row, tank in zip(rows, station.tables["tanque"], strict=True):
        assert (row["branch"], row["fuel"]) == (
            branches[tank["sucursal_id"]]["nombre"],
            products[tank["producto_id"]]["descripcion"],
        )
        came = sum(
            r["litros"]
            for r in station.tables["recepcion_combustible"]
            if r["tanque_id"] == tank["id"] and first <= r["fecha"] <= YESTERDAY
        )
        before, after = levels[tank["id"], first - timedelta(days=1)], levels[tank["id"], YESTERDAY]
        gone = sold[tank["sucursal_id"], tank["producto_id"]]
        assert (row["opening"], row["received"], row["sold"]) == (before, came, gone)
        assert (row["expected"], row["measured"]) == (before + came - gone, after)
        assert row["difference"] == after - (before + came - gone)
        assert near(row["share"], share(row["difference"], gone))
    if days > 1:  # the tank that leaks is the worst
        worst = min(rows, key=lambda row: row["difference"])
        assert (worst["branch"], worst["tank"]) == ("Sucursal Luque", 3)


def test_cash_differences(station: StationBooks) -> None:
    tills, users = station.key("caja"), station.key("usuario", "codigo")
    branches = station.key("sucursal")
    sums: dict[tuple[str, str], list[int]] = defaultdict(list)
    for shift in station.tables["caja_cierre"]:
        if shift["estado"] == "cerrada" and shift["fecha"].month == 10:
            branch = branches[tills[shift["caja_id"]]["sucursal_id"]]["nombre"]
            sums[users[shift["cajero"]]["nombre"], branch].append(shift["diferencia"])
    rows = station.ask("cash_differences")
    assert {(row["cashier"], row["branch"]): row["difference"] for row in rows} == {
        place: sum(found) for place, found in sums.items()
    }
    for row in rows:
        found = sums[row["cashier"], row["branch"]]
        assert row["shifts"] == len(found)
        assert row["with_difference"] == sum(1 for each in found if each)
        assert row["shortage"] == sum(each for each in found if each < 0)
        assert row["overage"] == sum(each for each in found if each > 0)
    assert sum(row["difference"] for row in rows) < 0


def test_fleet_consumption_names_whose_row_it_is(station: StationBooks) -> None:
    vehicles, fleets = station.key("vehiculo"), station.key("cliente")
    sales = {sale["id"] for sale in station.sales(date(2026, 11, 16), date(2026, 11, 22))}
    sums: dict[int, list[Row]] = defaultdict(list)
    for row in station.tables["venta_combustible"]:
        if row["vehiculo_id"] and row["venta_id"] in sales:
            sums[row["vehiculo_id"]].append(row)
    expected = {}
    for key, found in sums.items():
        vehicle = vehicles[key]
        expected[vehicle["chapa"]] = (
            f"customer:{vehicle['cliente_id']}",
            fleets[vehicle["cliente_id"]]["razon_social"],
            len(found),
            sum(row["litros"] for row in found),
            sum(row["importe"] for row in found),
            max(row["odometro"] for row in found) - min(row["odometro"] for row in found),
            vehicle["limite_litros"],
        )
    names = ("_contact", "fleet", "fuellings", "litres", "amount", "km", "month_limit")
    rows = station.ask("fleet_consumption")
    assert {row["plate"]: tuple(row[name] for name in names) for row in rows} == expected
    assert len({row["_contact"] for row in rows}) == 12

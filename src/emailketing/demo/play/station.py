"""The station's acts: sales, refuellings, collections, and the closings in the evening."""

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import select

from emailketing.demo.amounts import money, quantity, rounded
from emailketing.demo.closings import close_sales
from emailketing.demo.collect import Collection, Means, collect
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.play.day import BRANCH, Day, customers, shop_goods
from emailketing.demo.refused import Refused
from emailketing.demo.sales import Refuelling, Sale, litres_this_month, refuel, sell
from emailketing.demo.tills import (
    CASH,
    close_till,
    expected,
    move_cash,
    movements_of,
    open_till,
    open_till_of,
)

Done = tuple[str, int]
CASHIER = "jcaceres"
TILL = 1
OPENING = 500_000
SHORT = 50_000  # what is missing in the till this evening


def till_ready(day: Day) -> Done:
    """Take the till that is open, or open it."""
    with day.as_user(CASHIER) as work:
        try:
            key = open_till_of(work, BRANCH)
        except Refused:
            key = open_till(work, TILL, shift="mañana", cash=OPENING)
    return "La Caja 1 está abierta", key


def shop_sale(day: Day) -> Done:
    with day.as_user(CASHIER) as work:
        lines = shop_goods(work, "Bebidas", (2, 1, 1))
        total = int(sum(line.quantity * line.price for line in lines))
        key = sell(work, Sale(branch=BRANCH, lines=lines, payments={CASH: total}))
        sale = work.get("venta", key)
    return f"Venta en el shop {sale['numero']}: {money(total)}", key


def fuel_sale(day: Day) -> Done:
    """Fuel for somebody unknown, paid by card."""
    with day.as_user(CASHIER) as work:
        litres, pump = Decimal("13.907"), _pump(work, 1)
        total = int(rounded(litres * work.get("producto", 1)["precio"]))
        key = refuel(work, Refuelling(pump["id"], litres, payments={"tarjeta_debito": total}))
    return f"Venta de combustible: 13,907 L por {money(total)}", key


def refuelling(place: int, litres: str) -> Callable[[Day], Done]:
    """Return an act: the vehicle in that place of the list is fuelled."""

    def act(day: Day) -> Done:
        with day.as_user(CASHIER) as work:
            vehicle = _vehicles(work)[place]
            pump = _pump(work, vehicle["producto_id"])
            distance = (vehicle["odometro"] or 0) + 312
            key = refuel(
                work, Refuelling(pump["id"], Decimal(litres), vehicle["id"], odometer=distance)
            )
            amount = work.get("venta_combustible", key)["importe"]
        text = f"Carga del {vehicle['marca']} {vehicle['chapa']}"
        return f"{text}: {quantity(Decimal(litres))} L, {money(amount)}", key

    return act


def over_the_limit(day: Day) -> Done:
    """The vehicle nearest to its limit of the month takes ten litres more than it may."""
    with day.as_user(CASHIER) as work:
        vehicle, litres = _nearest_to_limit(work)
        pump = _pump(work, vehicle["producto_id"])
        distance = (vehicle["odometro"] or 0) + 205
        key = refuel(work, Refuelling(pump["id"], litres, vehicle["id"], odometer=distance))
        amount = work.get("venta_combustible", key)["importe"]
    text = f"Carga del {vehicle['marca']} {vehicle['chapa']}, por encima de su límite"
    return f"{text}: {quantity(litres)} L, {money(amount)}", key


def _nearest_to_limit(work: OperatorTransaction) -> tuple[Row, Decimal]:
    vehicles = work.tables["vehiculo"]
    limited = (vehicles.c.activo == 1) & vehicles.c.limite_litros.is_not(None)
    found = [
        (row["limite_litros"] - litres_this_month(work, row["id"]), row["id"], row)
        for row in work.rows(select(vehicles).where(limited))
    ]
    below = [one for one in found if one[0] >= 0]
    left, _key, vehicle = min(below or found)
    return vehicle, max(left, Decimal(0)) + 10


def _vehicles(work: OperatorTransaction) -> list[Row]:
    """Return one vehicle of each fleet."""
    vehicles = work.tables["vehiculo"]
    found = work.rows(select(vehicles).where(vehicles.c.activo == 1).order_by(vehicles.c.id))
    first = {row["cliente_id"]: row for row in reversed(found)}
    return sorted(first.values(), key=lambda row: int(row["id"]))


def _pump(work: OperatorTransaction, fuel: int) -> Row:
    pumps = work.tables["surtidor"]
    return work.rows(
        select(pumps).where((pumps.c.sucursal_id == BRANCH) & (pumps.c.producto_id == fuel))
    )[0]


def collection(day: Day) -> Done:
    """A fleet pays its oldest invoices, half by transfer, half by cheque."""
    with day.as_user(CASHIER) as work:
        customer, sales = _debtor(work, 3)
        total = sum(sale["saldo"] for sale in sales)
        half = total // 2
        means = [
            Means("transferencia", half, "Banco Tajy", f"{880_000 + sales[0]['id']}"),
            Means("cheque", total - half, "Banco Ypacaraí", f"{140_000 + sales[0]['id']}"),
        ]
        applied = {sale["id"]: sale["saldo"] for sale in sales}
        key = collect(work, Collection(customer["id"], BRANCH, means, applied))
        number = work.get("cobro", key)["numero"]
    return f"Cobro {number} a {customer['razon_social']}: {money(total)}", key


def part_payment(day: Day) -> Done:
    """A customer pays a part of an invoice in cash."""
    with day.as_user(CASHIER) as work:
        customer, sales = _debtor(work, 1)
        part = sales[0]["saldo"] // 2
        collected = Collection(
            customer["id"], BRANCH, [Means(CASH, part)], {sales[0]["id"]: part}, "Pago a cuenta"
        )
        key = collect(work, collected)
        number = work.get("cobro", key)["numero"]
    return f"Cobro {number} a cuenta de {customer['razon_social']}: {money(part)}", key


def _debtor(work: OperatorTransaction, count: int) -> tuple[Row, list[Row]]:
    """Return the fleet with the oldest debt and some of its unpaid sales."""
    sales = work.tables["venta"]
    owed = work.rows(select(sales).where(sales.c.saldo > 0).order_by(sales.c.fecha, sales.c.id))
    fleets = {row["id"]: row for row in customers(work, fleets=True)}
    customer = next(row["cliente_id"] for row in owed if row["cliente_id"] in fleets)
    return fleets[customer], [row for row in owed if row["cliente_id"] == customer][:count]


def expense(day: Day) -> Done:
    with day.as_user(CASHIER) as work:
        key = open_till_of(work, BRANCH)
        move_cash(work, key, concept="gasto", amount=45_000, detail="Bolsas y servilletas")
    return f"Gasto de caja: {money(45_000)}", key


def till_closed(day: Day) -> Done:
    """Close every open till of the branch; in the first one some cash is missing."""
    closed = ""
    key = 0
    with day.as_user(CASHIER) as work:
        tills, sessions = work.tables["caja"], work.tables["caja_cierre"]
        query = (
            select(sessions.c.id, sessions.c.apertura)
            .join(tills, tills.c.id == sessions.c.caja_id)
            .where((tills.c.sucursal_id == BRANCH) & (sessions.c.estado == "abierta"))
        )
        for session in work.rows(query.order_by(sessions.c.id)):
            counted = expected(session["apertura"], movements_of(work, session["id"]))
            missing = SHORT if not key else 0
            counted[CASH] -= missing
            notes = "Faltante: se revisa con las cámaras" if missing else ""
            number = close_till(work, session["id"], counted=counted, notes=notes)
            key, closed = key or session["id"], closed or number
    return f"Cierre de caja {closed}: diferencia {money(-SHORT)}", key


def sales_closed(day: Day) -> Done:
    with day.as_user("mrojas") as work:
        key = close_sales(work, BRANCH, notes="Cierre del turno mañana")
        closing = work.get("ventas_cierre", key)
    return f"Cierre de ventas {closing['numero']}: {money(closing['total'])}", key


def evening_till(day: Day) -> Done:
    with day.as_user("pvera") as work:
        key = open_till(work, TILL, shift="tarde", cash=OPENING)
    return "Abrió la Caja 1, turno tarde", key


STATION = (
    ("caja_abierta", till_ready),
    ("venta", shop_sale),
    ("venta", fuel_sale),
    ("venta_vehiculo", refuelling(0, "42.350")),
    ("venta_vehiculo", refuelling(3, "61.080")),
    ("venta_vehiculo", refuelling(8, "38.5")),
    ("venta_vehiculo", over_the_limit),
    ("cobro", collection),
    ("cobro", part_payment),
    ("caja_gasto", expense),
    ("cierre_caja", till_closed),
    ("cierre_ventas", sales_closed),
    ("caja_abierta", evening_till),
)

"""Three months at the counter and at the pumps: sales, refuellings, closings of the day."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from emailketing.demo.amounts import rounded, split
from emailketing.demo.closings import closing_parts, sale_totals
from emailketing.demo.database import Row
from emailketing.demo.sales import TIMBRADO
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.collecting import Debts
from emailketing.demo.seed.house import PUMPS_PER_BRANCH, TILLS
from emailketing.demo.seed.ledger import post_closing
from emailketing.demo.seed.shifts import (
    TURNS,
    Shift,
    came_in,
    close_shift,
    moments,
    open_shift,
)

MEANS = ("efectivo",) * 5 + ("tarjeta_debito",) * 3 + ("tarjeta_credito", "qr", "qr")
LITRES = (8, 10, 12, 15, 20, 25, 30, 38, 45)
FLEETS = 12  # the first customers: they buy fuel on account
KINDS = {"fleet": 25, "fuel": 40, "shop": 35}


def sell(book: SeedBook) -> None:
    """Invent the days one after the other."""
    debts = Debts()
    for number in range((book.today - book.first_day).days):
        day = book.first_day + timedelta(days=number)
        for branch in sorted({place for place, _ in TILLS}):
            _branch_day(book, day, branch, debts)
    for till, (_, name) in enumerate(TILLS, 1):
        if name == "Caja 1":
            _open_today(book, till)


def _open_today(book: SeedBook, till: int) -> None:
    """Today's first cashier is at work already."""
    shift = open_shift(book, book.today, till, 0)
    values = {"estado": "abierta", "modificado_por": shift.cashier, "modificado_en": shift.starts}
    book.get("caja_cierre", shift.key).update(values)


def _branch_day(book: SeedBook, day: date, branch: int, debts: Debts) -> None:
    sold: list[Row] = []
    shifts = []
    for till, (place, name) in enumerate(TILLS, 1):
        if place != branch:
            continue
        for turn in range(len(TURNS)):
            shift = open_shift(book, day, till, turn)
            count = book.random.randint(8, 14) if name == "Caja 1" else book.random.randint(4, 7)
            sold += [_sale(book, shift, when, debts) for when in moments(book, shift, count)]
            debts.collect(book, shift)
            close_shift(book, shift)
            shifts.append(shift)
    _close_day(book, branch, sold, shifts)


def _sale(book: SeedBook, shift: Shift, when: datetime, debts: Debts) -> Row:
    kind = book.random.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "shop":
        goods = book.random.sample(_shop(book), book.random.choice((1, 1, 2, 2, 3, 5)))
        lines = [_line(place, product, _pieces(book)) for place, product in enumerate(goods, 1)]
        return _write_sale(book, shift, when, lines)
    vehicle = book.random.choice(book.tables["vehiculo"]) if kind == "fleet" else None
    pump = _pump(book, shift.branch, vehicle["producto_id"] if vehicle else None)
    litres = book.random.choice(LITRES) + Decimal(book.random.randrange(1000)) / 1000
    line = _line(1, book.get("producto", pump["producto_id"]), litres)
    sale = _write_sale(book, shift, when, [line], fleet=vehicle["cliente_id"] if vehicle else 0)
    if vehicle:
        vehicle["odometro"] += int(litres * book.random.randint(4, 10))
        debts.add(sale)
    _write_refuelling(book, sale, pump, line, vehicle)
    return sale


def _shop(book: SeedBook) -> list[Row]:
    return [product for product in book.tables["producto"] if not product["es_combustible"]]


def _pieces(book: SeedBook) -> Decimal:
    return Decimal(book.random.choice((1, 1, 1, 2, 3)))


def _line(place: int, product: Row, amount: Decimal) -> Row:
    return {
        "renglon": place,
        "producto_id": product["id"],
        "descripcion": product["descripcion"],
        "cantidad": amount,
        "unidad": product["unidad"],
        "precio": product["precio"],
        "iva": product["iva"],
        "total": int(rounded(amount * product["precio"])),
        "costo": product["costo"],
    }


def _pump(book: SeedBook, branch: int, fuel: int | None) -> Row:
    first = (branch - 1) * PUMPS_PER_BRANCH
    pumps = book.tables["surtidor"][first : first + PUMPS_PER_BRANCH]
    return book.random.choice([pump for pump in pumps if fuel in {None, pump["producto_id"]}])


def _write_sale(
    book: SeedBook, shift: Shift, when: datetime, lines: list[Row], *, fleet: int = 0
) -> Row:
    """Write a sale: a fleet's on account, others pay now."""
    totals = {name: int(value) for name, value in split(lines).items()}
    number = book.next_number(f"FAC-00{shift.branch}")
    walk_ins = len(book.tables["cliente"])
    known = book.random.randint(FLEETS + 1, walk_ins) if book.chance(0.3) else None
    days = book.get("cliente", fleet)["plazo_dias"] if fleet else 0
    key = book.add(
        "venta",
        numero=number,
        timbrado=TIMBRADO,
        sucursal_id=shift.branch,
        caja_cierre_id=shift.key,
        cliente_id=fleet or known,
        cajero=shift.cashier,
        fecha=when.date(),
        hora=when,
        condicion="credito" if fleet else "contado",
        vencimiento=when.date() + timedelta(days=days) if fleet else None,
        estado="emitida",
        saldo=totals["total"] if fleet else 0,
        modificado_por=shift.cashier,
        modificado_en=when,
        **totals,
    )
    for line in lines:
        book.add("venta_linea", venta_id=key, **line)
    sale = book.get("venta", key)
    if not fleet:
        means = book.random.choice(MEANS)
        book.add("venta_pago", venta_id=key, medio=means, importe=sale["total"])
        came_in(book, shift, sale, means=means, detail=f"Factura {number}")
    return sale


def _write_refuelling(book: SeedBook, sale: Row, pump: Row, line: Row, vehicle: Row | None) -> None:
    details: Row = {"vehiculo_id": None, "odometro": None, "chofer": None}
    if vehicle:
        details = {
            "vehiculo_id": vehicle["id"],
            "odometro": vehicle["odometro"],
            "chofer": vehicle["chofer"],
        }
    book.add(
        "venta_combustible",
        venta_id=sale["id"],
        surtidor_id=pump["id"],
        producto_id=pump["producto_id"],
        litros=line["cantidad"],
        precio=line["precio"],
        importe=line["total"],
        hora=sale["hora"],
        modificado_por=sale["cajero"],
        **details,
    )


def _close_day(book: SeedBook, branch: int, sold: list[Row], shifts: list[Shift]) -> None:
    """Sum the branch's day up."""
    last = shifts[-1]
    when = last.starts + timedelta(hours=8)
    key = book.add(
        "ventas_cierre",
        numero=book.next_number("CV"),
        sucursal_id=branch,
        fecha=last.starts.date(),
        estado="cerrado",
        observacion=None,
        cerrado_por=last.cashier,
        cerrado_en=when,
        modificado_por=last.cashier,
        modificado_en=when,
        **sale_totals(sold),
    )
    for shift in shifts:
        book.get("caja_cierre", shift.key)["ventas_cierre_id"] = key
    for sale in sold:
        sale["ventas_cierre_id"] = key
    lines, paid = _details(book, sold)
    credit = book.get("ventas_cierre", key)["credito"]
    parts = closing_parts(key, lines, paid, credit)
    for table, rows in parts.items():
        for row in rows:
            book.add(table, **row)
    fuels = parts["ventas_cierre_combustible"]
    book.get("ventas_cierre", key)["litros"] = sum((row["litros"] for row in fuels), Decimal(0))
    post_closing(book, book.get("ventas_cierre", key), lines, shifts)


def _details(book: SeedBook, sold: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return lines, with their products' groups, and payments of the day's sales."""
    first = sold[0]["id"]
    lines = []
    for line in reversed(book.tables["venta_linea"]):
        if line["venta_id"] < first:
            break
        product = book.get("producto", line["producto_id"])
        extra = {"rubro_id": product["rubro_id"], "es_combustible": product["es_combustible"]}
        lines.append(line | extra | book.group_accounts[product["rubro_id"]])
    paid = []
    for payment in reversed(book.tables["venta_pago"]):
        if payment["venta_id"] < first:
            break
        paid.append(payment)
    return lines[::-1], paid[::-1]

"""Old debts of companies: invoices from before the three months that nobody has paid."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from emailketing.demo.amounts import rounded, split
from emailketing.demo.closings import closing_parts, sale_totals
from emailketing.demo.database import Row
from emailketing.demo.sales import TIMBRADO
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.tills import CASH

OLDEST, YOUNGEST = 170, 2  # days before the three months
COUNT = 36
MOST_OWED = 6_000_000  # of one company, far below its limit
BRANCH, CASHIER = 1, "sfleitas"
GROUPS = ("Lubricantes", "Filtros", "Autopartes", "Servicios")


def carry_over(book: SeedBook) -> None:
    """Write them as they were taken over from the books before: in a closing of their own."""
    random = book.ledger_random
    owing = [
        row
        for row in book.tables["cliente"]
        if row["tipo"] == "empresa" and not row["control_vehiculos"] and row["plazo_dias"]
    ]
    groups = {row["id"] for row in book.tables["rubro"] if row["nombre"] in GROUPS}
    goods = [row for row in book.tables["producto"] if row["rubro_id"] in groups]
    shift, closing = _closing(book)
    owed: dict[int, int] = {}
    sold: list[Row] = []
    lines: list[Row] = []
    for place in range(COUNT):
        day = book.first_day - timedelta(days=OLDEST - place * (OLDEST - YOUNGEST) // COUNT)
        customer = random.choice(owing)
        chosen = random.sample(goods, random.randint(1, 3))
        rows = [_line(book, number, product) for number, product in enumerate(chosen, 1)]
        total = sum(row["total"] for row in rows)
        if owed.get(customer["id"], 0) + total > MOST_OWED:
            continue
        owed[customer["id"]] = owed.get(customer["id"], 0) + total
        sold.append(_invoice(book, customer, day, rows, (shift, closing)))
        lines += [
            row | {"rubro_id": product["rubro_id"], "es_combustible": 0}
            for row, product in zip(rows, chosen, strict=True)
        ]
    book.get("ventas_cierre", closing).update(sale_totals(sold))
    credit = book.get("ventas_cierre", closing)["credito"]
    for table, parts in closing_parts(closing, lines, [], credit).items():
        for row in parts:
            book.add(table, **row)


def _closing(book: SeedBook) -> tuple[int, int]:
    day = book.first_day - timedelta(days=1)
    when = datetime.combine(day, time(18))
    who: Row = {"modificado_por": CASHIER, "modificado_en": when}
    closing = book.add(
        "ventas_cierre",
        numero="CV-0000",
        sucursal_id=BRANCH,
        fecha=day,
        estado="cerrado",
        observacion="Saldos que vienen del sistema anterior",
        cerrado_por=CASHIER,
        cerrado_en=when,
        litros=Decimal(0),
        **who,
    )
    shift = book.add(
        "caja_cierre",
        numero="CC-0000",
        caja_id=1,
        cajero=CASHIER,
        turno="tarde",
        fecha=day,
        estado="cerrada",
        apertura=0,
        ingresos=0,
        egresos=0,
        esperado=0,
        contado=0,
        diferencia=0,
        ventas_cierre_id=closing,
        observacion="Saldos que vienen del sistema anterior",
        abierta_en=when,
        cerrada_en=when,
        **who,
    )
    book.add(
        "caja_cierre_medio",
        caja_cierre_id=shift,
        medio=CASH,
        esperado=0,
        contado=0,
        diferencia=0,
    )
    return shift, closing


def _line(book: SeedBook, place: int, product: Row) -> Row:
    amount = Decimal(book.ledger_random.choice((1, 2, 4, 6)))
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


def _invoice(
    book: SeedBook, customer: Row, day: date, rows: list[Row], belongs: tuple[int, int]
) -> Row:
    totals = {name: int(value) for name, value in split(rows).items()}
    shift, closing = belongs
    when = book.ledger_moment(day)
    days = book.ledger_random.choice((customer["plazo_dias"], 60, 90))  # some in instalments
    key = book.add(
        "venta",
        numero=f"001-003-{4_000 + len(book.tables['venta']):07}",
        timbrado=TIMBRADO,
        sucursal_id=BRANCH,
        caja_cierre_id=shift,
        ventas_cierre_id=closing,
        cliente_id=customer["id"],
        cajero=CASHIER,
        fecha=day,
        hora=when,
        condicion="credito",
        vencimiento=day + timedelta(days=days),
        estado="emitida",
        saldo=totals["total"],
        modificado_por=CASHIER,
        modificado_en=when,
        **totals,
    )
    for row in rows:
        book.add("venta_linea", venta_id=key, **row)
    return book.get("venta", key)

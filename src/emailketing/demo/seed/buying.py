"""Three months of purchases: orders, invoices, payment orders."""

from datetime import date, timedelta
from decimal import Decimal

from emailketing.demo.amounts import rounded, split
from emailketing.demo.database import Row
from emailketing.demo.payments import WITHHELD
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.words import BANKS

RATE = Decimal(7350)  # guaraníes for a dollar
BUYERS = ("lgimenez", "dbogarin")
FUEL_LOTS = (1_000, 1_500, 2_000)
EXPENSES = range(20, 26)  # suppliers of services: invoices without an order
WAITING = 9  # days in which an order is still on its way
FRESH = 2  # days in which it may still be a draft
SUNDAY = 6
BILLING_DAY = 5


def buy(book: SeedBook) -> None:
    """Write what was bought and paid, day by day."""
    catalogue: dict[int, list[Row]] = {}
    for product in book.tables["producto"]:
        if product["proveedor_id"]:
            catalogue.setdefault(product["proveedor_id"], []).append(product)
    days = (book.today - book.first_day).days
    for number in range(days):
        day = book.first_day + timedelta(days=number)
        for supplier, products in catalogue.items():
            every = 4 if supplier == 1 else 12
            if (number + supplier * 5) % every == 0 and day.weekday() != SUNDAY:
                _order(book, supplier, products, day)
        if day.day == BILLING_DAY:
            for supplier in EXPENSES:
                _invoice(book, supplier, day, _expense(book), order=None, branch=1)
    _pay(book)


def _lines(book: SeedBook, products: list[Row], currency: str) -> list[Row]:
    chosen = book.random.sample(products, min(len(products), book.random.randint(2, 8)))
    lines = []
    for place, product in enumerate(chosen, 1):
        is_fuel = product["es_combustible"]
        amount = book.random.choice(FUEL_LOTS) if is_fuel else 6 * book.random.randint(1, 10)
        price = rounded(product["costo"] / (RATE if currency == "USD" else Decimal(1)), currency)
        lines.append(
            {
                "renglon": place,
                "producto_id": product["id"],
                "descripcion": product["descripcion"],
                "cantidad": Decimal(amount),
                "unidad": product["unidad"],
                "precio": price,
                "iva": product["iva"],
                "total": rounded(amount * price, currency),
            }
        )
    return lines


def _order(book: SeedBook, supplier: int, products: list[Row], day: date) -> None:
    known = book.get("proveedor", supplier)
    lines = _lines(book, products, known["moneda"])
    state = _state(book, (book.today - day).days)
    branch, buyer = book.random.choice((1, 1, 1, 2, 3)), book.random.choice(BUYERS)
    made, arrived = book.moment(day, 9.5), book.moment(day + timedelta(days=3), 15)
    is_draft = state == "borrador"
    key = book.add(
        "orden_compra",
        numero=None if is_draft else book.next_number("OC"),
        sucursal_id=branch,
        proveedor_id=supplier,
        fecha=day,
        entrega=day + timedelta(days=3),
        condicion=_conditions(known),
        moneda=known["moneda"],
        estado=state,
        observacion=None,
        creado_por=buyer,
        creado_en=made,
        confirmado_por=None if is_draft else buyer,
        confirmado_en=None if is_draft else made,
        recibido_en=arrived if state == "recibida" else None,
        anulado_en=made if state == "anulada" else None,
        motivo_anulacion="Sin existencia en el proveedor" if state == "anulada" else None,
        modificado_por=buyer,
        modificado_en=arrived if state == "recibida" else made,
        **split(lines, known["moneda"]),
    )
    for line in lines:
        book.add("orden_compra_linea", orden_compra_id=key, **line)
    if state == "recibida":
        totals = split(lines, known["moneda"])
        _invoice(book, supplier, arrived.date(), totals, order=key, branch=branch)


def _state(book: SeedBook, age: int) -> str:
    if book.chance(0.04):
        return "anulada"
    if age <= FRESH and book.chance(0.5):
        return "borrador"
    return "confirmada" if age <= WAITING else "recibida"


def _conditions(supplier: Row) -> str:
    days = supplier["plazo_dias"]
    return f"Crédito {days} días" if days else "Contado"


def _expense(book: SeedBook) -> dict[str, Decimal]:
    amount = Decimal(book.random.randint(8, 60) * 110_000)
    return split([{"iva": 10, "total": amount}])


def _invoice(
    book: SeedBook,
    supplier: int,
    day: date,
    totals: dict[str, Decimal],
    *,
    order: int | None,
    branch: int,
) -> None:
    known = book.get("proveedor", supplier)
    is_foreign = known["moneda"] == "USD"
    book.add(
        "factura_compra",
        proveedor_id=supplier,
        orden_compra_id=order,
        sucursal_id=branch,
        numero=f"001-002-{book.random.randint(1, 9_999_999):07}",
        timbrado=f"{12_000_000 + supplier * 31_337}",
        fecha=day,
        vencimiento=day + timedelta(days=known["plazo_dias"]),
        condicion=_conditions(known),
        moneda=known["moneda"],
        cotizacion=RATE if is_foreign else Decimal(1),
        saldo=totals["total"],
        estado="pendiente",
        modificado_por="sfleitas",
        modificado_en=book.moment(day, 16),
        **totals,
    )


def _pay(book: SeedBook) -> None:
    """Pay on the Friday after they fall due, one order per supplier."""
    due: dict[tuple[date, int], list[Row]] = {}
    for invoice in book.tables["factura_compra"]:
        wait = (4 - invoice["vencimiento"].weekday()) % 7
        friday = invoice["vencimiento"] + timedelta(days=wait)
        if friday < book.today:
            due.setdefault((friday, invoice["proveedor_id"]), []).append(invoice)
    for (friday, supplier), invoices in sorted(due.items(), key=lambda item: item[0]):
        _payment_order(book, supplier, invoices, friday)


def _payment_order(book: SeedBook, supplier: int, invoices: list[Row], day: date) -> None:
    known = book.get("proveedor", supplier)
    total = sum((invoice["total"] for invoice in invoices), Decimal(0))
    tax = sum((invoice["iva_10"] + invoice["iva_5"] for invoice in invoices), Decimal(0))
    withheld = rounded(tax * WITHHELD / 100) if known["moneda"] == "PYG" else Decimal(0)
    number, when = book.next_number("OP"), book.moment(day, 11)
    who: Row = {"modificado_por": "sfleitas", "modificado_en": when}
    key = book.add(
        "orden_pago",
        numero=number,
        sucursal_id=1,
        proveedor_id=supplier,
        fecha=day,
        moneda=known["moneda"],
        cotizacion=RATE if known["moneda"] == "USD" else Decimal(1),
        estado="pagada",
        total=total,
        retencion=withheld,
        neto=total - withheld,
        observacion=None,
        creado_por="sfleitas",
        creado_en=when,
        **who,
    )
    for invoice in invoices:
        book.add(
            "orden_pago_factura",
            orden_pago_id=key,
            factura_compra_id=invoice["id"],
            importe=invoice["total"],
        )
        invoice.update(saldo=Decimal(0), estado="pagada", **who)
    _payment_details(book, key, day, total - withheld, withheld)


def _payment_details(
    book: SeedBook, key: int, day: date, amount: Decimal, withheld: Decimal
) -> None:
    order = book.get("orden_pago", key)
    if withheld:
        book.add(
            "orden_pago_retencion",
            orden_pago_id=key,
            comprobante=f"RET-{order['numero'][3:]}",
            concepto="Retención IVA 30 %",
            base=rounded(withheld * 100 / WITHHELD),
            porcentaje=WITHHELD,
            importe=withheld,
        )
    by_cheque = book.chance(0.5)
    book.add(
        "orden_pago_medio",
        orden_pago_id=key,
        medio="cheque" if by_cheque else "transferencia",
        banco=book.random.choice(BANKS),
        cuenta=None if by_cheque else f"{book.random.randint(10**8, 10**9 - 1)}",
        numero=f"{book.random.randint(10**6, 10**7 - 1)}",
        fecha_pago=day + timedelta(days=15 if by_cheque else 0),
        beneficiario=book.get("proveedor", order["proveedor_id"])["razon_social"],
        importe=amount,
    )

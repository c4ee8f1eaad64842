"""Three months of quotations."""

from datetime import date, timedelta
from decimal import Decimal

from emailketing.demo.amounts import rounded, split
from emailketing.demo.database import Row
from emailketing.demo.seed.book import SeedBook

COUNT = 84
VALID_DAYS = 15
OFFERED = ("Lubricantes", "Filtros", "Autopartes", "Servicios", "Accesorios", "Bebidas")


def offer(book: SeedBook) -> None:
    groups = {row["id"] for row in book.tables["rubro"] if row["nombre"] in OFFERED}
    goods = [row for row in book.tables["producto"] if row["rubro_id"] in groups]
    buyers = [row for row in book.tables["cliente"] if row["tipo"] == "empresa"]
    days = (book.today - book.first_day).days
    for place in range(COUNT):
        day = book.first_day + timedelta(days=place * days // COUNT)
        customer = book.random.choice(buyers)
        _quotation(book, customer, book.random.sample(goods, book.random.randint(2, 7)), day)


def _state(book: SeedBook, day: date) -> str:
    age = (book.today - day).days
    if book.chance(0.4):
        return "aceptado"
    if age > VALID_DAYS:
        return "vencido"
    return "borrador" if book.chance(0.25) else "emitido"


def _quotation(book: SeedBook, customer: Row, goods: list[Row], day: date) -> None:
    lines = [_line(book, place, product) for place, product in enumerate(goods, 1)]
    state, when = _state(book, day), book.moment(day, 10.5)
    is_draft = state == "borrador"
    days = customer["plazo_dias"]
    key = book.add(
        "presupuesto",
        numero=None if is_draft else book.next_number("PRE"),
        sucursal_id=1 if customer["ciudad"] != "Encarnación" else 3,
        cliente_id=customer["id"],
        vendedor=customer["vendedor"],
        fecha=day,
        validez=day + timedelta(days=VALID_DAYS),
        condicion=f"Crédito {days} días" if days else "Contado",
        moneda="PYG",
        estado=state,
        observacion="Precios con IVA incluido. Entrega en la estación.",
        creado_por=customer["vendedor"],
        creado_en=when,
        emitido_en=None if is_draft else when,
        aceptado_en=when + timedelta(days=1) if state == "aceptado" else None,
        modificado_por=customer["vendedor"],
        modificado_en=when,
        **{name: int(value) for name, value in split(lines).items()},
    )
    for line in lines:
        book.add("presupuesto_linea", presupuesto_id=key, **line)


def _line(book: SeedBook, place: int, product: Row) -> Row:
    amount = Decimal(book.random.choice((1, 2, 3, 4, 6, 12, 24)))
    return {
        "renglon": place,
        "producto_id": product["id"],
        "descripcion": product["descripcion"],
        "cantidad": amount,
        "unidad": product["unidad"],
        "precio": product["precio"],
        "iva": product["iva"],
        "total": int(rounded(amount * product["precio"])),
    }

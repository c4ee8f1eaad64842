"""The tanks of the fuels: measured each evening, filled when low, one of them losing."""

from datetime import datetime, timedelta
from decimal import Decimal

from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.house import BRANCHES, FUELS

CAPACITY, LEAST, LOAD = 8_000, 2_000, 3_000
EVENING = timedelta(hours=22, minutes=30)
MORNING = timedelta(hours=5, minutes=40)
SUPPLIER = 1
LEAKING = (2, 3)  # branch and fuel of the tank that has been losing
LEAK_DAYS, LEAK = 12, 38
CHIEFS = {1: "pvera", 2: "ebrizuela", 3: "fescobar"}  # who measures: the evening's cashier
STEP = Decimal("0.01")

Sold = dict[tuple[int, int, int], Decimal]  # branch, fuel, number of the day → litres


def fill_tanks(book: SeedBook) -> None:
    """Write tanks, measurements and deliveries; the stock of a fuel is what its tank holds."""
    sold = _sold(book)
    levels: dict[tuple[int, int], Decimal] = {}
    for branch in range(1, len(BRANCHES) + 1):
        for number, fuel in enumerate(FUELS, 1):
            key = book.add(
                "tanque",
                sucursal_id=branch,
                numero=number,
                producto_id=fuel,
                capacidad=Decimal(CAPACITY),
                minimo=Decimal(LEAST),
            )
            levels[branch, fuel] = _live(book, key, sold)
    for stock in book.tables["existencia"]:
        if book.get("producto", stock["producto_id"])["es_combustible"]:
            place = stock["sucursal_id"], stock["producto_id"]
            held = levels.get(place, Decimal(0))  # a fuel without a tank is not sold any more
            stock.update(cantidad=held, minimo=LEAST if place in levels else 0)


def _sold(book: SeedBook) -> Sold:
    pumps = {pump["id"]: pump["sucursal_id"] for pump in book.tables["surtidor"]}
    first = datetime.combine(book.first_day, datetime.min.time())
    sold: Sold = {}
    for row in book.tables["venta_combustible"]:
        place = pumps[row["surtidor_id"]], row["producto_id"], (row["hora"] - first).days
        sold[place] = sold.get(place, Decimal(0)) + row["litros"]
    return sold


def _live(book: SeedBook, key: int, sold: Sold) -> Decimal:
    """Go through the days of one tank; return what is in it at the end."""
    tank = book.get("tanque", key)
    place = tank["sucursal_id"], tank["producto_id"]
    level = Decimal(book.ledger_random.randint(2_500, 7_000))
    days = (book.today - book.first_day).days
    _measure(book, key, -1, level)
    for number in range(days):
        if level < LEAST:
            level += _receive(book, key, number)
        level -= sold.get((*place, number), Decimal(0))
        level -= Decimal(book.ledger_random.randint(-900, 1_500)) / 100
        if place == LEAKING and number >= days - LEAK_DAYS:
            level -= LEAK
        level = level.quantize(STEP)
        _measure(book, key, number, level)
    return level


def _measure(book: SeedBook, key: int, number: int, level: Decimal) -> None:
    day = book.first_day + timedelta(days=number)
    book.add(
        "tanque_medicion",
        tanque_id=key,
        fecha=day,
        cuando=datetime.combine(day, datetime.min.time()) + EVENING,
        litros=level,
        usuario=CHIEFS[book.get("tanque", key)["sucursal_id"]],
    )


def _receive(book: SeedBook, key: int, number: int) -> Decimal:
    tank, day = book.get("tanque", key), book.first_day + timedelta(days=number)
    litres = Decimal(LOAD)
    book.add(
        "recepcion_combustible",
        tanque_id=key,
        proveedor_id=SUPPLIER,
        fecha=day,
        cuando=datetime.combine(day, datetime.min.time()) + MORNING,
        remision=f"001-004-{book.ledger_random.randint(1, 9_999_999):07}",
        litros=litres,
        costo=book.get("producto", tank["producto_id"])["costo"],
        usuario=CHIEFS[tank["sucursal_id"]],
    )
    return litres

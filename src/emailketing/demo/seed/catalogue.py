"""Products by group, with stock and earlier prices."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.house import BRANCHES

FOLDER = Path(__file__).parent
FUEL_GROUP = "Combustibles"
FUEL_COST, OTHER_COST = 0.93, 0.72
PRICE_STEP = 50
SHOP = "03"  # the last part of the accounts of sales and their cost
KINDS = {"Combustibles": "01", "Servicios": "04"} | dict.fromkeys(
    ("Lubricantes", "Filtros", "Autopartes", "Accesorios"), "02"
)


def read(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def open_accounts(book: SeedBook) -> None:
    """Write the chart of accounts."""
    lines = list(read("accounts"))
    parents = {line["codigo"].rpartition(".")[0] for line in lines}
    for line in lines:
        code = line["codigo"]
        book.accounts[code] = book.add(
            "cuenta",
            codigo=code,
            nombre=line["nombre"],
            tipo=line["tipo"],
            nivel=code.count(".") + 1,
            imputable=int(code not in parents),
        )


def stock_shelves(book: SeedBook) -> None:
    groups: dict[str, int] = {}
    for line in read("catalogue"):
        if line["rubro"] not in groups:
            place = len(groups) + 1
            groups[line["rubro"]] = _add_group(book, line["rubro"], place)
        _add_product(book, line, groups[line["rubro"]])
    for product in book.tables["producto"]:
        for branch in range(1, len(BRANCHES) + 1):
            at_hand = book.random.randint(6, 160) * (80 if product["es_combustible"] else 1)
            book.put(
                "existencia",
                producto_id=product["id"],
                sucursal_id=branch,
                cantidad=at_hand,
                minimo=2000 if product["es_combustible"] else 12,
            )
    _change_prices(book)


def _add_group(book: SeedBook, name: str, place: int) -> int:
    kind = KINDS.get(name, SHOP)
    codes = {"cuenta_venta": f"4.1.{kind}", "cuenta_costo": f"5.1.{kind}"}
    keys = {f"{name}_id": book.accounts[code] for name, code in codes.items()}
    group = book.add("rubro", nombre=name, orden=place, **keys)
    book.group_accounts[group] = codes
    return group


def _add_product(book: SeedBook, line: dict[str, str], group: int) -> None:
    is_fuel = line["rubro"] == FUEL_GROUP
    price = int(line["precio"])
    number = len(book.tables["producto"]) + 1
    cost = price * (FUEL_COST if is_fuel else OTHER_COST)
    book.add(
        "producto",
        codigo=f"{number:05}",
        codigo_barras=None if is_fuel else f"784000{number:06}{number % 10}",
        descripcion=line["descripcion"],
        rubro_id=group,
        proveedor_id=int(line["proveedor"]) if line["proveedor"] else None,
        unidad=line["unidad"],
        es_combustible=int(is_fuel),
        iva=int(line["iva"]),
        costo=round(cost / PRICE_STEP) * PRICE_STEP,
        precio=price,
        modificado_por="lgimenez",
        modificado_en=book.moment(book.first_day, 8),
    )


def _change_prices(book: SeedBook) -> None:
    """Two months ago the fuels became dearer, since then some twenty other products."""
    fuels = [product for product in book.tables["producto"] if product["es_combustible"]]
    changes = [(product, 57) for product in fuels]
    others = book.random.sample(book.tables["producto"][len(fuels) :], 20)
    changes += [(product, book.random.randint(3, 80)) for product in others]
    for product, days_ago in changes:
        when = book.moment(book.today - timedelta(days=days_ago), 7.5)
        earlier = round(product["precio"] * 0.96 / PRICE_STEP) * PRICE_STEP
        book.add(
            "precio_historial",
            producto_id=product["id"],
            precio_anterior=earlier,
            precio_nuevo=product["precio"],
            desde=when,
            usuario="lgimenez",
        )
        product["modificado_en"] = when

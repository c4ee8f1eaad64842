"""Products: their price, with its history."""

from decimal import Decimal

from emailketing.demo.database import OperatorTransaction
from emailketing.demo.refused import Refused


def change_price(work: OperatorTransaction, key: int, price: Decimal) -> None:
    product = work.get("producto", key)
    if price <= 0 or price != price.to_integral_value():
        raise Refused("El precio es un número entero de guaraníes, mayor que cero.")
    if price <= product["costo"]:
        raise Refused("El precio no puede ser menor o igual que el costo.")
    if price == product["precio"]:
        raise Refused("El precio es el mismo que antes.")
    work.insert(
        "precio_historial",
        producto_id=key,
        precio_anterior=product["precio"],
        precio_nuevo=int(price),
        desde=work.now,
        usuario=work.user,
    )
    work.update("producto", key, precio=int(price))

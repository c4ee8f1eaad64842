"""Sales over the counter and at the pump, in cash or on account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from emailketing.demo.amounts import EnteredLine, money, rounded, split
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.lines import check_lines, priced
from emailketing.demo.refused import Refused
from emailketing.demo.tills import open_till_of, take_in

TIMBRADO = "17283945"


@dataclass(frozen=True)
class Sale:
    """What is sold to whom; without payments it goes on the customer's account."""

    branch: int
    lines: Sequence[EnteredLine]
    customer: int | None = None
    payments: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Refuelling:
    """Litres from one pump, into a known vehicle or somebody's."""

    pump: int
    litres: Decimal
    vehicle: int | None = None
    odometer: int | None = None
    payments: Mapping[str, int] | None = None


def sell(work: OperatorTransaction, sale: Sale) -> int:
    """Save a sale with its lines and payments; return its key."""
    check_lines(sale.lines)
    rows = priced(work, sale.lines)
    totals = split(rows)
    amount = int(totals["total"])
    days = None if sale.payments else _credit(work, sale.customer, amount)
    if sale.payments and sum(sale.payments.values()) != amount:
        raise Refused(f"Los pagos no suman {money(amount)}.")
    session = open_till_of(work, sale.branch)
    branch = work.get("sucursal", sale.branch)
    number = work.next_number(f"FAC-{branch['codigo']}")
    key = work.insert(
        "venta",
        numero=number,
        timbrado=TIMBRADO,
        sucursal_id=sale.branch,
        caja_cierre_id=session,
        cliente_id=sale.customer,
        cajero=work.user,
        fecha=work.today,
        hora=work.now,
        condicion="contado" if days is None else "credito",
        vencimiento=None if days is None else work.today + timedelta(days=days),
        estado="emitida",
        saldo=0 if days is None else amount,
        **{name: int(value) for name, value in totals.items()},
    )
    _write_details(work, key, sale, rows)
    if sale.payments:
        take_in(work, session, concept="venta", amounts=sale.payments, detail=f"Factura {number}")
    return int(key)


def _write_details(work: OperatorTransaction, key: int, sale: Sale, rows: list[Row]) -> None:
    cost = [work.get("producto", row["producto_id"])["costo"] for row in rows]
    lines = [row | {"venta_id": key, "costo": each} for row, each in zip(rows, cost, strict=True)]
    work.insert_many("venta_linea", lines)
    payments = [
        {"venta_id": key, "medio": means, "importe": amount}
        for means, amount in (sale.payments or {}).items()
    ]
    work.insert_many("venta_pago", payments)
    for row in rows:
        work.add_stock(row["producto_id"], sale.branch, -row["cantidad"])


def _credit(work: OperatorTransaction, customer: int | None, amount: int) -> int:
    """Return the days a customer has to pay; refuse who may not buy on account."""
    if customer is None:
        raise Refused("El consumidor final paga al contado: elija el medio de pago.")
    known = work.get("cliente", customer)
    if not known["plazo_dias"]:
        raise Refused(f"{known['razon_social']} no tiene crédito: elija el medio de pago.")
    free = known["limite_credito"] - balance(work, customer)
    if amount > free:
        raise Refused(
            f"{known['razon_social']} supera su límite de crédito: le quedan {money(free)}."
        )
    return int(known["plazo_dias"])


def balance(work: OperatorTransaction, customer: int) -> int:
    sales = work.tables["venta"]
    owed = select(func.sum(sales.c.saldo)).where(
        (sales.c.cliente_id == customer) & (sales.c.estado == "emitida")
    )
    return int(work.value(owed) or 0)


def refuel(work: OperatorTransaction, refuelling: Refuelling) -> int:
    """Sell fuel at a pump; return the key of the refuelling."""
    pump = work.get("surtidor", refuelling.pump)
    vehicle = work.get("vehiculo", refuelling.vehicle) if refuelling.vehicle else None
    if vehicle:
        _check_vehicle(vehicle, pump, refuelling.odometer)
    product = work.get("producto", pump["producto_id"])
    sale = Sale(
        branch=pump["sucursal_id"],
        customer=vehicle["cliente_id"] if vehicle else None,
        lines=[EnteredLine(product["id"], refuelling.litres, Decimal(product["precio"]))],
        payments=refuelling.payments,
    )
    key = sell(work, sale)
    details: Row = {
        "venta_id": key,
        "vehiculo_id": refuelling.vehicle,
        "surtidor_id": refuelling.pump,
        "producto_id": product["id"],
        "litros": refuelling.litres,
        "precio": product["precio"],
        "importe": int(rounded(refuelling.litres * product["precio"])),
        "odometro": refuelling.odometer,
        "chofer": vehicle["chofer"] if vehicle else None,
        "hora": work.now,
    }
    if vehicle and refuelling.odometer:
        work.update("vehiculo", vehicle["id"], odometro=refuelling.odometer)
    return int(work.insert("venta_combustible", **details))


def _check_vehicle(vehicle: Row, pump: Row, odometer: int | None) -> None:
    if not vehicle["activo"]:
        raise Refused(f"El vehículo {vehicle['chapa']} está dado de baja.")
    if vehicle["producto_id"] != pump["producto_id"]:
        raise Refused(f"El vehículo {vehicle['chapa']} usa otro combustible: cambie el surtidor.")
    last = vehicle["odometro"]
    if odometer is not None and last and odometer < last:
        raise Refused(f"El odómetro no puede ser menor que el anterior ({last}).")


def litres_this_month(work: OperatorTransaction, vehicle: int) -> Decimal:
    fuel = work.tables["venta_combustible"]
    first = work.now.replace(day=1, hour=0, minute=0, second=0)
    used = select(func.sum(fuel.c.litros)).where(
        (fuel.c.vehiculo_id == vehicle) & (fuel.c.hora >= first)
    )
    return Decimal(str(work.value(used) or 0))

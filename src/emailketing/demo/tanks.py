"""Tanks: what the dipstick says at the end of the day, and what a lorry brought."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from emailketing.demo.amounts import quantity
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused


@dataclass(frozen=True)
class Delivery:
    """What a lorry unloaded into a tank; the cost is of one litre."""

    tank: int
    supplier: int
    note: str
    litres: Decimal
    cost: int


def measure_tank(work: OperatorTransaction, key: int, litres: Decimal) -> None:
    """Note today's level; a second measurement of the day replaces the first."""
    tank = work.get("tanque", key)
    if not 0 <= litres <= tank["capacidad"]:
        raise Refused(
            f"En el tanque {tank['numero']} caben {quantity(tank['capacidad'])} litros: "
            "revise la medición."
        )
    measured = work.tables["tanque_medicion"]
    today = (measured.c.tanque_id == key) & (measured.c.fecha == work.today)
    values: Row = {"litros": litres, "cuando": work.now, "usuario": work.user}
    known = work.value(select(measured.c.id).where(today))
    if known:
        work.update("tanque_medicion", known, **values)
    else:
        work.insert("tanque_medicion", tanque_id=key, fecha=work.today, **values)


def receive_fuel(work: OperatorTransaction, delivery: Delivery) -> int:
    """Note what came, into the tank and the stock of the branch; return its key."""
    tank = work.get("tanque", delivery.tank)
    problems = [] if delivery.note.strip() else ["Escriba el número de la nota de remisión."]
    if not 0 < delivery.litres <= tank["capacidad"]:
        problems.append(f"En ese tanque caben {quantity(tank['capacidad'])} litros.")
    if delivery.cost <= 0:
        problems.append("El costo por litro debe ser mayor que cero.")
    if problems:
        raise Refused(*problems)
    work.get("proveedor", delivery.supplier)
    work.add_stock(tank["producto_id"], tank["sucursal_id"], delivery.litres)
    key = work.insert(
        "recepcion_combustible",
        tanque_id=delivery.tank,
        proveedor_id=delivery.supplier,
        fecha=work.today,
        cuando=work.now,
        remision=delivery.note.strip(),
        litros=delivery.litres,
        costo=delivery.cost,
        usuario=work.user,
    )
    return int(key)


def tank_levels(work: OperatorTransaction) -> list[Row]:
    """Return each tank with its last measurement and what it should hold by now."""
    tanks, products, branches = (work.tables[n] for n in ("tanque", "producto", "sucursal"))
    query = (
        select(tanks, products.c.descripcion, branches.c.nombre.label("sucursal"))
        .join(products, products.c.id == tanks.c.producto_id)
        .join(branches, branches.c.id == tanks.c.sucursal_id)
        .order_by(tanks.c.sucursal_id, tanks.c.numero)
    )
    return [row | _level(work, row) for row in work.rows(query)]


def _level(work: OperatorTransaction, tank: Row) -> Row:
    measured = work.tables["tanque_medicion"]
    mine = select(measured).where(measured.c.tanque_id == tank["id"])
    last = work.rows(mine.order_by(measured.c.fecha.desc()).limit(1))
    if not last:
        return {"medido_en": None, "medido": None, "teorico": None}
    since, level = last[0]["cuando"], last[0]["litros"]
    left = level + _received(work, tank, since) - _sold(work, tank, since)
    return {"medido_en": since, "medido": level, "teorico": left}


def _received(work: OperatorTransaction, tank: Row, since: datetime) -> Decimal:
    came = work.tables["recepcion_combustible"]
    mine = (came.c.tanque_id == tank["id"]) & (came.c.cuando > since)
    return work.value(select(func.sum(came.c.litros)).where(mine)) or Decimal(0)


def _sold(work: OperatorTransaction, tank: Row, since: datetime) -> Decimal:
    fuel, sales = work.tables["venta_combustible"], work.tables["venta"]
    here = (sales.c.sucursal_id == tank["sucursal_id"]) & (sales.c.estado == "emitida")
    mine = here & (fuel.c.producto_id == tank["producto_id"]) & (fuel.c.hora > since)
    query = select(func.sum(fuel.c.litros)).join(sales, sales.c.id == fuel.c.venta_id).where(mine)
    return work.value(query) or Decimal(0)

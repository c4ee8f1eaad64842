"""Purchase orders: a draft, confirmed with a number, received or annulled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from emailketing.demo.amounts import EnteredLine
from emailketing.demo.database import OperatorTransaction
from emailketing.demo.lines import check_lines, lines_of, write_lines
from emailketing.demo.refused import Refused

OPEN_STATES = ("borrador", "confirmada")


@dataclass(frozen=True)
class Order:
    """A purchase order as the operator enters it."""

    supplier: int
    branch: int
    lines: Sequence[EnteredLine]
    delivery: date | None = None
    conditions: str = "Contado"
    notes: str = ""


def check_order(work: OperatorTransaction, order: Order) -> None:
    if order.delivery and order.delivery < work.today:
        raise Refused("La fecha de entrega ya pasó. Elija hoy o un día posterior.")
    work.get("sucursal", order.branch)
    check_lines(order.lines)


def open_order(work: OperatorTransaction, order: Order) -> int:
    """Write the header of a new draft; its lines follow."""
    supplier = work.get("proveedor", order.supplier)
    key = work.insert(
        "orden_compra",
        sucursal_id=order.branch,
        proveedor_id=order.supplier,
        fecha=work.today,
        entrega=order.delivery,
        condicion=order.conditions,
        moneda=supplier["moneda"],
        estado="borrador",
        observacion=order.notes or None,
        creado_por=work.user,
        creado_en=work.now,
    )
    return int(key)


def write_order_lines(work: OperatorTransaction, key: int, lines: Sequence[EnteredLine]) -> None:
    currency = work.get("orden_compra", key)["moneda"]
    write_lines(work, "orden_compra", key, lines, currency=currency)


def save_order(work: OperatorTransaction, order: Order, key: int | None = None) -> int:
    """Save a new or a changed order; return its key."""
    check_order(work, order)
    if key is None:
        key = open_order(work, order)
    else:
        _change_header(work, key, order)
    write_order_lines(work, key, order.lines)
    return key


def _change_header(work: OperatorTransaction, key: int, order: Order) -> None:
    known = work.get("orden_compra", key)
    if known["estado"] not in OPEN_STATES:
        raise Refused(f"La orden {known['numero']} está {known['estado']}: ya no se puede cambiar.")
    if known["numero"] and known["proveedor_id"] != order.supplier:
        raise Refused(
            "Una orden confirmada no cambia de proveedor. Anúlela y haga una nueva para el otro."
        )
    work.update(
        "orden_compra",
        key,
        sucursal_id=order.branch,
        proveedor_id=order.supplier,
        moneda=work.get("proveedor", order.supplier)["moneda"],
        entrega=order.delivery,
        condicion=order.conditions,
        observacion=order.notes or None,
    )


def confirm_order(work: OperatorTransaction, key: int) -> str:
    """Confirm a draft; return its number."""
    order = work.get("orden_compra", key)
    if order["estado"] != "borrador":
        raise Refused(f"La orden {order['numero']} ya está {order['estado']}.")
    if not lines_of(work, "orden_compra", key):
        raise Refused("La orden no tiene renglones. Agregue al menos un producto.")
    return give_number(work, key)


def give_number(work: OperatorTransaction, key: int) -> str:
    number = work.next_number("OC")
    work.update(
        "orden_compra",
        key,
        numero=number,
        estado="confirmada",
        fecha=work.today,
        confirmado_por=work.user,
        confirmado_en=work.now,
    )
    return number


def annul_order(work: OperatorTransaction, key: int, *, reason: str) -> None:
    order = work.get("orden_compra", key)
    if order["estado"] not in OPEN_STATES:
        raise Refused(f"La orden {order['numero']} está {order['estado']}: no se puede anular.")
    if not reason.strip():
        raise Refused("Escriba el motivo de la anulación.")
    work.update(
        "orden_compra",
        key,
        estado="anulada",
        anulado_en=work.now,
        motivo_anulacion=reason.strip(),
    )


def receive_order(work: OperatorTransaction, key: int) -> None:
    """The goods arrived: the stock of the branch grows."""
    order = work.get("orden_compra", key)
    if order["estado"] != "confirmada":
        raise Refused("Solo se recibe una orden confirmada.")
    for line in lines_of(work, "orden_compra", key):
        work.add_stock(line["producto_id"], order["sucursal_id"], line["cantidad"])
    work.update("orden_compra", key, estado="recibida", recibido_en=work.now)

"""Later that day: orders that went out in the morning are changed and annulled."""

from sqlalchemy import exists, select

from emailketing.demo.amounts import EnteredLine
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.lines import lines_of
from emailketing.demo.orders import annul_order, write_order_lines
from emailketing.demo.play.day import Day
from emailketing.demo.refused import Refused

Done = tuple[str, int]


def order_changed(day: Day) -> Done:
    """The first order of the morning asks for more of its first product."""
    with day.as_user("lgimenez") as work:
        known = _of_today(work, 0)
        lines = [
            EnteredLine(line["producto_id"], line["cantidad"], line["precio"])
            for line in lines_of(work, "orden_compra", known["id"])
        ]
        first = EnteredLine(lines[0].product, lines[0].quantity + 12, lines[0].price)
        write_order_lines(work, known["id"], [first, *lines[1:]])
    return f"Aumentó una cantidad en la orden {known['numero']} de hoy", int(known["id"])


def order_annulled(day: Day) -> Done:
    with day.as_user("dbogarin") as work:
        known = _of_today(work, 1)
        annul_order(work, known["id"], reason="El proveedor no puede entregar esta semana")
    return f"Anuló la orden {known['numero']} de hoy", int(known["id"])


def _of_today(work: OperatorTransaction, place: int) -> Row:
    """Return one of today's orders in guaraníes to suppliers with e-mail, the oldest first."""
    orders, contacts = work.tables["orden_compra"], work.tables["proveedor_contacto"]
    mail = exists().where(
        (contacts.c.proveedor_id == orders.c.proveedor_id) & (contacts.c.tipo == "email")
    )
    today = (orders.c.fecha == work.today) & (orders.c.estado == "confirmada")
    query = select(orders).where(today & mail & (orders.c.moneda == "PYG")).order_by(orders.c.id)
    found = work.rows(query)
    if len(found) <= place:
        raise Refused("Primero se juega el día: play --part day.")
    return found[place]


LATE = (
    ("orden_modificada", order_changed),
    ("orden_anulada", order_annulled),
)

"""The office's acts: purchase orders, quotations, a payment order, changes of data."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from emailketing.demo.amounts import EnteredLine, money
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.lines import lines_of
from emailketing.demo.orders import (
    Order,
    annul_order,
    confirm_order,
    give_number,
    open_order,
    save_order,
    write_order_lines,
)
from emailketing.demo.payments import Payment, issue_payment
from emailketing.demo.people import change_credit, delete_contact, delete_person, has_documents
from emailketing.demo.play.day import (
    BRANCH,
    Day,
    customers,
    goods_of,
    shop_goods,
    suppliers,
)
from emailketing.demo.products import change_price
from emailketing.demo.quotations import Quotation, issue_quotation, save_quotation

Done = tuple[str, int]  # a sentence and the record's key


def order_for(work: OperatorTransaction, supplier: Row, quantities: tuple[int, ...]) -> Order:
    return Order(
        supplier=supplier["id"],
        branch=BRANCH,
        delivery=work.today + timedelta(days=3),
        conditions=f"Crédito {supplier['plazo_dias']} días"
        if supplier["plazo_dias"]
        else "Contado",
        lines=goods_of(work, supplier, quantities),
        notes="Entregar de 7 a 11 horas por el portón lateral.",
    )


def order_at_once(day: Day) -> Done:
    """Header, lines and number in one transaction."""
    with day.as_user("lgimenez") as work:
        supplier = suppliers(work)[1]
        key = save_order(work, order_for(work, supplier, (24, 12, 36, 6)))
        number = confirm_order(work, key)
    return f"Orden de compra {number} a {supplier['razon_social']}", key


def order_from_draft(day: Day) -> Done:
    """A draft is saved, looked at again and confirmed."""
    with day.as_user("dbogarin") as work:
        supplier = suppliers(work)[4]
        key = save_order(work, order_for(work, supplier, (48, 48, 24, 24, 60)))
    with day.as_user("lgimenez") as work:
        number = confirm_order(work, key)
    return f"Orden de compra {number} a {supplier['razon_social']}, de un borrador", key


def order_header_first(day: Day) -> Done:
    """The old program of the branch saves the numbered header first, the lines afterwards."""
    with day.as_user("dbogarin") as work:
        supplier = suppliers(work)[7]
        order = order_for(work, supplier, (30, 30, 12))
        key = open_order(work, order)
        number = give_number(work, key)
    with day.as_user("dbogarin") as work:
        write_order_lines(work, key, order.lines)
    return f"Orden de compra {number} a {supplier['razon_social']}, en dos pasos", key


def order_abroad(day: Day) -> Done:
    """In dollars, to a supplier who reads English."""
    with day.as_user("lgimenez") as work:
        supplier = next(s for s in suppliers(work, currency="USD") if s["idioma"] == "en")
        key = save_order(work, order_for(work, supplier, (36, 24, 24)))
        number = confirm_order(work, key)
    return f"Orden de compra {number} a {supplier['razon_social']}, en dólares", key


def order_without_email(day: Day) -> Done:
    """The supplier has no e-mail."""
    with day.as_user("lgimenez") as work:
        supplier = suppliers(work, with_email=False)[0]
        key = save_order(work, order_for(work, supplier, (80, 60, 40)))
        number = confirm_order(work, key)
    return f"Orden de compra {number} a {supplier['razon_social']}, sin correo", key


def order_saved_again(day: Day) -> Done:
    """An order already confirmed is opened and saved without a change."""
    with day.as_user("lgimenez") as work:
        known = _confirmed(work)[0]
        lines = [
            EnteredLine(line["producto_id"], line["cantidad"], line["precio"])
            for line in lines_of(work, "orden_compra", known["id"])
        ]
        same = Order(
            supplier=known["proveedor_id"],
            branch=known["sucursal_id"],
            lines=lines,
            conditions=known["condicion"],
            notes=known["observacion"] or "",
        )
        work.update("orden_compra", known["id"], entrega=known["entrega"])
        write_order_lines(work, known["id"], same.lines)
    return f"Volvió a guardar la orden {known['numero']} sin cambios", int(known["id"])


def order_changed(day: Day) -> Done:
    """A confirmed order asks for more of its first product."""
    with day.as_user("lgimenez") as work:
        known = _confirmed(work)[1]
        lines = [
            EnteredLine(line["producto_id"], line["cantidad"], line["precio"])
            for line in lines_of(work, "orden_compra", known["id"])
        ]
        first = EnteredLine(lines[0].product, lines[0].quantity + 6, lines[0].price)
        write_order_lines(work, known["id"], [first, *lines[1:]])
    return f"Aumentó una cantidad en la orden {known['numero']}", int(known["id"])


def order_annulled(day: Day) -> Done:
    with day.as_user("dbogarin") as work:
        known = _confirmed(work)[2]
        annul_order(work, known["id"], reason="El proveedor no tiene existencia")
    return f"Anuló la orden {known['numero']}", int(known["id"])


def order_undone(day: Day) -> Done:
    """An order is confirmed and the operator cancels before all is saved: nothing remains."""
    with day.as_user("dbogarin") as work:
        supplier = suppliers(work)[5]
        key = save_order(work, order_for(work, supplier, (12, 12)))
        confirm_order(work, key)
        work.undo()
    return f"Canceló una orden a {supplier['razon_social']} mientras se grababa", key


def _confirmed(work: OperatorTransaction) -> list[Row]:
    """Return the orders still on their way, the oldest first."""
    orders = work.tables["orden_compra"]
    open_orders = (orders.c.estado == "confirmada") & (orders.c.fecha < work.today)
    return work.rows(select(orders).where(open_orders).order_by(orders.c.id))


def quotation_at_once(day: Day) -> Done:
    with day.as_user("cbenitez") as work:
        customer = customers(work)[0]
        key = _quotation(work, customer, shop_goods(work, "Lubricantes", (4, 2, 6, 1)))
        number = issue_quotation(work, key)
    return f"Presupuesto {number} a {customer['razon_social']}", key


def quotation_from_draft(day: Day) -> Done:
    """A fleet asks for tyres; the draft is issued later."""
    with day.as_user("cbenitez") as work:
        customer = customers(work, fleets=True)[2]
        key = _quotation(work, customer, shop_goods(work, "Autopartes", (2, 2, 1, 4, 4)))
    with day.as_user("cbenitez") as work:
        number = issue_quotation(work, key)
    return f"Presupuesto {number} a {customer['razon_social']}, de un borrador", key


def quotation_in_english(day: Day) -> Done:
    with day.as_user("ralvarenga") as work:
        customer = customers(work, language="en")[0]
        key = _quotation(work, customer, shop_goods(work, "Servicios", (3, 2, 1)))
        number = issue_quotation(work, key)
    return f"Presupuesto {number} a {customer['razon_social']}, en inglés", key


def quotation_in_portuguese(day: Day) -> Done:
    with day.as_user("gfranco") as work:
        customer = customers(work, language="pt")[0]
        key = _quotation(work, customer, shop_goods(work, "Filtros", (4, 4, 2, 2)))
        number = issue_quotation(work, key)
    return f"Presupuesto {number} a {customer['razon_social']}, en portugués", key


def _quotation(work: OperatorTransaction, customer: Row, lines: list[EnteredLine]) -> int:
    days = customer["plazo_dias"]
    quotation = Quotation(
        customer=customer["id"],
        branch=BRANCH,
        lines=lines,
        valid_until=work.today + timedelta(days=15),
        conditions=f"Crédito {days} días" if days else "Contado",
        notes="Precios con IVA incluido. Entrega en la estación.",
    )
    return save_quotation(work, quotation)


def payment(day: Day) -> Done:
    """Pay the oldest open invoices of the supplier who is owed most, by cheque."""
    with day.as_user("sfleitas") as work:
        invoices = work.tables["factura_compra"]
        query = select(invoices).where(
            (invoices.c.estado == "pendiente") & (invoices.c.moneda == "PYG")
        )
        owed = work.rows(query.order_by(invoices.c.fecha, invoices.c.id))
        supplier = owed[0]["proveedor_id"]
        chosen = [row for row in owed if row["proveedor_id"] == supplier][:3]
        order = Payment(
            supplier=supplier,
            branch=BRANCH,
            invoices={row["id"]: row["saldo"] for row in chosen},
            means="cheque",
            bank="Banco Ypacaraí",
            number=f"{4_410_000 + chosen[0]['id']}",
            pay_on=work.today + timedelta(days=15),
        )
        key = issue_payment(work, order)
        saved = work.get("orden_pago", key)
        name = work.get("proveedor", supplier)["razon_social"]
    return f"Orden de pago {saved['numero']} a {name}: {money(saved['neto'])}", key


def price(day: Day) -> Done:
    """A fuel goes up by an eighth."""
    with day.as_user("lgimenez") as work:
        product = work.get("producto", 4)
        change_price(work, product["id"], Decimal(product["precio"] * 9 // 8 // 10 * 10))
        new = work.get("producto", 4)["precio"]
    return f"Cambió el precio de {product['descripcion']} a {money(new)}", int(product["id"])


def credit(day: Day) -> Done:
    """A customer gets a third more credit."""
    with day.as_user("mrojas") as work:
        customer = customers(work, fleets=True)[5]
        limit = customer["limite_credito"] * 4 // 3
        change_credit(work, customer["id"], limit)
    return f"Cambió el crédito de {customer['razon_social']} a {money(limit)}", int(customer["id"])


def customer_deleted(day: Day) -> Done:
    """The customer entered twice is deleted, with all contacts."""
    with day.as_user("mrojas") as work:
        table = work.tables["cliente"]
        for customer in work.rows(select(table).order_by(table.c.id.desc())):
            if has_documents(work, "cliente", customer["id"]):
                continue
            delete_person(work, "cliente", customer["id"])
            return f"Eliminó el cliente {customer['razon_social']}", int(customer["id"])
    return contact_deleted(day)  # the day is played a second time


def contact_deleted(day: Day) -> Done:
    with day.as_user("mrojas") as work:
        contacts = work.tables["cliente_contacto"]
        private = select(contacts).where(contacts.c.uso == "general").order_by(contacts.c.id.desc())
        contact = work.rows(private)[0]
        delete_contact(work, "cliente", contact["id"])
    return f"Eliminó el contacto {contact['nombre']}", int(contact["id"])


OFFICE = (
    ("orden_compra", order_at_once),
    ("presupuesto", quotation_at_once),
    ("orden_compra", order_from_draft),
    ("orden_compra_regrabada", order_saved_again),
    ("presupuesto", quotation_from_draft),
    ("orden_compra", order_header_first),
    ("orden_compra", order_without_email),
    ("orden_compra_modificada", order_changed),
    ("presupuesto", quotation_in_english),
    ("orden_compra", order_abroad),
    ("orden_compra_anulada", order_annulled),
    ("presupuesto", quotation_in_portuguese),
    ("orden_pago", payment),
    ("modificacion", price),
    ("modificacion", credit),
    ("eliminacion", customer_deleted),
    ("orden_compra_cancelada", order_undone),
)

"""Payment orders: list, and the form for what is paid to a supplier."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form, as_key
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, chosen, listing, page, status_for
from emailketing.demo.payments import MEANS, Payment, issue_payment

FIELDS = ("medio", "banco", "cuenta", "numero", "fecha_pago", "observacion")


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        orders, suppliers = work.tables["orden_pago"], work.tables["proveedor"]
        query = select(orders, suppliers.c.razon_social).join(
            suppliers, suppliers.c.id == orders.c.proveedor_id
        )
        search = request.asked("buscar")
        if search:
            query = query.where(
                suppliers.c.razon_social.ilike(f"%{search}%") | orders.c.numero.ilike(f"%{search}%")
            )
        found = listing(request, work, query.order_by(orders.c.id.desc()))
    return page(request, "pagos", **found)


def new(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _act(request, form),
        lambda form, problems: _show(request, form, problems),
    )


def _act(request: OperatorRequest, form: Form) -> Response:
    typed = zip(form.list("factura"), form.list("aplicar"), strict=False)
    payment = Payment(
        supplier=form.key("proveedor", "Proveedor"),
        branch=request.user["sucursal_id"],
        invoices={
            as_key(key) or 0: form.read(amount, "Importe que se paga")
            for key, amount in typed
            if amount
        },
        means=form.text("medio"),
        pay_on=form.day("fecha_pago", "Fecha de pago") or request.clock().date(),
        bank=form.text("banco"),
        account=form.text("cuenta"),
        number=form.text("numero"),
        withholds=form.text("retener") == "1",
        notes=form.text("observacion"),
    )
    form.check()
    with request.work() as work:
        number = work.get("orden_pago", issue_payment(work, payment))["numero"]
    return go_to("/pagos", f"Orden de pago {number} emitida.")


def _show(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    asked = as_key(form.text("proveedor") if form else request.asked("proveedor"))
    with request.look() as work:
        suppliers = work.tables["proveedor"]
        people = chosen(work.rows(select(suppliers).order_by(suppliers.c.razon_social)))
        supplier = work.get("proveedor", asked) if asked else None
        invoices = _owed(work, asked) if asked else []
    if form:
        typed = dict(zip(form.list("factura"), form.list("aplicar"), strict=False))
        invoices = [row | {"typed": typed.get(str(row["id"]), "")} for row in invoices]
    return page(
        request,
        "pago",
        status=status_for(problems),
        problems=problems,
        supplier=supplier,
        suppliers=people,
        invoices=invoices,
        means=MEANS,
        typed={field: form.text(field) if form else "" for field in FIELDS},
        withholds=form.text("retener") == "1" if form else True,
    )


def _owed(work: OperatorTransaction, supplier: int) -> list[Row]:
    invoices = work.tables["factura_compra"]
    owed = (invoices.c.proveedor_id == supplier) & (invoices.c.estado == "pendiente")
    rows = work.rows(select(invoices).where(owed).order_by(invoices.c.vencimiento, invoices.c.id))
    return [row | {"typed": ""} for row in rows]

"""Purchase orders: list, form, buttons."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.orders import (
    OPEN_STATES,
    Order,
    annul_order,
    confirm_order,
    receive_order,
    save_order,
)
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.lines import (
    catalogue,
    entered_rows,
    padded,
    read_lines,
    saved_rows,
)
from emailketing.demo.pages.views import answer, chosen, listing, page, status_for, typed_key

STATES = ("borrador", "confirmada", "recibida", "anulada")


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        orders, suppliers = work.tables["orden_compra"], work.tables["proveedor"]
        query = select(orders, suppliers.c.razon_social).join(
            suppliers, suppliers.c.id == orders.c.proveedor_id
        )
        search, state = request.asked("buscar"), request.asked("estado")
        if search:
            query = query.where(
                suppliers.c.razon_social.ilike(f"%{search}%") | orders.c.numero.ilike(f"%{search}%")
            )
        if state in STATES:
            query = query.where(orders.c.estado == state)
        found = listing(request, work, query.order_by(orders.c.id.desc()))
    return page(request, "ordenes", **found, state=state, states=STATES)


def new(request: OperatorRequest) -> Response:
    return _form(request, None)


def edit(request: OperatorRequest, key: str) -> Response:
    return _form(request, int(key))


def _form(request: OperatorRequest, key: int | None) -> Response:
    return answer(
        request,
        lambda form: _act(request, form, key),
        lambda form, problems: _show(request, key, form, problems),
    )


def _act(request: OperatorRequest, form: Form, key: int | None) -> Response:
    """Do what the pressed button says, in one transaction."""
    act = form.text("accion")
    with request.work() as work:
        if act == "anular" and key:
            annul_order(work, key, reason=form.text("motivo"))
            note = "La orden quedó anulada."
        elif act == "recibir" and key:
            receive_order(work, key)
            note = "La mercadería entró al depósito."
        else:
            key = save_order(work, _read(work, form), key)
            note = "La orden se guardó."
            if act == "confirmar":
                note = f"Orden {confirm_order(work, key)} confirmada."
    return go_to(f"/ordenes/{key}", note)


def _read(work: OperatorTransaction, form: Form) -> Order:
    order = Order(
        supplier=form.key("proveedor", "Proveedor"),
        branch=form.key("sucursal", "Sucursal"),
        delivery=form.day("entrega", "Entrega"),
        conditions=form.text("condicion") or "Contado",
        notes=form.text("observacion"),
        lines=read_lines(work, form, price="costo"),
    )
    form.check()
    return order


def _show(
    request: OperatorRequest, key: int | None, form: Form | None, problems: Sequence[str]
) -> Response:
    with request.look() as work:
        order = work.get("orden_compra", key) if key else _blank(request)
        rows = saved_rows(work, "orden_compra", key) if key else padded([])
        suppliers, branches = work.tables["proveedor"], work.tables["sucursal"]
        active = select(suppliers).where(suppliers.c.activo == 1)
        lists = {
            "suppliers": chosen(work.rows(active.order_by(suppliers.c.razon_social))),
            "branches": chosen(work.rows(select(branches).order_by(branches.c.id))),
            "products": catalogue(work),
        }
    is_open = order["estado"] in OPEN_STATES
    if is_open and form and form.text("accion") in {"guardar", "confirmar"}:
        order, rows = order | _typed(form), entered_rows(form)
    return page(
        request,
        "orden",
        status=status_for(problems),
        problems=problems,
        order=order,
        lines=rows if is_open else [row for row in rows if row["product"]],
        is_open=is_open,
        reason=form.text("motivo") if form else "",
        **lists,
    )


def _blank(request: OperatorRequest) -> Row:
    return {
        "id": None,
        "numero": None,
        "estado": "borrador",
        "proveedor_id": None,
        "sucursal_id": request.user["sucursal_id"],
        "fecha": request.clock().date(),
        "entrega": None,
        "condicion": "Crédito 30 días",
        "moneda": "PYG",
        "observacion": None,
        "motivo_anulacion": None,
    }


def _typed(form: Form) -> Row:
    return {
        "proveedor_id": typed_key(form, "proveedor"),
        "sucursal_id": typed_key(form, "sucursal"),
        "entrega": form.text("entrega"),
        "condicion": form.text("condicion"),
        "observacion": form.text("observacion"),
    }

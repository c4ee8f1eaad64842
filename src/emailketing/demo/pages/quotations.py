"""Quotations: list, form, buttons."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
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
from emailketing.demo.quotations import (
    Quotation,
    accept_quotation,
    issue_quotation,
    save_quotation,
)

STATES = ("borrador", "emitido", "aceptado", "vencido")
VALID_DAYS = 15


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        quotations, customers = work.tables["presupuesto"], work.tables["cliente"]
        query = select(quotations, customers.c.razon_social).join(
            customers, customers.c.id == quotations.c.cliente_id
        )
        search, state = request.asked("buscar"), request.asked("estado")
        if search:
            query = query.where(
                customers.c.razon_social.ilike(f"%{search}%")
                | quotations.c.numero.ilike(f"%{search}%")
            )
        if state in STATES:
            query = query.where(quotations.c.estado == state)
        found = listing(request, work, query.order_by(quotations.c.id.desc()))
    return page(request, "presupuestos", **found, state=state, states=STATES)


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
        if act == "aceptar" and key:
            accept_quotation(work, key)
            note = "El cliente aceptó el presupuesto."
        else:
            key = save_quotation(work, _read(work, form), key)
            note = "El presupuesto se guardó."
            if act == "emitir":
                note = f"Presupuesto {issue_quotation(work, key)} emitido."
    return go_to(f"/presupuestos/{key}", note)


def _read(work: OperatorTransaction, form: Form) -> Quotation:
    quotation = Quotation(
        customer=form.key("cliente", "Cliente"),
        branch=form.key("sucursal", "Sucursal"),
        valid_until=form.day("validez", "Válido hasta") or work.today + timedelta(days=VALID_DAYS),
        conditions=form.text("condicion") or "Contado",
        notes=form.text("observacion"),
        lines=read_lines(work, form, price="precio"),
    )
    form.check()
    return quotation


def _show(
    request: OperatorRequest, key: int | None, form: Form | None, problems: Sequence[str]
) -> Response:
    with request.look() as work:
        quotation = work.get("presupuesto", key) if key else _blank(request)
        rows = saved_rows(work, "presupuesto", key) if key else padded([])
        customers, branches = work.tables["cliente"], work.tables["sucursal"]
        active = select(customers).where(customers.c.activo == 1)
        lists = {
            "customers": chosen(work.rows(active.order_by(customers.c.razon_social))),
            "branches": chosen(work.rows(select(branches).order_by(branches.c.id))),
            "products": catalogue(work),
        }
    is_open = quotation["estado"] == "borrador"
    if is_open and form and form.text("accion") in {"guardar", "emitir"}:
        quotation, rows = quotation | _typed(form), entered_rows(form)
    return page(
        request,
        "presupuesto",
        status=status_for(problems),
        problems=problems,
        quotation=quotation,
        lines=rows if is_open else [row for row in rows if row["product"]],
        is_open=is_open,
        **lists,
    )


def _blank(request: OperatorRequest) -> Row:
    return {
        "id": None,
        "numero": None,
        "estado": "borrador",
        "cliente_id": None,
        "sucursal_id": request.user["sucursal_id"],
        "fecha": request.clock().date(),
        "validez": request.clock().date() + timedelta(days=VALID_DAYS),
        "condicion": "Contado",
        "observacion": None,
    }


def _typed(form: Form) -> Row:
    return {
        "cliente_id": typed_key(form, "cliente"),
        "sucursal_id": typed_key(form, "sucursal"),
        "validez": form.text("validez"),
        "condicion": form.text("condicion"),
        "observacion": form.text("observacion"),
    }

"""Stock of each branch: what there is, what is missing, adjustments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from emailketing.demo.database import OperatorTransaction
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.lines import catalogue, find_product
from emailketing.demo.pages.views import answer, chosen, listing, page, status_for
from emailketing.demo.stock import REASONS, adjust_stock

LAST = 10
FIELDS = ("producto", "cantidad", "observacion", "motivo")


def index(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _act(request, form),
        lambda form, problems: _show(request, form, problems),
    )


def _act(request: OperatorRequest, form: Form) -> Response:
    branch, amount = form.key("sucursal", "Sucursal"), form.number("cantidad", "Cantidad")
    product = form.needed("producto", "Producto")
    form.check()
    with request.work() as work:
        adjust_stock(
            work,
            find_product(work, product),
            branch,
            amount=amount,
            reason=form.text("motivo"),
            notes=form.text("observacion"),
        )
    return go_to("/existencias", "El ajuste quedó anotado.")


def _show(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    with request.look() as work:
        products, branches = work.tables["producto"], work.tables["sucursal"]
        adjustments = work.tables["ajuste_existencia"]
        last = (
            select(adjustments, products.c.descripcion, branches.c.nombre.label("sucursal"))
            .join(products, products.c.id == adjustments.c.producto_id)
            .join(branches, branches.c.id == adjustments.c.sucursal_id)
            .order_by(adjustments.c.cuando.desc(), adjustments.c.id.desc())
        )
        values = {
            "products": catalogue(work),
            "branches": chosen(work.rows(select(branches).order_by(branches.c.id))),
            "adjusted": work.rows(last.limit(LAST)),
            **listing(request, work, _stock(request, work)),
        }
    return page(
        request,
        "existencias",
        status=status_for(problems),
        problems=problems,
        reasons=REASONS,
        typed={name: form.text(name) if form else "" for name in FIELDS},
        state=request.asked("estado"),
        **values,
    )


def _stock(request: OperatorRequest, work: OperatorTransaction) -> Select[Any]:
    stock, products, branches = (work.tables[n] for n in ("existencia", "producto", "sucursal"))
    query = (
        select(
            stock,
            products.c.codigo,
            products.c.descripcion,
            products.c.unidad,
            branches.c.nombre.label("sucursal"),
        )
        .join(products, products.c.id == stock.c.producto_id)
        .join(branches, branches.c.id == stock.c.sucursal_id)
        .order_by(products.c.codigo, branches.c.id)
    )
    search = request.asked("buscar")
    if search:
        query = query.where(
            products.c.descripcion.ilike(f"%{search}%")
            | products.c.codigo.ilike(f"%{search}%")
            | branches.c.nombre.ilike(f"%{search}%")
        )
    if request.asked("estado") == "bajo el mínimo":
        query = query.where(stock.c.cantidad < stock.c.minimo)
    return query

"""Closings of the day's sales: list, closing, summary."""

from collections.abc import Sequence

from sqlalchemy import func, select

from emailketing.demo.closings import close_sales
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, chosen, listing, page, status_for


def index(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _close(request, form),
        lambda form, problems: _list(request, form, problems),
    )


def _close(request: OperatorRequest, form: Form) -> Response:
    branch = form.key("sucursal", "Sucursal")
    form.check()
    with request.work() as work:
        key = close_sales(work, branch, notes=form.text("observacion"))
    return go_to(f"/cierres/{key}", "Las ventas se cerraron.")


def _list(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    with request.look() as work:
        closings, branches = work.tables["ventas_cierre"], work.tables["sucursal"]
        sales = work.tables["venta"]
        query = (
            select(closings, branches.c.nombre.label("sucursal"))
            .join(branches, branches.c.id == closings.c.sucursal_id)
            .order_by(closings.c.id.desc())
        )
        waiting = (
            select(
                branches.c.nombre,
                func.count().label("count"),
                func.sum(sales.c.total).label("total"),
            )
            .join(sales, sales.c.sucursal_id == branches.c.id)
            .where(sales.c.ventas_cierre_id.is_(None))
            .group_by(branches.c.nombre)
        )
        values = {
            "branches": chosen(work.rows(select(branches).order_by(branches.c.id))),
            "waiting": work.rows(waiting),
            **listing(request, work, query),
        }
    return page(
        request,
        "cierres",
        status=status_for(problems),
        problems=problems,
        notes=form.text("observacion") if form else "",
        **values,
    )


def show(request: OperatorRequest, key: str) -> Response:
    with request.look() as work:
        closing = work.get("ventas_cierre", int(key))
        parts = {}
        for part, names, column in (
            ("rubro", "rubro", "rubro_id"),
            ("combustible", "producto", "producto_id"),
            ("medio", "medio_pago", "medio"),
        ):
            table, other = work.tables[f"ventas_cierre_{part}"], work.tables[names]
            label = other.c["descripcion" if names == "producto" else "nombre"].label("nombre")
            own = other.c["codigo" if part == "medio" else "id"]
            parts[part] = work.rows(
                select(table, label)
                .join(other, own == table.c[column])
                .where(table.c.ventas_cierre_id == int(key))
                .order_by(table.c.id)
            )
        closing["cerro"] = work.get("usuario", closing["cerrado_por"])["nombre"]
        branch, shifts = work.get("sucursal", closing["sucursal_id"]), _shifts(work, int(key))
    return page(request, "cierre", closing=closing, branch=branch, parts=parts, shifts=shifts)


def _shifts(work: OperatorTransaction, closing: int) -> list[Row]:
    """Return the cash closings that belong to a closing of sales."""
    sessions, tills, users = (work.tables[name] for name in ("caja_cierre", "caja", "usuario"))
    query = (
        select(sessions, tills.c.nombre.label("caja"), users.c.nombre.label("persona"))
        .join(tills, tills.c.id == sessions.c.caja_id)
        .join(users, users.c.codigo == sessions.c.cajero)
        .where(sessions.c.ventas_cierre_id == closing)
    )
    return work.rows(query.order_by(sessions.c.abierta_en, sessions.c.id))

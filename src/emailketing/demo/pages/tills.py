"""Tills: which are open, opening, taking money out, counting and closing."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, listing, page, status_for
from emailketing.demo.tills import (
    SHIFTS,
    close_till,
    expected,
    move_cash,
    movements_of,
    open_till,
)


def index(request: OperatorRequest) -> Response:
    return answer(
        request,
        lambda form: _open(request, form),
        lambda form, problems: _list(request, form, problems),
    )


def _open(request: OperatorRequest, form: Form) -> Response:
    till, cash = form.key("caja", "Caja"), form.whole("apertura", "Efectivo de apertura")
    form.check()
    with request.work() as work:
        key = open_till(work, till, shift=form.text("turno"), cash=cash)
    return go_to(f"/cajas/{key}", "La caja está abierta.")


def _list(request: OperatorRequest, form: Form | None, problems: Sequence[str]) -> Response:
    with request.look() as work:
        tills, sessions = work.tables["caja"], work.tables["caja_cierre"]
        branches = work.tables["sucursal"]
        query = (
            select(sessions, tills.c.nombre.label("caja"), branches.c.nombre.label("sucursal"))
            .join(tills, tills.c.id == sessions.c.caja_id)
            .join(branches, branches.c.id == tills.c.sucursal_id)
            .order_by(sessions.c.estado, sessions.c.abierta_en.desc(), sessions.c.id.desc())
        )
        here = select(tills).where(tills.c.sucursal_id == request.user["sucursal_id"])
        values = {"tills": work.rows(here), **listing(request, work, query)}
    return page(
        request,
        "cajas",
        status=status_for(problems),
        problems=problems,
        shifts=SHIFTS,
        cash=form.text("apertura") if form else "500.000",
        **values,
    )


def show(request: OperatorRequest, key: str) -> Response:
    return answer(
        request,
        lambda form: _act(request, form, int(key)),
        lambda form, problems: _show(request, int(key), form, problems),
    )


def _act(request: OperatorRequest, form: Form, key: int) -> Response:
    if form.text("accion") == "sacar":
        amount = form.whole("importe", "Importe")
        form.check()
        concept = "retiro" if form.text("concepto") == "retiro" else "gasto"
        with request.work() as work:
            move_cash(work, key, concept=concept, amount=amount, detail=form.text("detalle"))
        return go_to(f"/cajas/{key}", "El egreso quedó anotado.")
    counted = {
        means: int(form.read(amount, f"Contado, {means}"))
        for means, amount in zip(form.list("medio"), form.list("contado"), strict=False)
    }
    form.check()
    with request.work() as work:
        number = close_till(work, key, counted=counted, notes=form.text("observacion"))
    return go_to(f"/cajas/{key}", f"Caja cerrada: {number}.")


def _show(
    request: OperatorRequest, key: int, form: Form | None, problems: Sequence[str]
) -> Response:
    with request.look() as work:
        session = work.get("caja_cierre", key)
        till = work.get("caja", session["caja_id"])
        movements = movements_of(work, key)
        values = {
            "till": till,
            "branch": work.get("sucursal", till["sucursal_id"]),
            "cashier": work.get("usuario", session["cajero"])["nombre"],
            "lines": _lines(work, session, movements, form),
        }
    return page(
        request,
        "caja",
        status=status_for(problems),
        problems=problems,
        session=session,
        movements=movements[::-1],
        notes=form.text("observacion") if form else "",
        **values,
    )


def _lines(
    work: OperatorTransaction, session: Row, movements: list[Row], form: Form | None
) -> list[Row]:
    """Return by means of payment: what should be there, what was counted."""
    names = work.tables["medio_pago"]
    labels = {row["codigo"]: row["nombre"] for row in work.rows(select(names))}
    if session["estado"] == "cerrada":
        counted = work.tables["caja_cierre_medio"]
        rows = work.rows(select(counted).where(counted.c.caja_cierre_id == session["id"]))
        return [row | {"nombre": labels[row["medio"]]} for row in rows]
    typed = dict(zip(form.list("medio"), form.list("contado"), strict=False)) if form else {}
    return [
        {
            "medio": means,
            "nombre": labels[means],
            "esperado": amount,
            "contado": typed.get(means, "" if means == "efectivo" else amount),
        }
        for means, amount in expected(session["apertura"], movements).items()
    ]

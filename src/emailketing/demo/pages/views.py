"""Templates and what all pages show: menu, operator, note."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import minijinja
from sqlalchemy import Select, func, select
from sqlalchemy.exc import DataError

from emailketing.demo.amounts import day, money, number, quantity
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form, as_key
from emailketing.demo.pages.http import NOTE_COOKIE, OperatorRequest, Response
from emailketing.demo.refused import Refused

FOLDER = Path(__file__).parent
PAGE_SIZE = 30
NOT_STORABLE = "Algún texto es demasiado largo o tiene caracteres que no se pueden guardar."
MENU = (
    ("/", "Inicio"),
    ("/ordenes", "Órdenes de compra"),
    ("/pagos", "Órdenes de pago"),
    ("/presupuestos", "Presupuestos"),
    ("/ventas", "Ventas"),
    ("/cobros", "Cobros"),
    ("/cajas", "Cajas"),
    ("/cierres", "Cierres de ventas"),
    ("/tanques", "Tanques"),
    ("/productos", "Productos"),
    ("/existencias", "Existencias"),
    ("/gastos", "Gastos"),
    ("/cuentas", "Cuentas"),
    ("/clientes", "Clientes"),
    ("/proveedores", "Proveedores"),
)


def _moment(value: datetime | None) -> str:
    return value.strftime("%d/%m/%Y %H:%M") if value else ""


def _entered(value: Decimal | float | date | str | None) -> str:
    """Write a value as a field shows it; what was typed before stays as it was."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else quantity(value)


TEMPLATES = minijinja.Environment(
    loader=minijinja.load_from_path([FOLDER / "templates"]),
    undefined_behavior="strict",
    trim_blocks=True,
    lstrip_blocks=True,
    filters={
        "money": money,
        "number": number,
        "quantity": quantity,
        "entered": _entered,
        "day": day,
        "moment": _moment,
    },
)


def page(
    request: OperatorRequest, template: str, *, status: str = "200 OK", **values: Any
) -> Response:
    """Render a page for this operator; the note of the last act is shown once."""
    with request.look() as work:
        users = work.tables["usuario"]
        people = work.rows(select(users).where(users.c.activo == 1).order_by(users.c.nombre))
        company = work.rows(select(work.tables["empresa"]))[0]
    note = request.cookies.get(NOTE_COOKIE, "")
    shared = {
        "menu": MENU,
        "path": request.path,
        "user": request.user,
        "users": people,
        "company": company,
        "note": note,
        "problems": (),
        "today": request.clock().date(),
    }
    html = TEMPLATES.render_template(f"{template}.html", **(shared | values))
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    response = Response(html.encode(), status, headers)
    return response.forget(NOTE_COOKIE) if note else response


def answer(
    request: OperatorRequest,
    act: Callable[[Form], Response],
    show: Callable[[Form | None, Sequence[str]], Response],
) -> Response:
    """Show a form; on POST act on it, and show it again with what is wrong."""
    if request.method != "POST":
        return show(None, ())
    form = Form(request.form)
    try:
        return act(form)
    except Refused as refused:
        return show(form, refused.sentences)
    except DataError:
        return show(form, (NOT_STORABLE,))


def status_for(problems: Sequence[str]) -> str:
    return "422 Unprocessable Content" if problems else "200 OK"


def typed_key(form: Form, name: str) -> int | None:
    return as_key(form.text(name))


def listing(request: OperatorRequest, work: OperatorTransaction, query: Select[Any]) -> Row:
    """Return one page of a list and where the others are."""
    place = as_key(request.asked("pagina")) or 1
    count = work.value(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = work.rows(query.limit(PAGE_SIZE).offset((place - 1) * PAGE_SIZE))
    return {
        "rows": rows,
        "count": count,
        "place": place,
        "has_more": count > place * PAGE_SIZE,
        "search": request.asked("buscar"),
    }


def chosen(rows: list[Row]) -> list[Row]:
    """Return what a <select> needs."""
    return [{"key": row["id"], "name": row.get("razon_social") or row["nombre"]} for row in rows]

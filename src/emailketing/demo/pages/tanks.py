"""Tanks: levels, the evening's measurement, deliveries."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, chosen, page, status_for
from emailketing.demo.tanks import Delivery, measure_tank, receive_fuel, tank_levels

LAST = 14


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        rows = tank_levels(work)
    return page(request, "tanques", rows=rows)


def show(request: OperatorRequest, key: str) -> Response:
    return answer(
        request,
        lambda form: _act(request, form, int(key)),
        lambda form, problems: _show(request, int(key), form, problems),
    )


def _act(request: OperatorRequest, form: Form, key: int) -> Response:
    litres = form.number("litros", "Litros")
    if form.text("accion") == "medir":
        form.check()
        with request.work() as work:
            measure_tank(work, key, litres)
        return go_to(f"/tanques/{key}", "La medición de hoy quedó anotada.")
    delivery = Delivery(
        tank=key,
        supplier=form.key("proveedor", "Proveedor"),
        note=form.text("remision"),
        litres=litres,
        cost=form.whole("costo", "Costo por litro"),
    )
    form.check()
    with request.work() as work:
        receive_fuel(work, delivery)
    return go_to(f"/tanques/{key}", "La descarga quedó anotada.")


def _show(
    request: OperatorRequest, key: int, form: Form | None, problems: Sequence[str]
) -> Response:
    with request.look() as work:
        work.get("tanque", key)
        tank = next(row for row in tank_levels(work) if row["id"] == key)
        product, suppliers = work.get("producto", tank["producto_id"]), work.tables["proveedor"]
        people = chosen(work.rows(select(suppliers).order_by(suppliers.c.razon_social)))
        values = {
            "measured": _last(work, "tanque_medicion", key),
            "received": _last(work, "recepcion_combustible", key),
        }
    typed = {name: form.text(name) if form else "" for name in ("litros", "remision", "costo")}
    supplier = product["proveedor_id"] if form is None else form.text("proveedor")
    return page(
        request,
        "tanque",
        status=status_for(problems),
        problems=problems,
        tank=tank,
        suppliers=people,
        supplier=int(supplier or 0),
        typed=typed | {"costo": typed["costo"] or product["costo"]},
        act=form.text("accion") if form else "",
        **values,
    )


def _last(work: OperatorTransaction, name: str, key: int) -> list[Row]:
    table = work.tables[name]
    mine = select(table).where(table.c.tanque_id == key)
    return work.rows(mine.order_by(table.c.cuando.desc()).limit(LAST))

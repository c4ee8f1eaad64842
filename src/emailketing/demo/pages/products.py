"""Products: list, and their price."""

from collections.abc import Sequence

from sqlalchemy import select

from emailketing.demo.pages.forms import Form
from emailketing.demo.pages.http import OperatorRequest, Response, go_to
from emailketing.demo.pages.views import answer, listing, page, status_for
from emailketing.demo.products import change_price
from emailketing.demo.stock import last_moves


def index(request: OperatorRequest) -> Response:
    with request.look() as work:
        products, groups = work.tables["producto"], work.tables["rubro"]
        query = select(products, groups.c.nombre.label("rubro")).join(
            groups, groups.c.id == products.c.rubro_id
        )
        search = request.asked("buscar")
        if search:
            query = query.where(
                products.c.descripcion.ilike(f"%{search}%")
                | products.c.codigo.ilike(f"%{search}%")
                | groups.c.nombre.ilike(f"%{search}%")
            )
        found = listing(request, work, query.order_by(products.c.codigo))
    return page(request, "productos", **found)


def edit(request: OperatorRequest, key: str) -> Response:
    return answer(
        request,
        lambda form: _act(request, form, int(key)),
        lambda form, problems: _show(request, int(key), form, problems),
    )


def _act(request: OperatorRequest, form: Form, key: int) -> Response:
    price = form.number("precio", "Precio")
    form.check()
    with request.work() as work:
        change_price(work, key, price)
    return go_to(f"/productos/{key}", "El precio nuevo vale desde ahora.")


def _show(
    request: OperatorRequest, key: int, form: Form | None, problems: Sequence[str]
) -> Response:
    with request.look() as work:
        product = work.get("producto", key)
        history, stock = work.tables["precio_historial"], work.tables["existencia"]
        branches = work.tables["sucursal"]
        prices = select(history).where(history.c.producto_id == key).order_by(history.c.id.desc())
        at_hand = select(stock, branches.c.nombre).join(
            branches, branches.c.id == stock.c.sucursal_id
        )
        values = {
            "group": work.get("rubro", product["rubro_id"])["nombre"],
            "moves": last_moves(work, key),
            "prices": work.rows(prices.limit(20)),
            "stock": work.rows(at_hand.where(stock.c.producto_id == key).order_by(branches.c.id)),
        }
    return page(
        request,
        "producto",
        status=status_for(problems),
        problems=problems,
        product=product,
        entered=form.text("precio") if form else product["precio"],
        **values,
    )

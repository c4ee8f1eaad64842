"""The first page: what waits for somebody today."""

from typing import Any

from sqlalchemy import func, select

from emailketing.demo.database import Cell, OperatorTransaction
from emailketing.demo.pages.http import OperatorRequest, Response
from emailketing.demo.pages.views import page

LAST = 8


def home(request: OperatorRequest) -> Response:
    with request.look() as work:
        values: dict[str, Any] = {
            "sold": _sum(work, "venta", "total", fecha=work.today),
            "orders": _count(work, "orden_compra", estado="confirmada"),
            "drafts": _count(work, "orden_compra", estado="borrador"),
            "quotations": _count(work, "presupuesto", estado="emitido"),
            "owed": _sum(work, "venta", "saldo", estado="emitida"),
            "due": _sum(work, "factura_compra", "saldo", estado="pendiente", moneda="PYG"),
            "tills": _count(work, "caja_cierre", estado="abierta"),
        }
        orders, suppliers = work.tables["orden_compra"], work.tables["proveedor"]
        last = (
            select(orders, suppliers.c.razon_social)
            .join(suppliers, suppliers.c.id == orders.c.proveedor_id)
            .order_by(orders.c.modificado_en.desc(), orders.c.id.desc())
        )
        rows = work.rows(last.limit(LAST))
    return page(request, "inicio", last=rows, **values)


def _count(work: OperatorTransaction, name: str, **where: Cell) -> int:
    table = work.tables[name]
    query = select(func.count()).select_from(table)
    return int(work.value(query.filter_by(**where)) or 0)


def _sum(work: OperatorTransaction, name: str, column: str, **where: Cell) -> int:
    table = work.tables[name]
    query = select(func.sum(table.c[column])).select_from(table)
    return int(work.value(query.filter_by(**where)) or 0)

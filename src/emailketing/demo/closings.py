"""Closing the sales of a branch's day: what was sold, of which group, how it was paid."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import func, select, update

from emailketing.demo.accounting import post, sales_entry
from emailketing.demo.database import Cell, OperatorTransaction, Row
from emailketing.demo.refused import Refused

SUMS = ("gravada_10", "gravada_5", "exenta", "iva_10", "iva_5", "total")


def close_sales(work: OperatorTransaction, branch: int, *, notes: str = "") -> int:
    """Close what the branch has sold since the last time; return the closing's key."""
    work.get("sucursal", branch)
    _tills_closed(work, branch)
    sales = work.tables["venta"]
    open_sales = (sales.c.sucursal_id == branch) & (sales.c.ventas_cierre_id.is_(None))
    sold = work.rows(select(sales).where(open_sales & (sales.c.estado == "emitida")))
    if not sold:
        raise Refused("No hay ventas por cerrar en esta sucursal.")
    key = work.insert(
        "ventas_cierre",
        sucursal_id=branch,
        fecha=work.today,
        estado="abierto",
        observacion=notes.strip() or None,
        **sale_totals(sold),
    )
    work.connection.execute(update(sales).where(open_sales).values(ventas_cierre_id=key))
    litres = _write_parts(work, key)
    _take_tills(work, key, branch)
    number = work.next_number("CV")
    _post(work, key, branch, concept=f"Cierre de ventas {number}")
    work.update(
        "ventas_cierre",
        key,
        numero=number,
        estado="cerrado",
        litros=litres,
        cerrado_por=work.user,
        cerrado_en=work.now,
    )
    return int(key)


def _post(work: OperatorTransaction, key: int, branch: int, *, concept: str) -> None:
    """Write the closing into the books, with what its tills spent and lacked."""
    sessions, moves = work.tables["caja_cierre"], work.tables["caja_movimiento"]
    tills = work.rows(select(sessions).where(sessions.c.ventas_cierre_id == key))
    spent = select(func.sum(moves.c.importe)).where(
        moves.c.caja_cierre_id.in_([till["id"] for till in tills]) & (moves.c.concepto == "gasto")
    )
    entry = sales_entry(
        _accounted_lines(work, key),
        on_account=work.get("ventas_cierre", key)["credito"],
        petty=int(work.value(spent) or 0),
        differences=[till["diferencia"] for till in tills],
    )
    post(work, entry, branch=branch, origin="ventas", concept=concept)


def _accounted_lines(work: OperatorTransaction, key: int) -> list[Row]:
    """Return the lines of a closing's sales with the accounts of their product's group."""
    lines, sales, products, groups, accounts = (
        work.tables[name] for name in ("venta_linea", "venta", "producto", "rubro", "cuenta")
    )
    cost = accounts.alias()
    query = (
        select(lines, accounts.c.codigo.label("cuenta_venta"), cost.c.codigo.label("cuenta_costo"))
        .join(sales, sales.c.id == lines.c.venta_id)
        .join(products, products.c.id == lines.c.producto_id)
        .join(groups, groups.c.id == products.c.rubro_id)
        .join(accounts, accounts.c.id == groups.c.cuenta_venta_id)
        .join(cost, cost.c.id == groups.c.cuenta_costo_id)
    )
    return work.rows(query.where((sales.c.ventas_cierre_id == key) & (sales.c.estado == "emitida")))


def _tills_closed(work: OperatorTransaction, branch: int) -> None:
    tills, sessions = work.tables["caja"], work.tables["caja_cierre"]
    still_open = work.rows(
        select(tills.c.nombre)
        .join(sessions, tills.c.id == sessions.c.caja_id)
        .where((tills.c.sucursal_id == branch) & (sessions.c.estado == "abierta"))
    )
    if still_open:
        names = ", ".join(row["nombre"] for row in still_open)
        raise Refused(f"Antes de cerrar las ventas cierre: {names}.")


def sale_totals(sales: list[Row]) -> Row:
    on_account = sum(sale["total"] for sale in sales if sale["condicion"] == "credito")
    sums = {name: sum(sale[name] for sale in sales) for name in SUMS}
    return {
        "cantidad": len(sales),
        "contado": sums["total"] - on_account,
        "credito": on_account,
        **sums,
    }


def by(rows: Iterable[Row], column: str, *sums: str) -> dict[Cell, Row]:
    """Group rows by a column and sum others."""
    groups: dict[Cell, Row] = {}
    for row in rows:
        group = groups.setdefault(row[column], dict.fromkeys(sums, 0))
        for name in sums:
            group[name] += row[name]
    return groups


def _write_parts(work: OperatorTransaction, key: int) -> Decimal:
    """Write the summary by group, by fuel and by means of payment; return the litres sold."""
    lines, sales = work.tables["venta_linea"], work.tables["venta"]
    products, payments = work.tables["producto"], work.tables["venta_pago"]
    sold = work.rows(
        select(lines, products.c.rubro_id, products.c.es_combustible)
        .join(sales, sales.c.id == lines.c.venta_id)
        .join(products, products.c.id == lines.c.producto_id)
        .where((sales.c.ventas_cierre_id == key) & (sales.c.estado == "emitida"))
    )
    paid = work.rows(
        select(payments)
        .join(sales, sales.c.id == payments.c.venta_id)
        .where((sales.c.ventas_cierre_id == key) & (sales.c.estado == "emitida"))
    )
    parts = closing_parts(key, sold, paid, work.get("ventas_cierre", key)["credito"])
    for table, rows in parts.items():
        work.insert_many(table, rows)
    return sum((row["litros"] for row in parts["ventas_cierre_combustible"]), Decimal(0))


def closing_parts(
    key: int, sold: list[Row], paid: list[Row], on_account: int
) -> dict[str, list[Row]]:
    """Return the rows of a closing's summaries."""
    fuels = [line for line in sold if line["es_combustible"]]
    means = by(paid, "medio", "importe")
    if on_account:
        means["credito"] = {"importe": on_account}
    return {
        "ventas_cierre_rubro": [
            {"ventas_cierre_id": key, "rubro_id": group, **sums}
            for group, sums in by(sold, "rubro_id", "cantidad", "total").items()
        ],
        "ventas_cierre_combustible": [
            {
                "ventas_cierre_id": key,
                "producto_id": product,
                "litros": sums["cantidad"],
                "total": sums["total"],
            }
            for product, sums in by(fuels, "producto_id", "cantidad", "total").items()
        ],
        "ventas_cierre_medio": [
            {"ventas_cierre_id": key, "medio": code, **sums} for code, sums in means.items()
        ],
    }


def _take_tills(work: OperatorTransaction, key: int, branch: int) -> None:
    """The cash closings since the last time belong to this closing."""
    tills, sessions = work.tables["caja"], work.tables["caja_cierre"]
    here = select(tills.c.id).where(tills.c.sucursal_id == branch)
    loose = sessions.c.caja_id.in_(here) & sessions.c.ventas_cierre_id.is_(None)
    work.connection.execute(update(sessions).where(loose).values(ventas_cierre_id=key))

"""Stock: what was found too much or too little on the shelf."""

from decimal import Decimal

from sqlalchemy import Numeric, column, select, table
from sqlalchemy.types import DateTime

from emailketing.demo.amounts import quantity
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused

MOVES = table(
    "movimiento_existencia",
    column("cuando", DateTime),
    column("sucursal_id"),
    column("producto_id"),
    column("tipo"),
    column("documento"),
    column("cantidad", Numeric(14, 3)),
    column("usuario"),
)
LAST = 12
REASONS = ("inventario", "rotura", "vencido", "uso_propio")


def adjust_stock(
    work: OperatorTransaction,
    product: int,
    branch: int,
    *,
    amount: Decimal,
    reason: str,
    notes: str = "",
) -> int:
    """Add to the stock of a branch, or take away; return the adjustment's key."""
    known = work.get("producto", product)
    stock = work.tables["existencia"]
    here = (stock.c.producto_id == product) & (stock.c.sucursal_id == branch)
    at_hand = work.value(select(stock.c.cantidad).where(here))
    problems = [] if amount else ["Escriba cuánto hay de más o de menos."]
    if reason not in REASONS:
        problems.append("Elija el motivo de la lista.")
    elif reason != "inventario" and amount > 0:
        problems.append("Una rotura, un vencimiento o un uso propio resta: escriba -2.")
    if at_hand is None or at_hand + amount < 0:
        problems.append(
            f"De {known['descripcion']} hay {quantity(at_hand or 0)} {known['unidad']} ahí."
        )
    if problems:
        raise Refused(*problems)
    work.add_stock(product, branch, amount)
    key = work.insert(
        "ajuste_existencia",
        producto_id=product,
        sucursal_id=branch,
        cuando=work.now,
        motivo=reason,
        cantidad=amount,
        observacion=notes.strip() or None,
        usuario=work.user,
    )
    return int(key)


def last_moves(work: OperatorTransaction, product: int) -> list[Row]:
    """Return how a product moved lately, in all branches."""
    branches = work.tables["sucursal"]
    query = (
        select(MOVES, branches.c.nombre.label("sucursal"))
        .join(branches, branches.c.id == MOVES.c.sucursal_id)
        .where(MOVES.c.producto_id == product)
        .order_by(MOVES.c.cuando.desc(), MOVES.c.documento.desc())
    )
    return work.rows(query.limit(LAST))

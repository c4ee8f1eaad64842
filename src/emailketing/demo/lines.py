"""The lines of a document: what was entered becomes rows; only what differs is saved."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from emailketing.demo.amounts import EnteredLine, rounded, split
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused

MOST = Decimal(1_000_000_000)


def check_lines(lines: Sequence[EnteredLine]) -> None:
    """Refuse with one sentence per mistake."""
    problems = [] if lines else ["Agregue al menos un producto."]
    for place, line in enumerate(lines, 1):
        if not 0 < line.quantity < MOST:
            problems.append(f"Renglón {place}: la cantidad debe ser mayor que cero.")
        elif line.quantity != round(line.quantity, 3):
            problems.append(f"Renglón {place}: la cantidad lleva hasta tres decimales.")
        if not 0 < line.price < MOST:
            problems.append(f"Renglón {place}: el precio debe ser mayor que cero.")
    if problems:
        raise Refused(*problems)


def priced(
    work: OperatorTransaction, lines: Sequence[EnteredLine], currency: str = "PYG"
) -> list[Row]:
    """Return the rows of a document's lines with product, unit, tax and total."""
    rows = []
    for place, line in enumerate(lines, 1):
        product = work.get("producto", line.product)
        rows.append(
            {
                "renglon": place,
                "producto_id": line.product,
                "descripcion": product["descripcion"],
                "cantidad": line.quantity,
                "unidad": product["unidad"],
                "precio": rounded(line.price, currency),
                "iva": product["iva"],
                "total": rounded(line.quantity * line.price, currency),
            }
        )
    return rows


def write_lines(
    work: OperatorTransaction,
    document: str,
    key: int,
    lines: Sequence[EnteredLine],
    *,
    currency: str = "PYG",
) -> None:
    """Make the document's lines equal to these and its totals right; equal lines are left alone."""
    table, parent = f"{document}_linea", f"{document}_id"
    rows = priced(work, lines, currency)
    old = {row["renglon"]: row for row in lines_of(work, document, key)}
    for row in rows:
        known = old.pop(row["renglon"], None)
        if known is None:
            work.insert(table, **{parent: key}, **row)
        elif changed := _different(known, row):
            work.update(table, known["id"], **changed)
    for gone in old.values():
        work.remove(table, gone["id"])
    totals: Row = dict(split(rows, currency))
    work.update(document, key, **totals)


def lines_of(work: OperatorTransaction, document: str, key: int) -> list[Row]:
    table = work.tables[f"{document}_linea"]
    return work.rows(
        select(table).where(table.c[f"{document}_id"] == key).order_by(table.c.renglon)
    )


def _different(known: Row, row: Row) -> Row:
    return {name: value for name, value in row.items() if known[name] != value}

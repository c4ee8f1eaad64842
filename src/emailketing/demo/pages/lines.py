"""The lines of an order or a quotation as fields of a form."""

from decimal import Decimal

from sqlalchemy import select

from emailketing.demo.amounts import EnteredLine
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.lines import lines_of
from emailketing.demo.pages.forms import Form
from emailketing.demo.refused import Refused

BLANK_ROWS = 3
FEWEST_ROWS = 5


def catalogue(work: OperatorTransaction) -> list[Row]:
    """Return the products a line may have, for the list that a field suggests."""
    products = work.tables["producto"]
    return work.rows(
        select(products).where(products.c.activo == 1).order_by(products.c.descripcion)
    )


def find_product(work: OperatorTransaction, entered: str) -> int:
    """Return the product whose code the entered text begins with."""
    code = entered.partition(" ")[0]
    for row in catalogue(work):
        if row["codigo"] == code:
            return int(row["id"])
    raise Refused("Elija un producto de la lista.")


def saved_rows(work: OperatorTransaction, document: str, key: int) -> list[Row]:
    codes = {row["id"]: row["codigo"] for row in catalogue(work)}
    rows = [
        {
            "product": f"{codes.get(line['producto_id'], '')} {line['descripcion']}",
            "quantity": line["cantidad"],
            "price": line["precio"],
            "unit": line["unidad"],
            "total": line["total"],
        }
        for line in lines_of(work, document, key)
    ]
    return padded(rows)


def entered_rows(form: Form) -> list[Row]:
    """Return what was typed, to show it again beside what is wrong."""
    typed = zip(form.list("producto"), form.list("cantidad"), form.list("precio"), strict=False)
    rows = [
        {"product": product, "quantity": quantity, "price": price, "unit": "", "total": None}
        for product, quantity, price in typed
        if product or quantity or price
    ]
    return padded(rows)


def padded(rows: list[Row]) -> list[Row]:
    blank = {"product": "", "quantity": "", "price": "", "unit": "", "total": None}
    count = max(BLANK_ROWS, FEWEST_ROWS - len(rows))
    return rows + [dict(blank) for _ in range(count)]


def read_lines(work: OperatorTransaction, form: Form, *, price: str) -> list[EnteredLine]:
    """Read the lines; without a typed price the product's own (`price` names the column) holds."""
    known = {row["codigo"]: row for row in catalogue(work)}
    lines = []
    for place, row in enumerate(entered_rows(form), 1):
        if not (row["product"] or row["quantity"]):
            continue
        product = known.get(row["product"].partition(" ")[0])
        if product is None:
            form.problems.append(f"Renglón {place}: elija un producto de la lista.")
            continue
        lines.append(
            EnteredLine(
                product["id"],
                form.read(row["quantity"], f"Renglón {place}, cantidad"),
                form.read(row["price"], f"Renglón {place}, precio") or Decimal(product[price]),
            )
        )
    return lines

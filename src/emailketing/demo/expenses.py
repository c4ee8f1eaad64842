"""Expenses: what is spent, on which account, posted to the books at once."""

from dataclasses import dataclass
from decimal import Decimal

from emailketing.demo.accounting import CASH, PAYABLE, account_code, expense_entry, post
from emailketing.demo.amounts import tax_inside
from emailketing.demo.database import OperatorTransaction
from emailketing.demo.refused import Refused

RATES = (10, 5, 0)


@dataclass(frozen=True)
class Expense:
    """An expense as it is entered; the total includes the tax."""

    branch: int
    account: int
    text: str
    total: int
    rate: int = 10
    supplier: int | None = None
    voucher: str = ""


def record_expense(work: OperatorTransaction, expense: Expense) -> int:
    """Save an expense of today and post it; return its key."""
    problems = [] if expense.text.strip() else ["Escriba en qué se gastó."]
    if expense.total <= 0:
        problems.append("El importe debe ser mayor que cero.")
    if expense.rate not in RATES:
        problems.append("Elija la tasa del IVA de la lista.")
    if problems:
        raise Refused(*problems)
    work.get("sucursal", expense.branch)
    code = account_code(work, expense.account)
    tax = int(tax_inside(Decimal(expense.total), expense.rate))
    key = work.insert(
        "gasto",
        sucursal_id=expense.branch,
        proveedor_id=expense.supplier,
        comprobante=expense.voucher.strip() or None,
        fecha=work.today,
        cuenta_id=expense.account,
        descripcion=expense.text.strip(),
        neto=expense.total - tax,
        iva=tax,
        total=expense.total,
        creado_por=work.user,
        creado_en=work.now,
    )
    entry = expense_entry(
        code,
        net=expense.total - tax,
        tax=tax,
        paid_from=PAYABLE if expense.supplier else CASH,
    )
    post(work, entry, branch=expense.branch, origin="gasto", concept=expense.text.strip()[:120])
    return int(key)

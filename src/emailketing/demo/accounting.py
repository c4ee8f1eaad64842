"""The books: what a closing or an expense comes to, posted with debit equal to credit."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import select

from emailketing.demo.amounts import rounded, tax_inside
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused

CASH, RECEIVABLE, STOCK, TAX_PAID = "1.1.01", "1.1.02", "1.1.03", "1.1.04"
FIXED_ASSETS, PAYABLE, TAX_COLLECTED = "1.2.01", "2.1.01", "2.1.02"
OVERAGE, PETTY, SHORTAGE = "4.2.01", "6.3.07", "6.4.02"

Entry = dict[str, int]  # account → guaraníes; debit is positive, credit negative


def sales_entry(
    lines: Iterable[Row], *, on_account: int, petty: int = 0, differences: Iterable[int] = ()
) -> Entry:
    """Return the entry of a branch's closed sales.

    Args:
        lines: each with total, iva, cantidad, costo, cuenta_venta and cuenta_costo (codes).
        on_account: what of them was sold on account.
        petty: small expenses paid from the tills.
        differences: counted less expected, of each till.
    """
    sold, cost = _by_account(lines)
    entry: Entry = {RECEIVABLE: on_account, CASH: -on_account - petty, PETTY: petty}
    for (account, rate), total in sold.items():
        tax = int(tax_inside(total, rate))
        _add(entry, CASH, int(total))
        _add(entry, account, tax - int(total))
        _add(entry, TAX_COLLECTED, -tax)
    for (account, rate), total in cost.items():
        net = int(rounded(total) - tax_inside(rounded(total), rate))
        _add(entry, account, net)
        _add(entry, STOCK, -net)
    for difference in differences:
        _add(entry, CASH, difference)
        _add(entry, OVERAGE if difference > 0 else SHORTAGE, -difference)
    return {account: amount for account, amount in entry.items() if amount}


Sums = dict[tuple[str, int], Decimal]  # by account and rate of the tax


def _by_account(lines: Iterable[Row]) -> tuple[Sums, Sums]:
    sold: Sums = {}
    cost: Sums = {}
    for line in lines:
        place = line["cuenta_venta"], line["iva"]
        sold[place] = sold.get(place, Decimal(0)) + line["total"]
        place = line["cuenta_costo"], line["iva"]
        cost[place] = cost.get(place, Decimal(0)) + line["cantidad"] * line["costo"]
    return sold, cost


def _add(entry: Entry, account: str, amount: int) -> None:
    entry[account] = entry.get(account, 0) + amount


def expense_entry(account: str, *, net: int, tax: int, paid_from: str) -> Entry:
    entry = {account: net, TAX_PAID: tax, paid_from: -net - tax}
    return {code: amount for code, amount in entry.items() if amount}


def posted(entry: Mapping[str, int], keys: Mapping[str, int]) -> list[Row]:
    """Return the rows of an entry; `keys` says the key of each account."""
    if sum(entry.values()):
        raise ArithmeticError(f"debit and credit differ: {entry}")
    return [
        {"cuenta_id": keys[account], "debe": max(amount, 0), "haber": max(-amount, 0)}
        for account, amount in sorted(entry.items())
    ]


def post(
    work: OperatorTransaction, entry: Mapping[str, int], *, branch: int, origin: str, concept: str
) -> None:
    """Write an entry of today into the books."""
    accounts = work.tables["cuenta"]
    found = work.rows(select(accounts.c.codigo, accounts.c.id).where(accounts.c.codigo.in_(entry)))
    rows = posted(entry, {row["codigo"]: row["id"] for row in found})
    key = work.insert(
        "asiento",
        fecha=work.today,
        sucursal_id=branch,
        origen=origin,
        concepto=concept,
    )
    work.insert_many("asiento_linea", [row | {"asiento_id": key} for row in rows])


def expense_accounts(work: OperatorTransaction) -> list[Row]:
    """Return the accounts an expense can be posted to."""
    accounts = work.tables["cuenta"]
    query = select(accounts).where((accounts.c.tipo == "gasto") & (accounts.c.imputable == 1))
    return work.rows(query.order_by(accounts.c.codigo))


def account_code(work: OperatorTransaction, key: int) -> str:
    account = work.get("cuenta", key)
    if account["tipo"] != "gasto" or not account["imputable"]:
        raise Refused(f"{account['codigo']} {account['nombre']} no es una cuenta de gastos.")
    return str(account["codigo"])

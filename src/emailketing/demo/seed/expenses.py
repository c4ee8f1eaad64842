"""What the company spends besides goods: wages, services, rent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from emailketing.demo.accounting import CASH, FIXED_ASSETS, PAYABLE, expense_entry
from emailketing.demo.amounts import tax_inside
from emailketing.demo.database import Row
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.ledger import write_entry

STEP = 1_000
INVOICED = {  # supplier of services → account
    20: "6.3.02",
    21: "6.3.04",
    22: "6.3.05",
    23: "6.3.03",
    24: "6.3.06",
    25: "6.3.08",
}
MONTHLY = (  # day, account, text, of each branch, rate of the tax
    (1, "6.3.01", "Alquiler del local", (0, 2_200_000, 1_800_000), 10),
    (3, "6.2.03", "Internet y telefonía", (420_000, 210_000, 210_000), 10),
    (8, "6.2.02", "Factura de agua", (260_000, 120_000, 110_000), 10),
    (12, "6.2.01", "Factura de energía eléctrica", (2_300_000, 1_150_000, 980_000), 10),
    (20, "6.1.02", "Aporte patronal IPS", (1_240_000, 580_000, 580_000), 0),
    (25, "6.1.01", "Sueldos y jornales", (7_500_000, 3_500_000, 3_500_000), 0),
    (27, "6.4.01", "Comisiones de las procesadoras", (1_150_000, 480_000, 450_000), 10),
    (28, "6.5.01", "Depreciación del mes", (1_400_000, 600_000, 600_000), 0),
)
CREDITED = {"6.5.01": FIXED_ASSETS}
FIXED = {"6.1.01", "6.1.02", "6.3.01", "6.5.01"}  # the same each month
BILLING_DAY = 5
YEARLY_RISE = 0.05


@dataclass(frozen=True)
class Spent:
    day: date
    branch: int
    account: str
    text: str
    total: int
    rate: int = 10

    @property
    def tax(self) -> int:
        return int(tax_inside(Decimal(self.total), self.rate))


def spend(book: SeedBook) -> None:
    """Write the expenses of the three months; of what came before, only their entries."""
    for invoice in book.tables["factura_compra"]:
        if invoice["proveedor_id"] in INVOICED:
            _write(book, _of_invoice(book, invoice), invoice)
    day = date(book.today.year - 1, 1, 1)
    while day < book.today:
        is_old = day < book.first_day
        for spent in _of_day(book, day, is_old=is_old):
            if is_old:
                _post(book, spent)
            else:
                _write(book, spent)
        day += timedelta(days=1)


def _of_invoice(book: SeedBook, invoice: Row) -> Spent:
    return Spent(
        day=invoice["fecha"],
        branch=invoice["sucursal_id"],
        account=INVOICED[invoice["proveedor_id"]],
        text=book.get("proveedor", invoice["proveedor_id"])["razon_social"],
        total=int(invoice["total"]),
    )


def _of_day(book: SeedBook, day: date, *, is_old: bool) -> Iterator[Spent]:
    for due, account, text, amounts, rate in MONTHLY:
        if due == day.day:
            for branch, amount in enumerate(amounts, 1):
                if amount:
                    yield Spent(
                        day, branch, account, text, _about(book, amount, account, day), rate
                    )
    if is_old and day.day == BILLING_DAY:
        for supplier, account in INVOICED.items():
            name = book.get("proveedor", supplier)["razon_social"]
            total = book.ledger_random.randint(900, 6_600) * STEP
            yield Spent(day, 1, account, name, total)


def _about(book: SeedBook, amount: int, account: str, day: date) -> int:
    """Return what it was then: less than today, and not the same each month."""
    years = (book.today - day).days // 365
    change = 1.0 if account in FIXED else book.ledger_random.uniform(0.9, 1.1)
    return round(amount * change * (1 - YEARLY_RISE) ** years / STEP) * STEP


def _write(book: SeedBook, spent: Spent, invoice: Row | None = None) -> None:
    when = book.ledger_moment(spent.day)
    book.add(
        "gasto",
        fecha=spent.day,
        sucursal_id=spent.branch,
        cuenta_id=book.accounts[spent.account],
        proveedor_id=invoice["proveedor_id"] if invoice else None,
        factura_compra_id=invoice["id"] if invoice else None,
        descripcion=spent.text,
        comprobante=invoice["numero"] if invoice else None,
        neto=spent.total - spent.tax,
        iva=spent.tax,
        total=spent.total,
        creado_por="sfleitas",
        creado_en=when,
        modificado_por="sfleitas",
        modificado_en=when,
    )
    _post(book, spent, is_invoiced=invoice is not None)


def _post(book: SeedBook, spent: Spent, *, is_invoiced: bool = False) -> None:
    credited = PAYABLE if is_invoiced else CREDITED.get(spent.account, CASH)
    net = spent.total - spent.tax
    entry = expense_entry(spent.account, net=net, tax=spent.tax, paid_from=credited)
    write_entry(book, entry, day=spent.day, branch=spent.branch, origin="gasto", concept=spent.text)

"""What the fleets owe, and how they paid."""

from datetime import timedelta

from emailketing.demo.database import Row
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.shifts import HOURS, Shift, came_in
from emailketing.demo.seed.words import BANKS

MOST_INVOICES = 14
AFTER_DAYS = 18


class Debts:
    """The unpaid sales by customer, oldest first."""

    def __init__(self) -> None:
        self.open: dict[int, list[Row]] = {}

    def add(self, sale: Row) -> None:
        self.open.setdefault(sale["cliente_id"], []).append(sale)

    def collect(self, book: SeedBook, shift: Shift) -> None:
        """Let a customer who has owed for some weeks pay, now and then."""
        if shift.branch != 1 or not book.chance(0.5):
            return
        ripe = shift.starts.date() - timedelta(days=AFTER_DAYS)
        owing = [key for key, sales in self.open.items() if sales and sales[0]["fecha"] <= ripe]
        if not owing:
            return
        customer = book.random.choice(owing)
        sales = [sale for sale in self.open[customer] if sale["fecha"] <= ripe][:MOST_INVOICES]
        self.open[customer] = [sale for sale in self.open[customer] if sale not in sales]
        _write(book, shift, customer, sales)
        if sales[-1]["saldo"]:
            self.open[customer].insert(0, sales[-1])


def _write(book: SeedBook, shift: Shift, customer: int, sales: list[Row]) -> None:
    when = shift.starts + timedelta(seconds=book.random.randrange(int(HOURS * 3600)))
    owed = sum(sale["saldo"] for sale in sales)
    part = sales[-1]["saldo"] // 2 if book.chance(0.15) else 0  # a part stays open
    advance = 500_000 if not part and book.chance(0.06) else 0
    applied = owed - part
    number = book.next_number(f"REC-00{shift.branch}")
    key = book.add(
        "cobro",
        numero=number,
        sucursal_id=shift.branch,
        caja_cierre_id=shift.key,
        cliente_id=customer,
        fecha=when.date(),
        estado="emitido",
        total=applied + advance,
        aplicado=applied,
        anticipo=advance,
        observacion=None,
        creado_por=shift.cashier,
        creado_en=when,
        modificado_por=shift.cashier,
        modificado_en=when,
    )
    means = book.random.choice(("transferencia", "cheque"))
    book.add(
        "cobro_medio",
        cobro_id=key,
        medio=means,
        banco=book.random.choice(BANKS),
        numero=f"{book.random.randint(10**6, 10**7 - 1)}",
        importe=applied + advance,
    )
    receipt = book.get("cobro", key)
    came_in(book, shift, receipt, means=means, detail=f"Recibo {number}")
    for sale in sales:
        left = part if sale is sales[-1] else 0
        paid = sale["saldo"] - left
        book.add("cobro_aplicado", cobro_id=key, venta_id=sale["id"], importe=paid, saldo=left)
        sale.update(saldo=left, modificado_por=shift.cashier, modificado_en=when)

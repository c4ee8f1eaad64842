"""What was counted on the shelves: breakage, what ran out of date, what was missing."""

from datetime import timedelta
from decimal import Decimal

from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.house import BRANCHES
from emailketing.demo.stock import REASONS

COUNT = 48
NOTES = {
    "inventario": "Diferencia de inventario",
    "rotura": "Se cayó de la góndola",
    "vencido": "Retirado por vencimiento",
    "uso_propio": "Limpieza de la playa",
}
WHO = {1: "dbogarin", 2: "ralvarenga", 3: "gfranco"}


def count_shelves(book: SeedBook) -> None:
    """Write adjustments; the stock at hand is what is left after them."""
    random = book.ledger_random
    goods = [row for row in book.tables["producto"] if not row["es_combustible"]]
    days = (book.today - book.first_day).days
    for place in range(COUNT):
        day = book.first_day + timedelta(days=place * days // COUNT)
        branch, reason = random.randint(1, len(BRANCHES)), random.choice(REASONS)
        found_more = reason == "inventario" and random.random() < 0.4  # noqa: PLR2004
        amount = random.randint(1, 6) * (1 if found_more else -1)
        book.add(
            "ajuste_existencia",
            producto_id=random.choice(goods)["id"],
            sucursal_id=branch,
            cuando=book.ledger_moment(day),
            motivo=reason,
            cantidad=Decimal(amount),
            observacion=NOTES[reason],
            usuario=WHO[branch],
        )

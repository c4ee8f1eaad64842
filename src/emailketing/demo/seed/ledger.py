"""The books: each closing and expense of the three months, and what came before as summaries."""

from collections.abc import Iterator
from datetime import date, timedelta

from emailketing.demo.accounting import CASH, Entry, posted, sales_entry
from emailketing.demo.database import Row
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.house import BRANCHES
from emailketing.demo.seed.shifts import Shift

YEARLY_GROWTH = 0.11
LEAST, MOST = 0.86, 1.14  # a day's sales against the average


def write_entry(
    book: SeedBook, entry: Entry, *, day: date, branch: int, origin: str, concept: str
) -> None:
    key = book.add("asiento", fecha=day, sucursal_id=branch, origen=origin, concepto=concept)
    for row in posted(entry, book.accounts):
        book.add("asiento_linea", asiento_id=key, **row)


def post_closing(book: SeedBook, closing: Row, lines: list[Row], shifts: list[Shift]) -> None:
    """Post a branch's day."""
    petty = sum(
        move["importe"]
        for shift in shifts
        for move in shift.movements
        if move["concepto"] == "gasto"
    )
    entry = sales_entry(
        lines,
        on_account=closing["credito"],
        petty=petty,
        differences=[book.get("caja_cierre", shift.key)["diferencia"] for shift in shifts],
    )
    write_entry(
        book,
        entry,
        day=closing["fecha"],
        branch=closing["sucursal_id"],
        origin="ventas",
        concept=f"Cierre de ventas {closing['numero']}",
    )


def post_before(book: SeedBook) -> None:
    """Post the sales before the three months, since January of last year.

    By month; by day where a month to date is compared with the same days a year ago.
    """
    days, sums = (book.today - book.first_day).days, _sums(book)
    for branch in range(1, len(BRANCHES) + 1):
        daily = {code: amount / days for code, amount in sums[branch].items()}
        for first, last in _stretches(book):
            count = (last - first).days + 1
            years = (book.today - last).days / 365
            factor = count * (1 - YEARLY_GROWTH) ** years * book.ledger_random.uniform(LEAST, MOST)
            entry = _scaled(daily, factor)
            concept = f"Resumen del {first:%d/%m/%Y} al {last:%d/%m/%Y}"
            write_entry(book, entry, day=last, branch=branch, origin="resumen", concept=concept)


def _sums(book: SeedBook) -> dict[int, Entry]:
    """Return what the three months came to, by branch and account."""
    codes = {key: code for code, key in book.accounts.items()}
    branches = {
        row["id"]: row["sucursal_id"] for row in book.tables["asiento"] if row["origen"] == "ventas"
    }
    sums: dict[int, Entry] = {branch: {} for branch in set(branches.values())}
    for line in book.tables["asiento_linea"]:
        if line["asiento_id"] not in branches:
            continue
        own, code = sums[branches[line["asiento_id"]]], codes[line["cuenta_id"]]
        own[code] = own.get(code, 0) + line["debe"] - line["haber"]
    return sums


def _scaled(daily: dict[str, float], factor: float) -> Entry:
    entry = {code: round(amount * factor / 1000) * 1000 for code, amount in daily.items()}
    entry[CASH] = entry.get(CASH, 0) - sum(entry.values())  # what rounding left
    return {code: amount for code, amount in entry.items() if amount}


def _stretches(book: SeedBook) -> Iterator[tuple[date, date]]:
    """Return first and last day of each summary."""
    year_ago = book.today - timedelta(days=365)
    fine = (
        (year_ago.replace(day=1) - timedelta(days=1)).replace(day=1),
        year_ago + timedelta(days=7),
    )
    day = date(book.today.year - 1, 1, 1)
    while day < book.first_day:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(following, book.first_day) - timedelta(days=1)
        if fine[0] <= day <= fine[1]:
            last = day
        elif day < fine[0]:
            last = min(last, fine[0] - timedelta(days=1))
        yield day, last
        day = last + timedelta(days=1)

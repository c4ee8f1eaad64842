"""One cashier's shift of the past: what came into the till and what was counted."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from emailketing.demo.database import Row
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.house import CASHIERS, TILLS
from emailketing.demo.tills import CASH, closing_lines, closing_totals, expected

TURNS = (("mañana", 6.0), ("tarde", 14.0))
HOURS = 7.5
OPENING = 500_000
LEFT_IN_TILL = 400_000
BANKNOTE = 50_000
DIFFERENCES = (-50_000, -20_000, -5_000, 5_000, 10_000)


@dataclass
class Shift:
    """A shift while it is being invented."""

    key: int
    branch: int
    cashier: str
    starts: datetime
    movements: list[Row] = field(default_factory=list)


def open_shift(book: SeedBook, day: date, till: int, turn: int) -> Shift:
    (name, hour), cashier = TURNS[turn], CASHIERS[till][turn]
    starts = book.moment(day, hour)
    key = book.add(
        "caja_cierre",
        caja_id=till,
        cajero=cashier,
        turno=name,
        fecha=day,
        apertura=OPENING,
        abierta_en=starts,
    )
    return Shift(key, TILLS[till - 1][0], cashier, starts)


def moments(book: SeedBook, shift: Shift, count: int) -> list[datetime]:
    """Return moments of the shift, one after the other."""
    seconds = sorted(book.random.sample(range(int(HOURS * 3600)), count))
    return [shift.starts + timedelta(seconds=second) for second in seconds]


def came_in(book: SeedBook, shift: Shift, document: Row, *, means: str, detail: str) -> None:
    """Note money of a sale or a collection."""
    is_sale = "hora" in document
    _move(
        book,
        shift,
        {
            "cuando": document["hora" if is_sale else "creado_en"],
            "tipo": "ingreso",
            "concepto": "venta" if is_sale else "cobro",
            "medio": means,
            "importe": document["total"],
            "detalle": detail,
        },
    )


def _move(book: SeedBook, shift: Shift, values: Row) -> None:
    key = book.add("caja_movimiento", caja_cierre_id=shift.key, usuario=shift.cashier, **values)
    shift.movements.append(book.get("caja_movimiento", key))


def close_shift(book: SeedBook, shift: Shift) -> None:
    """Take the cash to the safe, count, note the difference and close."""
    ends = shift.starts + timedelta(hours=HOURS, minutes=20)
    if book.chance(0.25):
        _take_out(book, shift, "gasto", 1_000 * book.random.randint(25, 180), "Insumos de limpieza")
    cash = expected(OPENING, shift.movements)[CASH]
    if cash > LEFT_IN_TILL + BANKNOTE:
        amount = (cash - LEFT_IN_TILL) // BANKNOTE * BANKNOTE
        _take_out(book, shift, "retiro", amount, "Remesa a la caja fuerte")
    due = expected(OPENING, shift.movements)
    difference = book.random.choice(DIFFERENCES) if book.chance(0.08) else 0
    lines = closing_lines(due, due | {CASH: due[CASH] + difference})
    for line in lines:
        book.add("caja_cierre_medio", caja_cierre_id=shift.key, **line)
    book.get("caja_cierre", shift.key).update(
        numero=book.next_number("CC"),
        estado="cerrada",
        cerrada_en=ends,
        observacion="Diferencia de vuelto" if difference else None,
        modificado_por=shift.cashier,
        modificado_en=ends,
        **closing_totals(OPENING, shift.movements, lines),
    )


def _take_out(book: SeedBook, shift: Shift, concept: str, amount: int, detail: str) -> None:
    _move(
        book,
        shift,
        {
            "cuando": shift.starts + timedelta(hours=HOURS),
            "tipo": "egreso",
            "concepto": concept,
            "medio": CASH,
            "importe": amount,
            "detalle": detail,
        },
    )

"""Tills: a cashier opens one with cash, money comes and goes, and he counts it at the end."""

from collections.abc import Mapping

from sqlalchemy import select

from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused

SHIFTS = ("mañana", "tarde", "noche")
CASH = "efectivo"


def open_till(work: OperatorTransaction, till: int, *, shift: str, cash: int) -> int:
    """Open a till for the operator; return the key of his shift."""
    work.get("caja", till)
    sessions = work.tables["caja_cierre"]
    busy = select(sessions.c.cajero).where(
        (sessions.c.caja_id == till) & (sessions.c.estado == "abierta")
    )
    cashier = work.value(busy)
    if cashier:
        raise Refused(f"Esa caja ya está abierta por {cashier}. Ciérrela antes de abrirla.")
    if shift not in SHIFTS:
        raise Refused("Elija el turno.")
    if cash < 0:
        raise Refused("El efectivo de apertura no puede ser negativo.")
    key = work.insert(
        "caja_cierre",
        caja_id=till,
        cajero=work.user,
        turno=shift,
        fecha=work.today,
        estado="abierta",
        apertura=cash,
        abierta_en=work.now,
    )
    return int(key)


def open_till_of(work: OperatorTransaction, branch: int) -> int:
    """Return the shift that takes the branch's money now: the operator's own first."""
    tills, sessions = work.tables["caja"], work.tables["caja_cierre"]
    query = (
        select(sessions.c.id, sessions.c.cajero)
        .join(tills, tills.c.id == sessions.c.caja_id)
        .where((tills.c.sucursal_id == branch) & (sessions.c.estado == "abierta"))
        .order_by(sessions.c.id)
    )
    found = work.rows(query)
    if not found:
        raise Refused("No hay una caja abierta en la sucursal. Ábrala en «Cajas».")
    own = [row for row in found if row["cajero"] == work.user]
    return int((own or found)[0]["id"])


def move_cash(
    work: OperatorTransaction, session: int, *, concept: str, amount: int, detail: str
) -> None:
    """Take cash out of the till: an expense (gasto) or a withdrawal to the safe (retiro)."""
    _open_session(work, session)
    if amount <= 0:
        raise Refused("El importe debe ser mayor que cero.")
    if not detail.strip():
        raise Refused("Escriba para qué se saca el dinero.")
    work.insert(
        "caja_movimiento",
        caja_cierre_id=session,
        cuando=work.now,
        tipo="egreso",
        concepto=concept,
        medio=CASH,
        importe=amount,
        detalle=detail.strip(),
        usuario=work.user,
    )


def take_in(
    work: OperatorTransaction,
    session: int,
    *,
    concept: str,
    amounts: Mapping[str, int],
    detail: str,
) -> None:
    """Note the money of a sale or a collection, by means of payment."""
    _open_session(work, session)
    for means, amount in amounts.items():
        work.insert(
            "caja_movimiento",
            caja_cierre_id=session,
            cuando=work.now,
            tipo="ingreso",
            concepto=concept,
            medio=means,
            importe=amount,
            detalle=detail,
            usuario=work.user,
        )


def expected(opening: int, movements: list[Row]) -> dict[str, int]:
    """Return what should be there, by means of payment."""
    sums = {CASH: opening}
    for row in movements:
        sign = 1 if row["tipo"] == "ingreso" else -1
        sums[row["medio"]] = sums.get(row["medio"], 0) + sign * row["importe"]
    return sums


def movements_of(work: OperatorTransaction, session: int) -> list[Row]:
    table = work.tables["caja_movimiento"]
    return work.rows(select(table).where(table.c.caja_cierre_id == session).order_by(table.c.id))


def close_till(
    work: OperatorTransaction, session: int, *, counted: Mapping[str, int], notes: str = ""
) -> str:
    """Close the shift with what was counted; return the closing's number."""
    known = _open_session(work, session)
    if any(amount < 0 for amount in counted.values()):
        raise Refused("Lo contado no puede ser negativo.")
    movements = movements_of(work, session)
    lines = closing_lines(expected(known["apertura"], movements), counted)
    if any(line["diferencia"] for line in lines) and not notes.strip():
        raise Refused("Hay diferencia: escriba una observación que la explique.")
    for line in lines:
        work.insert("caja_cierre_medio", caja_cierre_id=session, **line)
    number = work.next_number("CC")
    work.update(
        "caja_cierre",
        session,
        numero=number,
        estado="cerrada",
        cerrada_en=work.now,
        observacion=notes.strip() or None,
        **closing_totals(known["apertura"], movements, lines),
    )
    return number


def closing_lines(due: Mapping[str, int], counted: Mapping[str, int]) -> list[Row]:
    return [
        {
            "medio": means,
            "esperado": due.get(means, 0),
            "contado": counted.get(means, 0),
            "diferencia": counted.get(means, 0) - due.get(means, 0),
        }
        for means in dict.fromkeys([*due, *counted])
    ]


def closing_totals(opening: int, movements: list[Row], lines: list[Row]) -> Row:
    came_in = sum(row["importe"] for row in movements if row["tipo"] == "ingreso")
    went_out = sum(row["importe"] for row in movements if row["tipo"] == "egreso")
    counted = sum(line["contado"] for line in lines)
    due = opening + came_in - went_out
    return {
        "ingresos": came_in,
        "egresos": went_out,
        "esperado": due,
        "contado": counted,
        "diferencia": counted - due,
    }


def _open_session(work: OperatorTransaction, session: int) -> Row:
    known = work.get("caja_cierre", session)
    if known["estado"] != "abierta":
        raise Refused(f"La caja ya se cerró ({known['numero']}).")
    return known

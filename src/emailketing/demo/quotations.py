"""Quotations: a draft, issued with a number and a last day, accepted or expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from emailketing.demo.amounts import EnteredLine
from emailketing.demo.database import Cell, OperatorTransaction
from emailketing.demo.lines import check_lines, lines_of, write_lines
from emailketing.demo.refused import Refused


@dataclass(frozen=True)
class Quotation:
    """A quotation as the operator enters it."""

    customer: int
    branch: int
    lines: Sequence[EnteredLine]
    valid_until: date
    conditions: str = "Contado"
    notes: str = ""


def save_quotation(work: OperatorTransaction, quotation: Quotation, key: int | None = None) -> int:
    """Save a new or changed draft; return its key."""
    if quotation.valid_until < work.today:
        raise Refused("La validez ya pasó. Elija hoy o un día posterior.")
    check_lines(quotation.lines)
    work.get("cliente", quotation.customer)
    work.get("sucursal", quotation.branch)
    header: dict[str, Cell] = {
        "sucursal_id": quotation.branch,
        "cliente_id": quotation.customer,
        "validez": quotation.valid_until,
        "condicion": quotation.conditions,
        "observacion": quotation.notes or None,
    }
    if key is None:
        key = _open(work, header)
    else:
        _draft(work, key)
        work.update("presupuesto", key, **header)
    write_lines(work, "presupuesto", key, quotation.lines)
    return key


def _open(work: OperatorTransaction, header: dict[str, Cell]) -> int:
    key = work.insert(
        "presupuesto",
        **header,
        vendedor=work.user,
        fecha=work.today,
        estado="borrador",
        creado_por=work.user,
        creado_en=work.now,
    )
    return int(key)


def _draft(work: OperatorTransaction, key: int) -> None:
    known = work.get("presupuesto", key)
    if known["estado"] != "borrador":
        raise Refused(f"El presupuesto {known['numero']} ya está {known['estado']}.")


def issue_quotation(work: OperatorTransaction, key: int) -> str:
    """Issue a draft; return its number."""
    _draft(work, key)
    if not lines_of(work, "presupuesto", key):
        raise Refused("El presupuesto no tiene renglones. Agregue al menos un producto.")
    number = work.next_number("PRE")
    work.update(
        "presupuesto",
        key,
        numero=number,
        estado="emitido",
        fecha=work.today,
        emitido_en=work.now,
    )
    return number


def accept_quotation(work: OperatorTransaction, key: int) -> None:
    known = work.get("presupuesto", key)
    if known["estado"] != "emitido":
        raise Refused("Solo se acepta un presupuesto emitido.")
    if known["validez"] < work.today:
        raise Refused("El presupuesto está vencido. Haga uno nuevo.")
    work.update("presupuesto", key, estado="aceptado", aceptado_en=work.now)

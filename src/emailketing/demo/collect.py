"""Collections: a customer pays, with one or several means, for invoices or in advance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emailketing.demo.amounts import money
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused
from emailketing.demo.tills import open_till_of, take_in

BANKED = frozenset({"cheque", "transferencia"})
ACCEPTED = BANKED | {"efectivo", "tarjeta_debito", "tarjeta_credito", "qr"}


@dataclass(frozen=True)
class Means:
    """A part of a payment; a cheque or a transfer has a bank and a number."""

    code: str
    amount: int
    bank: str = ""
    number: str = ""


@dataclass(frozen=True)
class Collection:
    """A payment received: `applied` says how much goes to which sale; the rest is an advance."""

    customer: int
    branch: int
    means: Sequence[Means]
    applied: Mapping[int, int]
    notes: str = ""


def check_collection(work: OperatorTransaction, collection: Collection) -> None:
    problems = []
    total = sum(part.amount for part in collection.means)
    if total <= 0 or any(part.amount <= 0 for part in collection.means):
        problems.append("Escriba cuánto paga el cliente.")
    if any(part.code not in ACCEPTED for part in collection.means):
        problems.append("Elija el medio de pago de la lista.")
    if any(part.code in BANKED and not (part.bank and part.number) for part in collection.means):
        problems.append("Escriba banco y número del cheque o de la transferencia.")
    if sum(collection.applied.values()) > total:
        problems.append("Se aplica más de lo que el cliente paga.")
    for sale, amount in collection.applied.items():
        problems += _invoice_problems(work.get("venta", sale), amount, collection.customer)
    if problems:
        raise Refused(*problems)


def _invoice_problems(invoice: Row, amount: int, customer: int) -> list[str]:
    if invoice["cliente_id"] != customer:
        return [f"La factura {invoice['numero']} es de otro cliente."]
    if not 0 < amount <= invoice["saldo"]:
        return [f"De la factura {invoice['numero']} se deben {money(invoice['saldo'])}."]
    return []


def collect(work: OperatorTransaction, collection: Collection) -> int:
    """Save a payment, with its receipt's number; return its key."""
    work.get("cliente", collection.customer)
    check_collection(work, collection)
    session = open_till_of(work, collection.branch)
    total = sum(part.amount for part in collection.means)
    applied = sum(collection.applied.values())
    key = work.insert(
        "cobro",
        sucursal_id=collection.branch,
        caja_cierre_id=session,
        cliente_id=collection.customer,
        fecha=work.today,
        estado="borrador",
        total=total,
        aplicado=applied,
        anticipo=total - applied,
        observacion=collection.notes or None,
        creado_por=work.user,
        creado_en=work.now,
    )
    _write_details(work, key, collection)
    branch = work.get("sucursal", collection.branch)
    number = work.next_number(f"REC-{branch['codigo']}")
    amounts: dict[str, int] = {}
    for part in collection.means:
        amounts[part.code] = amounts.get(part.code, 0) + part.amount
    take_in(work, session, concept="cobro", amounts=amounts, detail=f"Recibo {number}")
    work.update("cobro", key, numero=number, estado="emitido")
    return int(key)


def _write_details(work: OperatorTransaction, key: int, collection: Collection) -> None:
    for part in collection.means:
        work.insert(
            "cobro_medio",
            cobro_id=key,
            medio=part.code,
            banco=part.bank or None,
            numero=part.number or None,
            importe=part.amount,
        )
    for sale, amount in collection.applied.items():
        left = work.get("venta", sale)["saldo"] - amount
        work.insert("cobro_aplicado", cobro_id=key, venta_id=sale, importe=amount, saldo=left)
        work.update("venta", sale, saldo=left)

"""Payment orders: the invoices of a supplier that are paid, how, and the tax withheld."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from emailketing.demo.amounts import money, rounded
from emailketing.demo.database import OperatorTransaction, Row
from emailketing.demo.refused import Refused

WITHHELD = Decimal(30)  # per cent of the tax inside the invoices
MEANS = ("cheque", "transferencia", "efectivo")


@dataclass(frozen=True)
class Payment:
    """A payment order as the operator enters it; `invoices` says how much of which."""

    supplier: int
    branch: int
    invoices: Mapping[int, Decimal]
    means: str
    pay_on: date
    bank: str = ""
    account: str = ""
    number: str = ""
    withholds: bool = True
    notes: str = ""


def check_payment(work: OperatorTransaction, payment: Payment) -> list[Row]:
    """Return the invoices; refuse with one sentence per mistake."""
    problems = [] if payment.invoices else ["Elija al menos una factura."]
    if payment.means not in MEANS:
        problems.append("Elija cheque, transferencia o efectivo.")
    elif payment.means != "efectivo" and not (payment.bank and payment.number):
        problems.append("Escriba el banco y el número del cheque o de la transferencia.")
    if payment.pay_on < work.today:
        problems.append("La fecha de pago ya pasó. Elija hoy o un día posterior.")
    invoices = [work.get("factura_compra", key) for key in payment.invoices]
    for invoice in invoices:
        problems += _problems(invoice, payment)
    if len({invoice["moneda"] for invoice in invoices}) > 1:
        problems.append("No mezcle facturas en guaraníes y en dólares.")
    if problems:
        raise Refused(*problems)
    return invoices


def _problems(invoice: Row, payment: Payment) -> list[str]:
    if invoice["proveedor_id"] != payment.supplier:
        return [f"La factura {invoice['numero']} es de otro proveedor."]
    if not 0 < payment.invoices[invoice["id"]] <= invoice["saldo"]:
        owed = money(invoice["saldo"], invoice["moneda"])
        return [f"De la factura {invoice['numero']} se deben {owed}."]
    return []


def issue_payment(work: OperatorTransaction, payment: Payment) -> int:
    """Save a payment order and issue it with a number; return its key."""
    supplier = work.get("proveedor", payment.supplier)
    invoices = check_payment(work, payment)
    currency = invoices[0]["moneda"]
    withheld = withholding(invoices, payment) if payment.withholds else Decimal(0)
    total = sum(payment.invoices.values(), Decimal(0))
    key = work.insert(
        "orden_pago",
        sucursal_id=payment.branch,
        proveedor_id=payment.supplier,
        fecha=work.today,
        moneda=currency,
        cotizacion=invoices[0]["cotizacion"],
        estado="borrador",
        total=total,
        retencion=withheld,
        neto=total - withheld,
        observacion=payment.notes or None,
        creado_por=work.user,
        creado_en=work.now,
    )
    _write_invoices(work, key, payment, invoices)
    number = work.next_number("OP")
    if withheld:
        _write_withholding(work, key, withheld, f"RET-{number[3:]}")
    work.insert(
        "orden_pago_medio",
        orden_pago_id=key,
        medio=payment.means,
        banco=payment.bank or None,
        cuenta=payment.account or None,
        numero=payment.number or None,
        fecha_pago=payment.pay_on,
        beneficiario=supplier["razon_social"],
        importe=total - withheld,
    )
    work.update("orden_pago", key, numero=number, estado="emitida")
    return int(key)


def withholding(invoices: list[Row], payment: Payment) -> Decimal:
    """Return 30 % of the tax inside what is paid; invoices in dollars come from abroad: none."""
    withheld = Decimal(0)
    for invoice in invoices:
        if invoice["moneda"] == "PYG":
            part = payment.invoices[invoice["id"]] / invoice["total"]
            withheld += rounded((invoice["iva_10"] + invoice["iva_5"]) * part * WITHHELD / 100)
    return withheld


def _write_withholding(
    work: OperatorTransaction, key: int, withheld: Decimal, voucher: str
) -> None:
    work.insert(
        "orden_pago_retencion",
        orden_pago_id=key,
        comprobante=voucher,
        concepto="Retención IVA 30 %",
        base=rounded(withheld * 100 / WITHHELD),
        porcentaje=WITHHELD,
        importe=withheld,
    )


def _write_invoices(
    work: OperatorTransaction, key: int, payment: Payment, invoices: list[Row]
) -> None:
    for invoice in invoices:
        amount = payment.invoices[invoice["id"]]
        left = invoice["saldo"] - amount
        work.insert(
            "orden_pago_factura",
            orden_pago_id=key,
            factura_compra_id=invoice["id"],
            importe=amount,
        )
        state: Row = {} if left else {"estado": "pagada"}
        work.update("factura_compra", invoice["id"], saldo=left, **state)

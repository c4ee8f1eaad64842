"""An invented payment order and an invented collection, in every language."""

from emailketing.common.document import own_value
from emailketing.common.plain import Entry
from emailketing.content.samples.orders import PARTY

WORDS: dict[str, dict[str, str]] = {
    "es": {
        "payment": "Orden de pago OP-000241",
        "receipt": "Recibo REC-001-0000318",
        "withholding": "Retención IVA 30 %",
        "issued": "emitida",
        "received": "emitido",
        "notes": "Pagos de 8:00 a 11:30 y de 13:30 a 16:00.",
    },
    "en": {
        "payment": "Payment order OP-000241",
        "receipt": "Receipt REC-001-0000318",
        "withholding": "VAT withheld, 30 %",
        "issued": "issued",
        "received": "issued",
        "notes": "Payments from 8:00 to 11:30 and from 13:30 to 16:00.",
    },
    "pt": {
        "payment": "Ordem de pagamento OP-000241",
        "receipt": "Recibo REC-001-0000318",
        "withholding": "Retenção de IVA 30 %",
        "issued": "emitida",
        "received": "emitido",
        "notes": "Pagamentos das 8:00 às 11:30 e das 13:30 às 16:00.",
    },
}
BRANCH = {
    "branch": "Casa Central",
    "branch_address": "Ruta PY02 km 22",
    "branch_city": "Ypacaraí",
    "branch_phone": "+595 21 555 100",
}
CUSTOMER = {
    "key": "31",
    "name": "Transportes Guaraní S.R.L.",
    "tax_id": "80055123-0",
    "address": "Avda. Defensores del Chaco 2450",
    "city": "Lambaré",
    "phone": "+595 21 555 310",
    "email": "administracion@guarani.example",
}


def empty() -> Entry:
    """Return what every invented document has."""
    usual = ("conditions", "notes", "delivery_date", "valid_until")
    return {**dict.fromkeys(usual, ""), "currency": "PYG", "date": "2026-11-24", "lines": []}


def payment_order(language: str) -> Entry:
    """Two invoices, a part withheld, a deferred cheque and a transfer."""
    words = WORDS.get(language, WORDS["es"])
    return {
        **empty(),
        **BRANCH,
        "type": "payment_order",
        "key": "241",
        "label": words["payment"],
        "number": "OP-000241",
        "state": words["issued"],
        "notes": words["notes"],
        "rate": "1",
        "pay_date": "2026-11-27",
        "in_person": True,
        "prepared_by": "Sonia Fleitas Valdez",
        "prepared_email": "sfleitas@nuguasu.example",
        "prepared_phone": "+595 21 555 100",
        "party": own_value({"party": {**PARTY, "language": language}}, "party"),
        "invoices": [
            _bill("001-002-0045871", "2026-10-20", "2026-11-19", "3420000", "3420000", "0"),
            _bill("001-002-0046110", "2026-10-27", "2026-11-26", "2764000", "1644000", "1120000"),
        ],
        "means": [
            _means("cheque", "Banco Itaú", "4471208", "3000000") | {"date": "2026-11-27"},
            _means("transfer", "Banco Continental", "9912046", "1925891")
            | {"account": "110047235"},
        ],
        "withholdings": [
            {
                "voucher": "RET-000241",
                "name": words["withholding"],
                "base": "460363",
                "rate": "30",
                "amount": "138109",
            }
        ],
        "totals": {
            "untaxed": "",
            "tax": "",
            "total": "5064000",
            "withheld": "138109",
            "net": "4925891",
            "taxes": [],
        },
    }


def _means(means: str, bank: str, number: str, amount: str) -> dict[str, str]:
    return {
        "means": means,
        "bank": bank,
        "account": "",
        "number": number,
        "date": "2026-11-24",
        "payee": PARTY["name"],
        "amount": amount,
    }


def _bill(
    number: str, date: str, due_date: str, total: str, paid: str, balance: str
) -> dict[str, str]:
    return {
        "number": number,
        "date": date,
        "due_date": due_date,
        "total": total,
        "paid": paid,
        "balance": balance,
    }


def collection(language: str) -> Entry:
    """A customer pays two invoices, one in part, with two means, and leaves an advance."""
    words = WORDS.get(language, WORDS["es"])
    return {
        **empty(),
        **BRANCH,
        "type": "collection",
        "key": "318",
        "label": words["receipt"],
        "number": "REC-001-0000318",
        "state": words["received"],
        "cashier": "Patricia Vera Sosa",
        "balance": "800000",
        "party": {**CUSTOMER, "language": language},
        "invoices": [
            _bill("001-001-0012874", "2026-10-30", "2026-11-29", "900000", "900000", "0"),
            _bill("001-001-0013012", "2026-11-06", "2026-12-06", "1200000", "400000", "800000"),
        ],
        "means": [
            {"means": "transfer", "bank": "Banco GNB", "number": "5520417", "amount": "1000000"},
            {"means": "cash", "bank": "", "number": "", "amount": "500000"},
        ],
        "totals": {
            "untaxed": "",
            "tax": "",
            "total": "1500000",
            "applied": "1300000",
            "advance": "200000",
            "taxes": [],
        },
    }

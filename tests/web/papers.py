"""The papers of the cast: a frozen purchase order, and a PDF with nothing on it."""

import io
from typing import Any

from pypdf import PdfWriter

from emailketing.contacts.models import Contact


def document(number: int, party: Contact, total: str = "1250000") -> dict[str, Any]:
    address = party.addresses.filter(kind="email").first()
    return {
        "type": "purchase_order",
        "key": str(number),
        "label": f"Orden de compra OC-{number:04}",
        "number": f"OC-{number:04}",
        "date": "2026-11-20",
        "delivery_date": "2026-11-27",
        "state": "confirmada",
        "currency": "PYG",
        "conditions": "30 días",
        "notes": "Entregar por el portón de atrás",
        "party": {
            "key": party.key,
            "name": party.name,
            "tax_id": party.tax_id,
            "email": address.value if address else "",
            "language": "es",
        },
        "lines": [
            {
                "code": "LUB-20W50",
                "description": "Aceite 20W50 mineral, bidón de 4 litros",
                "quantity": "12",
                "unit": "u",
                "unit_price": "85000",
                "total": "1020000",
            },
            {
                "code": "FIL-01",
                "description": "Filtro de aceite",
                "quantity": "10",
                "unit": "u",
                "unit_price": "23000",
                "total": "230000",
            },
        ],
        "totals": {
            "untaxed": "1136364",
            "tax": "113636",
            "total": total,
            "taxes": [{"name": "IVA 10 %", "amount": "113636"}],
        },
    }


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()

"""An invented purchase order or quotation, in every language."""

from emailketing.common.document import Change, Document, Party

WORDS: dict[str, dict[str, str]] = {
    "es": {
        "order": "Orden de compra OC-0017",
        "quote": "Presupuesto P-0042",
        "conditions": "Crédito 30 días",
        "notes": "Entregar en depósito central, de lunes a viernes de 7:00 a 15:00.",
        "oil": "Aceite Ñandutí 15W40, bidón de 20 litros",
        "filter": "Filtro de aceite para camioneta",
        "gloves": "Guantes de nitrilo, caja de 100 unidades",
        "unit": "un.",
        "box": "caja",
        "state": "confirmada",
        "reason": "El pedido se hace por otra sucursal",
        "quantity": "Cantidad",
        "price": "Precio",
    },
    "en": {
        "order": "Purchase order OC-0017",
        "quote": "Quotation P-0042",
        "conditions": "Credit, 30 days",
        "notes": "Please deliver to the central depot, Monday to Friday, 7:00 to 15:00.",
        "oil": "Ñandutí oil 15W40, 20-litre can",
        "filter": "Oil filter for pickup trucks",
        "gloves": "Nitrile gloves, box of 100",
        "unit": "pc.",
        "box": "box",
        "state": "confirmed",
        "reason": "Another branch places this order",
        "quantity": "Quantity",
        "price": "Price",
    },
    "pt": {
        "order": "Ordem de compra OC-0017",
        "quote": "Orçamento P-0042",
        "conditions": "Crédito 30 dias",
        "notes": "Entregar no depósito central, de segunda a sexta, das 7:00 às 15:00.",
        "oil": "Óleo Ñandutí 15W40, bombona de 20 litros",
        "filter": "Filtro de óleo para caminhonete",
        "gloves": "Luvas de nitrila, caixa com 100 unidades",
        "unit": "un.",
        "box": "caixa",
        "state": "confirmada",
        "reason": "O pedido é feito por outra filial",
        "quantity": "Quantidade",
        "price": "Preço",
    },
}
QUOTATIONS = ("quot", "presup", "orcamento", "sale")
PARTY: Party = {
    "key": "12",
    "name": "Lubricantes del Sur S.A.",
    "tax_id": "80012345-6",
    "address": "Avda. Mariscal López 1234 c/ Perú",
    "city": "Asunción",
    "phone": "+595 21 555 010",
    "email": "ventas@lubricantes.example",
}
AMOUNTS = [
    ("LUB-0150", "oil", "12", "unit", "285000", "3420000"),
    ("FIL-0031", "filter", "30", "unit", "45500", "1365000"),
    ("SEG-0007", "gloves", "4.5", "box", "62000", "279000"),
]


def is_quotation(document_type: str) -> bool:
    return any(word in document_type.lower() for word in QUOTATIONS)


def order_or_quotation(document_type: str, language: str) -> Document:
    """Return an invented document in the shape every connector gives."""
    words = WORDS.get(language, WORDS["es"])
    quotation = is_quotation(document_type)
    party: Party = {**PARTY, "language": language}
    return {
        "type": document_type or "purchase_order",
        "key": "17",
        "label": words["quote" if quotation else "order"],
        "number": "P-0042" if quotation else "OC-0017",
        "date": "2026-11-24",
        "state": words["state"],
        "currency": "PYG",
        "conditions": words["conditions"],
        "notes": words["notes"],
        "delivery_date": "2026-11-27",
        "valid_until": "2026-12-09" if quotation else "",
        "seller": "Carolina Benítez Acosta" if quotation else "",
        "seller_phone": "+595 981 555 120" if quotation else "",
        "reply_to": "cbenitez@nuguasu.example",
        "sent_at": "" if quotation else "2026-11-23T10:15:00-03:00",
        "edition": "" if quotation else "2",
        "reason": "" if quotation else words["reason"],
        "changes": [] if quotation else _changes(words),
        "party": party,
        "lines": [
            {
                "code": code,
                "description": words[description],
                "quantity": quantity,
                "unit": words[unit],
                "unit_price": price,
                "total": total,
            }
            for code, description, quantity, unit, price, total in AMOUNTS
        ],
        "totals": {
            "untaxed": "4603636",
            "tax": "460364",
            "total": "5064000",
            "taxes": [{"name": "IVA 10 %", "amount": "460364"}],
        },
    }


def _changes(words: dict[str, str]) -> list[Change]:
    """More oil, and gloves that were not asked for before."""

    def row(label: str, item: str, kind: str, op: str, was: str, now: str) -> Change:
        labels = {language: known[label] for language, known in WORDS.items()}
        return {
            "label": labels,
            "item": words[item],
            "kind": kind,
            "op": op,
            "was": was,
            "now": now,
        }

    return [
        row("quantity", "oil", "quantity", "changed", "10", "12"),
        row("price", "oil", "money", "changed", "279000", "285000"),
        row("quantity", "gloves", "quantity", "added", "", "4.5"),
        row("price", "gloves", "money", "added", "", "62000"),
    ]

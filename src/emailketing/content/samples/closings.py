"""Invented closings, refuellings and unpaid invoices; every sum in them is right."""

from collections.abc import Callable

from emailketing.common.plain import Entry
from emailketing.content.samples.payments import CUSTOMER

WORDS: dict[str, dict[str, str]] = {
    "es": {
        "cash_closing": "Cierre de caja CC-0731",
        "sales_closing": "Cierre de ventas CV-0274",
        "fuelling": "Carga ABCD 123 001-001-0001234",
        "unpaid_sale": "Factura 001-001-0001234",
        "branch": "Casa Central",
        "missing": "Faltante: se revisa con las cámaras",
        "cash": "Efectivo",
        "debit": "Tarjeta de débito",
        "qr": "Código QR",
        "account": "A crédito",
        "safe": "Remesa a la caja fuerte",
        "cleaning": "Insumos de limpieza",
        "fuel": "Combustibles",
        "lubricants": "Lubricantes",
        "drinks": "Bebidas",
        "bakery": "Panadería",
    },
    "en": {
        "cash_closing": "Cash closing CC-0731",
        "sales_closing": "Sales closing CV-0274",
        "fuelling": "Refuelling ABCD 123 001-001-0001234",
        "unpaid_sale": "Invoice 001-001-0001234",
        "branch": "Head office",
        "missing": "Missing: the cameras are being looked at",
        "cash": "Cash",
        "debit": "Debit card",
        "qr": "QR code",
        "account": "On account",
        "safe": "To the safe",
        "cleaning": "Cleaning supplies",
        "fuel": "Fuels",
        "lubricants": "Lubricants",
        "drinks": "Drinks",
        "bakery": "Bakery",
    },
    "pt": {
        "cash_closing": "Fechamento de caixa CC-0731",
        "sales_closing": "Fechamento de vendas CV-0274",
        "fuelling": "Abastecimento ABCD 123 001-001-0001234",
        "unpaid_sale": "Fatura 001-001-0001234",
        "branch": "Matriz",
        "missing": "Falta: verifica-se com as câmeras",
        "cash": "Dinheiro",
        "debit": "Cartão de débito",
        "qr": "Código QR",
        "account": "A prazo",
        "safe": "Remessa ao cofre",
        "cleaning": "Material de limpeza",
        "fuel": "Combustíveis",
        "lubricants": "Lubrificantes",
        "drinks": "Bebidas",
        "bakery": "Padaria",
    },
}
Row = Entry


def sample_maker(document_type: str, make: Callable[[dict[str, str]], Row]) -> Callable[[str], Row]:
    """Return what makes such a document in a language: what all have, and its own."""

    def made(language: str) -> Row:
        words = WORDS.get(language, WORDS["es"])
        return {
            "type": document_type,
            "key": "17",
            "label": words[document_type],
            "currency": "PYG",
            "date": "2026-11-24",
            **dict.fromkeys(("notes", "conditions", "delivery_date", "valid_until"), ""),
            "party": {**CUSTOMER, "language": language},
            "lines": [],
            **make(words),
        }

    return made


def _rows(columns: str, *rows: str) -> list[Row]:
    return [dict(zip(columns.split(), row.split("|"), strict=True)) for row in rows]


def _totals(total: str, tax: str = "", untaxed: str = "") -> Row:
    return {"untaxed": untaxed, "tax": tax, "total": total, "taxes": []}


def _cash_closing(words: dict[str, str]) -> Row:
    return {
        "number": "CC-0731",
        "state": "cerrada",
        "notes": words["missing"],
        "till": "Caja 2",
        "shift": "mañana",
        "branch": words["branch"],
        "cashier": "Patricia Vera Sosa",
        "cashier_email": "patricia.sosa@nuguasu.example",
        "opened_at": "2026-11-24T06:02:00",
        "closed_at": "2026-11-24T14:18:00",
        "opening": "500000",
        "income": "12650000",
        "outgo": "650000",
        "expected": "12500000",
        "counted": "12450000",
        "difference": "-50000",
        "totals": _totals("12450000"),
        "means": _rows(
            "code means name opening income outgo expected counted difference",
            f"efectivo|cash|{words['cash']}|500000|8250000|650000|8100000|8050000|-50000",
            f"tarjeta_debito|debit_card|{words['debit']}|0|2950000|0|2950000|2950000|0",
            f"qr|qr|{words['qr']}|0|1450000|0|1450000|1450000|0",
        ),
        "outgoes": _rows(
            "at concept description amount",
            f"2026-11-24T09:40:00|gasto|{words['cleaning']}|50000",
            f"2026-11-24T13:05:00|retiro|{words['safe']}|600000",
        ),
    }


def _sales_closing(words: dict[str, str]) -> Row:
    return {
        "number": "CV-0274",
        "state": "cerrado",
        "branch": words["branch"],
        "closed_by": "Marta Rojas Cabrera",
        "closed_at": "2026-11-24T22:10:00",
        "invoices": "86",
        "paid_now": "15180000",
        "on_account": "6120000",
        "litres": "2104.35",
        "totals": _totals("21300000", "430000", "20870000"),
        "cash": {
            "tills": "2",
            "expected": "16230000",
            "counted": "16180000",
            "difference": "-50000",
        },
        "last_week": {
            "date": "2026-11-17",
            "total": "19450000",
            "litres": "2230.1",
            "invoices": "81",
            "total_change": "9.5",
            "litres_change": "-5.6",
        },
        **_sales_lists(words),
    }


def _sales_lists(words: dict[str, str]) -> Row:
    return {
        "groups": _rows(
            "name quantity total last_week change",
            f"{words['fuel']}|2104.35|16570000|16900000|-2",
            f"{words['lubricants']}|21|2890000|1450000|99.3",
            f"{words['drinks']}|118|1340000|1100000|21.8",
            f"{words['bakery']}|46|500000|0|",
        ),
        "fuels": _rows(
            "code name litres total last_week_litres last_week change",
            "00001|Nafta Súper 93|1020.1|7334519|980.4|7049076|4",
            "00003|Diésel Común|684.25|5049765|829.7|6123186|-17.5",
            "00004|Diésel Ultra S-10|400|3476000|420|3649800|-4.8",
        ),
        "means": _rows(
            "code means name amount last_week change",
            f"efectivo|cash|{words['cash']}|8730000|8200000|6.5",
            f"tarjeta_debito|debit_card|{words['debit']}|4200000|3900000|7.7",
            f"qr|qr|{words['qr']}|2250000|1850000|21.6",
            f"credito|credit|{words['account']}|6120000|5500000|11.3",
        ),
        "tills": _rows(
            "number till shift cashier expected counted difference notes",
            f"CC-0731|Caja 2|mañana|Patricia Vera Sosa|12500000|12450000|-50000|{words['missing']}",
            "CC-0732|Caja 1|tarde|Juan Cáceres Aquino|3730000|3730000|0|",
        ),
    }


def _fuelling(_words: dict[str, str]) -> Row:
    return {
        "number": "001-001-0001234",
        "at": "2026-11-24T14:32:00",
        "state": "emitida",
        "station": "Casa Central",
        "station_address": "Avda. Madame Lynch 2345",
        "station_city": "Asunción",
        "product": "Diésel Ultra S-10",
        "litres": "80",
        "price": "8690",
        "amount": "695200",
        "vehicle": {
            "key": "12",
            "make": "Toyota",
            "model": "Hilux",
            "plate": "ABCD 123",
            "year": "2022",
        },
        "driver": {
            "name": "Nelson Ortiz Báez",
            "email": "nelson.baez@lubricantes.example",
            "phone": "+595 981 555 123",
        },
        "odometer": "45210",
        "km": "612",
        "km_per_litre": "7.7",
        "month": {"litres": "280", "limit": "260", "left": "0", "over": "20"},
        "over_limit": True,
        "has_control": True,
        "totals": _totals("695200"),
    }


def _unpaid_sale(words: dict[str, str]) -> Row:
    return {
        "number": "001-001-0001234",
        "state": "emitida",
        "kind": "credito",
        "date": "2026-10-20",
        "due_date": "2026-11-19",
        "branch": words["branch"],
        "balance": "695200",
        "paid": "300000",
        "totals": _totals("995200", "0", "995200"),
    }


CLOSINGS: dict[str, Callable[[str], Row]] = {
    "cash_closing": sample_maker("cash_closing", _cash_closing),
    "sales_closing": sample_maker("sales_closing", _sales_closing),
    "fuelling": sample_maker("fuelling", _fuelling),
    "unpaid_sale": sample_maker("unpaid_sale", _unpaid_sale),
}

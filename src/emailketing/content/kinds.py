"""What a value is by its name, and how it is written: for tables in mails and for layouts.

Connectors give their columns these names (docs/reference/connector.md); every other is text.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from emailketing.common.plain import Cell
from emailketing.content import formats

Kind = Literal["money", "quantity", "date", "datetime", "word", "text"]

NAMES: dict[Kind, frozenset[str]] = {
    "money": frozenset(
        {"amount", "balance", "paid", "price", "unit_price", "total", "untaxed", "tax", "base"}
        | {"net", "withheld", "applied", "advance", "opening", "income", "outgo", "expected"}
        | {"counted", "difference", "last_week", "paid_now", "on_account"}
    ),
    "quantity": frozenset(
        {"quantity", "percent", "rate", "litres", "last_week_litres", "odometer", "km"}
        | {"km_per_litre", "change", "total_change", "litres_change", "invoices"}
    ),
    "date": frozenset({"date", "delivery_date", "valid_until", "due_date", "pay_date"}),
    "datetime": frozenset({"at"}),
    "word": frozenset({"means", "shift", "concept", "conditions"}),
}
_KINDS: dict[str, Kind] = {name: kind for kind, names in NAMES.items() for name in names}

# words that business systems keep as codes: means and terms of payment, shifts, outgoes of a till
WORDS = {
    "cash": {"es": "Efectivo", "en": "Cash", "pt": "Dinheiro"},
    "cheque": {"es": "Cheque", "en": "Cheque", "pt": "Cheque"},
    "transfer": {"es": "Transferencia", "en": "Transfer", "pt": "Transferência"},
    "debit_card": {"es": "Tarjeta de débito", "en": "Debit card", "pt": "Cartão de débito"},
    "credit_card": {"es": "Tarjeta de crédito", "en": "Credit card", "pt": "Cartão de crédito"},
    "qr": {"es": "Código QR", "en": "QR payment", "pt": "Pagamento QR"},
    "credit": {"es": "A crédito", "en": "On account", "pt": "A prazo"},
    "mañana": {"es": "mañana", "en": "morning", "pt": "manhã"},
    "tarde": {"es": "tarde", "en": "afternoon", "pt": "tarde"},
    "noche": {"es": "noche", "en": "night", "pt": "noite"},
    "gasto": {"es": "gasto", "en": "expense", "pt": "despesa"},
    "retiro": {"es": "retiro", "en": "withdrawal", "pt": "retirada"},
    "Contado": {"es": "Contado", "en": "Cash", "pt": "À vista"},
}
# payment terms with their days: “Crédito 30 días”
CREDIT = re.compile(r"crédito (?:a )?(\d{1,3}) d[ií]as?", re.IGNORECASE)
CREDITS = {"en": "{days} days credit", "pt": "Prazo de {days} dias"}


def kind_of(name: str) -> Kind:
    """Say what stands under this name or dotted path."""
    last = name.rpartition(".")[2]
    if last.endswith("_at"):
        return "datetime"
    return _KINDS.get(last) or ("date" if last.endswith("_date") else "text")


def word_of(value: Cell, language: str) -> str:
    """Say such a word in the reader's language; one we do not know stands as it is."""
    text = str(value or "")
    if language in CREDITS and (credit := CREDIT.fullmatch(text)):
        return CREDITS[language].format(days=credit.group(1))
    known = WORDS.get(text) or WORDS.get(text.strip().capitalize()) or {}  # CONTADO
    return known.get(language, text)


def local(labels: Any, language: str) -> str:
    """Choose a label in the reader's language; a plain text stands for all."""
    if not isinstance(labels, Mapping):
        return str(labels or "")
    return str(labels.get(language) or labels.get("es") or next(iter(labels.values()), ""))


# the types a connector gives its fields → kinds
TYPES: dict[str, Kind] = {
    "number": "quantity",
    "quantity": "quantity",
    "money": "money",
    "date": "date",
    "datetime": "datetime",
}


def typed(value: Cell, kind: str, *, currency: str, language: str, zone: str) -> str:
    """Write a value of which the connector says what it is; an amount with its currency."""
    if value in (None, ""):
        return ""
    text = written(value, TYPES.get(kind, "text"), currency=currency, language=language, zone=zone)
    return f"{formats.sign_of(currency, language)} {text}" if kind == "money" else text


def written(value: Cell, kind: Kind, *, currency: str, language: str, zone: str) -> str:
    """Write a value; what is not what its name says stays as it is."""
    try:
        if kind == "money":
            return formats.amount(value, currency, language)
        if kind == "quantity":
            return formats.number(value, language)
        if kind == "date":
            return formats.day(value, language, zone)
        if kind == "datetime":
            return formats.moment(value, language, zone)
    except formats.NotAValue:
        pass
    return word_of(value, language) if kind == "word" else str(value)

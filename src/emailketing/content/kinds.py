"""What a value is and how it is written, in tables of mails and in layouts: as it is declared.

Connectors say what each field of a document is (docs/reference/connector.md); the fields every
document has are ours. What nobody declares is text: a name tells nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from emailketing.common.plain import Cell
from emailketing.content import formats
from emailketing.content.words import Words, word_of

Kind = Literal["money", "quantity", "date", "datetime", "word", "text"]
Kinds = Mapping[str, Kind]  # dotted path in the document → what it is

# the fields every document may have (docs/reference/templates.md)
OURS: dict[str, Kind] = {
    **dict.fromkeys(("date", "delivery_date", "valid_until"), "date"),
    **dict.fromkeys(("at", "sent_at"), "datetime"),
    **dict.fromkeys(("totals.untaxed", "totals.tax", "totals.total"), "money"),
    **dict.fromkeys(("totals.taxes.amount", "lines.unit_price", "lines.total"), "money"),
    "lines.quantity": "quantity",
    "conditions": "word",
}
# the types a connector gives its fields → kinds
TYPES: dict[str, Kind] = {
    "number": "quantity",
    "quantity": "quantity",
    "money": "money",
    "date": "date",
    "datetime": "datetime",
}
# as they are written in a frozen document
NAMED: dict[str, Kind] = {**TYPES, "word": "word", "text": "text"}
_declared: ContextVar[Kinds] = ContextVar("declared")  # while a text is compiled


@contextmanager
def declared(kinds: Kinds) -> Iterator[None]:
    """Let `kind_of` know what is declared of the document a text is compiled for."""
    token = _declared.set(kinds)
    try:
        yield
    finally:
        _declared.reset(token)


def kind_of(path: str, kinds: Kinds | None = None) -> Kind:
    """Say what stands under this dotted path of a document, as it is declared."""
    known = _declared.get({}) if kinds is None else kinds
    return known.get(path) or OURS.get(path, "text")


def local(labels: Any, language: str) -> str:
    """Choose a label in the reader's language; a plain text stands for all."""
    if not isinstance(labels, Mapping):
        return str(labels or "")
    return str(labels.get(language) or labels.get("es") or next(iter(labels.values()), ""))


def typed(value: Cell, kind: str, *, currency: str, language: str, zone: str) -> str:
    """Write a value of which the connector says what it is; an amount with its currency."""
    if value in (None, ""):
        return ""
    text = written(value, TYPES.get(kind, "text"), currency=currency, language=language, zone=zone)
    return f"{formats.sign_of(currency, language)} {text}" if kind == "money" else text


def written(
    value: Cell, kind: Kind, *, currency: str, language: str, zone: str, words: Words | None = None
) -> str:
    """Write a value; what is not what is declared stays as it is."""
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
    return word_of(value, language, words) if kind == "word" else str(value)

"""Words that a business system keeps, said to each reader as its connector declares them."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from emailketing.common.folded import bare

Words = Mapping[str, Mapping[str, str]]  # a word as the business system keeps it → by language
# means of payment, which connectors give by these names
MEANS: Words = {
    "cash": {"es": "Efectivo", "en": "Cash", "pt": "Dinheiro"},
    "cheque": {"es": "Cheque", "en": "Cheque", "pt": "Cheque"},
    "transfer": {"es": "Transferencia", "en": "Transfer", "pt": "Transferência"},
    "debit_card": {"es": "Tarjeta de débito", "en": "Debit card", "pt": "Cartão de débito"},
    "credit_card": {"es": "Tarjeta de crédito", "en": "Credit card", "pt": "Cartão de crédito"},
    "qr": {"es": "Código QR", "en": "QR payment", "pt": "Pagamento QR"},
    "credit": {"es": "A crédito", "en": "On account", "pt": "A prazo"},
}
LONGEST = 200  # signs of such a word
REMEMBERED = 1_000  # words of a column, while its rows are said
PLACE = re.compile(r"\{(\w+)\}")  # stands for a number: “Crédito {days} días”
DIGITS = r"(\d{1,6})"


def said_in(words: Words, text: str) -> Mapping[str, str]:
    """Return what a word is called, by language; nothing where it is none of these.

    Capital letters and accents do not count; `{days}` in a word stands for a number.
    """
    if text in words:
        return words[text]
    wanted = _bare(text)
    for word, labels in words.items():
        if found := _pattern(word).fullmatch(wanted):
            numbers = dict(zip(PLACE.findall(word), found.groups(), strict=True))
            return {language: _filled(label, numbers) for language, label in labels.items()}
    return {}


def word_of(value: object, language: str, words: Words | None = None) -> str:
    """Say such a word in the reader's language; one nobody declared stands as it is."""
    text = str(value or "")
    known = said_in(words or {}, text) or MEANS.get(text) or {}
    return known.get(language, text)


def with_means(words: Words) -> Words:
    """Return these words, and those everybody has."""
    return {**words, **{word: said for word, said in MEANS.items() if word not in words}}


def sayer(words: Words, language: str) -> Callable[[str], str]:
    """Return what says the values of many rows: each of the words is looked for once."""

    @lru_cache(maxsize=REMEMBERED)
    def said(text: str) -> str:
        return said_in(words, text).get(language, text)

    return said


def _bare(text: str) -> str:
    return bare(" ".join(text.split()))[:LONGEST]


@lru_cache(maxsize=500)
def _pattern(word: str) -> "re.Pattern[str]":
    pieces = (re.escape(bare(piece)) for piece in PLACE.split(" ".join(word.split()))[::2])
    return re.compile(DIGITS.join(pieces))


def _filled(label: str, numbers: Mapping[str, str]) -> str:
    for name, number in numbers.items():
        label = label.replace(f"{{{name}}}", number)
    return label

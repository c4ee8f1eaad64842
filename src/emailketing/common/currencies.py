"""Which currency is meant: business systems and people write the same one in many ways."""

import re
import unicodedata
from functools import lru_cache

from babel import Locale

# letters only, small, without accents → the code of ISO 4217
SPELLINGS = {
    **dict.fromkeys(("g", "gs", "pyg", "guarani", "guaranies", "₲"), "PYG"),
    **dict.fromkeys(("us$", "u$s", "u$d", "usd", "usd$", "dolar", "dolares", "dollars"), "USD"),
    **dict.fromkeys(("r$", "brl", "real", "reales", "reais"), "BRL"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "EUR"),
    **dict.fromkeys(("ar$", "ars"), "ARS"),
}
NOISE = re.compile(r"[\s.\xa0]+")


def currency_code(text: object) -> str:
    """Return “PYG” for “Gs.”, “guaraníes”, “pyg”; what is not known comes back in capitals."""
    bare = NOISE.sub("", str(text or ""))
    plain = unicodedata.normalize("NFD", bare.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return SPELLINGS.get(letters) or bare.upper()


def is_currency(text: str) -> bool:
    """Whether this is how a currency is written, one that exists."""
    return currency_code(text) in _codes()


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(Locale("en").currencies)

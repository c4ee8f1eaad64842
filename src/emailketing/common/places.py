"""Codes of countries and currencies, as ISO has them (3166, 4217)."""

from functools import cache

LETTERS = 2  # of a country's code
_NO_COUNTRY = frozenset({"ZZ", "QO", "EU", "EZ", "UN", "XA", "XB"})


@cache
def countries() -> frozenset[str]:
    """Return the code of every country."""
    from babel import Locale

    return frozenset(
        code
        for code in map(str, Locale("en").territories)
        if len(code) == LETTERS and code.isalpha() and code not in _NO_COUNTRY
    )


@cache
def currencies() -> frozenset[str]:
    """Return the code of every currency there is or was."""
    from babel import Locale

    return frozenset(map(str, Locale("en").currencies)) - {"XXX", "XTS"}

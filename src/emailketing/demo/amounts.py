"""Prices with the tax inside them, as in Paraguay: what is taxed, the tax, what is exempt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from emailketing.demo.database import Row

STEPS = {"PYG": Decimal(1), "USD": Decimal("0.01")}
SYMBOLS = {"PYG": "Gs.", "USD": "US$"}
PARTS = {
    10: Decimal(11),
    5: Decimal(21),
}  # the tax is one eleventh or one twenty-first of the price


@dataclass(frozen=True)
class EnteredLine:
    """One line of a document as an operator enters it."""

    product: int
    quantity: Decimal
    price: Decimal


def rounded(amount: Decimal | int, currency: str = "PYG") -> Decimal:
    """Guaraníes have no cents."""
    return Decimal(amount).quantize(STEPS[currency], ROUND_HALF_UP)


def tax_inside(amount: Decimal, rate: int, currency: str = "PYG") -> Decimal:
    return rounded(amount / PARTS[rate], currency) if rate else Decimal(0)


def split(lines: Iterable[Row], currency: str = "PYG") -> dict[str, Decimal]:
    """Sum the lines by rate; the parts add up to the total exactly."""
    sums = {10: Decimal(0), 5: Decimal(0), 0: Decimal(0)}
    for line in lines:
        sums[line["iva"]] += Decimal(line["total"])
    taxes = {rate: tax_inside(sums[rate], rate, currency) for rate in PARTS}
    return {
        "gravada_10": sums[10] - taxes[10],
        "gravada_5": sums[5] - taxes[5],
        "exenta": sums[0],
        "iva_10": taxes[10],
        "iva_5": taxes[5],
        "total": sum(sums.values(), Decimal(0)),
    }


Number = Decimal | int | float | None  # templates make floats of Decimals


def money(amount: Number, currency: str = "PYG") -> str:
    """Write 1250000 as “Gs. 1.250.000”."""
    return f"{SYMBOLS[currency]} {number(rounded(_exact(amount or 0), currency))}"


def _exact(value: Decimal | float) -> Decimal:
    return Decimal(str(value))


def number(value: Number) -> str:
    """Write with points for thousands and a comma for decimals."""
    if value is None:
        return ""
    return f"{_exact(value):,}".translate(str.maketrans(",.", ".,"))


def quantity(value: Number) -> str:
    """Write without idle zeros: 12,500 litres are 12,5."""
    if value is None:
        return ""
    plain = _exact(value)
    return number(
        plain.to_integral_value() if plain == plain.to_integral_value() else plain.normalize()
    )


def day(value: date | None) -> str:
    return value.strftime("%d/%m/%Y") if value else ""

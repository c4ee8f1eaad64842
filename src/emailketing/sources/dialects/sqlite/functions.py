"""Exact numbers for SQLite, which has floats only: functions of the connections that read (P7).

A result is an integer, or a decimal as text; NULL where something is missing. `emk_sum` is a
window function, too: shares and running totals are exact like totals.
"""

import math
import sqlite3
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation

from emailketing.sources.dialects.expressions import COMMA, PLACES
from emailketing.sources.freeze import without_noise

Raw = int | float | str | bytes | None
LARGEST = 2**63 - 1
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
PLACE = Decimal(1).scaleb(-PLACES)


def register(raw: sqlite3.Connection) -> None:
    raw.create_function("emk_fold", 1, fold, deterministic=True)
    raw.create_function("emk_lower", 1, lower, deterministic=True)
    raw.create_function("emk_number", 2, number, deterministic=True)
    raw.create_function("emk_calc", 3, calculate, deterministic=True)
    raw.create_window_function("emk_sum", 1, ExactSum)
    raw.create_window_function("emk_avg", 1, ExactAverage)
    raw.create_window_function("emk_min", 1, ExactLeast)
    raw.create_window_function("emk_max", 1, ExactGreatest)


def lower(value: Raw) -> str | None:
    return None if value is None else _text(value).casefold()


def fold(value: Raw) -> str | None:
    return None if value is None else _text(value).strip().casefold()


def _text(value: Raw) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def number(value: Raw, written: str) -> Raw:
    found = _decimal(value, written)
    return None if found is None else _given(found)


def _decimal(value: Raw, written: str = "") -> Decimal | None:
    if value is None or isinstance(value, int):
        return None if value is None else Decimal(value)
    if isinstance(value, float):
        return without_noise(Decimal(repr(value))) if math.isfinite(value) else None
    text = _text(value).strip()
    if written == COMMA:
        text = text.replace(".", "").replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _given(value: Decimal) -> int | str:
    if value == value.to_integral_value() and abs(value) <= LARGEST:
        return int(value)
    return format(value.normalize(EXACT), "f")


def calculate(operation: str, first: Raw, second: Raw) -> Raw:
    left, right = _decimal(first), _decimal(second)
    if left is None or right is None:
        return None
    try:
        return _given(_OPERATIONS[operation](left, right))
    except (DivisionByZero, InvalidOperation):
        return None


def _divided(left: Decimal, right: Decimal) -> Decimal:
    return EXACT.divide(left, right).quantize(PLACE, context=EXACT)


_OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "sum": EXACT.add,
    "difference": EXACT.subtract,
    "product": EXACT.multiply,
    "quotient": _divided,
    "percentage": _divided,
    "change": lambda left, right: _divided(EXACT.subtract(left, right), abs(right)),
}


class ExactSum:
    """sum() of exact numbers; NULL of nothing."""

    def __init__(self) -> None:
        self._whole = 0  # integers are most of it, and quick
        self._parts = Decimal()
        self._count = 0

    def step(self, value: Raw) -> None:
        self._add(value, 1)

    def inverse(self, value: Raw) -> None:
        self._add(value, -1)

    def _add(self, value: Raw, sign: int) -> None:
        if isinstance(value, int):
            self._whole += sign * value
        else:
            found = _decimal(value)
            if found is None:
                return
            self._parts = EXACT.add(self._parts, found * sign)
        self._count += sign

    def value(self) -> Raw:
        return _given(self.exact) if self._count else None

    def finalize(self) -> Raw:
        return self.value()

    @property
    def exact(self) -> Decimal:
        return EXACT.add(self._parts, Decimal(self._whole))

    @property
    def count(self) -> int:
        return self._count


class ExactAverage(ExactSum):
    """avg() of exact numbers, rounded; NULL of nothing."""

    def value(self) -> Raw:
        return _given(_divided(self.exact, Decimal(self.count))) if self.count else None


class ExactLeast:
    """min() of exact numbers; as floats they would come back with other decimals."""

    def __init__(self) -> None:
        self._found: Decimal | None = None

    def step(self, value: Raw) -> None:
        exact = _decimal(value)
        if exact is not None and (self._found is None or self._is_further(exact, self._found)):
            self._found = exact

    @staticmethod
    def _is_further(exact: Decimal, found: Decimal) -> bool:
        return exact < found

    def inverse(self, value: Raw) -> None:
        raise NotImplementedError  # listings ask for it in groups, whose rows never leave

    def value(self) -> Raw:
        return None if self._found is None else _given(self._found)

    def finalize(self) -> Raw:
        return self.value()


class ExactGreatest(ExactLeast):
    """max() of exact numbers."""

    @staticmethod
    def _is_further(exact: Decimal, found: Decimal) -> bool:
        return exact > found

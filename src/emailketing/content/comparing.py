"""Tests of templates that compare amounts as numbers: above, below, equal."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from emailketing.content import formats


def _comparing(judge: Callable[[Decimal, Decimal], bool]) -> Callable[..., bool]:
    def test(value: Any, other: Any) -> bool:
        if value in (None, ""):  # nothing is neither above nor below nor equal
            return False
        return judge(formats.as_decimal(value), formats.as_decimal(other))

    return test


# amounts are exact texts; these compare them as numbers
TESTS: dict[str, Callable[..., bool]] = {
    "above": _comparing(operator.gt),
    "below": _comparing(operator.lt),
    "equal": _comparing(operator.eq),
}

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.demo.amounts import money, quantity, split
from emailketing.demo.pages.forms import read_number

LINES = st.lists(
    st.fixed_dictionaries(
        {"iva": st.sampled_from([10, 5, 0]), "total": st.integers(1, 10**9).map(Decimal)}
    ),
    max_size=20,
)


def test_the_tax_inside_a_price_is_an_eleventh_or_a_twenty_first() -> None:
    parts = split(
        [
            {"iva": 10, "total": Decimal(110_000)},
            {"iva": 5, "total": Decimal(21_000)},
            {"iva": 0, "total": Decimal(7_000)},
        ]
    )
    assert parts == {
        "gravada_10": 100_000,
        "iva_10": 10_000,
        "gravada_5": 20_000,
        "iva_5": 1_000,
        "exenta": 7_000,
        "total": 138_000,
    }


@given(LINES, st.sampled_from(["PYG", "USD"]))
def test_the_parts_add_up_to_the_total(lines: list[dict[str, Decimal]], currency: str) -> None:
    parts = split(lines, currency)
    total = parts.pop("total")
    assert sum(parts.values()) == total == sum(line["total"] for line in lines)


def test_amounts_are_written_as_in_paraguay() -> None:
    assert money(1_250_000) == "Gs. 1.250.000"
    assert money(Decimal("1250.5"), "USD") == "US$ 1.250,50"
    assert quantity(Decimal("12.500")) == "12,5"
    assert quantity(Decimal("1200.000")) == "1.200"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1.250.000", 1_250_000),
        ("1250000", 1_250_000),
        ("1.250", 1_250),
        ("12,5", Decimal("12.5")),
        ("12.5", Decimal("12.5")),
        ("1.250,75", Decimal("1250.75")),
        ("Gs. 500", 500),
        ("", 0),
    ],
)
def test_numbers_are_read_as_operators_type_them(typed: str, read: Decimal) -> None:
    assert read_number(typed) == read

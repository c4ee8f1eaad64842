"""Numbers as people write them: one reading is understood, two are asked about by example (13)."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from emailketing.triggers.notifications.rules.numerals import (
    NotUnderstood,
    read_amount,
    read_number,
)

LANGUAGES = ("es", "pt", "en", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("1 000 000", "1000000"),
        ("1\xa0000\u202f000", "1000000"),
        ("1'000'000", "1000000"),
        ("1000000", "1000000"),
        ("Gs. 1.000.000.-", "1000000"),
        ("₲ 1,000,000", "1000000"),
        ("1.000.000 guaraníes", "1000000"),
        ("1.000.000,00", "1000000"),
        ("1,000", "1000"),
        ("1.000", "1000"),
        ("-1.000", "-1000"),
        ("−1.000", "-1000"),
        ("0", "0"),
    ],
)
def test_an_amount_in_guaranies_has_one_reading(language: str, written: str, read: str) -> None:
    """It has no cents, so a group of three is always one of thousands."""
    assert read_amount(written, language, label="Total", currency="PYG").number == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,250.50", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1 250,5", "1250.5"),
        ("1250.5", "1250.5"),
        ("1,250", "1250"),
        ("USD 1,000,000.05", "1000000.05"),
        ("u$s 12", "12"),
    ],
)
def test_dollars_have_cents(written: str, read: str) -> None:
    found = read_amount(written, "es", label="Total", currency="USD")
    assert (Decimal(found.number), found.currency) == (Decimal(read), "USD")


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        ("es", "1.250", "1250"),
        ("pt", "1.250", "1250"),
        ("en", "1,250", "1250"),
        ("es", "0,125", "0.125"),
        ("en", "0.125", "0.125"),
        ("es", "12,5", "12.5"),
        ("es", "12.5", "12.5"),
        ("es", "1.000,125", "1000.125"),
        ("en", "1,000.125", "1000.125"),
        ("es", "1234,567", "1234.567"),
    ],
)
def test_a_quantity_is_read_as_its_language_writes_it(
    language: str, written: str, read: str
) -> None:
    assert Decimal(read_number(written, language, label="Litros").number) == Decimal(read)


@pytest.mark.parametrize(
    ("language", "written", "one", "other"),
    [
        ("es", "1,250", "1250", "1,25"),
        ("en", "1.250", "1250", "1.25"),
        ("", "1.250", "1250", "1.25"),
        ("es", "1,125", "1125", "1,1250"),
        ("en", "1.000,125", "1000125", "1000.1250"),
    ],
)
def test_two_readings_are_asked_about_and_each_example_has_one(
    language: str, written: str, one: str, other: str
) -> None:
    with translation.override("en"), pytest.raises(NotUnderstood) as asked:
        read_number(written, language, label="Litros")
    assert str(asked.value) == (
        f"“{written}” can be read as {one} or as {other}. Write one of the two."
    )
    readings = {read_number(text, language, label="Litros").number for text in (one, other)}
    assert len(readings) == 2


@pytest.mark.parametrize(
    "written",
    ["", "mucho", "10 00", "1.00.000", "1e6", "NaN", "1,000.000", "12 USD", "1.5", "$ 5", "--5"],
)
def test_what_has_no_reading_in_guaranies_is_refused_with_a_sentence(written: str) -> None:
    """“12 USD” is of another currency than the line; the line says so, not the reader."""
    if written == "12 USD":
        assert read_amount(written, "es", label="Total", currency="PYG").currency == "USD"
        return
    with pytest.raises(NotUnderstood, match=r"\w"):
        read_amount(written, "es", label="Total", currency="PYG")


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False),
    st.sampled_from(LANGUAGES),
)
def test_what_was_read_is_read_again_as_the_same(number: Decimal, language: str) -> None:
    """A rule that is opened and saved keeps its numbers, whoever opens it."""
    first = read_number(f"{number:f}", language, label="Litros")
    assert Decimal(first.number) == number
    for other in LANGUAGES:
        assert read_number(first.number, other, label="Litros") == first

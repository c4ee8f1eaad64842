"""Amounts in words: every number is read back, and the rules of each language hold."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.content import spelled as module
from emailketing.content.formats import NotAValue
from emailketing.content.spelled import english, portuguese, spanish, spelled

AMOUNTS = st.one_of(st.integers(0, 10**4), st.integers(0, 10**9), st.integers(0, module.MOST - 1))


def read(words: str, small: dict[str, int], scales: dict[str, int]) -> int:
    """Read a number back: small words add up, a scale multiplies what stands before it."""
    total, group = 0, 0
    for word in words.split():
        if word in scales:
            if word == "mil" and scales is SPANISH_SCALES:
                group = max(group, 1) * 1_000  # in Spanish thousands of millions
                continue
            total += max(group, 1) * scales[word]
            group = 0
        elif word == "hundred":
            group = group * 100
        else:
            group += small[word]
    return total + group


def numbered(words: tuple[str, ...], start: int, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, word in enumerate(words)}


SPANISH = {
    **numbered(module.ES_SMALL, 0),
    **numbered(module.ES_TENS, 30, 10),
    **numbered(module.ES_HUNDREDS, 100, 100),
    "cien": 100,
    "y": 0,
}
SPANISH_SCALES = {
    "mil": 10**3,
    **{word: 10 ** (6 * p) for p, pair in enumerate(module.ES_SCALES, 1) for word in pair},
}
ENGLISH = {**numbered(module.EN_SMALL, 0), **numbered(module.EN_TENS, 20, 10)}
ENGLISH_SCALES = {word: 10 ** (3 * p) for p, word in enumerate(module.EN_SCALES, 1)}
PORTUGUESE = {
    **numbered(module.PT_SMALL, 0),
    **numbered(module.PT_TENS, 20, 10),
    **numbered(module.PT_HUNDREDS, 100, 100),
    "cem": 100,
    "e": 0,
}
PORTUGUESE_SCALES = {
    word: 10 ** (3 * p) for p, pair in enumerate(module.PT_SCALES, 1) for word in pair
}


@given(AMOUNTS)
def test_what_is_written_in_spanish_is_read_back(number: int) -> None:
    words = spanish(number)
    assert read(words, SPANISH, SPANISH_SCALES) == number
    # apocope: never “uno”, “veintiuno”; “cien” only where nothing but a scale follows
    assert not re.search(r"uno\b|(^|ón |ones )un mil\b", words)
    assert not re.search(r"\bcien (?!mil|millones|billones|trillones)", words)
    assert not re.search(r"\bciento( mil| millones|$)", words)
    assert not re.search(r"  |^ | $", words)


@given(AMOUNTS)
def test_what_is_written_in_english_is_read_back(number: int) -> None:
    words = english(number)
    assert read(words.replace("-", " "), ENGLISH, ENGLISH_SCALES) == number
    # 21 to 99 have a hyphen, nothing else has
    assert not re.search(
        rf"({'|'.join(module.EN_TENS)}) ({'|'.join(module.EN_SMALL[1:10])})\b", words
    )
    assert all(len(word.split("-")) <= 2 for word in words.split())


@given(AMOUNTS)
def test_what_is_written_in_portuguese_is_read_back(number: int) -> None:
    words = portuguese(number)
    assert read(words, PORTUGUESE, PORTUGUESE_SCALES) == number
    assert not re.search(r"(^|ão |ões )um mil\b|\bcem e\b|\bcento( mil| milh|$)", words)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["es", "en", "pt"]))
def test_every_amount_in_dollars_names_its_cents(value: Decimal, language: str) -> None:
    words = spelled(value, "USD", language)
    cents = int(value * 100) % 100
    if language != "pt":
        assert f"{cents:02d}/100" in words
    else:
        assert ("centavo" in words) is bool(cents)


@pytest.mark.parametrize(
    ("value", "currency", "es", "en", "pt"),
    [
        ("1200000", "PYG", "un millón doscientos mil guaraníes",
         "one million two hundred thousand guaranies", "um milhão e duzentos mil guaranis"),
        ("1000000", "PYG", "un millón de guaraníes",
         "one million guaranies", "um milhão de guaranis"),
        ("1", "PYG", "un guaraní", "one guarani", "um guarani"),
        ("0", "PYG", "cero guaraníes", "zero guaranies", "zero guaranis"),
        ("21000", "PYG", "veintiún mil guaraníes",
         "twenty-one thousand guaranies", "vinte e um mil guaranis"),
        ("100", "PYG", "cien guaraníes", "one hundred guaranies", "cem guaranis"),
        ("101", "PYG", "ciento un guaraníes", "one hundred one guaranies", "cento e um guaranis"),
        ("100000000", "PYG", "cien millones de guaraníes",
         "one hundred million guaranies", "cem milhões de guaranis"),
        ("1234567", "PYG", "un millón doscientos treinta y cuatro mil quinientos sesenta y siete "
         "guaraníes", "one million two hundred thirty-four thousand five hundred sixty-seven "
         "guaranies", "um milhão duzentos e trinta e quatro mil quinhentos e sessenta e sete "
         "guaranis"),
        ("2000000000", "PYG", "dos mil millones de guaraníes",
         "two billion guaranies", "dois bilhões de guaranis"),
        ("1000000000000", "PYG", "un billón de guaraníes",
         "one trillion guaranies", "um trilhão de guaranis"),
        ("1200.50", "USD", "mil doscientos dólares con 50/100",
         "one thousand two hundred and 50/100 US dollars",
         "mil e duzentos dólares e cinquenta centavos"),
        ("1200", "USD", "mil doscientos dólares con 00/100",
         "one thousand two hundred and 00/100 US dollars", "mil e duzentos dólares"),
        ("1", "USD", "un dólar con 00/100", "one and 00/100 US dollars", "um dólar"),
        ("0.01", "USD", "cero dólares con 01/100",
         "zero and 01/100 US dollars", "um centavo de dólar"),
        ("1234.565", "USD", "mil doscientos treinta y cuatro dólares con 57/100",
         "one thousand two hundred thirty-four and 57/100 US dollars",
         "mil duzentos e trinta e quatro dólares e cinquenta e sete centavos"),
        ("31.05", "EUR", "treinta y un euros con 05/100", "thirty-one and 05/100 euros",
         "trinta e um euros e cinco centavos"),
        ("1001", "BRL", "mil un reales con 00/100", "one thousand one and 00/100 reais",
         "mil e um reais"),
        ("-1500", "PYG", "menos mil quinientos guaraníes",
         "minus one thousand five hundred guaranies",
         "menos mil e quinhentos guaranis"),
        ("0.4", "PYG", "cero guaraníes", "zero guaranies", "zero guaranis"),
        ("16", "ARS", "dieciséis ARS con 00/100", "sixteen and 00/100 ARS", "dezesseis ARS"),
    ],
)  # fmt: skip
def test_a_cheque_says_it_so(value: str, currency: str, es: str, en: str, pt: str) -> None:
    assert spelled(value, currency, "es") == es
    assert spelled(value, currency, "en") == en
    assert spelled(value, currency, "pt") == pt


def test_nothing_stays_nothing_and_what_is_no_amount_is_refused() -> None:
    assert spelled("", "PYG", "es") == spelled(None, "PYG", "en") == ""
    with pytest.raises(NotAValue):
        spelled("mucho", "PYG", "es")


def test_beyond_the_words_the_figures_stay() -> None:
    assert spelled(str(module.MOST), "PYG", "es").endswith("000 guaraníes")

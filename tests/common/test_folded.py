"""Point 10: what somebody types is found however it was written (words, numbers, addresses)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.common.folded import LONGEST, folded, has_all, terms

LETTERS = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        *(
            ("Lubricantes YPOÁ S.A.", asked)
            for asked in ("ypoa", "YPOÁ", "Ypoá", "poá", "ypoa s.a.")
        ),
        ("Lubricantes Ypoa\N{COMBINING ACUTE ACCENT}", "ypoá"),
        ("Mbuja\N{COMBINING TILDE} ỹvy g̃uahẽ", "yvy guahe"),
        ("Ka’aguy", "kaaguy"),
        ("Kaaguy", "ka'aguy"),
        ("Compañía Ñandutí", "compania nanduti"),
        ("Straße Łódź Æro", "strasse lodz aero"),
        ("Pé\N{ZERO WIDTH SPACE}rez", "perez"),
        ("ＦＵＬＬ　ＷＩＤＴＨ １２３", "full 123"),
        ("北京 李明", "李明"),
        # numbers
        *(
            (f"Gs. {written}", asked)
            for written in (
                "1.234.567",
                "1,234,567",
                "1 234 567",
                "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567",
                "1234567",
                "1234567.00",
                "1'234'567",
            )
            for asked in ("1.234.567", "1,234,567", "1 234 567", "1234567", "234567")
        ),
        ("Factura 001-002-0001234", "0010020001234"),
        ("Factura 001-002-0001234", "001-002-0001234"),
        ("Factura 001-002-0001234", "002-0001234"),
        ("Factura 001-002-0001234", "1234"),
        ("Factura 0010020001234", "001-002-0001234"),
        ("OC-0023", "oc0023"),
        ("OC0023", "OC-0023"),
        ("OC-0023", "oc 0023"),
        ("RUC 80012345-6", "800123456"),
        ("+595981123456 0981123456", "(0981) 123-456"),
        ("+595981123456 0981123456", "0981123456"),
        ("+595981123456", "+595 981 123 456"),
        # parts of addresses
        *(
            ("juan.perez2@ventas.empresa3.com.py", asked)
            for asked in (
                "perez",
                "juan.perez2",
                "perez2@ventas",
                "@ventas",
                "empresa3.com",
                "empresa3",
                "ventas.empresa3.com.py",
                "JUAN.PEREZ2@VENTAS.EMPRESA3.COM.PY",
            )
        ),
        ("Ana Báez", "b ana"),
        ("Ana Báez", "ba"),
    ],
)
def test_what_is_typed_is_found_however_it_was_written(kept: str, asked: str) -> None:
    assert has_all(folded(kept), terms(asked))


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("Ana Báez", "ez"),  # two letters are the beginning of a word
        ("Factura 12-34", "1243"),
        ("juan@empresa.test", "juan@otra"),
        ("Ypacaraí", "ypoa"),
    ],
)
def test_what_is_not_there_is_not_found(kept: str, asked: str) -> None:
    assert not has_all(folded(kept), terms(asked))


@pytest.mark.parametrize("asked", ["", "  ", "%", "_ - '", "\x00", "\N{ZERO WIDTH SPACE}"])
def test_signs_alone_are_no_words(asked: str) -> None:
    assert terms(asked) == []


@given(st.lists(LETTERS, min_size=1, max_size=5))
def test_a_text_is_found_by_each_of_its_words_in_capitals_and_small(words: list[str]) -> None:
    kept = folded(" ".join(words))
    for word in words:
        assert has_all(kept, terms(word))
        assert has_all(kept, terms(word.upper())) or word.upper().casefold() != word.casefold()


@given(st.text(max_size=300))
def test_only_letters_digits_and_blanks_are_kept(text: str) -> None:
    """A pattern of LIKE, a question to FTS5 or `to_tsquery` cannot be made of them."""
    for part in (folded(text), *terms(text)):
        assert all(sign == " " or sign.isalnum() or sign.isnumeric() for sign in part), part
    assert len(folded(text)) <= LONGEST + 1

"""E-mail addresses as people type them: understood when certain, never guessed (S3)."""

import string
from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from emailketing.common.email_address import EmailInvalid, email, emails, says_nothing


@pytest.fixture(autouse=True, scope="module")
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def understood(written: str) -> list[str]:
    found = emails(written)
    assert not [one for one in found if one.problem]
    return [one.value for one in found]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ana@x.example", "ana@x.example"),
        (" ana@x.example. ", "ana@x.example"),
        ("ana@x.example,", "ana@x.example"),
        ("<ana@x.example>", "ana@x.example"),
        ("Ana <ana@x.example>", "ana@x.example"),
        ('"Perez, Ana" <ana@x.example>', "ana@x.example"),
        ("“Perez, Ana” <ana@x.example>", "ana@x.example"),
        ("Perez, Ana <ana@x.example>", "ana@x.example"),
        ("ana@x.example <ana@x.example>", "ana@x.example"),
        ("ana@x.example (Ana)", "ana@x.example"),
        ("mailto:ana@x.example?subject=hola", "ana@x.example"),
        ("Correo: ana@x.example", "ana@x.example"),
        ("e-mail:ana@x.example", "ana@x.example"),
        ("a\u200bna@x.example\ufeff", "ana@x.example"),
        ("ana\uff20x.example", "ana@x.example"),
        ("\u00a0ana@x.example", "ana@x.example"),
        ("ana@oficina.local", "ana@oficina.local"),
        ("ana+pedidos@x.example", "ana+pedidos@x.example"),
        ('"ana perez"@x.example', '"ana perez"@x.example'),
        ("ana@müller.example", "ana@müller.example"),
        ("ñandú@x.example", "ñandú@x.example"),
        ("ana@x.example, sin correo", "ana@x.example"),
    ],
)
def test_what_is_certain_is_understood(written: str, address: str) -> None:
    assert understood(written) == [address]
    assert email(written.partition(", sin")[0]).value == address


@pytest.mark.parametrize(
    "written",
    [
        "ana@x.example; juan@y.example",
        "ana@x.example,juan@y.example",
        "ana@x.example / juan@y.example",
        "ana@x.example/juan@y.example",
        "ana@x.example y juan@y.example",
        "ana@x.example juan@y.example",
        "ana@x.example\njuan@y.example",
        "ana@x.example - juan@y.example",
        "Ana <ana@x.example>, Juan <juan@y.example>",
        "Ana <ana@x.example> y Juan <juan@y.example>",
        "ana@x.example; no tiene; juan@y.example; ANA@X.EXAMPLE",
    ],
)
def test_two_addresses_of_one_field_are_two(written: str) -> None:
    assert understood(written) == ["ana@x.example", "juan@y.example"]


@pytest.mark.parametrize(
    "written",
    [
        "juan perez@empresa.example",
        "ana @x.example",
        "ana@ x.example",
        "Ana ana@x.example",
        "ventas/compras@x.example",
        "ana@gmail,com",
        "ana@x",
        "ana@x..example",
        "ana.@x.example",
        "otra@x.example <ana@x.example>",
        '"ana@x.example',
        "pedir a Juan",
        "a@b.example<c@d.example>",
        "x" * 300 + "@x.example",
    ],
)
def test_what_is_not_certain_is_listed_as_it_is_typed(written: str) -> None:
    (found,) = emails(written)
    assert found.value == written[:254]
    assert "is not understood as an e-mail address" in found.problem
    with pytest.raises(EmailInvalid, match="not understood"):
        email(written)


def test_one_good_and_one_bad_in_a_field() -> None:
    good, bad = emails("ana@x.example; juan perez@y.example")
    assert (good.value, good.problem) == ("ana@x.example", "")
    assert bad.value == "juan perez@y.example"
    assert "juan perez@y.example" in bad.problem


@pytest.mark.parametrize(
    "written", ["", "  ", "SIN CORREO", "no tiene", "N/A", "n.a.", "---", ".", "s/c", "Não tem"]
)
def test_words_for_nothing_are_no_address_and_no_error(written: str) -> None:
    assert says_nothing(written)
    assert emails(written) == []


def test_the_domain_goes_over_the_wire_in_a_labels() -> None:
    assert email("Ana <ana@müller.example>").wire == "ana@xn--mller-kva.example"
    assert email("ana@oficina.local").wire == "ana@oficina.local"


SIGNS = string.ascii_letters + string.digits + ' .,;:/<>"()@-_+ñ\u200b\n'
WORDS = st.text(string.ascii_letters + "ñáé", min_size=3, max_size=12)
CONNECTING = {"and", "mailto", "mail", "email", "correo"}


@given(WORDS.filter(lambda word: word.casefold() not in CONNECTING), WORDS)
@example("PENDIENTE", "AAA")
@example("nada", "ana")
def test_a_word_before_an_address_is_never_dropped(word: str, local: str) -> None:
    """“juan perez@empresa.example” is not “perez@empresa.example”."""
    (found,) = emails(f"{word} {local}@empresa.example")
    assert found.problem
    assert found.value == f"{word} {local}@empresa.example"


@given(st.text(SIGNS, max_size=80))
def test_an_address_that_is_not_in_the_field_never_comes_out(written: str) -> None:
    seen = written.replace("\u200b", "").casefold()
    for found in emails(written):
        assert found.problem or found.value.casefold() in seen


@given(st.text(SIGNS, max_size=30), st.text(SIGNS, max_size=30))
def test_a_field_with_an_at_sign_between_letters_is_never_silent(before: str, after: str) -> None:
    assert emails(f"{before}a@b{after}")

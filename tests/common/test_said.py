"""What was written down in one language is said again in another, whatever it was made of."""

import pickle

import pytest
from django.utils import translation

from emailketing.common.said import (
    MOST_KEPT,
    Said,
    again,
    in_languages,
    join,
    kept,
    pattern,
    say,
    sentence_of,
)

LABELS = {"es": "Fecha", "en": "Date", "pt": "Data"}


def in_english(sentence: str) -> str:
    with translation.override("en"):
        return again(kept(sentence))


def test_a_sentence_with_sentences_in_it_is_said_again_in_the_readers_language() -> None:
    with translation.override("es"):
        inner = say("%(name)s has no e-mail address.") % {"name": "Ana"}
        role = say("Nobody has the duty %(role)s.") % {"role": "Compras"}
        whole = join(" ", [inner, role])
    assert whole == "Ana no tiene dirección de correo. Nadie tiene la función Compras."
    assert in_english(whole) == "Ana has no e-mail address. Nobody has the duty Compras."


def test_labels_values_and_plain_texts_stand_in_it() -> None:
    with translation.override("pt"):
        value = Said("1.000", {"x": "1000", "k": "number"})
        said = pattern("%(field)s: %(value)s") % {"field": in_languages(LABELS), "value": value}
    assert said == "Data: 1.000"
    with translation.override("en"):
        assert again(kept(said), lambda stored: f"{int(str(stored['x'])):,}") == "Date: 1,000"
        assert again(kept(said)) == "Date: 1000"


@pytest.mark.parametrize(
    "broken", [{}, {"t": "x %(a)s", "v": {}}, {"j": " "}, {"t": None}, {"l": 3}]
)
def test_what_cannot_be_read_is_empty_and_never_an_error(broken: object) -> None:
    assert again(broken) == ""


def test_plain_texts_and_very_long_ones_are_kept_as_they_are() -> None:
    assert kept("no parts") is None
    assert kept(say("%(why)s") % {"why": "x" * MOST_KEPT}) is None


def test_an_exception_keeps_its_sentence() -> None:
    made = say("no recipient")
    assert sentence_of(ValueError(made)) is made
    assert sentence_of(ValueError("a", "b")) == "('a', 'b')"
    assert pickle.loads(pickle.dumps(made)).stored == made.stored  # noqa: S301 - our own

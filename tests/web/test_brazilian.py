"""Whoever chose Portuguese reads that of Brazil, in our words and in Django's."""

from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext


def test_djangos_words_are_brazilian() -> None:
    with translation.override("pt"):
        assert gettext("Save") == "Salvar"
        assert "senha" in gettext("The two password fields didn’t match.")
        assert get_language() == "pt"


def test_plurals_still_work() -> None:
    one, many = "%(count)d result", "%(count)d results"
    with translation.override("pt"):
        counted = [ngettext("%(counter)s result", "%(counter)s results", n) for n in (1, 2)]
    assert [text % {"counter": n} for text, n in zip(counted, (1, 2), strict=True)] == [
        "1 resultado",
        "2 resultados",
    ]
    assert ngettext(one, many, 2) == many


def test_our_words_stay_on_top() -> None:
    with translation.override("pt"):
        assert gettext("role") == "função"

"""Whoever chose Portuguese reads that of Brazil, in our words and in Django's."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext

from emailketing.company.models import Company
from tests.web import cast


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


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "word"), [("PY", "RUC"), ("BR", "CNPJ"), ("UY", "RUT")])
def test_the_taxpayers_number_is_called_as_in_the_companys_country(
    country: str, word: str, now: datetime, signed_in: Callable[[str], Client]
) -> None:
    story = cast.everything(now)
    Company.objects.update(country=country)
    client = signed_in("administrator")
    client.post("/language/", {"language": "pt", "next": "/"})
    for path in ("/company/", f"/people/{story['contacts']['P1'].pk}/"):
        assert word in client.get(path).content.decode(), path

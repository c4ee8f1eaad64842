"""What is wrong with a source is said in the language of whoever reads it (point 16)."""

import pytest
from django.utils import translation

from emailketing.common.said import say as sentence
from emailketing.company.models import Company
from emailketing.sources.capture.errors import WrongPassword
from emailketing.sources.models import Source
from emailketing.sources.upkeep.health import say

pytestmark = pytest.mark.django_db


def test_the_problem_of_a_source_is_said_to_its_reader() -> None:
    source = Source.objects.create(
        slug="shop",
        name="Shop",
        connector="estacion",
        dialect="sqlite",
        database="/none",
        status=Source.Status.WORKING,
        created_at="2026-11-24T15:00:00Z",
    )
    with translation.override(Company.get().language):
        assert say(source, WrongPassword(username="lector").said)
        assert not say(source, WrongPassword(username="lector").said)
    source.refresh_from_db()
    assert source.problem.startswith("La base de datos rechazó al usuario «lector»")
    with translation.override("en"):
        assert source.in_words.startswith("The database refused user “lector”")
    with translation.override("es"):
        say(source, sentence("Our tables in the business database were altered. Press “Repair”."))
    with translation.override("en"):
        assert source.in_words.startswith("Our tables in the business database were altered")
    say(source, "")
    assert (source.in_words, source.status) == ("", Source.Status.WORKING)

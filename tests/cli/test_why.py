"""`emailketing why PERSON DOCUMENT`: the console's answer on the command line."""

import pytest
from django.utils import translation

from emailketing.triggers.notifications.firing.fire import fire_due
from tests.cli.test_sender_message import run
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    with translation.override("en"):
        return Cast()


def test_why_is_answered_with_what_would_be_needed(cast: Cast) -> None:
    wanted = {"field": "totals.total", "op": "gte", "value": "100000"}
    cast.rule.condition = {"all": [wanted]}
    cast.rule.save()
    cast.happen()
    cast.happen(key="170")
    fire_due(NOW)
    said = run("why", "ñanduti", "la orden 17").output
    assert "Ñandutí S.A. · Order OC-17" in said
    assert "no escribió: Total: Gs. 90.000 < Gs. 100.000" in said
    assert "→ Escribe solo cuando: Total es como mínimo Gs. 100.000." in said
    assert f"Cambiar la regla ({cast.rule.pk})" in said
    assert (
        "Lo mismo vale para 1 documento más"
        in run("why", "ñanduti", "--day", f"{NOW:%Y-%m-%d}").output
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("why", "nobody"), "No se conoce a nadie llamado «nobody»"),
        (("why", "rosa", "999"), "No se vio ningún documento con «999»"),
        (("why", "rosa", "--day", "ayer"), "«ayer» no es una fecha"),
    ],
)
def test_what_is_not_known_is_one_sentence(
    words: tuple[str, ...], sentence: str, cast: Cast
) -> None:
    assert sentence in run(*words, code=1).output

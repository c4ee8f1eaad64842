"""Reasons that were stored are said in the language of whoever reads them (point 16)."""

from typing import Any

import pytest
from django.utils import translation

from emailketing.company.models import Company
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.models import Outcome, Rule
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    made = Cast()
    Company.objects.update(language="es")
    return made


def stored(cast: Cast, **more: Any) -> Outcome:
    """Let the worker decide in the company's language."""
    event = cast.happen(**more)
    fire_due(NOW)
    return cast.outcome(event)


def in_language(outcome: Outcome, language: str) -> str:
    with translation.override(language):
        return outcome.in_words


def when(cast: Cast, condition: dict[str, Any]) -> None:
    Rule.objects.update(condition=condition)


def test_a_condition_is_told_with_labels_amounts_and_signs_of_the_reader(cast: Cast) -> None:
    when(cast, {"all": [{"field": "totals.total", "op": "gte", "value": "100000"}]})
    outcome = stored(cast)
    assert outcome.detail == "Total: Gs. 90.000 < Gs. 100.000"
    assert in_language(outcome, "en") == "Total: PYG 90,000 < PYG 100,000"
    when(cast, {"all": [{"field": "state", "op": "in", "value": ["recibida", "anulada"]}]})
    outcome = stored(cast, key="18")
    assert outcome.detail == "Estado: «Confirmada» no es ninguno de Recibida, Anulada"
    assert in_language(outcome, "en") == "State: “Confirmed” is none of Received, Cancelled"
    assert in_language(outcome, "pt").startswith("Estado: “Confirmada”")


def test_several_conditions_and_a_named_set_are_told_anew(cast: Cast) -> None:
    asked = ["producto", "cliente", "proveedor", "usuario"]
    asked += ["vehiculo", "empresa", "sucursal", "medio_pago"]
    members = [{"field": "table", "op": "eq", "value": name} for name in asked]
    mass = {"field": "is_mass", "op": "eq", "value": True}
    Rule.objects.update(process="record_changed", condition={"all": [mass, {"any": members}]})
    outcome = stored(cast, kind="record_changed", table="venta", is_mass=False)
    assert outcome.detail.endswith("; «Factura de venta» no es un dato maestro")
    assert in_language(outcome, "en").endswith("; “Sales invoice” is not master data")


def test_why_nobody_was_written_to_is_told_anew(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    outcome = stored(cast)
    assert outcome.detail == "Ñandutí S.A. no tiene dirección de correo."
    assert in_language(outcome, "en") == "Ñandutí S.A. has no e-mail address."


def test_the_fallback_and_what_was_wrong_before_it_are_told_anew(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    Rule.objects.update(fallback={"kind": "role", "role": cast.management.pk})
    outcome = stored(cast)
    english = in_language(outcome, "en")
    assert outcome.result == Outcome.Result.SENT
    assert "nobody had an address: went to the fallback" in english
    assert "Ñandutí S.A. has no e-mail address." in english
    assert english != outcome.detail


def test_a_suppressed_address_is_told_anew(cast: Cast) -> None:
    suppress("compras@nanduti.example", Suppression.Reason.BOUNCE, now=NOW)
    outcome = stored(cast)
    assert "la dirección no existe" in outcome.detail
    assert "la dirección no existe" not in in_language(outcome, "en")
    assert "the address does not exist" in in_language(outcome, "en")


def test_the_flood_guard_is_told_anew(cast: Cast) -> None:
    Rule.objects.update(flood_limit=1)
    for key in ("1", "2"):
        cast.happen(key=key)
    outcome = stored(cast, key="3")
    assert in_language(outcome, "en").startswith("more than 1 in an hour")
    assert in_language(outcome, "es").startswith("más de 1")


def test_old_rows_keep_their_sentence_and_more_is_said_behind_it(cast: Cast) -> None:
    outcome = stored(cast)
    outcome.detail, outcome.said = "dicho antes", None
    assert in_language(outcome, "en") == "dicho antes"
    from emailketing.common.said import say

    with translation.override("es"):
        outcome.add_words(say("The fallback person was written to."))
    assert outcome.detail.startswith("dicho antes Se le ")
    assert in_language(outcome, "en") == "dicho antes The fallback person was written to."


def test_a_value_that_is_no_number_is_told_as_it_stands(cast: Cast) -> None:
    when(cast, {"all": [{"field": "totals.total", "op": "gte", "value": "100000"}]})
    outcome = stored(cast, totals={"total": "muy caro", "taxes": []})
    assert in_language(outcome, "en") == "Total: muy caro < PYG 100,000"


def test_a_message_says_why_this_person_and_why_not_to_the_reader(cast: Cast) -> None:
    suppress("compras@nanduti.example", Suppression.Reason.BOUNCE, now=NOW)
    dispatch = stored(cast).dispatch
    assert dispatch is not None
    message = dispatch.messages.get()
    assert message.detail == "la dirección no existe, desde el 24/11/2026"
    assert message.why.startswith("cliente o proveedor del documento, dirección para ")
    with translation.override("en"):
        assert message.in_words == "the address does not exist, since 24 Nov 2026"
        assert message.why_in_words.startswith("party of the document, address for ")
    message.detail = "otra cosa"  # written by whoever knows nothing of the parts
    with translation.override("en"):
        assert message.in_words == "otra cosa"

"""“Why did it not reach them?”: a person and a document, or a person and a day."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.company.beat import SENDING, beat_file
from emailketing.company.models import Company
from emailketing.contacts.models import Contact, Suppression
from emailketing.contacts.suppress import Told, suppress
from emailketing.sources.models import CapturedChange
from emailketing.triggers.notifications.explain import (
    Answer,
    Somebody,
    explain_day,
    explain_paper,
    find_papers,
    find_people,
)
from emailketing.triggers.notifications.explain.papers import only_one
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.models import Outcome
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    made = Cast()
    Company.objects.update(is_live=True)
    return made


def one(name: str) -> Somebody:
    (found,) = find_people(name)
    return found


def why(name: str, number: str, cast: Cast) -> Answer:
    fire_due(NOW)
    (paper,) = find_papers(number)
    return explain_paper(one(name), paper, now=NOW)


def total(value: str) -> dict[str, Any]:
    return {"field": "totals.total", "op": "gte", "value": value}


@pytest.mark.parametrize(
    "written", ["ñandutí", "NANDUTI", "nandu", "COMPRAS@nanduti", "Ñanduti s.a."]
)
def test_a_person_is_found_as_people_write_the_name(written: str, cast: Cast) -> None:
    assert one(written).contact == cast.supplier


def test_a_number_is_a_number_before_it_is_a_part_of_one(cast: Cast) -> None:
    cast.happen(key="1234")
    cast.happen(key="0123")
    found = find_papers("la orden 123")
    assert [paper.key for paper in found] == ["0123", "1234"]
    best = only_one(found, "la orden 123")
    assert best is not None
    assert best.key == "0123"


def test_what_left_is_said_to_have_left(cast: Cast) -> None:
    cast.happen()
    fire_due(NOW)
    (paper,) = find_papers("OC-17")
    answer = explain_paper(one("Ñandutí"), paper, now=NOW)
    assert answer.first.what == "It is ready and about to leave."


def test_a_false_condition_says_what_would_be_needed(cast: Cast) -> None:
    cast.rule.condition = {"all": [total("100000")]}
    cast.rule.save()
    cast.happen()
    first = why("Ñandutí", "OC-17", cast).first
    assert "Total: PYG 90,000 < PYG 100,000" in first.what
    assert "Total is at least PYG 100,000" in first.needed
    assert first.place is not None
    assert (first.place.page, first.place.args) == ("rule_edit", (cast.rule.pk,))


def test_who_is_not_meant_is_told_who_was(cast: Cast) -> None:
    cast.happen()
    first = why("Rosa", "OC-17", cast).first
    assert "wrote to Ñandutí S.A., not to Rosa" in first.what
    assert "Add Rosa" in first.needed


def test_without_an_address_it_says_where_to_complete_it(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    cast.happen()
    answer = why("Ñandutí", "OC-17", cast)
    assert "Ñandutí S.A. has no e-mail address." in answer.first.what
    assert answer.first.place is not None
    assert answer.first.place.page == "contact"
    assert any("no address at all" in finding.what for finding in answer.besides)


def test_an_address_nobody_may_write_to_says_since_when_and_how_to_lift_it(cast: Cast) -> None:
    noted = suppress(
        "compras@nanduti.example", Suppression.Reason.BOUNCE, now=NOW, told=Told(note="550")
    )
    cast.happen()
    first = why("Ñandutí", "OC-17", cast).first
    assert "the address does not exist" in first.what
    assert first.place is not None
    assert (first.place.page, first.place.args) == ("suppression_lift", (noted.pk,))


def test_a_rule_that_is_off_is_named(cast: Cast) -> None:
    cast.rule.is_active = False
    cast.rule.save()
    cast.happen()
    assert "switched off" in why("Ñandutí", "OC-17", cast).first.what


def test_no_rule_at_all_is_said(cast: Cast) -> None:
    cast.rule.delete()
    cast.happen()
    assert "no rule waits for that" in why("Ñandutí", "OC-17", cast).first.what


def test_what_no_rule_has_looked_at_yet_says_so(cast: Cast) -> None:
    cast.happen()
    (paper,) = find_papers("OC-17")
    answer = explain_paper(one("Ñandutí"), paper, now=NOW)
    assert "no rule has looked at it yet" in answer.first.what


@pytest.mark.parametrize("result", [r for r in Outcome.Result if r != Outcome.Result.SENT])
def test_every_outcome_has_an_answer(result: Outcome.Result, cast: Cast) -> None:
    event = cast.happen()
    event.readings.update(read_at=NOW)
    Outcome.objects.create(rule=cast.rule, event=event, result=result, detail="So.", at=NOW)
    (paper,) = find_papers("OC-17")
    answer = explain_paper(one("Ñandutí"), paper, now=NOW)
    assert answer.first.what
    assert "%(" not in answer.first.what + answer.first.needed


def test_the_test_inbox_is_not_called_arrived(cast: Cast) -> None:
    from emailketing.outbox.models import Message

    cast.happen()
    fire_due(NOW)
    Message.objects.update(state="accepted", is_redirected=True, accepted_at=NOW)
    answer = why("Ñandutí", "OC-17", cast)
    assert "it reached nobody" in answer.first.what


def test_a_day_on_which_nothing_happened_says_what_the_rule_waits_for(cast: Cast) -> None:
    answer = explain_day(one("Ñandutí"), NOW.date(), now=NOW)
    assert "nothing of it happened" in answer.first.what
    assert "Purchase order confirmed" in answer.first.needed


def test_a_day_counts_what_a_rule_left_out_alike(cast: Cast) -> None:
    cast.rule.condition = {"all": [total("100000")]}
    cast.rule.save()
    for key in ("1", "2", "3"):
        cast.happen(key=key)
    fire_due(NOW)
    answer = explain_day(one("Ñandutí"), NOW.date(), now=NOW)
    assert "PYG 90,000 < PYG 100,000" in answer.first.what
    assert "2 other documents" in answer.first.what


def test_a_person_no_rule_writes_to_is_told_so(cast: Cast) -> None:
    Contact.objects.create(name="Tercero Ajeno")
    answer = explain_day(one("ajeno"), NOW.date(), now=NOW)
    assert answer.first.what == "No rule writes to Tercero Ajeno."


def test_a_dead_worker_beside_living_sending_does_not_say_that_nothing_is_sent(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    cast.happen()
    for said in ("nothing is read or sent", "nothing is read or decided"):
        besides = [finding.what for finding in why("Ñandutí", "OC-17", cast).besides]
        assert f"The worker is not running: {said}." in besides
        beat_file(SENDING).write_text(NOW.isoformat())


def test_test_mode_and_a_stopped_house_stand_beside(cast: Cast) -> None:
    Company.objects.update(is_live=False, is_stopped=True)
    texts = [one.what for one in explain_day(one("Rosa"), NOW.date(), now=NOW).besides]
    assert any("stopped" in text for text in texts)
    assert any("test inbox" in text for text in texts)


def test_a_document_that_was_only_saved_is_found_by_its_number(cast: Cast) -> None:
    CapturedChange.objects.create(
        source=cast.source,
        uid="1",
        at=NOW - timedelta(minutes=1),
        table="orden_compra",
        operation="I",
        new={"numero": "OC-0099"},
        document_type="purchase_order",
        document_key="99",
        recorded_at=NOW,
    )
    (paper,) = find_papers("99")
    assert paper.place == ("shop", "purchase_order", "99")
    answer = explain_paper(one("Ñandutí"), paper, now=NOW)
    assert "cannot be read in the business system" in answer.first.what


def test_an_audit_rule_says_that_it_is_no_master_data(cast: Cast) -> None:
    """Not eight negated terms (point 12)."""
    tables = ["producto", "cliente", "proveedor", "usuario"]
    tables += ["vehiculo", "empresa", "sucursal", "medio_pago"]
    asked = [{"field": "table", "op": "eq", "value": name} for name in tables]
    cast.make_rule(
        name="Master data",
        process="record_changed",
        condition={"all": [{"any": asked}]},
        recipients=[{"kind": "role", "role": cast.management.pk}],
    )
    cast.happen(key="5", kind="record_changed", table="venta", is_mass=False)
    first = why("Rosa", "OC-5", cast).first
    assert "“Sales invoice” is not master data" in first.what
    assert "Table is master data" in first.needed

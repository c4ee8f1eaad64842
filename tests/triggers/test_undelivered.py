"""What certainly did not arrive: the fallback person hears of it now, once, and why (R30)."""

from typing import Any

import pytest
from typer.testing import CliRunner

from emailketing.accounts.models import User
from emailketing.alerts.morning import gather
from emailketing.alerts.troubles import troubles
from emailketing.cli.app import app
from emailketing.company.models import ProgramError
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import suppress
from emailketing.events.models import Event
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.preview import preview
from emailketing.triggers.notifications.afterwards.seen import to_look_after
from emailketing.triggers.notifications.afterwards.undelivered import undelivered_due
from emailketing.triggers.notifications.models import Rule, Undelivered
from emailketing.web.console.dashboard.lost import lost_lines
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
FALLBACK = {"kind": "address", "value": "compras@shop.example", "name": "Compras"}
REFUSED = "550 5.1.1 no such user"


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def with_fallback(cast: Cast, **more: Any) -> None:
    cast.rule.fallback = {**FALLBACK, **more}
    cast.rule.save()


def refuse(state: State = State.FAILED) -> None:
    """The far side says no for good, as the engine notes it."""
    Message.objects.filter(address__contains="nanduti").update(state=state, detail=REFUSED)


def to_fallback() -> list[Message]:
    return list(Message.objects.filter(address="compras@shop.example"))


@pytest.mark.parametrize("state", [State.FAILED, State.BOUNCED, State.EXPIRED])
def test_whoever_stands_in_is_written_to_at_once_and_once(cast: Cast, state: State) -> None:
    with_fallback(cast, language="es")
    outcome = cast.judge()
    refuse(state)
    assert [undelivered_due(NOW), undelivered_due(NOW)] == [1, 0]
    (message,) = to_fallback()
    seen = preview(message)
    assert seen.subject.startswith("[Para Ñandutí S.A., no le llegó]")
    for part in (seen.html, seen.text):
        assert "Este mensaje era para Ñandutí S.A." in part
        assert REFUSED in part
        assert "corregir la dirección" in part
    outcome.refresh_from_db()
    assert REFUSED in outcome.detail
    assert outcome.detail.endswith("The fallback person was written to.")


def test_an_error_of_the_program_leaves_it_to_a_person(cast: Cast) -> None:
    """R30: it is never tried again, so it stands in the list (decision 78)."""
    with_fallback(cast)
    outcome = cast.judge()
    refuse()
    cast.rule.fallback = {"kind": "party", "usage": ""}
    cast.rule.save()
    Event.objects.update(data={"document": 5})  # as no version writes it
    assert undelivered_due(NOW) == 1
    row = to_look_after().get()
    assert (row.rule, row.event) == (cast.rule, outcome.event)
    assert "An error in the program" in row.detail
    assert ProgramError.objects.get().about == f"rule:{cast.rule.pk}"


def test_why_the_fallback_person_was_not_written_to_is_said(cast: Cast) -> None:
    outcome = cast.judge()
    refuse()
    Rule.objects.update(fallback={"kind": "role", "role": "purchasing"})  # by another version
    assert undelivered_due(NOW) == 1
    outcome.refresh_from_db()
    for said in (Undelivered.objects.get().detail, outcome.detail):
        assert REFUSED in said
        assert "cannot be read. Choose it again in the rule." in said


def test_an_address_refused_before_goes_to_the_fallback_too(cast: Cast) -> None:
    with_fallback(cast)
    suppress("compras@nanduti.example", Suppression.Reason.BOUNCE, now=NOW)
    cast.judge()
    assert undelivered_due(NOW) == 1
    (message,) = to_fallback()
    assert "the address does not exist, since" in preview(message).text


def test_one_lost_address_of_two_is_told_as_well(cast: Cast) -> None:
    with_fallback(cast)
    cast.address("pagos@nanduti.example", usage="pedidos")
    cast.judge()
    Message.objects.filter(address="compras@nanduti.example").update(state=State.FAILED)
    assert undelivered_due(NOW) == 1
    assert len(to_fallback()) == 1


def test_when_the_fallback_fails_too_nobody_stands_in_for_it(cast: Cast) -> None:
    with_fallback(cast)
    cast.judge()
    refuse()
    undelivered_due(NOW)
    Message.objects.filter(address="compras@shop.example").update(state=State.FAILED)
    assert [undelivered_due(NOW), undelivered_due(NOW)] == [1, 0]
    assert len(to_fallback()) == 1


def test_what_a_person_gave_up_or_waits_for_another_way_is_not_lost(cast: Cast) -> None:
    with_fallback(cast)
    cast.judge()
    Message.objects.update(state=State.FAILED, reason="given_up")
    assert undelivered_due(NOW) == 0
    Message.objects.update(reason="", falls_back=True)
    assert undelivered_due(NOW) == 0


def test_without_a_fallback_the_alert_and_tomorrows_list_name_it(cast: Cast) -> None:
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    cast.judge()
    refuse()
    assert undelivered_due(NOW) == 1
    (trouble,) = [one for one in troubles(NOW) if one.kind == "unreached"]
    for part in ("Order OC-17", "Ñandutí S.A.", "compras@nanduti.example", REFUSED):
        assert part in trouble.sentence
    listed = gather((NOW.date()).replace(day=NOW.day + 1))
    assert listed["unreached_count"] == 1
    assert REFUSED in listed["unreached"][0]["reason"]


def test_with_a_fallback_there_is_no_alert(cast: Cast) -> None:
    with_fallback(cast)
    cast.judge()
    refuse()
    undelivered_due(NOW)
    assert [one for one in troubles(NOW) if one.kind == "unreached"] == []
    assert Undelivered.objects.get().instead is not None


def test_a_letter_for_somebody_without_an_address_says_so(cast: Cast) -> None:
    with_fallback(cast, language="en")
    cast.supplier.addresses.all().delete()
    cast.judge()
    (message,) = to_fallback()
    seen = preview(message)
    assert seen.subject.startswith("[For Ñandutí S.A., not delivered]")
    assert "Ñandutí S.A. has no e-mail address." in seen.text
    assert seen.html.index("This message was meant for") > seen.html.index("<body")


def test_what_did_not_arrive_waits_for_a_person_until_it_is_taken_care_of(cast: Cast) -> None:
    cast.judge()
    refuse()
    undelivered_due(NOW)
    (line,) = lost_lines()
    assert line.title == "Order OC-17, for Ñandutí S.A."
    assert "compras@nanduti.example" in line.said
    assert REFUSED in line.said
    assert line.text.startswith("Nobody else was told.")
    number = str(Message.objects.get().pk)
    shown = CliRunner().invoke(app, ["message", "undelivered"]).output
    assert all(word in shown for word in (number, "Order OC-17", "compras@nanduti.example"))
    done = CliRunner().invoke(app, ["message", "undelivered", "--seen", number])
    assert done.exit_code == 0, done.output
    assert lost_lines() == []
    again = CliRunner().invoke(app, ["message", "undelivered", "--seen", number])
    assert again.exit_code == 1
    assert Undelivered.objects.get().seen_by


def test_it_is_said_whether_the_fallback_person_has_it(cast: Cast) -> None:
    with_fallback(cast)
    cast.judge()
    refuse()
    undelivered_due(NOW)
    assert lost_lines()[0].text.startswith("The fallback person was written to.")
    Message.objects.filter(address="compras@shop.example").update(state=State.FAILED)
    assert lost_lines()[0].text.startswith("The fallback person did not get it either.")


def test_of_many_the_newest_are_named_and_all_are_counted(cast: Cast) -> None:
    for number in range(7):
        cast.judge(key=f"3{number}")
    refuse()
    undelivered_due(NOW)
    *named, last = lost_lines()
    assert len(named) == 5
    assert last.text.startswith("7 messages in all")
